/* The kernel's log on the serial port: `[    0.012345] info  boot: text`. The newest lines stay in memory:
 * LogReader reads them. Lines of programs are kept elsewhere (kernel/task/program_log.h).
 *
 * The time is in seconds since the clock was started, the word before the colon names the part of the
 * kernel. Tests treat a line of level warn or error as a failure unless they expect it.
 *
 * Next: kernel/panic.h
 */
#pragma once

#include "lib/log_store.h"
#include <stdarg.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
    LOG_PROGRAM, /* only in records: what a program wrote */
};

/* Lines above the level are not written. Starts at LOG_INFO. */
void log_set_level(enum log_level level);

/* Writes one line. part and text must not hold newlines; what is over LOG_LINE_BYTES is cut. */
void log_line(enum log_level level, const char *part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void log_line_v(enum log_level level, const char *part, const char *format, va_list arguments);

#define LOG_LINE_BYTES 256

/* The newest records; until the next line. */
const struct log_store *log_kernel_store(void);

#define log_error(part, ...) log_line(LOG_ERROR, part, __VA_ARGS__)
#define log_warn(part, ...)  log_line(LOG_WARN, part, __VA_ARGS__)
#define log_info(part, ...)  log_line(LOG_INFO, part, __VA_ARGS__)
#define log_debug(part, ...) log_line(LOG_DEBUG, part, __VA_ARGS__)
