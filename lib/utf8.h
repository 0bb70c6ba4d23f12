/* Which bytes of a text from outside may go to a terminal as they are.
 *
 * Next: kernel/cap/console.c
 */
#pragma once

#include <stdint.h>

/* The length in bytes, 1 to 4, of the visible character at the start of count bytes; 0 if the first byte has
 * to be shown some other way: the bytes are not well-formed UTF-8 (Unicode 15.0, table 3-7), or the character
 * is a control (C0, DEL, C1) or directs how text around it is shown (marks, breaks, embeddings, overrides and
 * isolates: U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069). */
uint32_t utf8_visible_length(const char *bytes, uint32_t count);
