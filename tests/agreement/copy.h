/* What the generated copies (make_copies.py) are written with.
 *
 * Next: tests/agreement/ours.c
 */
#pragma once

#include "schema/wire.h"

/* The copy of one type, found by the id of its schema. In the order of walk_types (tests/fuzz/walk.h). */
struct copy_type {
    const char *name;
    uint64_t id;
    void (*copy)(struct wire_message_builder *to, struct wire_message_reader *from);
};
extern const struct copy_type copy_types[];

/* Whether pointers are set to something else first: what is replaced must leave no trace in the tree. */
extern bool copy_is_twice;
extern const char copy_waste[21];

/* Remembers that a setter failed. */
void copy_done(enum cap_err error);

void copy_scalars(struct wire_list_builder to, struct wire_list_reader from, enum wire_element element);
