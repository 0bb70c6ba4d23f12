/* Fields of a JSON struct; see field.h.
 *
 * Next: tools/mkmanifest/pack.c
 */
#include "tools/mkmanifest/field.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *type_name(json_type type)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "a struct",    [JSON_ARRAY] = "a list",    [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a fraction", [JSON_TRUE] = "a boolean",
        [JSON_FALSE] = "a boolean",    [JSON_NULL] = "null",
    };
    return names[type];
}

json_t *field_expect(struct problems *problems, const struct place *place, json_t *value, json_type type)
{
    if (value && json_typeof(value) == type)
        return value;
    if (value)
        problems_add(problems, place->source, "is %s; it must be %s", type_name(json_typeof(value)),
                     type_name(type));
    else
        problems_add(problems, place->source, "is missing; it must be %s", type_name(type));
    return NULL;
}

json_t *field_get(struct problems *problems, const struct place *parent, json_t *object, const char *key,
                  json_type type)
{
    struct place place = place_source(parent, key);

    return field_expect(problems, &place, json_object_get(object, key), type);
}

void field_expect_only(struct problems *problems, const struct place *place, json_t *object,
                       const char *const *known_keys)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        const char *const *known = known_keys;
        char words[128] = "";
        while (*known && strcmp(*known, key) != 0)
            known++;
        if (*known)
            continue;
        for (known = known_keys; *known; known++) {
            text_append(words, sizeof(words), words[0] ? ", " : "");
            text_append(words, sizeof(words), *known);
        }
        struct place member = place_source(place, key);
        problems_add(problems, member.source, "unknown field; known: %s", words);
    }
}

struct wire_text field_checked_name(struct problems *problems, const struct place *place, const char *name)
{
    if (name && strlen(name) <= CAP_NAME_BYTES_MAX)
        return wire_text_of(name);
    if (name)
        problems_add(problems, place->source, "\"%s\" is longer than %d bytes", name, CAP_NAME_BYTES_MAX);
    return wire_text_of("");
}

struct wire_text field_name(struct problems *problems, const struct place *parent, json_t *object,
                            const char *key)
{
    struct place place = place_source(parent, key);

    return field_checked_name(problems, &place,
                              json_string_value(field_get(problems, parent, object, key, JSON_STRING)));
}

uint16_t field_word(struct problems *problems, const struct place *parent, json_t *object, const char *key,
                    const char *what, const char *(*word)(uint16_t))
{
    struct place place = place_source(parent, key);
    const char *text = json_string_value(field_get(problems, parent, object, key, JSON_STRING));
    char known[256] = "";

    if (!text)
        return 0;
    for (uint16_t i = 0; word(i); i++) {
        if (strcmp(text, word(i)) == 0)
            return i;
        text_append(known, sizeof(known), i ? ", " : "");
        text_append(known, sizeof(known), word(i));
    }
    problems_add(problems, place.source, "no %s is called \"%s\"; known: %s", what, text, known);
    return 0;
}

uint32_t field_u32(struct problems *problems, const struct place *parent, json_t *object, const char *key)
{
    struct place place = place_source(parent, key);
    json_int_t value = json_integer_value(field_get(problems, parent, object, key, JSON_INTEGER));

    if (value >= 0 && value <= UINT32_MAX)
        return (uint32_t)value;
    problems_add(problems, place.source, "%" JSON_INTEGER_FORMAT " is not between 0 and %" PRIu32, value,
                 UINT32_MAX);
    return 0;
}

uint64_t field_checked_type_id(struct problems *problems, const struct place *place, const char *text)
{
    if (!text)
        return 0;
    size_t digits = strncmp(text, "0x", 2) == 0 ? strspn(text + 2, "0123456789abcdefABCDEF") : 0;
    if (digits >= 1 && digits <= 16 && text[2 + digits] == '\0')
        return strtoull(text + 2, NULL, 16);
    problems_add(problems, place->source,
                 "\"%s\" is not a type id; write it as \"0x\" and up to 16 hexadecimal digits", text);
    return 0;
}

uint64_t field_type_id(struct problems *problems, const struct place *parent, json_t *object, const char *key)
{
    struct place place = place_source(parent, key);
    json_t *value = field_get(problems, parent, object, key, JSON_STRING);

    return field_checked_type_id(problems, &place, json_string_value(value));
}
