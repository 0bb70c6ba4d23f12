/* Log lines: formatted into a buffer of fixed size, then written in one piece.
 *
 * Next: kernel/panic.c
 */
#include "kernel/log.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/serial.h"
#include "lib/bits.h"
#include "lib/fmt.h"

static enum log_level log_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    log_level = level;
}

void log_line_v(enum log_level level, const char *part, const char *format, va_list arguments)
{
    static const char *const words[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warn ", [LOG_INFO] = "info ", [LOG_DEBUG] = "debug"};
    if (level > log_level)
        return;
    char line[LOG_LINE_BYTES];
    unsigned long long now_us = clock_now_ns() / 1000;
    uint64_t at = fmt_print(line, sizeof line, "[%5llu.%06llu] %s %s: ", now_us / 1000000, now_us % 1000000,
                            words[level], part);
    at = min_u64(at, sizeof line - 1);
    at += fmt_format(line + at, (uint32_t)(sizeof line - at), format, arguments);
    at = min_u64(at, sizeof line - 1);
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
