/* What is declared in one file, and which other files it uses.
 *
 * Next: tools/capnpc-capos/emit.h
 */
#include <stdlib.h>
#include <string.h>

#include "tools/capnpc-capos/model.h"

/* Room for one more node, at `place`. */
static void insert_node(struct unit *unit, uint32_t place, struct node *node)
{
    if (!node)
        return;
    for (uint32_t i = 0; i < unit->node_count; i++)
        if (unit->nodes[i] == node)
            return;
    memmove(&unit->nodes[place + 1], &unit->nodes[place], (unit->node_count - place) * sizeof unit->nodes[0]);
    unit->nodes[place] = node;
    unit->node_count++;
}

/* The groups, nested declarations and method structs of a node, right behind it. */
static void insert_children(struct unit *unit, uint32_t place)
{
    struct node *node = unit->nodes[place];
    uint32_t next = place + 1, before = unit->node_count;
    if (node_is_struct(node)) {
        struct Field_list_reader fields = Node_struct_get_fields(Node_get_struct(node->reader));
        for (uint32_t i = 0; i < Field_list_count(fields); i++) {
            struct Field_reader field = Field_list_at(fields, i);
            if (Field_which(field) == Field_group)
                insert_node(unit, next + unit->node_count - before,
                            model_node(unit->model, Field_group_get_typeId(Field_get_group(field))));
        }
    }
    if (node_is_interface(node)) {
        struct Method_list_reader methods = Node_interface_get_methods(Node_get_interface(node->reader));
        for (uint32_t i = 0; i < Method_list_count(methods); i++) {
            uint64_t ids[] = {Method_get_paramStructType(Method_list_at(methods, i)),
                              Method_get_resultStructType(Method_list_at(methods, i))};
            for (int j = 0; j < 2; j++) {
                struct node *type = model_node(unit->model, ids[j]);
                if (type->method_parent == node)
                    insert_node(unit, next + unit->node_count - before, type);
            }
        }
    }
    struct Node_NestedNode_list_reader nested = Node_get_nestedNodes(node->reader);
    for (uint32_t i = 0; i < Node_NestedNode_list_count(nested); i++)
        insert_node(unit, next + unit->node_count - before,
                    model_find(unit->model, Node_NestedNode_get_id(Node_NestedNode_list_at(nested, i))));
}

void unit_open(struct unit *unit, struct model *model,
               struct CodeGeneratorRequest_RequestedFile_reader requested)
{
    unit->model = model;
    unit->requested = requested;
    unit->file = model_node(model, CodeGeneratorRequest_RequestedFile_get_id(requested));
    unit->path = CodeGeneratorRequest_RequestedFile_get_filename(requested).bytes;
    unit->nodes = keep((model->node_count + 1) * sizeof *unit->nodes);
    unit->nodes[0] = unit->file;
    unit->node_count = 1;
    for (uint32_t i = 0; i < unit->node_count; i++)
        insert_children(unit, i);
}

static void note_file(struct unit *unit, uint64_t node_id, bool *is_used)
{
    struct node *node = model_find(unit->model, node_id);
    if (node && node_id != STREAM_RESULT_ID)
        is_used[model_file(unit->model, node) - unit->model->nodes] = true;
}

static void note_type(struct unit *unit, struct Type_reader type, bool *is_used)
{
    while (Type_which(type) == Type_list)
        type = Type_list__get_elementType(Type_get_list(type));
    switch (Type_which(type)) {
    case Type_struct:
        note_file(unit, Type_struct_get_typeId(Type_get_struct(type)), is_used);
        break;
    case Type_interface:
        note_file(unit, Type_interface_get_typeId(Type_get_interface(type)), is_used);
        break;
    default: /* enums are plain numbers in generated code */
        break;
    }
}

static void note_node(struct unit *unit, struct node *node, bool *is_used)
{
    if (node_is_struct(node)) {
        struct Field_list_reader fields = Node_struct_get_fields(Node_get_struct(node->reader));
        for (uint32_t i = 0; i < Field_list_count(fields); i++)
            if (Field_which(Field_list_at(fields, i)) == Field_slot)
                note_type(unit, Field_slot_get_type(Field_get_slot(Field_list_at(fields, i))), is_used);
    }
    if (Node_which(node->reader) == Node_const)
        note_type(unit, Node_const_get_type(Node_get_const(node->reader)), is_used);
    if (!node_is_interface(node))
        return;
    struct Node_interface_reader interface = Node_get_interface(node->reader);
    struct Method_list_reader methods = Node_interface_get_methods(interface);
    for (uint32_t i = 0; i < Method_list_count(methods); i++) {
        note_file(unit, Method_get_paramStructType(Method_list_at(methods, i)), is_used);
        note_file(unit, Method_get_resultStructType(Method_list_at(methods, i)), is_used);
    }
    struct Superclass_list_reader supers = Node_interface_get_superclasses(interface);
    for (uint32_t i = 0; i < Superclass_list_count(supers); i++)
        note_file(unit, Superclass_get_id(Superclass_list_at(supers, i)), is_used);
}

/* The path of an imported file as seen from the include root: relative names count from the importer. */
static const char *import_path(struct unit *unit, const char *name)
{
    if (name[0] == '/')
        return name + 1;
    const char *slash = strrchr(unit->path, '/');
    char *path = (char *)keep_format("%.*s%s", slash ? (int)(slash - unit->path + 1) : 0, unit->path, name);
    for (char *up = strstr(path, "../"); up; up = strstr(path, "../")) {
        if (up < path + 2)
            die("%s imports %s from outside the source tree", unit->path, name);
        char *start = up - 1;
        while (start > path && start[-1] != '/')
            start--;
        memmove(start, up + 3, strlen(up + 3) + 1);
    }
    return path;
}

uint32_t unit_imports(struct unit *unit, const char **paths, uint32_t capacity)
{
    bool *is_used = keep(unit->model->node_count);
    for (uint32_t i = 0; i < unit->node_count; i++)
        note_node(unit, unit->nodes[i], is_used);
    is_used[unit->file - unit->model->nodes] = false;

    uint32_t count = 0;
    for (uint32_t i = 0; i < unit->model->node_count; i++) {
        if (!is_used[i])
            continue;
        struct CodeGeneratorRequest_RequestedFile_Import_list_reader imports =
            CodeGeneratorRequest_RequestedFile_get_imports(unit->requested);
        const char *path = NULL;
        for (uint32_t j = 0; j < CodeGeneratorRequest_RequestedFile_Import_list_count(imports); j++) {
            struct CodeGeneratorRequest_RequestedFile_Import_reader import =
                CodeGeneratorRequest_RequestedFile_Import_list_at(imports, j);
            if (CodeGeneratorRequest_RequestedFile_Import_get_id(import) == unit->model->nodes[i].id)
                path = import_path(unit, CodeGeneratorRequest_RequestedFile_Import_get_name(import).bytes);
        }
        if (!path) /* reached through a `using` of another file */
            path = Node_get_displayName(unit->model->nodes[i].reader).bytes;
        if (count == capacity)
            die("%s uses more than %u other files", unit->path, capacity);
        paths[count++] = path;
    }
    return count;
}
