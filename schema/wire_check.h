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

/* CAP_OK, or CAP_ERR_MALFORMED with the rule and its place in the message. */
CAP_MUST_CHECK enum cap_err wire_check(struct wire_message_reader *message, const struct wire_type *type);
