/* Interfaces, the caller's side: typed handles and calls.
 *
 * Next: user/rt/call.h
 */
#include "tools/capnpc-capos/emit.h"

void emit_client_type(struct emitter *emitter, struct node *node)
{
    if (!node_is_interface(node))
        return;
    fputc('\n', emitter->client);
    emit_doc(emitter->client, model_doc(emitter->model, node, -1), "");
    fprintf(emitter->client, "struct %s {\n    struct rt_handle handle;\n};\n",
            model_name(emitter->model, node));
}

static struct node *method_struct(struct emitter *emitter, struct Method_reader method, bool is_results)
{
    return model_find(emitter->model,
                      is_results ? Method_get_resultStructType(method) : Method_get_paramStructType(method));
}

/* May the struct be passed field by field: only scalars, text, data and capabilities? */
static bool is_simple(struct emitter *emitter, struct node *node, bool *has_float)
{
    if (!node || !node_is_struct(node))
        return false;
    if (Node_struct_get_discriminantCount(Node_get_struct(node->reader)) > 0)
        return false;
    for (uint32_t i = 0; i < struct_field_count(node); i++) {
        struct field field = struct_field(emitter, node, i);
        if (field.is_group)
            return false;
        uint16_t which = Type_which(field.type);
        if (which == Type_float32 || which == Type_float64)
            *has_float = true;
        if (which != Type_text && which != Type_data && !type_is_capability(field.type) &&
            !type_scalar(field.type)->c_type)
            return false;
    }
    return true;
}

/* How a field is passed. */
static const char *argument_type(struct emitter *emitter, struct field *field)
{
    if (Type_which(field->type) == Type_text)
        return "struct wire_text ";
    if (Type_which(field->type) == Type_data)
        return "struct wire_data ";
    if (Type_which(field->type) == Type_interface) {
        uint64_t id = Type_interface_get_typeId(Type_get_interface(field->type));
        return keep_format("struct %s ", model_name(emitter->model, model_node(emitter->model, id)));
    }
    if (type_is_capability(field->type))
        return "struct rt_handle ";
    return keep_format("%s ", type_scalar(field->type)->c_type);
}

/* A parameter and a result may have the same name; results then end in `_result`. */
static const char *argument_name(struct emitter *emitter, struct field *field, struct node *params)
{
    if (params)
        for (uint32_t i = 0; i < struct_field_count(params); i++) {
            struct field other = struct_field(emitter, params, i);
            if (__builtin_strcmp(other.name, field->name) == 0)
                return keep_format("%s_result", field->name);
        }
    return safe_name(field->name);
}

static void emit_parts(struct emitter *emitter, struct node *node, struct Method_reader method)
{
    FILE *file = emitter->client;
    const char *name = model_name(emitter->model, node), *verb = method_name(method);
    const char *params = method_struct_name(emitter, node, method, false);
    const char *results = method_struct_name(emitter, node, method, true);
    fprintf(file,
            "static inline struct %s_builder %s_%s_begin(struct rt_call *call, struct %s target)\n"
            "{\n    rt_call_begin(call, target.handle, %s_ID, %s_%s_METHOD);\n"
            "%s}\n",
            params, name, verb, name, name, name, verb, payload_init(params, "params"));
    fprintf(file,
            "CAP_MUST_CHECK static inline enum cap_err %s_%s_send(struct rt_call *call)\n"
            "{\n    return rt_call_send(call);\n}\n",
            name, verb);
    fprintf(file,
            "CAP_MUST_CHECK static inline enum cap_err %s_%s_wait(struct rt_call *call, "
            "struct %s_reader *results)\n"
            "{\n    enum cap_err error = rt_call_wait(call);\n"
            "    if (error == CAP_OK)\n        error = %s_check(&call->results);\n"
            "    if (error == CAP_OK)\n        *results = %s_read_root(&call->results);\n"
            "    return error;\n}\n",
            name, verb, results, results, results);
}

static void emit_signature(struct emitter *emitter, struct node *node, struct Method_reader method,
                           struct node *params, struct node *results)
{
    FILE *file = emitter->client;
    const char *name = model_name(emitter->model, node);
    fprintf(file, "CAP_MUST_CHECK static inline enum cap_err %s_%s(struct %s target", name,
            method_name(method), name);
    for (uint32_t i = 0; i < struct_field_count(params); i++) {
        struct field field = struct_field(emitter, params, i);
        fprintf(file, ", %s%s", argument_type(emitter, &field), safe_name(field.name));
    }
    for (uint32_t i = 0; results && i < struct_field_count(results); i++) {
        struct field field = struct_field(emitter, results, i);
        fprintf(file, ", %s*%s", argument_type(emitter, &field), argument_name(emitter, &field, params));
    }
    fprintf(file, ")\n{\n");
}

static void emit_arguments(struct emitter *emitter, struct node *params, const char *params_name)
{
    FILE *file = emitter->client;
    for (uint32_t i = 0; i < struct_field_count(params); i++) {
        struct field field = struct_field(emitter, params, i);
        const char *value = safe_name(field.name);
        if (Type_which(field.type) == Type_interface)
            value = keep_format("rt_call_attach(call, %s.handle, CAP_TRANSFER_COPY)", value);
        else if (type_is_capability(field.type))
            value = keep_format("rt_call_attach(call, %s, CAP_TRANSFER_COPY)", value);
        fprintf(file, "    %s_set_%s(params, %s);\n", params_name, field.name, value);
    }
    if (struct_field_count(params) == 0)
        fprintf(file, "    (void)params;\n");
}

/* Capabilities are taken first: that can fail, and then those already taken are dropped again. */
static void emit_takes(struct emitter *emitter, struct node *results, const char *results_name)
{
    FILE *file = emitter->client;
    uint32_t cap_count = 0;
    for (uint32_t i = 0; i < struct_field_count(results); i++) {
        struct field field = struct_field(emitter, results, i);
        if (!type_is_capability(field.type))
            continue;
        fprintf(file,
                "    struct rt_handle taken_%u = {0};\n"
                "    if (error == CAP_OK)\n"
                "        error = rt_call_take(call, %s_get_%s(results), &taken_%u);\n",
                i, results_name, field.name, i);
        cap_count++;
    }
    if (cap_count < 2)
        return;
    fprintf(file, "    if (error != CAP_OK) {\n");
    for (uint32_t i = 0; i < struct_field_count(results); i++) {
        struct field field = struct_field(emitter, results, i);
        if (type_is_capability(field.type))
            fprintf(file, "        rt_handle_drop(&taken_%u);\n", i);
    }
    fprintf(file, "    }\n");
}

static void emit_results(struct emitter *emitter, struct node *params, struct node *results,
                         const char *results_name)
{
    FILE *file = emitter->client;
    fprintf(file, "    if (error == CAP_OK) {\n");
    for (uint32_t i = 0; i < struct_field_count(results); i++) {
        struct field field = struct_field(emitter, results, i);
        const char *name = argument_name(emitter, &field, params);
        if (Type_which(field.type) == Type_interface)
            fprintf(file, "        %s->handle = taken_%u;\n", name, i);
        else if (type_is_capability(field.type))
            fprintf(file, "        *%s = taken_%u;\n", name, i);
        else
            fprintf(file, "        *%s = %s_get_%s(results);\n", name, results_name, field.name);
    }
    fprintf(file, "    }\n");
}

/* Everything in one line, for parameters and results that are a few plain values. */
static void emit_whole(struct emitter *emitter, struct node *node, struct Method_reader method)
{
    FILE *file = emitter->client;
    bool has_float = false;
    struct node *params = method_struct(emitter, method, false);
    bool is_stream = Method_get_resultStructType(method) == STREAM_RESULT_ID;
    struct node *results = is_stream ? NULL : method_struct(emitter, method, true);
    if (!is_simple(emitter, params, &has_float) || (results && !is_simple(emitter, results, &has_float)))
        return;
    const char *name = model_name(emitter->model, node), *verb = method_name(method);
    const char *params_name = method_struct_name(emitter, node, method, false);
    const char *results_name = method_struct_name(emitter, node, method, true);
    if (has_float)
        fprintf(file, "#ifdef __SSE2__\n");
    emit_signature(emitter, node, method, params, results);
    fprintf(file,
            "    struct rt_call *call = rt_call_scratch(target.handle.rt);\n"
            "    struct %s_builder params = %s_%s_begin(call, target);\n"
            "    struct %s_reader results;\n",
            params_name, name, verb, results_name);
    emit_arguments(emitter, params, params_name);
    fprintf(file,
            "    enum cap_err error = %s_%s_send(call);\n"
            "    if (error == CAP_OK)\n        error = %s_%s_wait(call, &results);\n",
            name, verb, name, verb);
    if (results && struct_field_count(results) > 0) {
        emit_takes(emitter, results, results_name);
        emit_results(emitter, params, results, results_name);
    }
    fprintf(file, "    rt_call_end(call);\n    return error;\n}\n");
    if (has_float)
        fprintf(file, "#endif\n");
}

void emit_client(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->client;
    struct Node_interface_reader interface = Node_get_interface(node->reader);
    const char *name = model_name(emitter->model, node);
    fprintf(file, "\n/* ---- %s ---- */\n", name);
    struct Superclass_list_reader supers = Node_interface_get_superclasses(interface);
    for (uint32_t i = 0; i < Superclass_list_count(supers); i++) {
        uint64_t id = Superclass_get_id(Superclass_list_at(supers, i));
        const char *super = model_name(emitter->model, model_node(emitter->model, id));
        fprintf(file,
                "\n/* The same capability, seen as what it inherits from; not a second one. */\n"
                "static inline struct %s %s_as_%s(struct %s target)\n"
                "{\n    return (struct %s){target.handle};\n}\n",
                super, name, super, name, super);
    }
    struct Method_list_reader list = Node_interface_get_methods(interface);
    for (uint32_t i = 0; i < Method_list_count(list); i++) {
        struct Method_reader method = Method_list_at(list, i);
        fputc('\n', file);
        emit_doc(file, model_doc(emitter->model, node, (int)i), "");
        emit_parts(emitter, node, method);
        emit_whole(emitter, node, method);
    }
}
