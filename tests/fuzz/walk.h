/* Reading all of a message: by what its pointers say they are, or, through the code that make_walks.py
 * generates, by each getter of each struct of the schemas.
 *
 * Everything that is read ends up in a sum, so that no read is optimised away; addresses are CHECKed against
 * the segment before. A walk recurses, at most WIRE_DEPTH_MAX deep: that is one of the things it shows.
 *
 * Next: tests/fuzz/walk.c
 */
#pragma once

#include "schema/dispatch.h"

/* ---- By what is there ------------------------------------------------------------------------------ */

void walk_number(uint64_t number);
void walk_real(double number);
void walk_data(struct wire_data data);

/* Remembers that something is longer than the schema allows. */
void walk_limit(uint32_t length, uint32_t limit);

/* CHECKs the NUL behind it. */
void walk_text(struct wire_text text, uint32_t limit);

/* Elements of a list that is read as one of `element`, which is neither pointers nor structs. */
void walk_scalars(struct wire_list_reader list, enum wire_element element);

/* Whatever a pointer leads to. Breaks no rule where an AnyPointer has been checked. */
void walk_any(struct wire_pointer_reader pointer);

/* The same from the root, and everything also as what it is not: rules may well break on the way. */
void walk_wild(struct wire_message_reader *message);

/* ---- By the schemas: build/gen/tests/fuzz/walks.c --------------------------------------------------- */

/* A struct: its whole-message check, and a walk that calls each of its getters, and theirs. */
struct walk_type {
    const char *name;
    enum cap_err (*check)(struct wire_message_reader *message);
    void (*walk)(struct wire_message_reader *message);
};
extern const struct walk_type walk_types[];
extern const uint32_t walk_type_count;

/* Methods that an interface has itself, and the check of their parameters. */
struct walk_method {
    uint16_t method_id;
    enum cap_err (*check)(struct wire_message_reader *params);
};

/* An interface with a server whose every method walks its parameters and reports to walk_method_ran. */
struct walk_interface {
    const char *name;
    uint64_t id;
    enum cap_err (*dispatch)(struct wire_call *call);
    const struct walk_method *methods;
    uint32_t method_count;
    const struct walk_interface *const *ancestors; /* direct ones; NULL ends */
};
extern const struct walk_interface *const walk_interfaces[];
extern const uint32_t walk_interface_count;

/* Provided by the target that dispatches: this method of this interface has run. */
void walk_method_ran(uint64_t interface_id, uint16_t method_id);

/* The message as each type. Where its check passes no getter breaks a rule, and nothing is longer than the
 * schema allows; where it refuses, getters that read all the same do find a broken rule or a length. The
 * message is left as it was. */
void walk_as_each_type(const struct wire_message_reader *message);

/* An element of a list of scalars; 0 for other kinds. */
static inline uint64_t walk_scalar(struct wire_list_reader list, enum wire_element element, uint32_t index)
{
    switch (element) {
    case WIRE_ELEMENT_BIT:
        return wire_list_bool(list, index);
    case WIRE_ELEMENT_BYTE:
        return wire_list_u8(list, index);
    case WIRE_ELEMENT_TWO_BYTES:
        return wire_list_u16(list, index);
    case WIRE_ELEMENT_FOUR_BYTES:
        return wire_list_u32(list, index);
    case WIRE_ELEMENT_EIGHT_BYTES:
        return wire_list_u64(list, index);
    default:
        return 0;
    }
}
