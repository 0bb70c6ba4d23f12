/* A list in words in a bounded buffer; see word_list.h.
 *
 * Next: lib/circle.h
 */
#include "lib/word_list.h"

#include "lib/fmt.h"

/* Kept free behind every word but the last: a separator and "...". */
#define ENDING_BYTES (7 + sizeof("..."))

void word_list_init(struct word_list *list, const char *separator)
{
    *list = (struct word_list){.separator = separator};
}

void word_list_add(struct word_list *list, const char *format, ...)
{
    char word[WORD_LIST_WORD_BYTES];
    char *end = list->text + list->length;
    uint32_t room = (uint32_t)sizeof(list->text) - list->length;
    const char *separator = list->length ? list->separator : "";
    va_list arguments;

    if (list->is_full)
        return;
    va_start(arguments, format);
    fmt_format(word, sizeof(word), format, arguments);
    va_end(arguments);
    uint32_t added = fmt_print(end, room, "%s%s", separator, word);
    if (added + ENDING_BYTES <= room) {
        list->length += added;
        return;
    }
    list->length += fmt_print(end, room, "%s...", separator);
    list->is_full = true;
}
