/* The small pieces: types, fields, literals, comments.
 *
 * Next: tools/capnpc-capos/emit_struct.c
 */
#include <stdlib.h>
#include <string.h>

#include "tools/capnpc-capos/emit.h"

const struct scalar *type_scalar(struct Type_reader type)
{
    static const struct scalar none = {0};
    static const struct scalar scalars[] = {
        [Type_bool] = {"bool", "bool", "BIT", 1},
        [Type_int8] = {"int8_t", "u8", "BYTE", 8},
        [Type_int16] = {"int16_t", "u16", "TWO_BYTES", 16},
        [Type_int32] = {"int32_t", "u32", "FOUR_BYTES", 32},
        [Type_int64] = {"int64_t", "u64", "EIGHT_BYTES", 64},
        [Type_uint8] = {"uint8_t", "u8", "BYTE", 8},
        [Type_uint16] = {"uint16_t", "u16", "TWO_BYTES", 16},
        [Type_uint32] = {"uint32_t", "u32", "FOUR_BYTES", 32},
        [Type_uint64] = {"uint64_t", "u64", "EIGHT_BYTES", 64},
        [Type_float32] = {"float", "u32", "FOUR_BYTES", 32},
        [Type_float64] = {"double", "u64", "EIGHT_BYTES", 64},
        [Type_enum] = {"uint16_t", "u16", "TWO_BYTES", 16},
    };
    uint16_t which = Type_which(type);
    return which < sizeof scalars / sizeof scalars[0] ? &scalars[which] : &none;
}

bool type_is_pointer(struct Type_reader type)
{
    return Type_which(type) != Type_void && !type_scalar(type)->c_type;
}

bool type_is_capability(struct Type_reader type)
{
    if (Type_which(type) == Type_interface)
        return true;
    if (Type_which(type) != Type_anyPointer)
        return false;
    struct Type_anyPointer_reader any = Type_get_anyPointer(type);
    return Type_anyPointer_which(any) == Type_anyPointer_unconstrained &&
           Type_anyPointer_unconstrained_which(Type_anyPointer_get_unconstrained(any)) ==
               Type_anyPointer_unconstrained_capability;
}

uint32_t struct_field_count(struct node *node)
{
    return Field_list_count(Node_struct_get_fields(Node_get_struct(node->reader)));
}

struct field struct_field(struct emitter *emitter, struct node *node, uint32_t index)
{
    struct Node_struct_reader s = Node_get_struct(node->reader);
    struct Field_reader reader = Field_list_at(Node_struct_get_fields(s), index);
    struct field field = {
        .reader = reader,
        .index = (int)index,
        .name = member_name(Field_get_name(reader), Field_get_annotations(reader)),
        .owner = model_name(emitter->model, node),
        .is_group = Field_which(reader) == Field_group,
        .tag = Field_get_discriminantValue(reader),
        .is_in_union = Field_get_discriminantValue(reader) != NO_DISCRIMINANT,
        .tag_byte = Node_struct_get_discriminantOffset(s) * 2,
        .data_words = Node_struct_get_dataWordCount(s),
    };
    if (field.is_group)
        return field;
    struct Field_slot_reader slot = Field_get_slot(reader);
    field.offset = Field_slot_get_offset(slot);
    field.type = Field_slot_get_type(slot);
    field.default_value = Field_slot_get_defaultValue(slot);
    if (type_is_pointer(field.type) && Field_slot_get_hadExplicitDefault(slot)) {
        uint64_t *words;
        field.has_default = value_words(field.default_value, &words) > 0;
    }
    return field;
}

void emit_doc(FILE *file, struct wire_text doc, const char *before)
{
    uint32_t length = doc.length;
    while (length > 0 && doc.bytes[length - 1] == '\n')
        length--;
    if (length == 0)
        return;
    fprintf(file, "%s/* ", before);
    for (uint32_t i = 0; i < length; i++) {
        char c = doc.bytes[i];
        bool ends_comment = c == '/' && i > 0 && doc.bytes[i - 1] == '*';
        bool opens_comment = c == '*' && i > 0 && doc.bytes[i - 1] == '/';
        if (ends_comment || opens_comment)
            fputc(' ', file);
        if (c == '\n')
            fprintf(file, "\n%s *%s", before, i + 1 < length && doc.bytes[i + 1] != '\n' ? " " : "");
        else
            fputc(c, file);
    }
    fprintf(file, " */\n");
}

void emit_c_string(FILE *file, const char *bytes, uint32_t length)
{
    fputc('"', file);
    for (uint32_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '"' || c == '\\')
            fprintf(file, "\\%c", c);
        else if (c >= 32 && c < 127 && c != '?')
            fputc(c, file);
        else
            fprintf(file, "\\%03o", c);
    }
    fputc('"', file);
}

uint64_t value_bits(struct Value_reader value)
{
    switch (Value_which(value)) {
    case Value_bool:
        return Value_get_bool(value);
    case Value_int8:
        return (uint8_t)Value_get_int8(value);
    case Value_int16:
        return (uint16_t)Value_get_int16(value);
    case Value_int32:
        return (uint32_t)Value_get_int32(value);
    case Value_int64:
        return (uint64_t)Value_get_int64(value);
    case Value_uint8:
        return Value_get_uint8(value);
    case Value_uint16:
        return Value_get_uint16(value);
    case Value_uint32:
        return Value_get_uint32(value);
    case Value_uint64:
        return Value_get_uint64(value);
    case Value_float32:
        return Value_get_float32_bits(value);
    case Value_float64:
        return Value_get_float64_bits(value);
    case Value_enum:
        return Value_get_enum(value);
    default:
        return 0;
    }
}

const char *default_name(struct field *field)
{
    return keep_format("%s_%s_DEFAULT", field->owner, field->name);
}

uint32_t value_words(struct Value_reader value, uint64_t **words)
{
    struct wire_message_builder message;
    enum cap_err error = CAP_ERR_TOO_BIG;
    *words = NULL;
    if (wire_pointer_is_null(wire_get_pointer(value.s, 0)))
        return 0;
    for (uint32_t capacity = 64; error == CAP_ERR_TOO_BIG && capacity <= 1u << 26; capacity *= 2) {
        free(*words);
        *words = calloc(capacity, 8);
        if (!*words)
            die("out of memory");
        wire_message_build(&message, *words, capacity);
        message.word_count = 1;
        error = wire_pointer_copy((struct wire_pointer_builder){&message, message.words},
                                  wire_get_pointer(value.s, 0));
    }
    if (error)
        die("a default value is malformed");
    return message.word_count;
}

void emit_words(FILE *file, const char *name, const uint64_t *words, uint32_t count)
{
    fprintf(file, "\nconst uint64_t %s[%u] = {", name, count);
    for (uint32_t i = 0; i < count; i++)
        fprintf(file, "%s0x%016llxull,", i % 4 ? " " : "\n    ", (unsigned long long)words[i]);
    fprintf(file, "\n};\n");
}

const char *method_name(struct Method_reader method)
{
    const char *name = member_name(Method_get_name(method), Method_get_annotations(method));
    return strcmp(name, "dispatch") == 0 ? "dispatch_" : name;
}

const char *method_struct_name(struct emitter *emitter, struct node *interface, struct Method_reader method,
                               bool is_results)
{
    uint64_t id = is_results ? Method_get_resultStructType(method) : Method_get_paramStructType(method);
    if (id == STREAM_RESULT_ID)
        return keep_format("%s_%s_Results", model_name(emitter->model, interface),
                           member_name(Method_get_name(method), Method_get_annotations(method)));
    return model_name(emitter->model, model_node(emitter->model, id));
}
