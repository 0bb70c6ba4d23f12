/* Getters: one for each field, with its place and default as constants.
 *
 * Next: tools/capnpc-capos/emit_setters.c
 */
#include "tools/capnpc-capos/emit.h"

static bool is_float(struct Type_reader type)
{
    return Type_which(type) == Type_float32 || Type_which(type) == Type_float64;
}

/* The opening of a getter: signature, brace, and `s`, the struct to read from. */
static void emit_opening(FILE *file, struct field *field, const char *c_type, const char *verb,
                         const char *ending)
{
    fprintf(file, "static inline %s %s_%s_%s%s(struct %s_reader reader)\n{\n", c_type, field->owner, verb,
            field->name, ending, field->owner);
    if (field->is_in_union)
        fprintf(file, "    struct wire_struct_reader s = wire_union_select(reader.s, %u, %u);\n",
                field->tag_byte, field->tag);
    else
        fprintf(file, "    struct wire_struct_reader s = reader.s;\n");
}

static void emit_scalar_getter(FILE *file, struct field *field)
{
    const struct scalar *scalar = type_scalar(field->type);
    bool is_real = is_float(field->type);
    uint64_t mask = value_bits(field->default_value);
    uint32_t place = scalar->bits == 1 ? field->offset : field->offset * (scalar->bits / 8);
    const char *c_type = is_real ? (scalar->bits == 32 ? "uint32_t" : "uint64_t") : scalar->c_type;
    emit_opening(file, field, c_type, "get", is_real ? "_bits" : "");
    if (mask == 0)
        fprintf(file, "    return (%s)wire_get_%s(s, %u);\n}\n", c_type, scalar->suffix, place);
    else
        fprintf(file, "    return (%s)(wire_get_%s(s, %u) ^ 0x%llx%s);\n}\n", c_type, scalar->suffix, place,
                (unsigned long long)mask, scalar->bits == 64 ? "ull" : "u");
    if (is_real)
        fprintf(file,
                "#ifdef __SSE2__\nstatic inline %s %s_get_%s(struct %s_reader reader)\n"
                "{\n    return wire_%s_of(%s_get_%s_bits(reader));\n}\n#endif\n",
                scalar->c_type, field->owner, field->name, field->owner, scalar->c_type, field->owner,
                field->name);
}

const char *list_element(struct Type_reader element)
{
    if (Type_which(element) == Type_void)
        return "VOID";
    if (Type_which(element) == Type_struct)
        return "STRUCT";
    return type_is_pointer(element) ? "POINTER" : type_scalar(element)->element;
}

/* The C name of the struct that a type refers to. */
static const char *struct_name(struct emitter *emitter, struct Type_reader type)
{
    uint64_t id = Type_struct_get_typeId(Type_get_struct(type));
    return model_name(emitter->model, model_node(emitter->model, id));
}

struct pointer_getter pointer_getter(struct emitter *emitter, struct Type_reader type)
{
    switch (Type_which(type)) {
    case Type_text:
        return (struct pointer_getter){"struct wire_text", "wire_get_text(", ")"};
    case Type_data:
        return (struct pointer_getter){"struct wire_data", "wire_get_data(", ")"};
    case Type_struct: {
        const char *c_type = keep_format("struct %s_reader", struct_name(emitter, type));
        return (struct pointer_getter){c_type, keep_format("(%s){wire_get_struct(", c_type), ")}"};
    }
    case Type_list: {
        struct Type_reader element = Type_list__get_elementType(Type_get_list(type));
        const char *ending = keep_format(", WIRE_ELEMENT_%s)", list_element(element));
        if (Type_which(element) != Type_struct)
            return (struct pointer_getter){"struct wire_list_reader", "wire_get_list(", ending};
        const char *c_type = keep_format("struct %s_list_reader", struct_name(emitter, element));
        return (struct pointer_getter){c_type, keep_format("(%s){wire_get_list(", c_type),
                                       keep_format("%s}", ending)};
    }
    default:
        if (type_is_capability(type))
            return (struct pointer_getter){"uint32_t", "wire_get_cap(", ")"};
        return (struct pointer_getter){"struct wire_pointer_reader", "wire_get_pointer(", ")"};
    }
}

static void emit_pointer_getter(struct emitter *emitter, struct field *field)
{
    FILE *file = emitter->header;
    struct pointer_getter getter = pointer_getter(emitter, field->type);
    if (field->has_default) {
        uint64_t *words;
        uint32_t count = value_words(field->default_value, &words);
        fprintf(file, "extern const uint64_t %s[%u];\n", default_name(field), count);
    }
    emit_opening(file, field, getter.c_type, "get", "");
    if (field->has_default) {
        const char *name = default_name(field);
        fprintf(file, "    if (!wire_has_pointer(s, %u))\n", field->offset);
        fprintf(file, "        return %swire_default(%s, sizeof %s / 8), 0%s;\n", getter.before, name, name,
                getter.after);
    }
    fprintf(file, "    return %ss, %u%s;\n}\n", getter.before, field->offset, getter.after);
    fprintf(file, "static inline bool %s_has_%s(struct %s_reader reader)\n{\n", field->owner, field->name,
            field->owner);
    if (field->is_in_union)
        fprintf(file, "    return wire_get_u16(reader.s, %u) == %u && wire_has_pointer(reader.s, %u);\n}\n",
                field->tag_byte, field->tag, field->offset);
    else
        fprintf(file, "    return wire_has_pointer(reader.s, %u);\n}\n", field->offset);
}

/* An element of a list of lists, so that the inner list is typed as well. */
static void emit_inner_list(struct emitter *emitter, struct field *field)
{
    if (Type_which(field->type) != Type_list)
        return;
    struct Type_reader inner = Type_list__get_elementType(Type_get_list(field->type));
    if (Type_which(inner) != Type_list)
        return;
    struct Type_reader element = Type_list__get_elementType(Type_get_list(inner));
    bool is_struct = Type_which(element) == Type_struct;
    const char *c_type = is_struct ? keep_format("struct %s_list_reader", struct_name(emitter, element))
                                   : "struct wire_list_reader";
    fprintf(emitter->header,
            "static inline %s %s_%s_at(struct wire_list_reader list, uint32_t index)\n"
            "{\n    return %s%s%swire_list_list(list, index, WIRE_ELEMENT_%s)%s;\n}\n",
            c_type, field->owner, field->name, is_struct ? "(" : "", is_struct ? c_type : "",
            is_struct ? "){" : "", list_element(element), is_struct ? "}" : "");
}

static void emit_group_getter(struct emitter *emitter, struct field *field)
{
    uint64_t id = Field_group_get_typeId(Field_get_group(field->reader));
    const char *c_type =
        keep_format("struct %s_reader", model_name(emitter->model, model_node(emitter->model, id)));
    emit_opening(emitter->header, field, c_type, "get", "");
    fprintf(emitter->header, "    return (%s){s};\n}\n", c_type);
}

void emit_getters(struct emitter *emitter, struct node *node)
{
    for (uint32_t i = 0; i < struct_field_count(node); i++) {
        struct field field = struct_field(emitter, node, i);
        if (!field.is_group && Type_which(field.type) == Type_void)
            continue;
        fputc('\n', emitter->header);
        emit_doc(emitter->header, model_doc(emitter->model, node, (int)i), "");
        if (field.is_group) {
            emit_group_getter(emitter, &field);
        } else if (type_is_pointer(field.type)) {
            emit_pointer_getter(emitter, &field);
            emit_inner_list(emitter, &field);
        } else {
            emit_scalar_getter(emitter->header, &field);
        }
    }
}
