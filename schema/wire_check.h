/* The whole message against its schema, before anybody acts on it.
 *
 * The generator describes each struct as a row of steps, one for each pointer field; scalars need none, since
 * any bits are a value. The check walks what the schema knows and nothing else: fields that a newer schema
 * added are not looked at, and cannot be reached through the getters. What an AnyPointer leads to is walked
 * as bare structs and lists.
 *
 * After a check that passed, the getters of that schema cannot meet a broken rule, and the traversal budget
 * is lifted: the walk has shown that the message is small enough.
 *
 * Next: schema/wire_check.c
 */
#pragma once

#include "abi/error.h"
#include "schema/wire_read.h"

/* A field without maxLength. */
#define WIRE_LENGTH_ANY UINT32_MAX

enum wire_step_kind {
    WIRE_STEP_TEXT,
    WIRE_STEP_DATA,
    WIRE_STEP_CAP,
    WIRE_STEP_STRUCT,
    WIRE_STEP_LIST,
    WIRE_STEP_ANY,
    WIRE_STEP_CASE, /* the next `skip` steps count only if the tag at byte `limit` has the value `index` */
};

struct wire_type;

struct wire_step {
    uint8_t kind;    /* enum wire_step_kind */
    uint8_t element; /* LIST: enum wire_element */
    uint16_t index;  /* of the pointer in its section; CASE: the value of the tag */
    uint32_t limit;  /* TEXT, DATA: most bytes; LIST: most elements; CASE: byte offset of the tag */
    union {
        const struct wire_type *type; /* STRUCT: its type; LIST: of the elements, NULL for scalars */
        uintptr_t skip;               /* CASE */
    };
};

/* A struct of the schema; or, for a list of pointers, what each element is: one step with index 0. */
struct wire_type {
    const struct wire_step *steps;
    uint32_t step_count;
};

/* CAP_OK, or CAP_ERR_MALFORMED with the rule and its place in the message. Call it before anything was read.
 */
CAP_MUST_CHECK enum cap_err wire_check(struct wire_message_reader *message, const struct wire_type *type);

/* The same, and the root. */
CAP_MUST_CHECK enum cap_err wire_check_root(struct wire_message_reader *message, const struct wire_type *type,
                                            struct wire_struct_reader *root);

/* The same for a struct without steps, which is all scalars: its bounds are all there is to check. */
CAP_MUST_CHECK static inline enum cap_err wire_check_scalars(struct wire_message_reader *message,
                                                             uint32_t data_words, uint32_t pointer_count,
                                                             const struct wire_type *type)
{
    if (__builtin_expect(message->rule != WIRE_RULE_NONE ||
                             !wire_message_find_root_as(message, data_words, pointer_count),
                         0))
        return wire_check(message, type);
    message->budget_words = WIRE_BUDGET_UNLIMITED;
    return CAP_OK;
}

/* A step of kind CAP at pointer `index` of the root, when it is right; false: look again. */
static inline bool wire_check_cap(const struct wire_message_reader *message, uint32_t index)
{
    if (index >= message->root_pointer_count)
        return true;
    uint64_t word = message->words[message->root_pointers_at + index];
    return word == 0 || wire_is_cap(word, message->cap_count);
}

/* A step of kind TEXT or DATA at pointer `index` of the root, when it is right; false: look again. Nothing is
 * charged: no more than a few of these and the root are far below the budget. The last Text is kept, so that
 * its getter need not look again; wire_check forgets it. */
static inline bool wire_check_bytes(struct wire_message_reader *message, uint32_t index, uint32_t limit,
                                    bool is_text)
{
    struct wire_data data;
    uint64_t size_words;
    uint32_t at = message->root_pointers_at + index;
    if (index >= message->root_pointer_count)
        return true;
    if (!wire_is_bytes(message->words, message->word_count, at, is_text, &data, &size_words))
        return message->words[at] == 0;
    if (is_text) {
        message->text_at = message->words + at;
        message->text = (struct wire_text){(const char *)data.bytes, data.length - 1};
    }
    return data.length - is_text <= limit;
}
