/* Interfaces, the server's side: the table of methods and the dispatch to it.
 *
 * Next: tools/capnpc-capos/emit_client.c
 */
#include "tools/capnpc-capos/emit.h"

#define ANCESTORS_MAX 256

static struct Superclass_list_reader superclasses(struct node *node)
{
    return Node_interface_get_superclasses(Node_get_interface(node->reader));
}

static struct Method_list_reader methods(struct node *node)
{
    return Node_interface_get_methods(Node_get_interface(node->reader));
}

static struct node *superclass(struct emitter *emitter, struct node *node, uint32_t index)
{
    return model_node(emitter->model, Superclass_get_id(Superclass_list_at(superclasses(node), index)));
}

/* Everything that an interface inherits from, each once, nearest first. */
static uint32_t find_ancestors(struct emitter *emitter, struct node *node, struct node **ancestors)
{
    uint32_t count = 0;
    struct node *next = node;
    for (uint32_t seen = 0;; next = ancestors[seen++]) {
        for (uint32_t i = 0; i < Superclass_list_count(superclasses(next)); i++) {
            struct node *super = superclass(emitter, next, i);
            uint32_t place = 0;
            while (place < count && ancestors[place] != super)
                place++;
            if (place == ANCESTORS_MAX)
                die("%s has more than %u ancestors", model_name(emitter->model, node), ANCESTORS_MAX);
            ancestors[place] = super;
            count += place == count;
        }
        if (seen == count)
            return count;
    }
}

void emit_interface_header(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->header;
    const char *name = model_name(emitter->model, node);
    fprintf(file, "\n/* ---- %s ---- */\n\n#define %s_ID 0x%016llxull\n", name, name,
            (unsigned long long)node->id);
    for (uint32_t i = 0; i < Method_list_count(methods(node)); i++)
        fprintf(file, "#define %s_%s_METHOD %u\n", name, method_name(Method_list_at(methods(node), i)), i);
    fputc('\n', file);
    emit_doc(file, model_doc(emitter->model, node, -1), "");
    fprintf(file, "struct %s_server {\n", name);
    for (uint32_t i = 0; i < Superclass_list_count(superclasses(node)); i++) {
        const char *super = model_name(emitter->model, superclass(emitter, node, i));
        fprintf(file, "    const struct %s_server *%s;\n", super, super);
    }
    for (uint32_t i = 0; i < Method_list_count(methods(node)); i++) {
        struct Method_reader method = Method_list_at(methods(node), i);
        emit_doc(file, model_doc(emitter->model, node, (int)i), "    ");
        fprintf(file,
                "    enum cap_err (*%s)(void *self, struct wire_call *call, struct %s_reader params);\n",
                safe_name(method_name(method)), method_struct_name(emitter, node, method, false));
    }
    fprintf(file, "};\n\n");
    fprintf(
        file,
        "/* Checks the parameters, then runs the method. CAP_ERR_WRONG_INTERFACE: neither %s nor an\n"
        " * ancestor; CAP_ERR_UNIMPLEMENTED: no such method, or NULL in the table; CAP_ERR_MALFORMED. */\n"
        "enum cap_err %s_dispatch(const struct %s_server *server, void *self, struct wire_call *call);\n",
        name, name, name);
    for (uint32_t i = 0; i < Method_list_count(methods(node)); i++) {
        struct Method_reader method = Method_list_at(methods(node), i);
        const char *results = method_struct_name(emitter, node, method, true);
        fprintf(file,
                "static inline struct %s_builder %s_%s_Results_init(struct wire_call *call)\n"
                "{\n%s}\n",
                results, name, method_name(method), payload_init(results, "results"));
    }
}

const char *payload_init(const char *struct_name, const char *member)
{
    return keep_format("    return (struct %s_builder){wire_message_init_payload(&call->%s, %s_DATA_WORDS, "
                       "%s_POINTER_COUNT)};\n",
                       struct_name, member, struct_name, struct_name);
}

/* The methods of the interface itself. */
static void emit_own_dispatch(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->source;
    const char *name = model_name(emitter->model, node);
    fprintf(file,
            "\nstatic enum cap_err %s_dispatch_own(const struct %s_server *server, void *self, "
            "struct wire_call *call)\n{\n    switch (call->method_id) {\n",
            name, name);
    for (uint32_t i = 0; i < Method_list_count(methods(node)); i++) {
        struct Method_reader method = Method_list_at(methods(node), i);
        const char *member = safe_name(method_name(method));
        const char *params = method_struct_name(emitter, node, method, false);
        fprintf(file,
                "    case %s_%s_METHOD:\n"
                "        if (!server->%s)\n"
                "            return CAP_ERR_UNIMPLEMENTED;\n"
                "        if (%s_check(&call->params) != CAP_OK)\n"
                "            return CAP_ERR_MALFORMED;\n"
                "        return server->%s(self, call, %s_read_root(&call->params));\n",
                name, method_name(method), member, params, member, params);
    }
    fprintf(file, "    default:\n        return CAP_ERR_UNIMPLEMENTED;\n    }\n}\n");
}

/* Hands calls of a superclass, and of what that inherits from, to its part of the table. An ancestor that is
 * reached in two ways is served by the first. */
static uint32_t emit_super_dispatch(struct emitter *emitter, struct node *super, struct node **done,
                                    uint32_t done_count)
{
    struct node *ancestors[ANCESTORS_MAX + 1];
    uint32_t ancestor_count = find_ancestors(emitter, super, ancestors), before = done_count;
    ancestors[ancestor_count++] = super;
    for (uint32_t i = 0; i < ancestor_count; i++) {
        uint32_t place = 0;
        while (place < done_count && done[place] != ancestors[i])
            place++;
        if (place < done_count)
            continue;
        if (done_count == ANCESTORS_MAX)
            die("an interface has more than %u ancestors", ANCESTORS_MAX);
        done[done_count++] = ancestors[i];
        fprintf(emitter->source, "    case %s_ID:\n", model_name(emitter->model, ancestors[i]));
    }
    const char *name = model_name(emitter->model, super);
    if (done_count > before)
        fprintf(emitter->source,
                "        return server->%s ? %s_dispatch(server->%s, self, call) : CAP_ERR_UNIMPLEMENTED;\n",
                name, name, name);
    return done_count;
}

void emit_interface_source(struct emitter *emitter, struct node *node)
{
    FILE *file = emitter->source;
    const char *name = model_name(emitter->model, node);
    uint32_t super_count = Superclass_list_count(superclasses(node));
    bool has_methods = Method_list_count(methods(node)) > 0;
    if (has_methods)
        emit_own_dispatch(emitter, node);
    fprintf(file,
            "\nenum cap_err %s_dispatch(const struct %s_server *server, void *self, struct wire_call *call)\n"
            "{\n",
            name, name);
    if (!has_methods && super_count == 0)
        fprintf(file, "    (void)server;\n    (void)self;\n");
    fprintf(file, "    switch (call->interface_id) {\n    case %s_ID:\n", name);
    if (has_methods)
        fprintf(file, "        return %s_dispatch_own(server, self, call);\n", name);
    else
        fprintf(file, "        return CAP_ERR_UNIMPLEMENTED;\n");

    struct node *done[ANCESTORS_MAX];
    uint32_t done_count = 0;
    for (uint32_t i = 0; i < super_count; i++)
        done_count = emit_super_dispatch(emitter, superclass(emitter, node, i), done, done_count);
    fprintf(file, "    default:\n        return CAP_ERR_WRONG_INTERFACE;\n    }\n}\n");
}
