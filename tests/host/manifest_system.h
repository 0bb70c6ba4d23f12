/* A boot manifest as data, which tests spoil, build and have judged.
 *
 * One system and one message live at a time. The functions are static inline because EXPECT belongs to the
 * test program.
 *
 * Next: tests/host/test_manifest.c
 */
#pragma once

#include <elf.h>
#include <stdlib.h>

#include "abi/memory_map.h"
#include "lib/manifest.h"
#include "tests/host/test.h"

/* ---- Programs ------------------------------------------------------------------------------------- */

/* The smallest program: one segment that is read and executed. */
struct program {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    uint8_t code[8];
};

static inline struct program good_program(void)
{
    return (struct program){
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_X86_64,
                   .e_version = EV_CURRENT,
                   .e_entry = CAP_PROGRAM_START + offsetof(struct program, code),
                   .e_phoff = offsetof(struct program, segment),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1},
        .segment = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_vaddr = CAP_PROGRAM_START,
                    .p_paddr = CAP_PROGRAM_START,
                    .p_filesz = sizeof(struct program),
                    .p_memsz = sizeof(struct program),
                    .p_align = CAP_PAGE_BYTES},
        .code = {0x0f, 0x0b},
    };
}

/* ---- A manifest as data, which tests spoil -------------------------------------------------------- */

#define MANY (MANIFEST_SERVICES_MAX + 2)

struct binary_row {
    const char *name;
    struct program program;
};

struct init_grant_row {
    const char *name;
    uint16_t object;
};

struct export_row {
    const char *name;
    uint64_t interface_id;
    uint32_t ancestor_count;
    uint64_t ancestors[3];
};

struct grant_row {
    const char *name;
    const char *server; /* NULL: a kernel object */
    const char *export;
    uint64_t badge;
    uint64_t interface_id; /* 0: the export's own */
    uint16_t object;
    struct {
        bool has_methods; /* also if there are none */
        uint32_t method_count;
        uint16_t methods[3];
        uint32_t binary_count;
        const char *binaries[3];
        uint32_t processes;
    } only;
};

struct limits_row {
    uint32_t frames;
    uint32_t slots;
    uint32_t calls;
    uint32_t records;
    uint32_t queued_calls;
    uint32_t queued_bytes;
    uint32_t log_bytes;
};

#define MANY_ARGUMENTS (CAP_ARGUMENT_BYTES_MAX / 8 + 1)

struct service_row {
    const char *name;
    const char *binary;
    struct limits_row limits;
    uint32_t argument_count;
    const char *arguments[MANY_ARGUMENTS];
    uint16_t restart;
    uint16_t at_limit;
    uint32_t initial_backoff_ms;
    uint32_t max_backoff_ms;
    uint32_t max_restarts;
    uint32_t export_count;
    uint32_t grant_count;
    struct export_row exports[MANIFEST_CAPS_MAX + 2];
    struct grant_row grants[MANIFEST_CAPS_MAX + 2];
};

struct system {
    uint32_t version;
    uint32_t binary_count;
    uint32_t init_grant_count;
    uint32_t service_count;
    const char *init_binary;
    struct limits_row init_limits;
    struct binary_row binaries[MANY];
    struct init_grant_row init_grants[MANIFEST_CAPS_MAX + 2];
    struct service_row services[MANY];
    uint16_t outcome;
    uint32_t halt_count;
    const char *halt_names[MANY];
};

enum {
    HELLO,
    ECHO_SERVER,
    ECHO_CLIENT
};

static inline void add_binary(struct system *system, const char *name)
{
    system->binaries[system->binary_count++] = (struct binary_row){name, good_program()};
}

static inline struct service_row *add_service(struct system *system, const char *name)
{
    struct service_row *service = &system->services[system->service_count++];

    *service = (struct service_row){.name = name, .binary = "hello"};
    return service;
}

static inline void add_export(struct service_row *service, const char *name)
{
    service->exports[service->export_count++] =
        (struct export_row){.name = name, .interface_id = 0x93b4c5d6e7f80912};
}

static inline void add_kernel_grant(struct service_row *service, const char *name, uint16_t object)
{
    service->grants[service->grant_count++] = (struct grant_row){.name = name, .object = object};
}

static inline void add_import(struct service_row *service, const char *name, const char *server,
                              uint64_t badge)
{
    service->grants[service->grant_count++] =
        (struct grant_row){.name = name, .server = server, .export = "echo", .badge = badge};
}

/* The default system. One lives at a time. */
static inline struct system *good_system(void)
{
    static struct system system;

    system = (struct system){.version = 1, .init_binary = "init", .init_grant_count = 5};
    for (uint16_t i = 0; i < 5; i++)
        system.init_grants[i] = (struct init_grant_row){manifest_object_name(i), i};
    add_binary(&system, "init");
    add_binary(&system, "hello");
    add_kernel_grant(add_service(&system, "hello"), "console", os_KernelObject_console);
    struct service_row *server = add_service(&system, "echo-server");
    add_export(server, "echo");
    add_kernel_grant(server, "console", os_KernelObject_console);
    struct service_row *client = add_service(&system, "echo-client");
    add_kernel_grant(client, "console", os_KernelObject_console);
    add_import(client, "echo", "echo-server", 7);
    return &system;
}

/* ---- The manifest as a message -------------------------------------------------------------------- */

#define WORDS_MAX 0x20000

static uint64_t built_words[WORDS_MAX];

static inline void must(enum cap_err error)
{
    EXPECT_EQ(error, CAP_OK);
}

static inline void build_only(struct os_Grant_only_builder only, const struct grant_row *row)
{
    if (row->only.has_methods || row->only.method_count) {
        struct wire_list_builder methods = os_Grant_only_init_methods(only, row->only.method_count);
        for (uint32_t i = 0; i < row->only.method_count; i++)
            wire_list_set_u16(methods, i, row->only.methods[i]);
    }
    if (row->only.binary_count) {
        struct wire_list_builder binaries = os_Grant_only_init_binaries(only, row->only.binary_count);
        for (uint32_t i = 0; i < row->only.binary_count; i++)
            must(wire_list_set_text(binaries, i, wire_text_of(row->only.binaries[i])));
    }
    os_Grant_only_set_processes(only, row->only.processes);
}

static inline void build_grant(struct os_Grant_builder grant, const struct grant_row *row)
{
    struct os_Grant_source_builder source = os_Grant_init_source(grant);

    must(os_Grant_set_name(grant, wire_text_of(row->name)));
    build_only(os_Grant_init_only(grant), row);
    if (!row->server) {
        os_Grant_source_set_kernel(source, row->object);
        return;
    }
    struct os_Grant_source_service_builder import = os_Grant_source_init_service(source);
    must(os_Grant_source_service_set_name(import, wire_text_of(row->server)));
    must(os_Grant_source_service_set_export(import, wire_text_of(row->export)));
    os_Grant_source_service_set_badge(import, row->badge);
    os_Grant_source_service_set_interfaceId(import, row->interface_id);
}

static inline void build_limits(struct os_Limits_builder limits, const struct limits_row *row)
{
    os_Limits_set_frames(limits, row->frames);
    os_Limits_set_slots(limits, row->slots);
    os_Limits_set_calls(limits, row->calls);
    os_Limits_set_records(limits, row->records);
    os_Limits_set_queuedCalls(limits, row->queued_calls);
    os_Limits_set_queuedBytes(limits, row->queued_bytes);
    os_Limits_set_logBytes(limits, row->log_bytes);
}

static inline void build_service(struct os_Service_builder service, const struct service_row *row)
{
    must(os_Service_set_name(service, wire_text_of(row->name)));
    must(os_Service_set_binary(service, wire_text_of(row->binary)));
    build_limits(os_Service_init_limits(service), &row->limits);
    struct wire_list_builder texts =
        os_Arguments_init_texts(os_Service_init_arguments(service), row->argument_count);
    for (uint32_t i = 0; i < row->argument_count; i++)
        must(wire_list_set_text(texts, i, wire_text_of(row->arguments[i])));
    os_Service_set_restart(service, row->restart);
    os_Service_set_initialBackoffMs(service, row->initial_backoff_ms);
    os_Service_set_maxBackoffMs(service, row->max_backoff_ms);
    os_Service_set_maxRestarts(service, row->max_restarts);
    os_Service_set_atLimit(service, row->at_limit);
    struct os_Export_list_builder exports = os_Service_init_exports(service, row->export_count);
    for (uint32_t i = 0; i < row->export_count; i++) {
        struct os_Export_builder export = os_Export_list_builder_at(exports, i);
        must(os_Export_set_name(export, wire_text_of(row->exports[i].name)));
        os_Export_set_interfaceId(export, row->exports[i].interface_id);
        struct wire_list_builder ancestors = os_Export_init_ancestors(export, row->exports[i].ancestor_count);
        for (uint32_t k = 0; k < row->exports[i].ancestor_count; k++)
            wire_list_set_u64(ancestors, k, row->exports[i].ancestors[k]);
    }
    struct os_Grant_list_builder grants = os_Service_init_grants(service, row->grant_count);
    for (uint32_t i = 0; i < row->grant_count; i++)
        build_grant(os_Grant_list_builder_at(grants, i), &row->grants[i]);
}

/* The message, in built_words; returns how many. */
static inline uint32_t build(const struct system *system)
{
    struct wire_message_builder message;

    memset(built_words, 0, sizeof(built_words));
    wire_message_build(&message, built_words, WORDS_MAX);
    struct os_SystemManifest_builder root = os_SystemManifest_init_root(&message);
    os_SystemManifest_set_version(root, system->version);
    struct os_Binary_list_builder binaries = os_SystemManifest_init_binaries(root, system->binary_count);
    for (uint32_t i = 0; i < system->binary_count; i++) {
        struct os_Binary_builder binary = os_Binary_list_builder_at(binaries, i);
        const struct program *program = &system->binaries[i].program;
        must(os_Binary_set_name(binary, wire_text_of(system->binaries[i].name)));
        must(os_Binary_set_elf(binary, (struct wire_data){(const uint8_t *)program, sizeof(*program)}));
    }
    struct os_Init_builder init = os_SystemManifest_init_init(root);
    must(os_Init_set_binary(init, wire_text_of(system->init_binary)));
    build_limits(os_Init_init_limits(init), &system->init_limits);
    struct os_KernelGrant_list_builder grants = os_Init_init_grants(init, system->init_grant_count);
    for (uint32_t i = 0; i < system->init_grant_count; i++) {
        struct os_KernelGrant_builder grant = os_KernelGrant_list_builder_at(grants, i);
        must(os_KernelGrant_set_name(grant, wire_text_of(system->init_grants[i].name)));
        os_KernelGrant_set_object(grant, system->init_grants[i].object);
    }
    struct os_Service_list_builder services = os_SystemManifest_init_services(root, system->service_count);
    for (uint32_t i = 0; i < system->service_count; i++)
        build_service(os_Service_list_builder_at(services, i), &system->services[i]);
    os_SystemManifest_set_outcome(root, system->outcome);
    struct wire_list_builder names = os_SystemManifest_init_haltWhenEnded(root, system->halt_count);
    for (uint32_t i = 0; i < system->halt_count; i++)
        must(wire_list_set_text(names, i, wire_text_of(system->halt_names[i])));
    EXPECT(!message.overflowed);
    return message.word_count;
}

/* ---- Judging -------------------------------------------------------------------------------------- */

#define FOUND_MAX 4200

/* What was reported, "path: reason". */
static struct {
    uint32_t count;
    char problems[FOUND_MAX][MANIFEST_PATH_BYTES + MANIFEST_REASON_BYTES];
} found;

static inline void keep_problem(void *context, const char *path, const char *reason)
{
    EXPECT(context == &found);
    for (const char *c = reason; *c; c++)
        EXPECT(*c >= ' ' && *c <= '~');
    if (found.count < FOUND_MAX)
        snprintf(found.problems[found.count], sizeof(found.problems[0]), "%s: %s", path, reason);
    found.count++;
}

static const struct manifest_report keeping_report = {.context = &found, .problem = keep_problem};

/* Judges a message; the answer and the report always agree. */
static inline enum cap_err judge_words(const uint64_t *words, uint32_t word_count)
{
    struct wire_message_reader message;

    found.count = 0;
    wire_message_read(&message, words, word_count, 0);
    enum cap_err error = manifest_validate(&message, &keeping_report);
    EXPECT_EQ(error, found.count == 0 ? CAP_OK : CAP_ERR_MALFORMED);
    return error;
}

static inline enum cap_err judge(const struct system *system)
{
    return judge_words(built_words, build(system));
}

static inline void print_found(void)
{
    for (uint32_t i = 0; i < found.count && i < 20; i++)
        printf("    reported: %s\n", found.problems[i]);
}

static inline bool has_problem(const char *path, const char *reason)
{
    char start[MANIFEST_PATH_BYTES + MANIFEST_REASON_BYTES];

    snprintf(start, sizeof(start), "%s: %s", path, reason);
    for (uint32_t i = 0; i < found.count && i < FOUND_MAX; i++) {
        if (strncmp(found.problems[i], start, strlen(start)) == 0)
            return true;
    }
    printf("    wanted: %s\n", start);
    print_found();
    return false;
}

/* The system has exactly this problem: a reason is compared as far as it is given. */
#define EXPECT_REFUSED(system, path, reason)         \
    do {                                             \
        EXPECT_EQ(judge(system), CAP_ERR_MALFORMED); \
        EXPECT(has_problem((path), (reason)));       \
        if (found.count != 1)                        \
            print_found();                           \
        EXPECT_EQ(found.count, 1);                   \
    } while (0)

#define EXPECT_ACCEPTED(system)             \
    do {                                    \
        enum cap_err error = judge(system); \
        print_found();                      \
        EXPECT_EQ(error, CAP_OK);           \
    } while (0)
