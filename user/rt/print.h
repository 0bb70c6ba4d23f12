/* Formatted print, through a Console that the caller holds: there is no other way to say anything.
 *
 * Next: kernel/cap/console.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"

/* Writes one line; the console ends it. The formats are those of lib/fmt.h. A line that is longer than a
 * Console takes is cut and ends in "...". What the call ended with; a program may ignore it. */
enum cap_err print(struct os_Console console, const char *format, ...) __attribute__((format(printf, 2, 3)));
