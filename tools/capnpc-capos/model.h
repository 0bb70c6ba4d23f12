/* What `capnp compile` parsed, indexed: nodes by id, the C name of each, and what belongs to which file.
 *
 * Next: tools/capnpc-capos/model.c
 */
#pragma once

#include "schema/wire.h"
#include "tools/capnpc-capos/schema.capnp.h"

/* Annotations of schema/c.capnp. */
#define ANNOTATION_PREFIX     0x9d1e3c5a7b9f2d46ull
#define ANNOTATION_NAME       0xc8a6e4d2b0f19735ull
#define ANNOTATION_MAX_LENGTH 0xe7c5a3918f6d4b2aull

/* The result type of a streaming method; it has no fields. */
#define STREAM_RESULT_ID 0x995f9a3377c0b16eull

/* Field.discriminantValue of a field that is not in a union. */
#define NO_DISCRIMINANT 0xffff

struct node {
    uint64_t id;
    struct Node_reader reader;
    const char *c_name;         /* made on first use */
    struct node *method_parent; /* parameters or results of this interface's method; else NULL */
    const char *method_name;
    bool is_results;
};

struct model {
    struct CodeGeneratorRequest_reader request;
    struct node *nodes;
    uint32_t node_count;
    bool is_without_comments;
};

/* One file being generated: every declaration in it, outer before inner. */
struct unit {
    struct model *model;
    struct node *file;
    struct CodeGeneratorRequest_RequestedFile_reader requested;
    const char *path; /* "schema/capos.capnp" */
    struct node **nodes;
    uint32_t node_count;
};

/* Ends the program with a message. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Memory that lives until the program ends. */
void *keep(size_t bytes);
const char *keep_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

void model_open(struct model *model, struct CodeGeneratorRequest_reader request);
struct node *model_find(struct model *model, uint64_t id);
struct node *model_node(struct model *model, uint64_t id); /* must exist */

/* The file that a node is declared in. */
struct node *model_file(struct model *model, struct node *node);

/* The C name: prefix, then each scope and the name, with `_` between. */
const char *model_name(struct model *model, struct node *node);

/* The name of a field, enumerant or method: as in the schema, or as $name says. */
const char *member_name(struct wire_text name, struct Annotation_list_reader annotations);

/* A name as a C identifier of its own (a parameter, a member): with `_` after it if it is a keyword or a name
 * that generated code uses itself. Names of a schema contain no `_`, so this cannot meet another name. */
const char *safe_name(const char *name);

/* Names that are the last part of a longer identifier, likewise. Group `list` of X is `X_list_`, because
 * `X_list_` and a verb are the functions of List(X); members `which` and `check` of a union are not the
 * functions X_which and X_check. */
const char *group_name(const char *name);
const char *tag_name(const char *name);

/* $maxLength of a field, WIRE_LENGTH_ANY without. */
uint32_t field_limit(struct Field_reader field);

/* Doc comment of a node, or of one of its members; empty if it has none. */
struct wire_text model_doc(struct model *model, struct node *node, int member_index);

void unit_open(struct unit *unit, struct model *model,
               struct CodeGeneratorRequest_RequestedFile_reader requested);

/* Other files whose types this one uses, in order of their id; their paths. */
uint32_t unit_imports(struct unit *unit, const char **paths, uint32_t capacity);

bool node_is_struct(struct node *node);
bool node_is_group(struct node *node);
bool node_is_interface(struct node *node);
