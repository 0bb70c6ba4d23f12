/* A type of a schema file, as the check wants it, from what `capnp compile` says about the file.
 *
 * The steps are those that capnpc-capos would write as C. tests/host/wire_agreement.py compares the verdicts
 * with the reference's, tests/agreement those of the generated code.
 *
 * Next: docs/spec/messages.md
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "schema/wire_segments.h"
#include "tools/capnpc-capos/schema.capnp.h"
#include "tools/wire-check/wire_check.h"

#define ANNOTATION_MAX_LENGTH 0xe7c5a3918f6d4b2aull
#define REQUEST_BYTES_MAX     (32u << 20)
#define STEPS_MAX             4096

/* One struct of the schema and its description, which others may point at before it is filled in. */
struct entry {
    uint64_t id;
    struct Node_reader node;
    struct wire_type type;
};

struct schema {
    struct entry *entries;
    uint32_t count;
};

static void *need(void *memory)
{
    if (!memory) {
        fputs("wire-check: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

/* What `capnp compile -o- FILE` writes: the request that a generator would get. Its size in bytes; 0: failed.
 */
static size_t ask_compiler(const char *path, char **folders, uint32_t folder_count, uint64_t *words)
{
    char **arguments = need(calloc(folder_count + 6, sizeof(char *)));
    uint32_t count = 0;
    int ends[2];
    arguments[count++] = "capnp";
    arguments[count++] = "compile";
    for (uint32_t i = 0; i < folder_count; i++) {
        size_t length = strlen(folders[i]) + 3;
        arguments[count] = need(malloc(length));
        snprintf(arguments[count++], length, "-I%s", folders[i]);
    }
    arguments[count++] = "-o-";
    arguments[count++] = (char *)path;
    if (pipe(ends) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(arguments[0], arguments);
        perror("wire-check: capnp");
        _exit(127);
    }
    close(ends[1]);
    size_t got = 0;
    for (ssize_t more = 1; more > 0 && got<REQUEST_BYTES_MAX; got += more> 0 ? (size_t)more : 0)
        more = read(ends[0], (char *)words + got, REQUEST_BYTES_MAX - got);
    close(ends[0]);
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return 0;
    return got;
}

static struct entry *find(struct schema *schema, uint64_t id)
{
    for (uint32_t i = 0; i < schema->count; i++)
        if (schema->entries[i].id == id)
            return &schema->entries[i];
    fprintf(stderr, "wire-check: the schema lacks a type that it uses\n");
    exit(2);
}

static uint32_t limit_of(struct Field_reader field)
{
    struct Annotation_list_reader list = Field_get_annotations(field);
    for (uint32_t i = 0; i < Annotation_list_count(list); i++)
        if (Annotation_get_id(Annotation_list_at(list, i)) == ANNOTATION_MAX_LENGTH)
            return Value_get_uint32(Annotation_get_value(Annotation_list_at(list, i)));
    return WIRE_LENGTH_ANY;
}

static enum wire_element element_of(struct Type_reader type)
{
    switch (Type_which(type)) {
    case Type_void:
        return WIRE_ELEMENT_VOID;
    case Type_bool:
        return WIRE_ELEMENT_BIT;
    case Type_int8:
    case Type_uint8:
        return WIRE_ELEMENT_BYTE;
    case Type_int16:
    case Type_uint16:
    case Type_enum:
        return WIRE_ELEMENT_TWO_BYTES;
    case Type_int32:
    case Type_uint32:
    case Type_float32:
        return WIRE_ELEMENT_FOUR_BYTES;
    case Type_int64:
    case Type_uint64:
    case Type_float64:
        return WIRE_ELEMENT_EIGHT_BYTES;
    case Type_struct:
        return WIRE_ELEMENT_STRUCT;
    default:
        return WIRE_ELEMENT_POINTER;
    }
}

static bool is_capability(struct Type_reader type)
{
    if (Type_which(type) != Type_anyPointer)
        return Type_which(type) == Type_interface;
    struct Type_anyPointer_reader any = Type_get_anyPointer(type);
    return Type_anyPointer_which(any) == Type_anyPointer_unconstrained &&
           Type_anyPointer_unconstrained_which(Type_anyPointer_get_unconstrained(any)) ==
               Type_anyPointer_unconstrained_capability;
}

/* The step for a pointer of this type; lists of lists make descriptions of their elements as they go down. */
static struct wire_step make_step(struct schema *schema, struct Type_reader type, uint32_t index,
                                  uint32_t limit)
{
    struct wire_step first = {0};
    struct wire_step *step = &first;
    for (;;) {
        *step = (struct wire_step){.kind = WIRE_STEP_ANY, .index = (uint16_t)index, .limit = limit};
        switch (Type_which(type)) {
        case Type_text:
            step->kind = WIRE_STEP_TEXT;
            return first;
        case Type_data:
            step->kind = WIRE_STEP_DATA;
            return first;
        case Type_struct:
            step->kind = WIRE_STEP_STRUCT;
            step->type = &find(schema, Type_struct_get_typeId(Type_get_struct(type)))->type;
            return first;
        case Type_list:
            break;
        default:
            step->kind = is_capability(type) ? WIRE_STEP_CAP : WIRE_STEP_ANY;
            return first;
        }
        type = Type_list__get_elementType(Type_get_list(type));
        step->kind = WIRE_STEP_LIST;
        step->element = element_of(type);
        if (step->element == WIRE_ELEMENT_STRUCT)
            step->type = &find(schema, Type_struct_get_typeId(Type_get_struct(type)))->type;
        if (step->element != WIRE_ELEMENT_POINTER)
            return first;
        struct wire_step *inner = need(calloc(1, sizeof *inner));
        struct wire_type *elements = need(calloc(1, sizeof *elements));
        *elements = (struct wire_type){inner, 1};
        step->type = elements;
        step = inner;
        index = 0;
        limit = WIRE_LENGTH_ANY;
    }
}

/* The groups that a struct's fields are in, and how far each has been read. */
struct place {
    struct Node_reader node;
    uint32_t next_field;
    uint32_t case_step; /* the CASE that this group stands under, or STEPS_MAX */
};

/* Fills in the steps of one struct: its own fields and those of its groups, in order. */
static void describe(struct schema *schema, struct entry *entry)
{
    struct wire_step *steps = need(calloc(STEPS_MAX, sizeof *steps));
    struct place places[WIRE_DEPTH_MAX] = {{entry->node, 0, STEPS_MAX}};
    uint32_t count = 0, depth = 1;
    while (depth > 0) {
        struct place *place = &places[depth - 1];
        struct Node_struct_reader s = Node_get_struct(place->node);
        struct Field_list_reader fields = Node_struct_get_fields(s);
        if (place->next_field == Field_list_count(fields)) {
            if (place->case_step < STEPS_MAX)
                steps[place->case_step].skip = count - place->case_step - 1;
            depth--;
            continue;
        }
        struct Field_reader field = Field_list_at(fields, place->next_field++);
        bool is_group = Field_which(field) == Field_group, is_in_union = false;
        struct Type_reader type = {wire_struct_null(NULL)};
        if (!is_group) {
            type = Field_slot_get_type(Field_get_slot(field));
            if (element_of(type) < WIRE_ELEMENT_POINTER)
                continue;
        }
        if (count + 2 > STEPS_MAX || depth == WIRE_DEPTH_MAX) {
            fputs("wire-check: a struct has too many fields\n", stderr);
            exit(2);
        }
        if (Field_get_discriminantValue(field) != 0xffff) {
            is_in_union = true;
            steps[count++] = (struct wire_step){.kind = WIRE_STEP_CASE,
                                                .index = Field_get_discriminantValue(field),
                                                .limit = Node_struct_get_discriminantOffset(s) * 2,
                                                .skip = 1};
        }
        if (is_group)
            places[depth++] =
                (struct place){find(schema, Field_group_get_typeId(Field_get_group(field)))->node, 0,
                               is_in_union ? count - 1 : STEPS_MAX};
        else
            steps[count++] =
                make_step(schema, type, Field_slot_get_offset(Field_get_slot(field)), limit_of(field));
    }
    entry->type = (struct wire_type){steps, count};
}

/* Is this the node that the user calls `type`: "Shape.Nested", behind the file's name and a colon? */
static bool has_name(struct Node_reader node, const char *type)
{
    struct wire_text name = Node_get_displayName(node);
    const char *colon = strrchr(name.bytes, ':');
    return Node_which(node) == Node_struct && colon && strcmp(colon + 1, type) == 0;
}

const struct wire_type *load_type(const char *path, const char *type, char **folders, uint32_t folder_count)
{
    static struct wire_segment segments[WIRE_SEGMENTS_MAX];
    static struct wire_segments set;
    static struct wire_message_reader message;
    struct schema schema = {0};
    uint64_t used_words;
    uint64_t *words = need(malloc(REQUEST_BYTES_MAX));
    size_t bytes = ask_compiler(path, folders, folder_count, words);
    if (bytes == 0 || wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, bytes / 8,
                                         bytes / 8, &used_words)) {
        fprintf(stderr, "wire-check: capnp cannot compile %s\n", path);
        return NULL;
    }
    message.budget_words = WIRE_BUDGET_UNLIMITED;
    struct Node_list_reader nodes = CodeGeneratorRequest_get_nodes(CodeGeneratorRequest_read_root(&message));
    schema.count = Node_list_count(nodes);
    schema.entries = need(calloc(schema.count, sizeof *schema.entries));
    for (uint32_t i = 0; i < schema.count; i++) {
        schema.entries[i].node = Node_list_at(nodes, i);
        schema.entries[i].id = Node_get_id(schema.entries[i].node);
    }
    const struct wire_type *found = NULL;
    for (uint32_t i = 0; i < schema.count; i++) {
        struct entry *entry = &schema.entries[i];
        if (Node_which(entry->node) == Node_struct && !Node_struct_get_isGroup(Node_get_struct(entry->node)))
            describe(&schema, entry);
        if (has_name(entry->node, type))
            found = &entry->type;
    }
    if (!found)
        fprintf(stderr, "wire-check: %s has no struct %s\n", path, type);
    return found;
}
