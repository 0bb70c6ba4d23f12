/* Constants of the schema: scalars as macros, text as string literals, the rest as readers.
 *
 * Next: tools/capnpc-capos/emit_interface.c
 */
#include "tools/capnpc-capos/emit.h"

static void emit_scalar_const(FILE *file, const char *name, struct Type_reader type,
                              struct Value_reader value)
{
    const struct scalar *scalar = type_scalar(type);
    unsigned long long bits = value_bits(value);
    switch (Type_which(type)) {
    case Type_bool:
        fprintf(file, "#define %s %s\n", name, bits ? "true" : "false");
        return;
    case Type_float32:
    case Type_float64:
        fprintf(file, "#define %s_BITS ((uint%u_t)0x%llxull)\n", name, scalar->bits, bits);
        fprintf(file, "#define %s      wire_%s_of(%s_BITS)\n", name, scalar->c_type, name);
        return;
    default:
        fprintf(file, "#define %s ((%s)0x%llx%s)\n", name, scalar->c_type, bits,
                scalar->bits == 64 ? "ull" : "u");
        return;
    }
}

static void emit_pointer_const(struct emitter *emitter, const char *name, struct Type_reader type,
                               struct Value_reader value)
{
    FILE *file = emitter->header;
    uint64_t *words;
    uint32_t count = value_words(value, &words);
    struct pointer_getter getter = pointer_getter(emitter, type);
    if (count > 0) {
        fprintf(file, "extern const uint64_t %s_WORDS[%u];\n", name, count);
        emit_words(emitter->source, keep_format("%s_WORDS", name), words, count);
    }
    fprintf(file, "static inline %s %s(void)\n{\n    return %s", getter.c_type, name, getter.before);
    if (count > 0)
        fprintf(file, "wire_default(%s_WORDS, %u)", name, count);
    else
        fprintf(file, "wire_struct_null(NULL)");
    fprintf(file, ", 0%s;\n}\n", getter.after);
}

void emit_const(struct emitter *emitter, struct node *node)
{
    if (Node_which(node->reader) != Node_const)
        return;
    FILE *file = emitter->header;
    struct Type_reader type = Node_const_get_type(Node_get_const(node->reader));
    struct Value_reader value = Node_const_get_value(Node_get_const(node->reader));
    const char *name = model_name(emitter->model, node);
    if (Type_which(type) == Type_void || type_is_capability(type))
        return;
    fputc('\n', file);
    emit_doc(file, model_doc(emitter->model, node, -1), "");
    if (Type_which(type) == Type_text) {
        struct wire_text text = Value_get_text(value);
        fprintf(file, "#define %s ", name);
        emit_c_string(file, text.bytes, text.length);
        fputc('\n', file);
    } else if (type_is_pointer(type)) {
        emit_pointer_const(emitter, name, type, value);
    } else {
        emit_scalar_const(file, name, type, value);
    }
}
