/* From a system as JSON to the SystemManifest message; see pack.h.
 *
 * One walk over the JSON fills the message from the front. Each function handles one element: it knows
 * its place, checks the form of its fields and sets them. What the fields refer to is left to
 * lib/manifest, which sees the finished message.
 *
 * Invariants
 *  - The message has room for everything: no JSON text packs to more than WORDS_PER_JSON_BYTE words a
 *    byte, and the programs are measured before the first word is written.
 *  - Strings are borrowed from the JSON value, which outlives the packer.
 *
 * Next: tools/mkmanifest/main.c
 */
#include "tools/mkmanifest/pack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mkmanifest/field.h"
#include "tools/mkmanifest/file.h"
#include "tools/mkmanifest/narrow.h"

#define WORDS_PER_JSON_BYTE 4
#define SPARE_WORDS         4096

struct program {
    const char *name;
    struct place named_at; /* the first field that names it */
    uint8_t *bytes;        /* NULL: could not be read */
    size_t byte_count;
};

struct packer {
    struct problems *problems;
    const struct binary_folders *folders;
    struct program *programs;
    uint32_t program_count;
};

static void *must_have(void *memory)
{
    if (memory)
        return memory;
    fprintf(stderr, "mkmanifest: out of memory\n");
    exit(2);
}

/* The room was measured, and lengths were checked: a setter that refuses is an error in this program. */
static void must_fit(enum cap_err error)
{
    if (error == CAP_OK)
        return;
    fprintf(stderr, "mkmanifest: internal error: a message field was refused (%d)\n", (int)error);
    exit(2);
}

/* ---- Programs ------------------------------------------------------------------------------------- */

static void read_program(struct packer *packer, struct program *program)
{
    char path[4096], looked_in[1024] = "";

    for (unsigned i = 0; i < packer->folders->count && !program->bytes; i++) {
        const char *folder = packer->folders->paths[i];
        int length = snprintf(path, sizeof(path), "%s/%s.elf", folder, program->name);
        if (length < 0 || (size_t)length >= sizeof(path))
            continue;
        program->bytes = file_read(path, &program->byte_count);
        if (!program->bytes && errno != ENOENT) {
            problems_add(packer->problems, program->named_at.source, "cannot read %s: %s", path,
                         strerror(errno));
            return;
        }
        text_append(looked_in, sizeof(looked_in), i ? ", " : "");
        text_append(looked_in, sizeof(looked_in), folder);
    }
    if (!program->bytes)
        problems_add(packer->problems, program->named_at.source, "there is no %s.elf in %s", program->name,
                     looked_in[0] ? looked_in : "any folder; name one with --binaries");
}

static void add_program(void *context, const struct place *place, json_t *name)
{
    struct packer *packer = context;
    const char *text = json_string_value(name);

    if (!text || strlen(text) > CAP_NAME_BYTES_MAX)
        return;
    for (uint32_t i = 0; i < packer->program_count; i++) {
        if (strcmp(packer->programs[i].name, text) == 0)
            return;
    }
    size_t bytes = (packer->program_count + 1) * sizeof(struct program);
    packer->programs = must_have(realloc(packer->programs, bytes));
    packer->programs[packer->program_count++] = (struct program){.name = text, .named_at = *place};
}

/* The program of a service, and those that it may start itself. */
static void gather_of_service(struct packer *packer, const struct place *service_place, json_t *service)
{
    struct place place = place_source(service_place, "binary");
    struct place grants_place = place_source(service_place, "grants");
    const char *key;
    json_t *grant;

    add_program(packer, &place, json_object_get(service, "binary"));
    json_object_foreach(json_object_get(service, "grants"), key, grant)
    {
        place = place_source(&grants_place, key);
        narrow_each_binary(grant, &place, add_program, packer);
    }
}

/* Every program that the system names, once: init's, those of the services, and the further ones. */
static void gather_programs(struct packer *packer, const struct place *system_place, json_t *system)
{
    struct place place = place_source(system_place, "init");
    const char *key;
    size_t index;
    json_t *value;

    place = place_source(&place, "binary");
    add_program(packer, &place, json_object_get(json_object_get(system, "init"), "binary"));
    json_object_foreach(json_object_get(system, "services"), key, value)
    {
        place = place_source(system_place, "services");
        place = place_source(&place, key);
        gather_of_service(packer, &place, value);
    }
    json_t *further = json_object_get(system, "binaries");
    if (further && !json_is_array(further))
        field_get(packer->problems, system_place, system, "binaries", JSON_ARRAY);
    json_array_foreach(further, index, value)
    {
        place = place_source(system_place, "binaries");
        place = place_index(&place, (uint32_t)index);
        if (field_expect(packer->problems, &place, value, JSON_STRING)) {
            field_checked_name(packer->problems, &place, json_string_value(value));
            add_program(packer, &place, value);
        }
    }
}

static void pack_programs(struct packer *packer, struct os_SystemManifest_builder manifest)
{
    struct os_Binary_list_builder binaries = os_SystemManifest_init_binaries(manifest, packer->program_count);

    for (uint32_t i = 0; i < packer->program_count; i++) {
        struct program *program = &packer->programs[i];
        struct os_Binary_builder binary = os_Binary_list_builder_at(binaries, i);
        struct place place = program->named_at;
        snprintf(place.message, sizeof(place.message), "binaries[%" PRIu32 "]", i);
        must_fit(os_Binary_set_name(binary, wire_text_of(program->name)));
        struct wire_data elf = {program->bytes, (uint32_t)program->byte_count};
        if (program->bytes)
            must_fit(os_Binary_set_elf(binary, elf));
        problems_note(packer->problems, &place, !program->bytes);
    }
}

/* ---- Limits --------------------------------------------------------------------------------------- */

/* The member `limits` of a process; it need not be there, nor any of its own. */
static void pack_limits(struct packer *packer, const struct place *process_place, json_t *process,
                        struct os_Limits_builder builder)
{
    const struct {
        const char *key;
        void (*set)(struct os_Limits_builder, uint32_t);
    } fields[] = {
        {"frames", os_Limits_set_frames},
        {"slots", os_Limits_set_slots},
        {"calls", os_Limits_set_calls},
        {"records", os_Limits_set_records},
        {"queuedCalls", os_Limits_set_queuedCalls},
        {"queuedBytes", os_Limits_set_queuedBytes},
        {"logBytes", os_Limits_set_logBytes},
    };
    struct place place = place_source(process_place, "limits");
    json_t *limits = field_get(packer->problems, process_place, process, "limits", JSON_OBJECT);

    if (!limits)
        return;
    FIELD_EXPECT_ONLY(packer->problems, &place, limits, "frames", "slots", "calls", "records", "queuedCalls",
                      "queuedBytes", "logBytes");
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (json_object_get(limits, fields[i].key))
            fields[i].set(builder, field_u32(packer->problems, &place, limits, fields[i].key));
    }
}

/* ---- init ----------------------------------------------------------------------------------------- */

static void pack_init(struct packer *packer, const struct place *system_place, json_t *system,
                      struct os_SystemManifest_builder manifest)
{
    struct place place = place_field(system_place, "init");
    struct place grants_place = place_field(&place, "grants");
    struct os_Init_builder builder = os_SystemManifest_init_init(manifest);
    unsigned before = packer->problems->count;
    uint32_t index = 0;
    const char *key;
    json_t *value;

    json_t *init = field_get(packer->problems, system_place, system, "init", JSON_OBJECT);
    if (init) {
        FIELD_EXPECT_ONLY(packer->problems, &place, init, "binary", "grants", "limits");
        must_fit(os_Init_set_binary(builder, field_name(packer->problems, &place, init, "binary")));
        if (json_object_get(init, "limits"))
            pack_limits(packer, &place, init, os_Init_init_limits(builder));
    }
    json_t *grants = init ? field_get(packer->problems, &place, init, "grants", JSON_OBJECT) : NULL;
    problems_note(packer->problems, &place, packer->problems->count > before);

    struct os_KernelGrant_list_builder list =
        os_Init_init_grants(builder, (uint32_t)json_object_size(grants));
    json_object_foreach(grants, key, value)
    {
        struct place grant_place = place_element(&grants_place, key, index);
        struct os_KernelGrant_builder grant = os_KernelGrant_list_builder_at(list, index++);
        before = packer->problems->count;
        must_fit(os_KernelGrant_set_name(grant, field_checked_name(packer->problems, &grant_place, key)));
        if (field_expect(packer->problems, &grant_place, value, JSON_OBJECT)) {
            FIELD_EXPECT_ONLY(packer->problems, &grant_place, value, "kernel");
            os_KernelGrant_set_object(grant, field_word(packer->problems, &grant_place, value, "kernel",
                                                        "kernel object", manifest_object_name));
        }
        problems_note(packer->problems, &grant_place, packer->problems->count > before);
    }
}

/* ---- Services ------------------------------------------------------------------------------------- */

static void pack_exports(struct packer *packer, const struct place *place, json_t *exports,
                         struct os_Service_builder service)
{
    uint32_t index = 0;
    const char *key;
    json_t *value;

    struct os_Export_list_builder list =
        os_Service_init_exports(service, (uint32_t)json_object_size(exports));
    json_object_foreach(exports, key, value)
    {
        struct place export_place = place_element(place, key, index);
        struct os_Export_builder export = os_Export_list_builder_at(list, index++);
        unsigned before = packer->problems->count;
        must_fit(os_Export_set_name(export, field_checked_name(packer->problems, &export_place, key)));
        if (field_expect(packer->problems, &export_place, value, JSON_OBJECT)) {
            FIELD_EXPECT_ONLY(packer->problems, &export_place, value, "interface", "extends");
            os_Export_set_interfaceId(export,
                                      field_type_id(packer->problems, &export_place, value, "interface"));
            narrow_pack_ancestors(packer->problems, &export_place, value, export);
        }
        problems_note(packer->problems, &export_place, packer->problems->count > before);
    }
}

static void pack_import(struct packer *packer, const struct place *place, json_t *value,
                        struct os_Grant_source_service_builder import)
{
    struct place badge_place = place_source(place, "badge");
    json_t *badge = json_object_get(value, "badge");

    must_fit(os_Grant_source_service_set_name(import, field_name(packer->problems, place, value, "from")));
    must_fit(
        os_Grant_source_service_set_export(import, field_name(packer->problems, place, value, "export")));
    if (json_object_get(value, "as"))
        os_Grant_source_service_set_interfaceId(import, field_type_id(packer->problems, place, value, "as"));
    if (!badge || !field_expect(packer->problems, &badge_place, badge, JSON_INTEGER))
        return;
    if (json_integer_value(badge) < 0)
        problems_add(packer->problems, badge_place.source, "%" JSON_INTEGER_FORMAT " is negative",
                     json_integer_value(badge));
    else
        os_Grant_source_service_set_badge(import, (uint64_t)json_integer_value(badge));
}

static void pack_source(struct packer *packer, const struct place *place, json_t *value,
                        struct os_Grant_builder grant)
{
    struct os_Grant_source_builder source = os_Grant_init_source(grant);
    bool is_kernel = json_object_get(value, "kernel");
    bool is_service = json_object_get(value, "from") || json_object_get(value, "export") ||
                      json_object_get(value, "badge") || json_object_get(value, "as");

    FIELD_EXPECT_ONLY(packer->problems, place, value, "kernel", "from", "export", "badge", "as", "only");
    if (is_kernel && is_service)
        problems_add(packer->problems, place->source,
                     "has two sources; keep either kernel or from, export and badge");
    else if (is_kernel)
        os_Grant_source_set_kernel(source, field_word(packer->problems, place, value, "kernel",
                                                      "kernel object", manifest_object_name));
    else if (is_service)
        pack_import(packer, place, value, os_Grant_source_init_service(source));
    else
        problems_add(packer->problems, place->source,
                     "has no source; write kernel: \"OBJECT\", or from: \"SERVICE\" and export: \"NAME\"");
}

static void pack_grants(struct packer *packer, const struct place *place, json_t *grants,
                        struct os_Service_builder service)
{
    uint32_t index = 0;
    const char *key;
    json_t *value;

    struct os_Grant_list_builder list = os_Service_init_grants(service, (uint32_t)json_object_size(grants));
    json_object_foreach(grants, key, value)
    {
        struct place grant_place = place_element(place, key, index);
        struct os_Grant_builder grant = os_Grant_list_builder_at(list, index++);
        unsigned before = packer->problems->count;
        must_fit(os_Grant_set_name(grant, field_checked_name(packer->problems, &grant_place, key)));
        if (field_expect(packer->problems, &grant_place, value, JSON_OBJECT)) {
            pack_source(packer, &grant_place, value, grant);
            narrow_pack(packer->problems, &grant_place, value, grant);
        }
        problems_note(packer->problems, &grant_place, packer->problems->count > before);
    }
}

/* A service that is never restarted has a policy and nothing else; CUE gives the others all fields. */
static void pack_restart(struct packer *packer, const struct place *service_place, json_t *value,
                         struct os_Service_builder service)
{
    struct problems *problems = packer->problems;
    struct place place = place_source(service_place, "restart");
    json_t *restart = field_get(problems, service_place, value, "restart", JSON_OBJECT);

    if (!restart)
        return;
    uint16_t policy =
        field_word(problems, &place, restart, "policy", "restart policy", manifest_restart_name);
    os_Service_set_restart(service, policy);
    if (policy == os_RestartPolicy_never) {
        FIELD_EXPECT_ONLY(problems, &place, restart, "policy");
        return;
    }
    FIELD_EXPECT_ONLY(problems, &place, restart, "policy", "initialBackoffMs", "maxBackoffMs", "maxRestarts",
                      "atLimit");
    os_Service_set_initialBackoffMs(service, field_u32(problems, &place, restart, "initialBackoffMs"));
    os_Service_set_maxBackoffMs(service, field_u32(problems, &place, restart, "maxBackoffMs"));
    os_Service_set_maxRestarts(service, field_u32(problems, &place, restart, "maxRestarts"));
    os_Service_set_atLimit(
        service, field_word(problems, &place, restart, "atLimit", "reaction", manifest_reaction_name));
}

static void pack_arguments(struct packer *packer, const struct place *service_place, json_t *service,
                           struct os_Arguments_builder arguments)
{
    struct place texts_place = place_field(service_place, "arguments");
    json_t *texts = field_get(packer->problems, service_place, service, "arguments", JSON_ARRAY);
    struct wire_list_builder list = os_Arguments_init_texts(arguments, (uint32_t)json_array_size(texts));
    size_t index;
    json_t *value;

    json_array_foreach(texts, index, value)
    {
        struct place place = place_index(&texts_place, (uint32_t)index);
        if (field_expect(packer->problems, &place, value, JSON_STRING))
            must_fit(wire_list_set_text(list, (uint32_t)index, wire_text_of(json_string_value(value))));
    }
}

static void pack_service(struct packer *packer, const struct place *place, const char *name, json_t *value,
                         struct os_Service_builder service)
{
    struct place exports_place = place_field(place, "exports");
    struct place grants_place = place_field(place, "grants");
    unsigned before = packer->problems->count;
    json_t *exports = NULL, *grants = NULL;

    must_fit(os_Service_set_name(service, field_checked_name(packer->problems, place, name)));
    if (field_expect(packer->problems, place, value, JSON_OBJECT)) {
        FIELD_EXPECT_ONLY(packer->problems, place, value, "binary", "exports", "grants", "restart", "limits",
                          "arguments");
        must_fit(os_Service_set_binary(service, field_name(packer->problems, place, value, "binary")));
        if (json_object_get(value, "exports"))
            exports = field_get(packer->problems, place, value, "exports", JSON_OBJECT);
        if (json_object_get(value, "grants"))
            grants = field_get(packer->problems, place, value, "grants", JSON_OBJECT);
        if (json_object_get(value, "limits"))
            pack_limits(packer, place, value, os_Service_init_limits(service));
        if (json_object_get(value, "arguments"))
            pack_arguments(packer, place, value, os_Service_init_arguments(service));
        pack_restart(packer, place, value, service);
    }
    problems_note(packer->problems, place, packer->problems->count > before);
    pack_exports(packer, &exports_place, exports, service);
    pack_grants(packer, &grants_place, grants, service);
}

static void pack_services(struct packer *packer, const struct place *system_place, json_t *system,
                          struct os_SystemManifest_builder manifest)
{
    struct place place = place_field(system_place, "services");
    uint32_t index = 0;
    const char *key;
    json_t *value;

    json_t *services = field_get(packer->problems, system_place, system, "services", JSON_OBJECT);
    struct os_Service_list_builder list =
        os_SystemManifest_init_services(manifest, (uint32_t)json_object_size(services));
    json_object_foreach(services, key, value)
    {
        struct place service_place = place_element(&place, key, index);
        pack_service(packer, &service_place, key, value, os_Service_list_builder_at(list, index));
        index++;
    }
}

/* ---- Outcome -------------------------------------------------------------------------------------- */

static void pack_outcome(struct packer *packer, const struct place *system_place, json_t *system,
                         struct os_SystemManifest_builder manifest)
{
    struct place names_place = place_field(system_place, "haltWhenEnded");
    json_t *names = json_object_get(system, "haltWhenEnded");
    size_t index;
    json_t *value;

    os_SystemManifest_set_outcome(manifest, field_word(packer->problems, system_place, system, "outcome",
                                                       "outcome", manifest_outcome_name));
    if (names && !field_expect(packer->problems, &names_place, names, JSON_ARRAY))
        return;
    struct wire_list_builder list =
        os_SystemManifest_init_haltWhenEnded(manifest, (uint32_t)json_array_size(names));
    json_array_foreach(names, index, value)
    {
        struct place place = place_index(&names_place, (uint32_t)index);
        unsigned before = packer->problems->count;
        if (field_expect(packer->problems, &place, value, JSON_STRING))
            must_fit(
                wire_list_set_text(list, (uint32_t)index,
                                   field_checked_name(packer->problems, &place, json_string_value(value))));
        problems_note(packer->problems, &place, packer->problems->count > before);
    }
}

/* ---- The whole ------------------------------------------------------------------------------------ */

static void pack_version(struct packer *packer, const struct place *place, json_t *system,
                         struct os_SystemManifest_builder manifest)
{
    struct place version_place = place_source(place, "version");
    json_t *version = field_get(packer->problems, place, system, "version", JSON_INTEGER);

    if (version && json_integer_value(version) != MANIFEST_VERSION)
        problems_add(packer->problems, version_place.source,
                     "is %" JSON_INTEGER_FORMAT "; this mkmanifest writes version %d only",
                     json_integer_value(version), MANIFEST_VERSION);
    os_SystemManifest_set_version(manifest, MANIFEST_VERSION);
}

/* Room for the message, or NULL after a problem. */
static uint64_t *measure(struct packer *packer, size_t json_bytes, uint32_t *word_capacity)
{
    uint64_t words = SPARE_WORDS + (uint64_t)json_bytes * WORDS_PER_JSON_BYTE;

    for (uint32_t i = 0; i < packer->program_count; i++)
        words += packer->programs[i].byte_count / sizeof(uint64_t) + 1;
    if (words * sizeof(uint64_t) > 2 * (uint64_t)MANIFEST_BYTES_MAX) {
        problems_add(packer->problems, "system", "has more programs than fit into %u MiB",
                     (unsigned)(MANIFEST_BYTES_MAX >> 20));
        return NULL;
    }
    *word_capacity = (uint32_t)words;
    return must_have(calloc(words, sizeof(uint64_t)));
}

struct packed pack_system(json_t *json, size_t json_bytes, const struct binary_folders *folders,
                          struct problems *problems)
{
    struct packer packer = {.problems = problems, .folders = folders};
    struct place root = {.message = ""};
    struct place place = place_source(&root, "system");
    struct packed packed = {0};
    uint32_t word_capacity;

    if (!field_expect(packer.problems, &root, json, JSON_OBJECT))
        return packed;
    FIELD_EXPECT_ONLY(packer.problems, &root, json, "system");
    json_t *system = field_get(packer.problems, &root, json, "system", JSON_OBJECT);
    if (!system)
        return packed;
    FIELD_EXPECT_ONLY(packer.problems, &place, system, "version", "init", "services", "binaries", "outcome",
                      "haltWhenEnded");
    gather_programs(&packer, &place, system);
    for (uint32_t i = 0; i < packer.program_count; i++)
        read_program(&packer, &packer.programs[i]);
    packed.words = measure(&packer, json_bytes, &word_capacity);
    if (packed.words) {
        struct wire_message_builder message;
        wire_message_build(&message, packed.words, word_capacity);
        struct os_SystemManifest_builder manifest = os_SystemManifest_init_root(&message);
        pack_version(&packer, &place, system, manifest);
        pack_programs(&packer, manifest);
        pack_init(&packer, &place, system, manifest);
        pack_services(&packer, &place, system, manifest);
        pack_outcome(&packer, &place, system, manifest);
        must_fit(message.overflowed ? CAP_ERR_TOO_BIG : CAP_OK);
        packed.word_count = message.word_count;
    }
    for (uint32_t i = 0; i < packer.program_count; i++)
        free(packer.programs[i].bytes);
    free(packer.programs);
    return packed;
}
