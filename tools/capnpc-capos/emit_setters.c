/* Setters and inits: one for each field; a member of a union selects itself.
 *
 * Next: tools/capnpc-capos/emit_interface.c
 */
#include "tools/capnpc-capos/emit.h"

static void emit_tag(FILE *file, struct field *field)
{
    if (field->is_in_union)
        fprintf(file, "    wire_set_u16(builder.s, %u, %u);\n", field->tag_byte, field->tag);
}

static uint32_t scalar_place(struct field *field)
{
    const struct scalar *scalar = type_scalar(field->type);
    return scalar->bits == 1 ? field->offset : field->offset * (scalar->bits / 8);
}

static void emit_scalar_setter(FILE *file, struct field *field)
{
    const struct scalar *scalar = type_scalar(field->type);
    bool is_real = Type_which(field->type) == Type_float32 || Type_which(field->type) == Type_float64;
    uint64_t mask = value_bits(field->default_value);
    const char *word_type = scalar->bits == 1 ? "bool" : keep_format("uint%u_t", scalar->bits);
    const char *c_type = is_real ? word_type : scalar->c_type;
    fprintf(file, "static inline void %s_set_%s%s(struct %s_builder builder, %s value)\n{\n", field->owner,
            field->name, is_real ? "_bits" : "", field->owner, c_type);
    emit_tag(file, field);
    fprintf(file, "    wire_set_%s(builder.s, %u, (%s)(value", scalar->suffix, scalar_place(field),
            word_type);
    if (mask)
        fprintf(file, " ^ %s0x%llx%s", scalar->bits == 64 ? "" : keep_format("(%s)", word_type),
                (unsigned long long)mask, scalar->bits == 64 ? "ull" : "u");
    fprintf(file, "));\n}\n");
    if (is_real)
        fprintf(file,
                "#ifdef __SSE2__\nstatic inline void %s_set_%s(struct %s_builder builder, %s value)\n"
                "{\n    %s_set_%s_bits(builder, wire_%s_bits(value));\n}\n#endif\n",
                field->owner, field->name, field->owner, scalar->c_type, field->owner, field->name,
                scalar->c_type);
}

/* A setter that can fail: the tag changes only if it did not. */
static void emit_checked_setter(FILE *file, struct field *field, const char *c_type, const char *setter)
{
    uint32_t word = field->data_words + field->offset;
    fprintf(file, "static inline enum cap_err %s_set_%s(struct %s_builder builder, %s value)\n{\n",
            field->owner, field->name, field->owner, c_type);
    if (!field->is_in_union) {
        fprintf(file, "    return %s(wire_pointer_at(builder.s, %u), value);\n}\n", setter, word);
        return;
    }
    fprintf(file, "    enum cap_err error = %s(wire_pointer_at(builder.s, %u), value);\n", setter, word);
    fprintf(file, "    if (error == CAP_OK)\n    ");
    emit_tag(file, field);
    fprintf(file, "    return error;\n}\n");
}

static void emit_data_init(FILE *file, struct field *field)
{
    fprintf(file,
            "/* `length` zero bytes to fill in; NULL: no room. */\n"
            "static inline uint8_t *%s_init_%s(struct %s_builder builder, uint32_t length)\n{\n",
            field->owner, field->name, field->owner);
    emit_tag(file, field);
    fprintf(file, "    return wire_pointer_init_data(wire_pointer_at(builder.s, %u), length);\n}\n",
            field->data_words + field->offset);
}

static const char *struct_name(struct emitter *emitter, struct Type_reader type)
{
    uint64_t id = Type_struct_get_typeId(Type_get_struct(type));
    return model_name(emitter->model, model_node(emitter->model, id));
}

/* The setter of a struct takes its typed reader; the copy wants the plain one inside. */
static void emit_copy_setter(FILE *file, struct field *field, const char *c_type, const char *setter,
                             const char *inside)
{
    fprintf(file,
            "/* Copies it with all that hangs on it, within the limits of its message. */\n"
            "static inline enum cap_err %s_set_%s(struct %s_builder builder, %s value)\n{\n"
            "    enum cap_err error = %s(wire_pointer_at(builder.s, %u), value%s);\n",
            field->owner, field->name, field->owner, c_type, setter, field->data_words + field->offset,
            inside);
    if (field->is_in_union) {
        fprintf(file, "    if (error == CAP_OK)\n    ");
        emit_tag(file, field);
    }
    fprintf(file, "    return error;\n}\n");
}

static void emit_struct_init(struct emitter *emitter, struct field *field)
{
    FILE *file = emitter->header;
    const char *name = struct_name(emitter, field->type);
    fprintf(file, "static inline struct %s_builder %s_init_%s(struct %s_builder builder)\n{\n", name,
            field->owner, field->name, field->owner);
    emit_tag(file, field);
    fprintf(file,
            "    return (struct %s_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, %u), "
            "%s_DATA_WORDS, %s_POINTER_COUNT)};\n}\n",
            name, field->data_words + field->offset, name, name);
    emit_copy_setter(file, field, keep_format("struct %s_reader", name), "wire_pointer_copy_struct", ".s");
}

static void emit_list_init(struct emitter *emitter, struct field *field)
{
    FILE *file = emitter->header;
    struct Type_reader element = Type_list__get_elementType(Type_get_list(field->type));
    uint32_t word = field->data_words + field->offset;
    if (Type_which(element) == Type_struct) {
        const char *name = struct_name(emitter, element);
        fprintf(file,
                "static inline struct %s_list_builder %s_init_%s(struct %s_builder builder, uint32_t count)\n"
                "{\n",
                name, field->owner, field->name, field->owner);
        emit_tag(file, field);
        fprintf(
            file,
            "    return (struct %s_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, "
            "%u), %s_DATA_WORDS, %s_POINTER_COUNT, count)};\n}\n",
            name, word, name, name);
        emit_copy_setter(file, field, keep_format("struct %s_list_reader", name), "wire_pointer_copy_list",
                         ".l");
        return;
    }
    fprintf(file,
            "static inline struct wire_list_builder %s_init_%s(struct %s_builder builder, uint32_t count)\n"
            "{\n",
            field->owner, field->name, field->owner);
    emit_tag(file, field);
    fprintf(file,
            "    return wire_pointer_init_list(wire_pointer_at(builder.s, %u), WIRE_ELEMENT_%s, count);\n}\n",
            word, list_element(element));
    emit_copy_setter(file, field, "struct wire_list_reader", "wire_pointer_copy_list", "");
}

static void emit_pointer_setter(struct emitter *emitter, struct field *field)
{
    FILE *file = emitter->header;
    switch (Type_which(field->type)) {
    case Type_text:
        emit_checked_setter(file, field, "struct wire_text", "wire_pointer_set_text");
        return;
    case Type_data:
        emit_checked_setter(file, field, "struct wire_data", "wire_pointer_set_data");
        emit_data_init(file, field);
        return;
    case Type_struct:
        emit_struct_init(emitter, field);
        return;
    case Type_list:
        emit_list_init(emitter, field);
        return;
    default:
        break;
    }
    if (type_is_capability(field->type)) {
        emit_checked_setter(file, field, "uint32_t", "wire_pointer_set_cap");
        return;
    }
    fprintf(file, "static inline struct wire_pointer_builder %s_init_%s(struct %s_builder builder)\n{\n",
            field->owner, field->name, field->owner);
    emit_tag(file, field);
    fprintf(file, "    wire_pointer_clear(wire_pointer_at(builder.s, %u));\n",
            field->data_words + field->offset);
    fprintf(file, "    return wire_pointer_at(builder.s, %u);\n}\n", field->data_words + field->offset);
}

/* Zeroes a group's own fields and those of the groups in it, which may hold what another member of the union
 * left there. */
static void emit_group_zeroing(struct emitter *emitter, struct node *group)
{
    FILE *file = emitter->header;
    struct node *groups[256] = {group};
    uint32_t count = 1;
    for (uint32_t g = 0; g < count; g++) {
        struct Node_struct_reader s = Node_get_struct(groups[g]->reader);
        if (Node_struct_get_discriminantCount(s) > 0)
            fprintf(file, "    wire_set_u16(builder.s, %u, 0);\n", Node_struct_get_discriminantOffset(s) * 2);
        for (uint32_t i = 0; i < struct_field_count(groups[g]); i++) {
            struct field field = struct_field(emitter, groups[g], i);
            if (field.is_group) {
                if (count == 256)
                    die("%s holds more than 255 groups", model_name(emitter->model, group));
                groups[count++] =
                    model_node(emitter->model, Field_group_get_typeId(Field_get_group(field.reader)));
            } else if (type_is_pointer(field.type)) {
                fprintf(file, "    wire_pointer_clear(wire_pointer_at(builder.s, %u));\n",
                        field.data_words + field.offset);
            } else if (Type_which(field.type) != Type_void) {
                fprintf(file, "    wire_set_%s(builder.s, %u, 0);\n", type_scalar(field.type)->suffix,
                        scalar_place(&field));
            }
        }
    }
}

static void emit_group_init(struct emitter *emitter, struct field *field)
{
    FILE *file = emitter->header;
    struct node *group = model_node(emitter->model, Field_group_get_typeId(Field_get_group(field->reader)));
    const char *name = model_name(emitter->model, group);
    fprintf(file,
            "/* All of its fields are their defaults then. */\n"
            "static inline struct %s_builder %s_init_%s(struct %s_builder builder)\n{\n",
            name, field->owner, field->name, field->owner);
    emit_group_zeroing(emitter, group);
    emit_tag(file, field);
    fprintf(file, "    return (struct %s_builder){builder.s};\n}\n", name);
}

void emit_setters(struct emitter *emitter, struct node *node)
{
    for (uint32_t i = 0; i < struct_field_count(node); i++) {
        struct field field = struct_field(emitter, node, i);
        if (field.is_group) {
            emit_group_init(emitter, &field);
        } else if (type_is_pointer(field.type)) {
            emit_pointer_setter(emitter, &field);
        } else if (Type_which(field.type) != Type_void) {
            emit_scalar_setter(emitter->header, &field);
        } else if (field.is_in_union) {
            fprintf(emitter->header, "static inline void %s_set_%s(struct %s_builder builder)\n{\n",
                    field.owner, field.name, field.owner);
            emit_tag(emitter->header, &field);
            fprintf(emitter->header, "}\n");
        }
    }
}
