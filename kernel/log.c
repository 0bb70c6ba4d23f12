/* Log lines: formatted into a buffer of fixed size, then kept, and written in one piece.
 *
 * Next: kernel/panic.c
 */
#include "kernel/log.h"
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/serial.h"
#include "lib/bits.h"
#include "lib/fmt.h"
#include "lib/mem.h"

#define KERNEL_BYTES  (16 * 1024)
#define PROGRAM_BYTES (32 * 1024)

static _Alignas(8) uint8_t kernel_bytes[KERNEL_BYTES];
static _Alignas(8) uint8_t program_bytes[PROGRAM_BYTES];
static struct log_ring kernel_ring = LOG_RING(kernel_bytes);
static struct log_ring program_ring = LOG_RING(program_bytes);

static enum log_level log_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    log_level = level;
}

const struct log_ring *log_kernel_ring(void)
{
    return &kernel_ring;
}

const struct log_ring *log_program_ring(void)
{
    return &program_ring;
}

static void keep(struct log_ring *ring, enum log_level level, uint64_t time_ns, const char *source,
                 const char *text, uint32_t text_bytes)
{
    const struct log_record record = {
        .time_ns = time_ns,
        .source = source,
        .text = text,
        .source_bytes = (uint32_t)strlen(source),
        .text_bytes = text_bytes,
        .level = (uint8_t)level,
    };
    log_ring_append(ring, &record);
}

void log_keep_program_text(const char *program, const char *text, uint32_t text_bytes)
{
    keep(&program_ring, LOG_PROGRAM, clock_now_ns(), program, text, text_bytes);
}

void log_line_v(enum log_level level, const char *part, const char *format, va_list arguments)
{
    static const char *const words[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warn ", [LOG_INFO] = "info ", [LOG_DEBUG] = "debug"};
    if (level > log_level)
        return;
    char line[LOG_LINE_BYTES];
    uint64_t now_ns = clock_now_ns();
    unsigned long long now_us = now_ns / 1000;
    uint64_t at = fmt_print(line, sizeof line, "[%5llu.%06llu] %s %s: ", now_us / 1000000, now_us % 1000000,
                            words[level], part);
    at = min_u64(at, sizeof line - 1);
    uint64_t text_at = at;
    at += fmt_format(line + at, (uint32_t)(sizeof line - at), format, arguments);
    at = min_u64(at, sizeof line - 1);
    keep(&kernel_ring, level, now_ns, part, line + text_at, (uint32_t)(at - text_at));
    line[at] = '\n';
    serial_write(line, (uint32_t)at + 1);
}

void log_line(enum log_level level, const char *part, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line_v(level, part, format, arguments);
    va_end(arguments);
}
