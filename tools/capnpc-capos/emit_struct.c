/* Structs: their types, roots and lists, enums, constants, and what the whole-message check walks.
 *
 * Next: tools/capnpc-capos/emit_getters.c
 */
#include <string.h>

#include "tools/capnpc-capos/emit.h"

/* Longer checks are a call. */
#define IN_LINE_STEPS_MAX 2

static bool has_stream_results(struct node *node, uint32_t method_index)
{
    struct Method_list_reader methods = Node_interface_get_methods(Node_get_interface(node->reader));
    return Method_get_resultStructType(Method_list_at(methods, method_index)) == STREAM_RESULT_ID;
}

/* A streaming method answers with a struct that has no fields; it is declared beside its interface. */
static void each_stream_results(struct emitter *emitter, struct node *node,
                                void (*emit)(FILE *file, const char *name))
{
    struct Method_list_reader methods = Node_interface_get_methods(Node_get_interface(node->reader));
    for (uint32_t i = 0; i < Method_list_count(methods); i++)
        if (has_stream_results(node, i))
            emit(emitter->header, method_struct_name(emitter, node, Method_list_at(methods, i), true));
}

static void emit_view_types(FILE *file, const char *name)
{
    fprintf(file, "struct %s_reader {\n    struct wire_struct_reader s;\n};\n", name);
    fprintf(file, "struct %s_builder {\n    struct wire_struct_builder s;\n};\n", name);
}

void emit_struct_types(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->header;
    if (node_is_interface(node))
        each_stream_results(emitter, node, emit_view_types);
    if (!node_is_struct(node))
        return;
    const char *name = model_name(emitter->model, node);
    struct Node_struct_reader s = Node_get_struct(node->reader);
    fputc('\n', file);
    emit_doc(file, model_doc(emitter->model, node, -1), "");
    emit_view_types(file, name);
    if (node_is_group(node))
        return;
    fprintf(file, "struct %s_list_reader {\n    struct wire_list_reader l;\n};\n", name);
    fprintf(file, "struct %s_list_builder {\n    struct wire_list_builder l;\n};\n", name);
    fprintf(file, "#define %s_ID            0x%016llxull\n", name, (unsigned long long)node->id);
    fprintf(file, "#define %s_DATA_WORDS    %u\n", name, Node_struct_get_dataWordCount(s));
    fprintf(file, "#define %s_POINTER_COUNT %u\n", name, Node_struct_get_pointerCount(s));
    fprintf(file, "extern const struct wire_type %s_TYPE;\n", name);
}

static void emit_roots(FILE *file, const char *name)
{
    fprintf(file,
            "\nstatic inline struct %s_reader %s_read_root(struct wire_message_reader *message)\n"
            "{\n    return (struct %s_reader){wire_message_root(message)};\n}\n",
            name, name, name);
    fprintf(file,
            "static inline struct %s_builder %s_init_root(struct wire_message_builder *message)\n"
            "{\n    return (struct %s_builder){wire_message_init_root(message, %s_DATA_WORDS, "
            "%s_POINTER_COUNT)};\n}\n",
            name, name, name, name, name);
}

static void emit_lists(FILE *file, const char *name)
{
    fprintf(file,
            "static inline uint32_t %s_list_count(struct %s_list_reader list)\n"
            "{\n    return list.l.count;\n}\n",
            name, name);
    fprintf(file,
            "static inline struct %s_reader %s_list_at(struct %s_list_reader list, uint32_t index)\n"
            "{\n    return (struct %s_reader){wire_list_struct(list.l, index)};\n}\n",
            name, name, name, name);
    fprintf(
        file,
        "static inline struct %s_builder %s_list_builder_at(struct %s_list_builder list, uint32_t index)\n"
        "{\n    return (struct %s_builder){wire_list_struct_at(list.l, index)};\n}\n",
        name, name, name, name);
}

static void emit_check(struct emitter *emitter, struct node *node);

static void emit_stream_roots(FILE *file, const char *name)
{
    fprintf(file, "\n#define %s_DATA_WORDS    0\n#define %s_POINTER_COUNT 0\n", name, name);
    fprintf(file, "extern const struct wire_type %s_TYPE;\n", name);
    emit_roots(file, name);
    fprintf(file,
            "CAP_MUST_CHECK static inline enum cap_err %s_check(struct wire_message_reader *message)\n"
            "{\n    return wire_check_scalars(message, %s_DATA_WORDS, %s_POINTER_COUNT, &%s_TYPE);\n}\n",
            name, name, name, name);
}

static void emit_stream_type(FILE *file, const char *name)
{
    fprintf(file, "\nconst struct wire_type %s_TYPE = {NULL, 0};\n", name);
}

/* The members of an unnamed union. */
static void emit_tags(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->header;
    const char *name = model_name(emitter->model, node);
    struct Node_struct_reader s = Node_get_struct(node->reader);
    if (Node_struct_get_discriminantCount(s) == 0)
        return;
    fprintf(file, "\n/* The tag of the union; a message may hold a value that is none of these. */\n");
    fprintf(file, "enum %s_tag {\n", name);
    for (uint32_t i = 0; i < struct_field_count(node); i++) {
        struct field field = struct_field(emitter, node, i);
        if (field.is_in_union)
            fprintf(file, "    %s_%s = %u,\n", name, tag_name(field.name), field.tag);
    }
    fprintf(file, "};\n");
    fprintf(file,
            "static inline uint16_t %s_which(struct %s_reader reader)\n"
            "{\n    return wire_get_u16(reader.s, %u);\n}\n",
            name, name, Node_struct_get_discriminantOffset(s) * 2);
}

void emit_struct_accessors(struct emitter *emitter, struct node *node)
{
    if (node_is_interface(node))
        each_stream_results(emitter, node, emit_stream_roots);
    if (!node_is_struct(node))
        return;
    const char *name = model_name(emitter->model, node);
    fprintf(emitter->header, "\n/* ---- %s ---- */\n", name);
    if (!node_is_group(node)) {
        emit_roots(emitter->header, name);
        emit_check(emitter, node);
        emit_lists(emitter->header, name);
    }
    emit_tags(emitter, node);
    emit_getters(emitter, node);
    emit_setters(emitter, node);
}

void emit_enum(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->header;
    if (Node_which(node->reader) != Node_enum)
        return;
    const char *name = model_name(emitter->model, node);
    struct Enumerant_list_reader enumerants = Node_enum_get_enumerants(Node_get_enum(node->reader));
    fputc('\n', file);
    emit_doc(file, model_doc(emitter->model, node, -1), "");
    if (Enumerant_list_count(enumerants) == 0)
        return;
    fprintf(file, "enum %s {\n", name);
    for (uint32_t i = 0; i < Enumerant_list_count(enumerants); i++) {
        struct Enumerant_reader enumerant = Enumerant_list_at(enumerants, i);
        emit_doc(file, model_doc(emitter->model, node, (int)i), "    ");
        fprintf(file, "    %s_%s = %u,\n", name,
                member_name(Enumerant_get_name(enumerant), Enumerant_get_annotations(enumerant)), i);
    }
    fprintf(file, "};\n");
}

/* ---- What the check walks ----------------------------------------------------------------------------- */

static const char *struct_type_name(struct emitter *emitter, struct Type_reader type)
{
    uint64_t id = Type_struct_get_typeId(Type_get_struct(type));
    return model_name(emitter->model, model_node(emitter->model, id));
}

static const char *step_kind(struct Type_reader type)
{
    switch (Type_which(type)) {
    case Type_text:
        return "TEXT";
    case Type_data:
        return "DATA";
    case Type_struct:
        return "STRUCT";
    case Type_list:
        return "LIST";
    default:
        return type_is_capability(type) ? "CAP" : "ANY";
    }
}

/* One step, as an initialiser. `below` names the description of the elements of a list of pointers. */
static void emit_step(struct emitter *emitter, struct Type_reader type, uint32_t index, uint32_t limit,
                      const char *below)
{
    FILE *file = emitter->source;
    fprintf(file, "{.kind = WIRE_STEP_%s, .index = %u, .limit = ", step_kind(type), index);
    if (limit == WIRE_LENGTH_ANY)
        fprintf(file, "WIRE_LENGTH_ANY");
    else
        fprintf(file, "%u", limit);
    if (Type_which(type) == Type_struct)
        fprintf(file, ", .type = &%s_TYPE", struct_type_name(emitter, type));
    if (Type_which(type) == Type_list) {
        struct Type_reader element = Type_list__get_elementType(Type_get_list(type));
        fprintf(file, ", .element = WIRE_ELEMENT_%s", list_element(element));
        if (Type_which(element) == Type_struct)
            fprintf(file, ", .type = &%s_TYPE", struct_type_name(emitter, element));
        else if (type_is_pointer(element))
            fprintf(file, ", .type = &%s", below);
    }
    fprintf(file, "},\n");
}

static const char *elements_name(struct field *field, uint32_t level)
{
    return keep_format("%s_%s_ELEMENTS%u", field->owner, field->name, level);
}

/* The descriptions of the elements of a list of pointers, innermost first. */
static void emit_elements(struct emitter *emitter, struct field *field)
{
    struct Type_reader levels[64];
    uint32_t count = 0;
    struct Type_reader type = field->type;
    while (Type_which(type) == Type_list && count < 64) {
        type = Type_list__get_elementType(Type_get_list(type));
        if (type_is_pointer(type) && Type_which(type) != Type_struct)
            levels[count++] = type;
    }
    for (uint32_t i = count; i-- > 0;) {
        const char *name = elements_name(field, i);
        fprintf(emitter->source, "\nstatic const struct wire_step %s_STEPS[] = {\n    ", name);
        emit_step(emitter, levels[i], 0, WIRE_LENGTH_ANY, elements_name(field, i + 1));
        fprintf(emitter->source, "};\nstatic const struct wire_type %s = {%s_STEPS, 1};\n", name, name);
    }
}

/* One step to come: a pointer field, or a case around the steps of a member of a union. */
struct row {
    struct field field;
    bool is_case;
    uint32_t skip; /* rows of the case */
};

struct rows {
    struct row *rows;
    uint32_t count;
    uint32_t capacity;
};

static struct row *rows_insert(struct rows *rows, uint32_t place)
{
    if (rows->count == rows->capacity) {
        struct row *bigger = keep((rows->capacity * 2 + 16) * sizeof *bigger);
        if (rows->count)
            memcpy(bigger, rows->rows, rows->count * sizeof *bigger);
        rows->rows = bigger;
        rows->capacity = rows->capacity * 2 + 16;
    }
    memmove(&rows->rows[place + 1], &rows->rows[place], (rows->count - place) * sizeof *rows->rows);
    rows->count++;
    return &rows->rows[place];
}

static void rows_add(struct emitter *emitter, struct rows *rows, uint32_t place, struct node *node)
{
    for (uint32_t i = 0; i < struct_field_count(node); i++) {
        struct field field = struct_field(emitter, node, i);
        if (!field.is_group && !type_is_pointer(field.type))
            continue;
        if (field.is_in_union)
            *rows_insert(rows, place++) = (struct row){field, true, 1};
        *rows_insert(rows, place++) = (struct row){field, false, 0};
    }
}

/* A case with nothing in it, last first, so that the cases around it shrink in time. */
static void rows_drop_empty_cases(struct rows *rows)
{
    for (uint32_t i = rows->count; i-- > 0;) {
        if (!rows->rows[i].is_case || rows->rows[i].skip > 0)
            continue;
        memmove(&rows->rows[i], &rows->rows[i + 1], (rows->count - i - 1) * sizeof *rows->rows);
        rows->count--;
        for (uint32_t j = 0; j < i; j++)
            if (rows->rows[j].is_case && j + rows->rows[j].skip >= i)
                rows->rows[j].skip--;
    }
}

/* Replaces each group by its own rows, until none is left. A case grows with what is inside it. */
static void rows_expand(struct emitter *emitter, struct rows *rows)
{
    for (uint32_t i = 0; i < rows->count;) {
        if (rows->rows[i].is_case || !rows->rows[i].field.is_group) {
            i++;
            continue;
        }
        struct node *group =
            model_node(emitter->model, Field_group_get_typeId(Field_get_group(rows->rows[i].field.reader)));
        uint32_t before = rows->count;
        memmove(&rows->rows[i], &rows->rows[i + 1], (rows->count - i - 1) * sizeof *rows->rows);
        rows->count--;
        rows_add(emitter, rows, i, group);
        for (uint32_t j = 0; j < i; j++)
            if (rows->rows[j].is_case && j + rows->rows[j].skip >= i)
                rows->rows[j].skip += rows->count - before;
    }
    rows_drop_empty_cases(rows);
}

/* The check of a struct. For one with nothing to walk, and for one with no more to walk than a text or a
 * capability or two,
 * what is right is settled in line; everything else is one call. */
static void emit_check(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->header;
    const char *name = model_name(emitter->model, node);
    struct rows rows = {0};
    bool is_short = true;
    rows_add(emitter, &rows, 0, node);
    rows_expand(emitter, &rows);
    for (uint32_t i = 0; i < rows.count; i++) {
        uint16_t which = Type_which(rows.rows[i].field.type);
        is_short = is_short && !rows.rows[i].is_case &&
                   (which == Type_text || which == Type_data || type_is_capability(rows.rows[i].field.type));
    }
    fprintf(file,
            "CAP_MUST_CHECK static inline enum cap_err %s_check(struct wire_message_reader *message)\n{\n",
            name);
    if (rows.count > 0 && rows.count <= IN_LINE_STEPS_MAX && is_short) {
        fprintf(file,
                "    if (__builtin_expect(message->rule == WIRE_RULE_NONE\n"
                "        && wire_message_find_root_as(message, %s_DATA_WORDS, %s_POINTER_COUNT)",
                name, name);
        for (uint32_t i = 0; i < rows.count; i++) {
            struct field *field = &rows.rows[i].field;
            if (type_is_capability(field->type))
                fprintf(file, "\n        && wire_check_cap(message, %u)", field->offset);
            else
                fprintf(file, "\n        && wire_check_bytes(message, %u, %uu, %s)", field->offset,
                        field_limit(field->reader), Type_which(field->type) == Type_text ? "true" : "false");
        }
        fprintf(file, ", 1)) {\n        message->budget_words = WIRE_BUDGET_UNLIMITED;\n"
                      "        return CAP_OK;\n    }\n");
    }
    if (rows.count == 0)
        fprintf(file,
                "    return wire_check_scalars(message, %s_DATA_WORDS, %s_POINTER_COUNT, &%s_TYPE);\n}\n",
                name, name, name);
    else
        fprintf(file, "    return wire_check(message, &%s_TYPE);\n}\n", name);
}

void emit_struct_source(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->source;
    struct rows rows = {0};
    if (node_is_interface(node)) {
        struct emitter to_source = *emitter;
        to_source.header = file;
        each_stream_results(&to_source, node, emit_stream_type);
    }
    if (!node_is_struct(node))
        return;
    const char *name = model_name(emitter->model, node);
    for (uint32_t i = 0; i < struct_field_count(node); i++) {
        struct field field = struct_field(emitter, node, i);
        uint64_t *words;
        if (field.is_group || !field.has_default)
            continue;
        uint32_t count = value_words(field.default_value, &words);
        emit_words(file, default_name(&field), words, count);
    }
    if (node_is_group(node))
        return;
    rows_add(emitter, &rows, 0, node);
    rows_expand(emitter, &rows);
    for (uint32_t i = 0; i < rows.count; i++)
        if (!rows.rows[i].is_case)
            emit_elements(emitter, &rows.rows[i].field);
    if (rows.count == 0) {
        fprintf(file, "\nconst struct wire_type %s_TYPE = {NULL, 0};\n", name);
        return;
    }
    fprintf(file, "\nstatic const struct wire_step %s_STEPS[] = {\n", name);
    for (uint32_t i = 0; i < rows.count; i++) {
        struct field *field = &rows.rows[i].field;
        fprintf(file, "    ");
        if (rows.rows[i].is_case)
            fprintf(file, "{.kind = WIRE_STEP_CASE, .index = %u, .limit = %u, .skip = %u}, /* %s */\n",
                    field->tag, field->tag_byte, rows.rows[i].skip, field->name);
        else
            emit_step(emitter, field->type, field->offset, field_limit(field->reader),
                      elements_name(field, 0));
    }
    fprintf(file, "};\nconst struct wire_type %s_TYPE = {%s_STEPS, %u};\n", name, name, rows.count);
}
