/* A list in words, "a, b, c", in a bounded buffer: where the room ends, so does the list, with "...".
 *
 * Next: lib/word_list.c
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WORD_LIST_BYTES      216
#define WORD_LIST_WORD_BYTES 64 /* longer words are cut */

struct word_list {
    const char *separator; /* at most 7 characters */
    uint32_t length;
    bool is_full;
    char text[WORD_LIST_BYTES]; /* always ends with a NUL */
};

void word_list_init(struct word_list *list, const char *separator);

/* Adds a word, formatted like fmt_print's; once the list is full, nothing. */
__attribute__((format(printf, 2, 3))) void word_list_add(struct word_list *list, const char *format, ...);
