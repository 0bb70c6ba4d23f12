/* The walks that need no schema.
 *
 * Next: tests/fuzz/make_walks.py
 */
#include "tests/fuzz/walk.h"
#include "lib/check.h"

#include <stddef.h>

/* Of a long list of scalars the two ends are enough. */
#define ENDS 32

static volatile uint64_t sum;
static bool is_over_limit;

void walk_number(uint64_t number)
{
    sum += number;
}

void walk_real(double number)
{
    sum += number > 0;
}

void walk_data(struct wire_data data)
{
    CHECK(data.bytes || data.length == 0);
    for (uint32_t i = 0; i < data.length; i++)
        walk_number(data.bytes[i]);
}

void walk_limit(uint32_t length, uint32_t limit)
{
    is_over_limit = is_over_limit || length > limit;
}

void walk_text(struct wire_text text, uint32_t limit)
{
    CHECK(text.bytes);
    walk_limit(text.length, limit);
    walk_data((struct wire_data){(const uint8_t *)text.bytes, text.length});
    CHECK(text.bytes[text.length] == 0);
}

void walk_scalars(struct wire_list_reader list, enum wire_element element)
{
    for (uint32_t i = 0; i < list.count; i++) {
        if (i == ENDS && list.count > 2 * ENDS)
            i = list.count - ENDS;
        walk_number(walk_scalar(list, element, i));
    }
}

static void walk_struct(struct wire_struct_reader s)
{
    if (!s.words)
        return;
    CHECK(s.pointers_at <= s.word_count && s.pointer_count <= s.word_count - s.pointers_at);
    for (uint32_t i = 0; i < s.data_bits / 8; i++)
        walk_number(wire_get_u8(s, i));
    for (uint32_t i = 0; i < s.pointer_count; i++)
        walk_any(wire_get_pointer(s, i));
    /* Beyond the sections everything is absent. */
    CHECK(wire_get_u64(s, s.data_bits / 8 + 8) == 0);
    CHECK(!wire_has_pointer(s, s.pointer_count));
    CHECK(wire_pointer_is_null(wire_get_pointer(s, s.pointer_count)));
}

static void walk_list(struct wire_list_reader list)
{
    if (list.element != WIRE_ELEMENT_STRUCT && list.element != WIRE_ELEMENT_POINTER)
        walk_scalars(list, (enum wire_element)list.element);
    for (uint32_t i = 0; list.element == WIRE_ELEMENT_STRUCT && i < list.count; i++)
        walk_struct(wire_list_struct(list, i));
    for (uint32_t i = 0; list.element == WIRE_ELEMENT_POINTER && i < list.count; i++)
        walk_any(wire_list_pointer(list, i));
}

void walk_any(struct wire_pointer_reader pointer)
{
    struct wire_location to;
    if (wire_pointer_is_null(pointer))
        return;
    CHECK(pointer.at < pointer.word_count);
    if (!wire_message_locate(pointer.message, pointer.words, pointer.word_count, pointer.at, &to))
        return;
    switch (to.pointer & 3) {
    case WIRE_KIND_STRUCT:
        walk_struct(wire_pointer_struct(pointer));
        break;
    case WIRE_KIND_LIST:
        walk_list(wire_follow_any_list(pointer));
        break;
    default:
        walk_number(wire_pointer_cap(pointer));
    }
}

/* ---- As what it is not ----------------------------------------------------------------------------- */

/* A list read as one of `element`: whatever comes back can be read to its end, and not beyond. */
static void walk_list_as(struct wire_pointer_reader pointer, enum wire_element element)
{
    struct wire_list_reader list = wire_follow_list(pointer, element);
    enum wire_rule rule = pointer.message->rule;
    walk_scalars(list, element);
    for (uint32_t i = 0; element == WIRE_ELEMENT_STRUCT && i < list.count && i < ENDS; i++) {
        struct wire_struct_reader s = wire_list_struct(list, i);
        walk_number(wire_get_u64(s, 0));
        walk_number(wire_get_bool(s, 0));
        walk_text(wire_get_text(s, 0), UINT32_MAX);
    }
    for (uint32_t i = 0; element == WIRE_ELEMENT_POINTER && i < list.count && i < ENDS; i++)
        walk_text(wire_list_text(list, i), UINT32_MAX);
    if (element != WIRE_ELEMENT_STRUCT && element != WIRE_ELEMENT_POINTER)
        CHECK(pointer.message->rule == rule);
    walk_number(walk_scalar(list, element, list.count));
}

static void walk_field_wild(struct wire_struct_reader s, uint32_t index)
{
    walk_text(wire_get_text(s, index), UINT32_MAX);
    walk_data(wire_get_data(s, index));
    uint32_t cap = wire_get_cap(s, index);
    CHECK(cap == WIRE_CAP_NULL || cap < s.message->cap_count);
    for (uint32_t element = WIRE_ELEMENT_VOID; element <= WIRE_ELEMENT_STRUCT; element++)
        walk_list_as(wire_get_pointer(s, index), (enum wire_element)element);
    walk_struct(wire_get_struct(s, index));
    walk_any(wire_get_pointer(s, index));
}

void walk_wild(struct wire_message_reader *message)
{
    struct wire_struct_reader root = wire_message_root(message);
    walk_struct(root);
    for (uint32_t i = 0; i <= root.pointer_count && i < ENDS; i++)
        walk_field_wild(root, i);
}

/* ---- As each struct of the schemas ------------------------------------------------------------------ */

/* Getters that are called twice charge twice: this is enough for all of them. */
#define WALK_BUDGET_FACTOR 16

static void walk_refused(const struct walk_type *type, const struct wire_message_reader *message)
{
    struct wire_message_reader copy = *message;
    copy.budget_words *= WALK_BUDGET_FACTOR;
    is_over_limit = false;
    type->walk(&copy);
    CHECK(copy.rule != WIRE_RULE_NONE || is_over_limit);
}

void walk_as_each_type(const struct wire_message_reader *message)
{
    for (uint32_t i = 0; i < walk_type_count; i++) {
        struct wire_message_reader copy = *message;
        enum cap_err err = walk_types[i].check(&copy);
        CHECK(err == (copy.rule == WIRE_RULE_NONE ? CAP_OK : CAP_ERR_MALFORMED));
        if (err == CAP_OK) {
            is_over_limit = false;
            walk_types[i].walk(&copy);
            CHECK(copy.rule == WIRE_RULE_NONE && !is_over_limit);
        } else if (copy.rule != WIRE_RULE_L1_BUDGET) {
            walk_refused(&walk_types[i], message);
        }
    }
}
