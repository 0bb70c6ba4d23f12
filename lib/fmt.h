/* Formatted text into a caller's buffer: a small part of printf, without allocation or locale.
 *
 *   %[flags][width][.precision][length]conversion
 *     flags       '-' left-aligned, '0' zero-padded
 *     width       digits or '*', at most FMT_WIDTH_MAX (more counts as that much)
 *     precision   digits or '*': the most bytes of a %s (which then needs no NUL), the fewest digits of
 *                 a number
 *     length      none (int), l, ll, z
 *     conversion  s c d i u x X p %; a NULL %s prints "(null)", %p prints like 0x%lx
 *
 * What it supports it prints as C11 7.21.6.1 says. At a conversion that it does not know it stops
 * taking arguments: the rest of the format, from that '%' on, is copied as it stands.
 *
 * Next: lib/symbols.h
 */
#pragma once

#include <stdarg.h>
#include <stdint.h>

#define FMT_WIDTH_MAX 1024

/* Both return the length of the whole text without its NUL, like snprintf: a result of buffer_bytes or
 * more means that the text was cut. The buffer always ends with a NUL, also when cut; only with
 * buffer_bytes 0 (buffer may be NULL then) nothing is written. */
__attribute__((format(printf, 3, 0))) uint32_t fmt_format(char *buffer, uint32_t buffer_bytes,
                                                          const char *format, va_list arguments);
__attribute__((format(printf, 3, 4))) uint32_t fmt_print(char *buffer, uint32_t buffer_bytes,
                                                         const char *format, ...);
