/* fmt.c against the host's snprintf, and where the two differ on purpose.
 *
 * Next: tests/host/test_symbols.c
 */
#include "tests/host/test.h"
#include "lib/fmt.h"

#include <limits.h>

#define TEXT_BYTES 2100

static char actual[TEXT_BYTES], expected[TEXT_BYTES];

/* A macro, so that the argument keeps its type. */
#define EXPECT_LIKE_HOST(format, ...)                                                        \
    do {                                                                                     \
        int expected_length = snprintf(expected, TEXT_BYTES, (format), __VA_ARGS__);         \
        uint32_t actual_length = fmt_print(actual, TEXT_BYTES, (format), __VA_ARGS__);       \
        if (actual_length != (uint32_t)expected_length || strcmp(actual, expected) != 0)     \
            printf("format \"%s\": \"%s\", not \"%s\"\n", (format), actual, expected);       \
        EXPECT(actual_length == (uint32_t)expected_length && strcmp(actual, expected) == 0); \
    } while (0)

static const char *const flags[] = {"", "-", "0", "-0", "0-", "00"};
static const char *const widths[] = {"", "1", "2", "5", "11", "20", "21", "64"};
static const char *const precisions[] = {"", ".", ".0", ".1", ".3", ".19", ".20", ".33"};

/* Calls body for each combination of flags, width and precision before `tail`. */
#define FOR_EACH_FORMAT(format, tail)                                                                        \
    for (unsigned format_n = 0; format_n < 6 * 8 * 8; format_n++)                                            \
        if (snprintf(format, sizeof(format), "<%%%s%s%s%s>", flags[format_n / 64], widths[format_n / 8 % 8], \
                     precisions[format_n % 8], (tail)))

static const uint64_t values[] = {0,
                                  1,
                                  9,
                                  10,
                                  99,
                                  100,
                                  255,
                                  256,
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  1234567890,
                                  INT64_MAX,
                                  0x8000000000000000,
                                  UINT64_MAX,
                                  UINT64_MAX - 9,
                                  0xdeadbeef};

TEST(numbers_print_as_on_the_host)
{
    char format[64];
    static const char *const conversions[] = {"d", "i", "u", "x", "X"};
    for (unsigned c = 0; c < 5; c++) {
        for (unsigned v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
            char tail[8];
            FOR_EACH_FORMAT(format, conversions[c])
            EXPECT_LIKE_HOST(format, (int)values[v]);
            snprintf(tail, sizeof(tail), "l%s", conversions[c]);
            FOR_EACH_FORMAT(format, tail)
            EXPECT_LIKE_HOST(format, (long)values[v]);
            snprintf(tail, sizeof(tail), "ll%s", conversions[c]);
            FOR_EACH_FORMAT(format, tail)
            EXPECT_LIKE_HOST(format, (long long)values[v]);
            snprintf(tail, sizeof(tail), "z%s", conversions[c]);
            FOR_EACH_FORMAT(format, tail)
            EXPECT_LIKE_HOST(format, (size_t)values[v]);
        }
    }
}

TEST(random_numbers_print_as_on_the_host)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (unsigned i = 0; i < 100000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        uint64_t value = state >> (i % 64);
        int width = (int)(state % 61) - 30, precision = (int)(state / 61 % 40) - 10;
        EXPECT_LIKE_HOST("%*.*ld|%0*lx|%-*lu|%.*d", width, precision, (long)value, width, value, width, value,
                         precision, (int)value);
    }
}

TEST(texts_and_bytes_print_as_on_the_host)
{
    static const char *const texts[] = {"", "a", "capability", "a longer text with % and \\ and \xff"};
    char format[64];
    for (unsigned f = 0; f < 2; f++) {
        for (unsigned w = 0; w < 8; w++) {
            for (unsigned t = 0; t < 4; t++) {
                for (unsigned p = 0; p < 8; p++) {
                    snprintf(format, sizeof(format), "<%%%s%s%ss>", flags[f], widths[w], precisions[p]);
                    EXPECT_LIKE_HOST(format, texts[t]);
                }
            }
            snprintf(format, sizeof(format), "<%%%s%sc>", flags[f], widths[w]);
            for (int byte = 1; byte < 256; byte++)
                EXPECT_LIKE_HOST(format, byte);
        }
    }
    EXPECT_LIKE_HOST("%.*s|%*s|%-*s|%*s", 3, "abcdef", 6, "ab", 6, "cd", -6, "ef");
    EXPECT_LIKE_HOST("%.*s", -1, "whole");
    EXPECT_LIKE_HOST("100%% of %s at %d%%", "it", 5);
    EXPECT_LIKE_HOST("%s%s%s", "a", "", "b");
}

TEST(a_text_with_a_precision_needs_no_nul)
{
    char text[3] = {'a', 'b', 'c'};
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%.*s|%.2s", 3, text, text), 6);
    EXPECT_STR(actual, "abc|ab");
}

TEST(a_byte_of_zero_is_printed)
{
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "a%cb", 0), 3);
    EXPECT_BYTES(actual, "a\0b", 4);
}

TEST(pointers_print_as_hexadecimal)
{
    static const uint64_t addresses[] = {0, 1, 0xffff800000000000, UINT64_MAX};
    for (unsigned i = 0; i < 4; i++) {
        int bytes = snprintf(expected, TEXT_BYTES, "0x%lx", addresses[i]);
        EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%p", (void *)(uintptr_t)addresses[i]), bytes);
        EXPECT_STR(actual, expected);
    }
    fmt_print(actual, TEXT_BYTES, "<%10p|%-10p>", (void *)0xab, (void *)0xab);
    EXPECT_STR(actual, "<      0xab|0xab      >");
}

TEST(a_null_text_is_named)
{
    const char *volatile none = NULL;
    fmt_print(actual, TEXT_BYTES, "%s|%.3s|%8s", none, none, none);
    EXPECT_STR(actual, "(null)|(nu|  (null)");
}

TEST(a_short_buffer_cuts_the_text_and_ends_with_a_nul)
{
    const char *whole = "call 7 -> 0x002a, ok      .";
    uint32_t length = (uint32_t)strlen(whole);
    for (uint32_t bytes = 0; bytes <= length + 2; bytes++) {
        memset(actual, '#', sizeof(actual));
        EXPECT_EQ(fmt_print(bytes ? actual : NULL, bytes, "call %d -> 0x%04x, %-8s.", 7, 42, "ok"), length);
        uint32_t kept = bytes == 0 ? 0 : bytes <= length ? bytes - 1 : length;
        EXPECT_BYTES(actual, whole, kept);
        EXPECT(bytes == 0 || actual[kept] == 0);
        EXPECT(actual[bytes] == '#' || bytes > length + 1);
        for (uint32_t i = bytes; i < TEXT_BYTES; i++)
            EXPECT(actual[i] == '#');
    }
}

TEST(widths_and_precisions_have_a_bound)
{
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%5000d", 1), FMT_WIDTH_MAX);
    volatile int most = INT_MAX, least = INT_MIN;
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%*d", most, 1), FMT_WIDTH_MAX);
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%*d", least, 1), FMT_WIDTH_MAX);
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%.*d", most, 1), FMT_WIDTH_MAX);
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, "%.*s", most, "abc"), 3);
    const char *volatile wrapping = "%18446744073709551621d"; /* 2^64 + 5 */
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, wrapping, 1), FMT_WIDTH_MAX);
    const char *volatile huge = "%99999999999999999999d|%.99999999999999999999s";
    EXPECT_EQ(fmt_print(actual, TEXT_BYTES, huge, 1, "abc"), FMT_WIDTH_MAX + 4);
}

TEST(at_an_unknown_conversion_the_rest_is_copied)
{
    static const struct {
        const char *format, *text;
    } cases[] = {
        {"%d %q %d", "1 %q %d"},   {"%d%", "1%"},       {"%d %5", "1 %5"},   {"%d %l", "1 %l"},
        {"%d %lls", "1 %lls"},     {"%d %lc", "1 %lc"}, {"%d %n!", "1 %n!"}, {"%d %+d", "1 %+d"},
        {"%d %hd", "1 %hd"},       {"%d %f", "1 %f"},   {"%d %zp", "1 %zp"}, {"%d %.q%d", "1 %.q%d"},
        {"%d %-05.3", "1 %-05.3"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *volatile format = cases[i].format;
        EXPECT_EQ(fmt_print(actual, TEXT_BYTES, format, 1), strlen(cases[i].text));
        EXPECT_STR(actual, cases[i].text);
    }
}

TEST_MAIN()
