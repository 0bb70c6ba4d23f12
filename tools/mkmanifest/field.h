/* Fields of a JSON struct, with their form checked: each function either gives the value, or adds a problem
 * at the field's place and gives an empty one.
 *
 * Next: tools/mkmanifest/field.c
 */
#pragma once

#include <jansson.h>

#include "tools/mkmanifest/problems.h"

/* The value if it has the wanted type, else NULL after a problem. */
json_t *field_expect(struct problems *problems, const struct place *place, json_t *value, json_type type);

/* The same for a member of a struct. */
json_t *field_get(struct problems *problems, const struct place *parent, json_t *object, const char *key,
                  json_type type);

/* Adds a problem for every member of the object that is not among the known ones, which end with NULL. */
void field_expect_only(struct problems *problems, const struct place *place, json_t *object,
                       const char *const *known_keys);

#define FIELD_EXPECT_ONLY(problems, place, object, ...) \
    field_expect_only(problems, place, object, (const char *const[]){__VA_ARGS__, NULL})

/* A name that may be too long; NULL is the empty one without a problem. */
struct wire_text field_checked_name(struct problems *problems, const struct place *place, const char *name);

struct wire_text field_name(struct problems *problems, const struct place *parent, json_t *object,
                            const char *key);

/* An enum's value, spelled as in the schema. `word` gives the words by number, NULL behind the last; `what`
 * is what the enum is of. */
uint16_t field_word(struct problems *problems, const struct place *parent, json_t *object, const char *key,
                    const char *what, const char *(*word)(uint16_t));

uint32_t field_u32(struct problems *problems, const struct place *parent, json_t *object, const char *key);

/* "0x93b4c5d6e7f80912"; 64 bits do not fit a JSON integer. */
uint64_t field_checked_type_id(struct problems *problems, const struct place *place, const char *text);
uint64_t field_type_id(struct problems *problems, const struct place *parent, json_t *object,
                       const char *key);
