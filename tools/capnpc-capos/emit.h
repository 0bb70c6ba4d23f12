/* Writing C: what the parts of the generator share.
 *
 * For F.capnp there are F.capnp.h (readers and builders of its types, all inline), F.capnp.c (what the check
 * walks, defaults, dispatch) and, if it has interfaces, F.client.h (calls, for programs).
 *
 * Next: tools/capnpc-capos/emit_struct.c
 */
#pragma once

#include <stdio.h>

#include "tools/capnpc-capos/model.h"

struct emitter {
    struct unit *unit;
    struct model *model;
    FILE *header;
    FILE *source;
    FILE *client;
};

/* A scalar or enum, by its Type tag: c_type is NULL for anything else. */
struct scalar {
    const char *c_type;  /* of the accessors */
    const char *suffix;  /* of the wire_get_, wire_set_, wire_list_ functions: "u32" */
    const char *element; /* WIRE_ELEMENT_ of a list of it */
    uint32_t bits;
};
const struct scalar *type_scalar(struct Type_reader type);

/* Is it a pointer in the message: anything but a scalar, an enum or Void? */
bool type_is_pointer(struct Type_reader type);
bool type_is_capability(struct Type_reader type);

/* The end of WIRE_ELEMENT_ for a list of this type. */
const char *list_element(struct Type_reader element);

/* What a getter of a pointer field returns, and the call that makes it: `before`, a struct reader, a comma,
 * an index, `after`. */
struct pointer_getter {
    const char *c_type;
    const char *before;
    const char *after;
};
struct pointer_getter pointer_getter(struct emitter *emitter, struct Type_reader type);

/* One field, with everything that the accessors need. */
struct field {
    struct Field_reader reader;
    int index;
    const char *name;  /* in accessors */
    const char *owner; /* C name of its struct or group */
    bool is_group;
    bool is_in_union;
    uint16_t tag;        /* its value in the union */
    uint32_t tag_byte;   /* where the tag is */
    uint32_t offset;     /* in the data in units of its size, or index of the pointer */
    uint32_t data_words; /* of the struct */
    struct Type_reader type;
    struct Value_reader default_value;
    bool has_default; /* a pointer default that is not null */
};
uint32_t struct_field_count(struct node *node);
struct field struct_field(struct emitter *emitter, struct node *node, uint32_t index);

/* A comment made from a doc comment; nothing if it is empty. */
void emit_doc(FILE *file, struct wire_text doc, const char *before);
void emit_c_string(FILE *file, const char *bytes, uint32_t length);

/* The bits of a scalar default or constant, as a C literal's value. */
uint64_t value_bits(struct Value_reader value);

/* Name of the array with a pointer field's default. */
const char *default_name(struct field *field);

/* The words of a flat message whose root is `value`'s text, data, list, struct or pointer. */
uint32_t value_words(struct Value_reader value, uint64_t **words);

void emit_words(FILE *file, const char *name, const uint64_t *words, uint32_t count);

void emit_struct_types(struct emitter *emitter, struct node *node);
void emit_struct_accessors(struct emitter *emitter, struct node *node);
void emit_struct_source(struct emitter *emitter, struct node *node);
void emit_getters(struct emitter *emitter, struct node *node);
void emit_setters(struct emitter *emitter, struct node *node);
void emit_enum(struct emitter *emitter, struct node *node);
void emit_const(struct emitter *emitter, struct node *node);
void emit_interface_header(struct emitter *emitter, struct node *node);
void emit_interface_source(struct emitter *emitter, struct node *node);
void emit_client_type(struct emitter *emitter, struct node *node);
void emit_client(struct emitter *emitter, struct node *node);

/* The body of a function that begins the message `params` or `results` of a call. */
const char *payload_init(const char *struct_name, const char *member);
/* C name of a method's parameter or result struct; what its accessors are called. */
const char *method_struct_name(struct emitter *emitter, struct node *interface, struct Method_reader method,
                               bool is_results);
/* Name of the method behind the interface's: `os_Console_` writeLine. */
const char *method_name(struct Method_reader method);
