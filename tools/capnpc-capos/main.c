/* capnpc-capos: C for capOS from a Cap'n Proto schema.
 *
 *     capnp compile -I. --src-prefix=. -o build/tools/capnpc-capos:build/gen schema/capos.capnp
 *
 * A plugin of `capnp compile`: reads one CodeGeneratorRequest from standard input and writes, for each file
 * DIR/F.capnp of the request, DIR/F.capnp.h and DIR/F.capnp.c and, if it has interfaces, DIR/F.client.h below
 * the current directory. CAPNPC_CAPOS_INCLUDE is that directory as #include lines name it, with a slash at
 * the end ("build/gen/" without it); with CAPNPC_CAPOS_COMMENTS=no doc comments are left out. The output
 * depends on nothing else than these and the request.
 *
 * schema.capnp.h and schema.capnp.c in this folder, the view through which the request itself is read, are
 * made by the generator too:
 *
 *     CAPNPC_CAPOS_INCLUDE=tools/capnpc-capos/ CAPNPC_CAPOS_COMMENTS=no capnp compile \
 *         -o build/tools/capnpc-capos:tools/capnpc-capos --src-prefix=/usr/include/capnp \
 *         /usr/include/capnp/schema.capnp
 *
 * Next: tools/capnpc-capos/model.h
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "schema/wire_segments.h"
#include "tools/capnpc-capos/emit.h"

/* All of standard input, in whole words. */
static uint64_t *read_input(uint64_t *word_count)
{
    size_t bytes = 0, capacity = 1 << 20;
    char *buffer = malloc(capacity);
    while (buffer) {
        size_t got = fread(buffer + bytes, 1, capacity - bytes, stdin);
        bytes += got;
        if (got == 0)
            break;
        if (bytes == capacity)
            buffer = realloc(buffer, capacity *= 2);
    }
    if (!buffer)
        die("out of memory");
    if (bytes % 8)
        die("the request is not a whole number of words");
    *word_count = bytes / 8;
    return (uint64_t *)(void *)buffer;
}

static void make_folders(const char *path)
{
    char *copy = (char *)keep_format("%s", path);
    for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (*copy && mkdir(copy, 0777) != 0 && errno != EEXIST)
            die("cannot make the folder %s: %s", copy, strerror(errno));
        *slash = '/';
    }
}

static FILE *open_output(const char *stem, const char *ending)
{
    const char *path = keep_format("%s%s", stem, ending);
    make_folders(path);
    FILE *file = fopen(path, "w");
    if (!file)
        die("cannot write %s: %s", path, strerror(errno));
    return file;
}

static void close_output(FILE *file)
{
    if (ferror(file) || fclose(file) != 0)
        die("cannot write: %s", strerror(errno));
}

/* The opening of each file. */
static void emit_opening(FILE *file, const char *path, const char *what)
{
    fprintf(file, "/* %s; made from %s by capnpc-capos. Edit the schema instead. */\n", what, path);
    fprintf(file, "/* clang-format off */\n");
}

static bool has_interface(struct unit *unit)
{
    for (uint32_t i = 0; i < unit->node_count; i++)
        if (node_is_interface(unit->nodes[i]))
            return true;
    return false;
}

/* Every type comes before the includes of other generated files, and every accessor after them: so files may
 * use each other's types in both directions. */
static void emit_header(struct emitter *emitter, const char *include_folder, bool has_interfaces)
{
    struct unit *unit = emitter->unit;
    const char *paths[256];
    uint32_t path_count = unit_imports(unit, paths, 256);
    FILE *file = emitter->header;
    emit_opening(file, unit->path, "Readers and builders");
    fprintf(file, "#pragma once\n\n#include \"schema/%s.h\"\n", has_interfaces ? "dispatch" : "wire");
    for (uint32_t i = 0; i < unit->node_count; i++)
        emit_struct_types(emitter, unit->nodes[i]);
    for (uint32_t i = 0; i < path_count; i++)
        fprintf(file, "%s#include \"%s%s.h\"\n", i ? "" : "\n", include_folder, paths[i]);
    for (uint32_t i = 0; i < unit->node_count; i++) {
        emit_enum(emitter, unit->nodes[i]);
        emit_const(emitter, unit->nodes[i]);
        emit_struct_accessors(emitter, unit->nodes[i]);
    }
    for (uint32_t i = 0; i < unit->node_count; i++)
        if (node_is_interface(unit->nodes[i]))
            emit_interface_header(emitter, unit->nodes[i]);
}

static void emit_client_header(struct emitter *emitter, const char *include_folder)
{
    struct unit *unit = emitter->unit;
    const char *paths[256];
    uint32_t path_count = unit_imports(unit, paths, 256);
    FILE *file = emitter->client;
    emit_opening(file, unit->path, "Calls, for programs");
    fprintf(file, "#pragma once\n\n#include \"%s%s.h\"\n#include \"user/rt/call.h\"\n", include_folder,
            unit->path);
    for (uint32_t i = 0; i < unit->node_count; i++)
        emit_client_type(emitter, unit->nodes[i]);
    for (uint32_t i = 0; i < path_count; i++) {
        /* A file without interfaces has no client header. */
        const char *stem = keep_format("%.*s", (int)strlen(paths[i]) - 6, paths[i]);
        fprintf(file, "%s#if __has_include(\"%s%s.client.h\")\n#include \"%s%s.client.h\"\n#endif\n",
                i ? "" : "\n", include_folder, stem, include_folder, stem);
    }
    for (uint32_t i = 0; i < unit->node_count; i++)
        if (node_is_interface(unit->nodes[i]))
            emit_client(emitter, unit->nodes[i]);
}

static void emit_source(struct emitter *emitter)
{
    struct unit *unit = emitter->unit;
    for (uint32_t i = 0; i < unit->node_count; i++)
        emit_struct_source(emitter, unit->nodes[i]);
    for (uint32_t i = 0; i < unit->node_count; i++)
        if (node_is_interface(unit->nodes[i]))
            emit_interface_source(emitter, unit->nodes[i]);
}

static void generate(struct unit *unit)
{
    struct emitter emitter = {.unit = unit, .model = unit->model};
    const char *include_folder = getenv("CAPNPC_CAPOS_INCLUDE");
    if (!include_folder)
        include_folder = "build/gen/";
    size_t length = strlen(unit->path);
    if (length < 6 || strcmp(unit->path + length - 6, ".capnp") != 0 || unit->path[0] == '/')
        die("%s is not the name of a .capnp file below the source prefix", unit->path);
    const char *stem = keep_format("%.*s", (int)length - 6, unit->path);

    bool has_interfaces = has_interface(unit);
    emitter.header = open_output(stem, ".capnp.h");
    emitter.source = open_output(stem, ".capnp.c");
    emit_opening(emitter.source, unit->path, "Checks, defaults and dispatch");
    fprintf(emitter.source, "#include \"%s%s.h\"\n", include_folder, unit->path);
    emit_header(&emitter, include_folder, has_interfaces);
    emit_source(&emitter);
    close_output(emitter.header);
    close_output(emitter.source);
    if (!has_interfaces)
        return;
    emitter.client = open_output(stem, ".client.h");
    emit_client_header(&emitter, include_folder);
    close_output(emitter.client);
}

int main(void)
{
    static struct wire_segment segments[WIRE_SEGMENTS_MAX];
    struct wire_segments set;
    struct wire_message_reader message;
    uint64_t word_count, used_words;
    uint64_t *words = read_input(&word_count);
    if (wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, word_count, word_count,
                           &used_words))
        die("the request is malformed: %s", wire_rule_text(message.rule));
    message.budget_words = WIRE_BUDGET_UNLIMITED; /* large schemas repeat much; the compiler is trusted */

    struct model model;
    struct CodeGeneratorRequest_reader request = CodeGeneratorRequest_read_root(&message);
    const char *comments = getenv("CAPNPC_CAPOS_COMMENTS");
    model_open(&model, request);
    model.is_without_comments = comments && strcmp(comments, "no") == 0;
    struct CodeGeneratorRequest_RequestedFile_list_reader files =
        CodeGeneratorRequest_get_requestedFiles(request);
    for (uint32_t i = 0; i < CodeGeneratorRequest_RequestedFile_list_count(files); i++) {
        struct unit unit;
        unit_open(&unit, &model, CodeGeneratorRequest_RequestedFile_list_at(files, i));
        generate(&unit);
    }
    if (message.rule != WIRE_RULE_NONE)
        die("the request is malformed: %s, word %u of segment %u", wire_rule_text(message.rule),
            message.rule_word, message.rule_segment);
    return 0;
}
