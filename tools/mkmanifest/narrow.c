/* What in a grant or an export speaks of less than the whole. Next: tools/mkmanifest/pack.c */
#include "tools/mkmanifest/narrow.h"

#include <inttypes.h>

/* Of both lists in `only`, in the schema. */
#define ELEMENTS_MAX 64

/* A list of one to `max` elements; NULL without a problem if it is not there. */
static json_t *get_list(struct problems *problems, const struct place *parent, json_t *object,
                        const char *key, size_t max)
{
    struct place place = place_source(parent, key);
    json_t *list = json_object_get(object, key) ? field_get(problems, parent, object, key, JSON_ARRAY) : NULL;

    size_t count = list ? json_array_size(list) : 0;
    if (list && (count == 0 || count > max))
        problems_add(problems, place.source, "has %zu elements; 1 to %zu are allowed", count, max);
    return count <= max ? list : NULL;
}

static void pack_methods(struct problems *problems, const struct place *place, json_t *methods,
                         struct os_Grant_only_builder builder)
{
    size_t index;
    json_t *method;

    if (!methods)
        return;
    struct wire_list_builder list = os_Grant_only_init_methods(builder, (uint32_t)json_array_size(methods));
    json_array_foreach(methods, index, method)
    {
        struct place at = place_index(place, (uint32_t)index);
        if (!field_expect(problems, &at, method, JSON_INTEGER))
            continue;
        json_int_t value = json_integer_value(method);
        if (value < 0 || value > UINT16_MAX)
            problems_add(problems, at.source, "%" JSON_INTEGER_FORMAT " is not between 0 and %d", value,
                         UINT16_MAX);
        else
            wire_list_set_u16(list, (uint32_t)index, (uint16_t)value);
    }
}

static void pack_binaries(struct problems *problems, const struct place *place, json_t *binaries,
                          struct os_Grant_only_builder builder)
{
    size_t index;
    json_t *binary;

    if (!binaries)
        return;
    struct wire_list_builder list = os_Grant_only_init_binaries(builder, (uint32_t)json_array_size(binaries));
    json_array_foreach(binaries, index, binary)
    {
        struct place at = place_index(place, (uint32_t)index);
        if (!field_expect(problems, &at, binary, JSON_STRING))
            continue;
        struct wire_text name = field_checked_name(problems, &at, json_string_value(binary));
        if (wire_list_set_text(list, (uint32_t)index, name) != CAP_OK)
            problems_add(problems, at.source, "does not fit the message");
    }
}

void narrow_pack(struct problems *problems, const struct place *grant_place, json_t *grant,
                 struct os_Grant_builder builder)
{
    struct place place = place_source(grant_place, "only");

    if (!json_object_get(grant, "only"))
        return;
    json_t *only = field_get(problems, grant_place, grant, "only", JSON_OBJECT);
    if (!only)
        return;
    struct os_Grant_only_builder packed = os_Grant_init_only(builder);
    FIELD_EXPECT_ONLY(problems, &place, only, "methods", "binaries", "processes");
    if (json_object_size(only) == 0)
        problems_add(problems, place.source, "says nothing; name methods, or binaries and processes");
    json_t *methods = get_list(problems, &place, only, "methods", ELEMENTS_MAX);
    json_t *binaries = get_list(problems, &place, only, "binaries", ELEMENTS_MAX);
    struct place methods_place = place_source(&place, "methods");
    struct place binaries_place = place_source(&place, "binaries");
    pack_methods(problems, &methods_place, methods, packed);
    pack_binaries(problems, &binaries_place, binaries, packed);
    if (json_object_get(only, "processes"))
        os_Grant_only_set_processes(packed, field_u32(problems, &place, only, "processes"));
}

void narrow_pack_ancestors(struct problems *problems, const struct place *export_place, json_t *export,
                           struct os_Export_builder builder)
{
    struct place place = place_source(export_place, "extends");
    json_t *ancestors = get_list(problems, export_place, export, "extends", CAP_ANCESTORS_MAX);
    size_t index;
    json_t *ancestor;

    if (!ancestors)
        return;
    struct wire_list_builder list = os_Export_init_ancestors(builder, (uint32_t)json_array_size(ancestors));
    json_array_foreach(ancestors, index, ancestor)
    {
        struct place at = place_index(&place, (uint32_t)index);
        if (field_expect(problems, &at, ancestor, JSON_STRING))
            wire_list_set_u64(list, (uint32_t)index,
                              field_checked_type_id(problems, &at, json_string_value(ancestor)));
    }
}

void narrow_each_binary(json_t *grant, const struct place *grant_place,
                        void (*visit)(void *context, const struct place *place, json_t *name), void *context)
{
    struct place place = place_source(grant_place, "only");
    json_t *binaries = json_object_get(json_object_get(grant, "only"), "binaries");
    size_t index;
    json_t *binary;

    place = place_source(&place, "binaries");
    json_array_foreach(binaries, index, binary)
    {
        struct place at = place_index(&place, (uint32_t)index);
        visit(context, &at, binary);
    }
}
