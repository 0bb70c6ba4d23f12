/* Where an element is, in the source and in the message; see place.h.
 *
 * Next: tools/mkmanifest/problems.h
 */
#include "tools/mkmanifest/place.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_plain_key(const char *key)
{
    for (const char *c = key; *c; c++) {
        bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        if (!is_letter && !(c != key && *c >= '0' && *c <= '9'))
            return false;
    }
    return *key != '\0';
}

void text_append(char *text, size_t room, const char *piece)
{
    size_t length = strlen(text);

    for (; *piece && length + 1 < room; piece++)
        text[length++] = (unsigned char)*piece < ' ' ? '?' : *piece;
    text[length] = '\0';
}

struct place place_source(const struct place *parent, const char *key)
{
    struct place place = *parent;
    const char *quote = is_plain_key(key) ? "" : "\"";

    text_append(place.source, sizeof(place.source), place.source[0] ? "." : "");
    text_append(place.source, sizeof(place.source), quote);
    text_append(place.source, sizeof(place.source), key);
    text_append(place.source, sizeof(place.source), quote);
    return place;
}

struct place place_field(const struct place *parent, const char *key)
{
    struct place place = place_source(parent, key);

    text_append(place.message, sizeof(place.message), place.message[0] ? "." : "");
    text_append(place.message, sizeof(place.message), key);
    return place;
}

struct place place_element(const struct place *map, const char *key, uint32_t index)
{
    struct place place = place_source(map, key);
    char number[16];

    snprintf(number, sizeof(number), "[%" PRIu32 "]", index);
    text_append(place.message, sizeof(place.message), number);
    return place;
}

struct place place_index(const struct place *list, uint32_t index)
{
    struct place place = *list;
    char number[16];

    snprintf(number, sizeof(number), "[%" PRIu32 "]", index);
    text_append(place.source, sizeof(place.source), number);
    text_append(place.message, sizeof(place.message), number);
    return place;
}
