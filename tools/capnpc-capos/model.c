/* The index of nodes, and names.
 *
 * Next: tools/capnpc-capos/emit_struct.c
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capnpc-capos/model.h"

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("capnpc-capos: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void *keep(size_t bytes)
{
    void *memory = calloc(1, bytes ? bytes : 1);
    if (!memory)
        die("out of memory");
    return memory;
}

const char *keep_format(const char *format, ...)
{
    char buffer[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof buffer)
        die("a name is too long: %.60s...", buffer);
    char *text = keep((size_t)length + 1);
    memcpy(text, buffer, (size_t)length + 1);
    return text;
}

bool node_is_struct(struct node *node)
{
    return Node_which(node->reader) == Node_struct;
}

bool node_is_group(struct node *node)
{
    return node_is_struct(node) && Node_struct_get_isGroup(Node_get_struct(node->reader));
}

bool node_is_interface(struct node *node)
{
    return Node_which(node->reader) == Node_interface;
}

static int compare_nodes(const void *a, const void *b)
{
    uint64_t left = ((const struct node *)a)->id, right = ((const struct node *)b)->id;
    return (left > right) - (left < right);
}

struct node *model_find(struct model *model, uint64_t id)
{
    struct node key = {.id = id};
    return bsearch(&key, model->nodes, model->node_count, sizeof key, compare_nodes);
}

struct node *model_node(struct model *model, uint64_t id)
{
    struct node *node = model_find(model, id);
    if (!node)
        die("the request has no node @0x%llx", (unsigned long long)id);
    return node;
}

/* Structs that stand for a parameter or result list have no scope; the method is how they are found. */
static void adopt_method_struct(struct model *model, struct node *interface, struct Method_reader method,
                                uint64_t id, bool is_results)
{
    struct node *node = model_find(model, id);
    if (!node || Node_get_scopeId(node->reader) != 0 || !node_is_struct(node))
        return;
    node->method_parent = interface;
    node->method_name = member_name(Method_get_name(method), Method_get_annotations(method));
    node->is_results = is_results;
}

void model_open(struct model *model, struct CodeGeneratorRequest_reader request)
{
    struct Node_list_reader list = CodeGeneratorRequest_get_nodes(request);
    model->request = request;
    model->node_count = Node_list_count(list);
    model->nodes = keep(model->node_count * sizeof *model->nodes);
    for (uint32_t i = 0; i < model->node_count; i++) {
        model->nodes[i].reader = Node_list_at(list, i);
        model->nodes[i].id = Node_get_id(model->nodes[i].reader);
    }
    qsort(model->nodes, model->node_count, sizeof *model->nodes, compare_nodes);
    for (uint32_t i = 0; i < model->node_count; i++) {
        struct node *node = &model->nodes[i];
        if (!node_is_interface(node))
            continue;
        struct Method_list_reader methods = Node_interface_get_methods(Node_get_interface(node->reader));
        for (uint32_t j = 0; j < Method_list_count(methods); j++) {
            struct Method_reader method = Method_list_at(methods, j);
            adopt_method_struct(model, node, method, Method_get_paramStructType(method), false);
            adopt_method_struct(model, node, method, Method_get_resultStructType(method), true);
        }
    }
}

struct node *model_file(struct model *model, struct node *node)
{
    for (;;) {
        if (node->method_parent)
            node = node->method_parent;
        if (Node_which(node->reader) == Node_file)
            return node;
        node = model_node(model, Node_get_scopeId(node->reader));
    }
}

/* The text of annotation `id`, or NULL. */
static const char *annotation_text(struct Annotation_list_reader list, uint64_t id)
{
    for (uint32_t i = 0; i < Annotation_list_count(list); i++)
        if (Annotation_get_id(Annotation_list_at(list, i)) == id)
            return Value_get_text(Annotation_get_value(Annotation_list_at(list, i))).bytes;
    return NULL;
}

static const char *checked_identifier(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && *c != '_' &&
            !(c > name && *c >= '0' && *c <= '9'))
            die("\"%s\" is not a C identifier", name);
    return name;
}

const char *member_name(struct wire_text name, struct Annotation_list_reader annotations)
{
    const char *override = annotation_text(annotations, ANNOTATION_NAME);
    return override ? checked_identifier(override) : name.bytes;
}

static const char *escape_name(const char *name, const char *const *taken, size_t taken_count)
{
    for (size_t i = 0; i < taken_count; i++)
        if (strcmp(name, taken[i]) == 0)
            return keep_format("%s_", name);
    return name;
}

const char *safe_name(const char *name)
{
    static const char *const taken[] = {
        "asm",    "auto",   "bool",     "break",  "case",   "char",   "const",    "continue", "default",
        "do",     "double", "else",     "enum",   "extern", "false",  "float",    "for",      "goto",
        "if",     "inline", "int",      "linux",  "long",   "return", "register", "restrict", "short",
        "signed", "sizeof", "static",   "struct", "switch", "true",   "typedef",  "typeof",   "union",
        "unix",   "void",   "unsigned", "while",  "call",   "error",  "volatile", "target",   "self",
        "params", "server", "results",  "errno",  "stdin",  "stdout", "stderr"};
    return escape_name(name, taken, sizeof taken / sizeof taken[0]);
}

const char *group_name(const char *name)
{
    return strcmp(name, "list") == 0 ? "list_" : name;
}

const char *tag_name(const char *name)
{
    static const char *const taken[] = {"which", "check"};
    return escape_name(name, taken, sizeof taken / sizeof taken[0]);
}

static const char *own_name(struct node *node)
{
    const char *override = annotation_text(Node_get_annotations(node->reader), ANNOTATION_NAME);
    if (override)
        return checked_identifier(override);
    struct wire_text name = Node_get_displayName(node->reader);
    uint32_t prefix_length = Node_get_displayNamePrefixLength(node->reader);
    if (prefix_length >= name.length)
        die("node @0x%llx has no name", (unsigned long long)node->id);
    return node_is_group(node) ? group_name(name.bytes + prefix_length) : name.bytes + prefix_length;
}

const char *model_name(struct model *model, struct node *node)
{
    if (node->c_name)
        return node->c_name;
    const char *name = NULL;
    struct node *scope = node;
    for (; Node_which(scope->reader) != Node_file;
         scope = model_node(model, Node_get_scopeId(scope->reader))) {
        if (scope->method_parent) {
            const char *own =
                keep_format("%s_%s", scope->method_name, scope->is_results ? "Results" : "Params");
            name = name ? keep_format("%s_%s", own, name) : own;
            scope = scope->method_parent;
        }
        name = name ? keep_format("%s_%s", own_name(scope), name) : own_name(scope);
    }
    const char *prefix = annotation_text(Node_get_annotations(scope->reader), ANNOTATION_PREFIX);
    if (prefix && *prefix)
        name = keep_format("%s_%s", checked_identifier(prefix), name);
    node->c_name = name;
    return name;
}

uint32_t field_limit(struct Field_reader field)
{
    struct Annotation_list_reader list = Field_get_annotations(field);
    for (uint32_t i = 0; i < Annotation_list_count(list); i++)
        if (Annotation_get_id(Annotation_list_at(list, i)) == ANNOTATION_MAX_LENGTH)
            return Value_get_uint32(Annotation_get_value(Annotation_list_at(list, i)));
    return WIRE_LENGTH_ANY;
}

struct wire_text model_doc(struct model *model, struct node *node, int member_index)
{
    struct Node_SourceInfo_list_reader infos = CodeGeneratorRequest_get_sourceInfo(model->request);
    if (model->is_without_comments)
        return (struct wire_text){"", 0};
    for (uint32_t i = 0; i < Node_SourceInfo_list_count(infos); i++) {
        struct Node_SourceInfo_reader info = Node_SourceInfo_list_at(infos, i);
        if (Node_SourceInfo_get_id(info) != node->id)
            continue;
        if (member_index < 0)
            return Node_SourceInfo_get_docComment(info);
        struct Node_SourceInfo_Member_list_reader members = Node_SourceInfo_get_members(info);
        if ((uint32_t)member_index < Node_SourceInfo_Member_list_count(members))
            return Node_SourceInfo_Member_get_docComment(
                Node_SourceInfo_Member_list_at(members, (uint32_t)member_index));
    }
    return (struct wire_text){"", 0};
}
