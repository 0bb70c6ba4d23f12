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

#define KERNEL_BYTES (16 * 1024)

static _Alignas(8) uint8_t kernel_bytes[LOG_STORE_ARRAY(KERNEL_BYTES)];
static struct log_store kernel_store = LOG_STORE(kernel_bytes);
static struct log_owner kernel_lines = LOG_OWNER_INIT;

static enum log_level log_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    log_level = level;
}

const struct log_store *log_kernel_store(void)
{
    return &kernel_store;
}

/* The oldest lines make room. */
static void keep(const struct log_record *record)
{
    uint32_t byte_count = log_record_bytes(record->source_bytes, record->text_bytes);
    while (kernel_lines.byte_count > KERNEL_BYTES - byte_count)
        log_store_drop_oldest(&kernel_store, &kernel_lines);
    log_store_append(&kernel_store, &kernel_lines, record);
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
    const struct log_record record = {
        .time_ns = now_ns,
        .source = part,
        .text = line + text_at,
        .source_bytes = (uint32_t)strlen(part),
        .text_bytes = (uint32_t)(at - text_at),
        .level = (uint8_t)level,
    };
    keep(&record);
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
