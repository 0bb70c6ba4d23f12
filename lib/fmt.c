/* The formatter: one pass over the format, each directive parsed whole before it is printed.
 *
 * Invariants: only output_byte writes to the buffer, and never to its last byte before the end; the length
 * goes on counting when the buffer is full, up to UINT32_MAX.
 *
 * Next: tests/host/test_fmt.c
 */
#include "lib/fmt.h"

#include <stdbool.h>
#include <stddef.h>

struct output {
    char *buffer;
    uint32_t room; /* bytes of text that fit, without the NUL */
    uint32_t length;
};

/* A va_list is an array on x86-64 and turns into a pointer when it is passed; in a struct it stays whole. */
struct arguments {
    va_list list;
};

struct directive {
    bool is_left_aligned;
    bool is_zero_padded;
    bool has_precision;
    char length; /* 0, 'l', 'L' for ll, 'z' */
    char conversion;
    uint32_t width;
    uint32_t precision;
};

/* At most a sign or 0x, and the 20 decimal digits of 2^64 - 1. */
struct number {
    const char *prefix;
    uint32_t prefix_bytes;
    uint32_t digit_count;
    char digits[20]; /* lowest first */
};

static void output_byte(struct output *output, char byte)
{
    if (output->length < output->room)
        output->buffer[output->length] = byte;
    if (output->length != UINT32_MAX)
        output->length++;
}

static void output_text(struct output *output, const char *text, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        output_byte(output, text[i]);
}

static void output_fill(struct output *output, char byte, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        output_byte(output, byte);
}

static uint32_t at_most(uint32_t value, uint32_t limit)
{
    return value < limit ? value : limit;
}

/* Digits up to INT32_MAX; more count as INT32_MAX. */
static const char *parse_digits(const char *format, uint32_t *value)
{
    uint64_t sum = 0;
    for (; *format >= '0' && *format <= '9'; format++) {
        sum = sum * 10 + (uint64_t)(*format - '0');
        if (sum > INT32_MAX)
            sum = INT32_MAX;
    }
    *value = (uint32_t)sum;
    return format;
}

static const char *parse_width(const char *format, struct directive *directive, struct arguments *arguments)
{
    if (*format != '*')
        return parse_digits(format, &directive->width);
    int width = va_arg(arguments->list, int);
    if (width < 0)
        directive->is_left_aligned = true;
    directive->width = width < 0 ? 0 - (uint32_t)width : (uint32_t)width;
    return format + 1;
}

static const char *parse_precision(const char *format, struct directive *directive,
                                   struct arguments *arguments)
{
    if (*format != '.')
        return format;
    format++;
    directive->has_precision = true;
    if (*format != '*')
        return parse_digits(format, &directive->precision);
    int precision = va_arg(arguments->list, int);
    directive->has_precision = precision >= 0;
    directive->precision = (uint32_t)precision;
    return format + 1;
}

/* From behind the '%' to behind the conversion. */
static const char *parse_directive(const char *format, struct directive *directive,
                                   struct arguments *arguments)
{
    *directive = (struct directive){0};
    for (; *format == '-' || *format == '0'; format++) {
        if (*format == '-')
            directive->is_left_aligned = true;
        else
            directive->is_zero_padded = true;
    }
    format = parse_width(format, directive, arguments);
    format = parse_precision(format, directive, arguments);
    directive->width = at_most(directive->width, FMT_WIDTH_MAX);
    if (*format == 'l' || *format == 'z') {
        directive->length = *format++;
        if (directive->length == 'l' && *format == 'l') {
            directive->length = 'L';
            format++;
        }
    }
    directive->conversion = *format;
    return *format ? format + 1 : format;
}

static void print_text(struct output *output, const struct directive *directive, const char *text)
{
    uint32_t bytes = 0, limit = directive->has_precision ? directive->precision : UINT32_MAX;
    while (bytes < limit && text[bytes])
        bytes++;
    uint32_t padding = directive->width > bytes ? directive->width - bytes : 0;
    if (!directive->is_left_aligned)
        output_fill(output, ' ', padding);
    output_text(output, text, bytes);
    if (directive->is_left_aligned)
        output_fill(output, ' ', padding);
}

static void print_byte(struct output *output, struct directive *directive, char byte)
{
    directive->has_precision = false;
    uint32_t padding = directive->width > 1 ? directive->width - 1 : 0;
    if (!directive->is_left_aligned)
        output_fill(output, ' ', padding);
    output_byte(output, byte);
    if (directive->is_left_aligned)
        output_fill(output, ' ', padding);
}

static void print_number(struct output *output, const struct directive *directive,
                         const struct number *number)
{
    uint32_t precision = directive->has_precision ? at_most(directive->precision, FMT_WIDTH_MAX) : 1;
    uint32_t zeros = precision > number->digit_count ? precision - number->digit_count : 0;
    uint32_t bytes = number->prefix_bytes + zeros + number->digit_count;
    uint32_t padding = directive->width > bytes ? directive->width - bytes : 0;
    if (directive->is_zero_padded && !directive->is_left_aligned && !directive->has_precision) {
        zeros += padding;
        padding = 0;
    }
    if (!directive->is_left_aligned)
        output_fill(output, ' ', padding);
    output_text(output, number->prefix, number->prefix_bytes);
    output_fill(output, '0', zeros);
    for (uint32_t i = number->digit_count; i > 0; i--)
        output_byte(output, number->digits[i - 1]);
    if (directive->is_left_aligned)
        output_fill(output, ' ', padding);
}

/* Zero has no digits: the least precision, 1, supplies its one. */
static void number_set_digits(struct number *number, uint64_t value, uint32_t base, const char *digits)
{
    for (; value; value /= base)
        number->digits[number->digit_count++] = digits[value % base];
}

static int64_t take_signed(struct arguments *arguments, char length)
{
    switch (length) {
    case 'l':
        return va_arg(arguments->list, long);
    case 'L':
        return va_arg(arguments->list, long long);
    case 'z':
        return va_arg(arguments->list, ptrdiff_t);
    default:
        return va_arg(arguments->list, int);
    }
}

static uint64_t take_unsigned(struct arguments *arguments, char length)
{
    switch (length) {
    case 'l':
        return va_arg(arguments->list, unsigned long);
    case 'L':
        return va_arg(arguments->list, unsigned long long);
    case 'z':
        return va_arg(arguments->list, size_t);
    default:
        return va_arg(arguments->list, unsigned int);
    }
}

static struct number take_number(const struct directive *directive, struct arguments *arguments)
{
    struct number number = {.prefix = ""};
    switch (directive->conversion) {
    case 'd':
    case 'i': {
        int64_t value = take_signed(arguments, directive->length);
        if (value < 0) {
            number.prefix = "-";
            number.prefix_bytes = 1;
        }
        number_set_digits(&number, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, "0123456789");
        break;
    }
    case 'u':
        number_set_digits(&number, take_unsigned(arguments, directive->length), 10, "0123456789");
        break;
    case 'X':
        number_set_digits(&number, take_unsigned(arguments, directive->length), 16, "0123456789ABCDEF");
        break;
    case 'p':
        number.prefix = "0x";
        number.prefix_bytes = 2;
        number_set_digits(&number, (uintptr_t)va_arg(arguments->list, void *), 16, "0123456789abcdef");
        break;
    default: /* 'x' */
        number_set_digits(&number, take_unsigned(arguments, directive->length), 16, "0123456789abcdef");
        break;
    }
    return number;
}

/* False if the conversion is not known; nothing is printed then. */
static bool print_directive(struct output *output, struct directive *directive, struct arguments *arguments)
{
    bool is_plain = !directive->length;
    switch (directive->conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X': {
        struct number number = take_number(directive, arguments);
        print_number(output, directive, &number);
        return true;
    }
    case 'p': {
        if (!is_plain)
            return false;
        struct number number = take_number(directive, arguments);
        print_number(output, directive, &number);
        return true;
    }
    case 's': {
        if (!is_plain)
            return false;
        const char *text = va_arg(arguments->list, const char *);
        print_text(output, directive, text ? text : "(null)");
        return true;
    }
    case 'c':
        if (!is_plain)
            return false;
        print_byte(output, directive, (char)va_arg(arguments->list, int));
        return true;
    case '%':
        output_byte(output, '%');
        return true;
    default:
        return false;
    }
}

uint32_t fmt_format(char *buffer, uint32_t buffer_bytes, const char *format, va_list list)
{
    struct output output = {.buffer = buffer, .room = buffer_bytes ? buffer_bytes - 1 : 0};
    struct arguments arguments;
    va_copy(arguments.list, list);
    while (*format) {
        if (*format != '%') {
            output_byte(&output, *format++);
            continue;
        }
        struct directive directive;
        const char *next = parse_directive(format + 1, &directive, &arguments);
        if (!print_directive(&output, &directive, &arguments)) {
            for (; *format; format++)
                output_byte(&output, *format);
            break;
        }
        format = next;
    }
    va_end(arguments.list);
    if (buffer_bytes)
        buffer[at_most(output.length, output.room)] = 0;
    return output.length;
}

uint32_t fmt_print(char *buffer, uint32_t buffer_bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    uint32_t length = fmt_format(buffer, buffer_bytes, format, arguments);
    va_end(arguments);
    return length;
}
