/* The boot manifest: framing, judgement, and what an accepted one promises to whoever reads it. The input is
 * the boot module.
 *
 * Next: tests/fuzz/fuzz_elf.c
 */
#include "abi/capset.h"
#include "lib/elf.h"
#include "lib/manifest.h"
#include "tests/fuzz/fuzz.h"

static struct {
    uint32_t count;
    char path[MANIFEST_PATH_BYTES]; /* of the latest */
} problems;

static void expect_printable(const char *text, size_t room)
{
    size_t length = strnlen(text, room);
    EXPECT(length < room);
    for (size_t i = 0; i < length; i++)
        EXPECT(text[i] >= ' ' && text[i] <= '~');
}

static void keep_problem(void *context, const char *path, const char *reason)
{
    EXPECT(context == &problems);
    expect_printable(path, MANIFEST_PATH_BYTES);
    expect_printable(reason, MANIFEST_REASON_BYTES);
    EXPECT(reason[0] != 0);
    strcpy(problems.path, path);
    problems.count++;
}

static const struct manifest_report report = {.context = &problems, .problem = keep_problem};

static void expect_name(struct wire_text name)
{
    EXPECT(name.length >= 1 && name.length <= CAP_NAME_BYTES_MAX);
    for (uint32_t i = 0; i < name.length; i++)
        EXPECT((name.bytes[i] >= 'a' && name.bytes[i] <= 'z') ||
               (name.bytes[i] >= 'A' && name.bytes[i] <= 'Z') ||
               (name.bytes[i] >= '0' && name.bytes[i] <= '9') || name.bytes[i] == '-');
}

/* ---- What an accepted manifest promises ------------------------------------------------------------- */

static void expect_binaries(struct os_SystemManifest_reader root)
{
    struct os_Binary_list_reader binaries = os_SystemManifest_get_binaries(root);
    uint32_t count = os_Binary_list_count(binaries);

    EXPECT(count >= 1 && count <= MANIFEST_BINARIES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct os_Binary_reader binary = os_Binary_list_at(binaries, i);
        struct wire_data elf = os_Binary_get_elf(binary), found;
        struct elf_plan plan;
        const char *reason;
        expect_name(os_Binary_get_name(binary));
        EXPECT_EQ(elf_plan_make(elf.bytes, elf.length, &plan, &reason), CAP_OK);
        /* The first with this name is this one: no other has it. */
        EXPECT_EQ(manifest_find_binary(root, os_Binary_get_name(binary), &found), CAP_OK);
        EXPECT(found.bytes == elf.bytes && found.length == elf.length);
    }
}

static void expect_binary(struct os_SystemManifest_reader root, struct wire_text name)
{
    struct wire_data elf;
    EXPECT_EQ(manifest_find_binary(root, name, &elf), CAP_OK);
    EXPECT(elf.length > 0);
}

static void expect_init(struct os_SystemManifest_reader root)
{
    struct os_Init_reader init = os_SystemManifest_get_init(root);
    struct os_KernelGrant_list_reader grants = os_Init_get_grants(init);

    expect_binary(root, os_Init_get_binary(init));
    EXPECT(os_KernelGrant_list_count(grants) <= MANIFEST_CAPS_MAX);
    for (uint32_t i = 0; i < os_KernelGrant_list_count(grants); i++) {
        struct os_KernelGrant_reader grant = os_KernelGrant_list_at(grants, i);
        uint16_t object = os_KernelGrant_get_object(grant);
        struct wire_text name;
        expect_name(os_KernelGrant_get_name(grant));
        EXPECT(manifest_object_name(object) && manifest_object_interface(object));
        EXPECT_EQ(manifest_find_init_grant(root, object, &name), CAP_OK);
        EXPECT(wire_text_equal(name, os_KernelGrant_get_name(grant)));
    }
}

static void expect_import(struct os_SystemManifest_reader root, uint32_t service_index,
                          struct os_Grant_source_service_reader import)
{
    uint32_t server_index, export_index;
    struct os_Service_list_reader services = os_SystemManifest_get_services(root);

    EXPECT_EQ(manifest_find_service(root, os_Grant_source_service_get_name(import), &server_index), CAP_OK);
    EXPECT(server_index < os_Service_list_count(services) && server_index != service_index);
    struct os_Service_reader server = os_Service_list_at(services, server_index);
    EXPECT_EQ(manifest_find_export(server, os_Grant_source_service_get_export(import), &export_index),
              CAP_OK);
    EXPECT(export_index < os_Export_list_count(os_Service_get_exports(server)));
}

static void expect_grant(struct os_SystemManifest_reader root, uint32_t service_index,
                         struct os_Grant_reader grant)
{
    struct os_Grant_source_reader source = os_Grant_get_source(grant);
    struct wire_text name;

    expect_name(os_Grant_get_name(grant));
    if (os_Grant_source_which(source) == os_Grant_source_service) {
        expect_import(root, service_index, os_Grant_source_get_service(source));
        return;
    }
    EXPECT_EQ(os_Grant_source_which(source), os_Grant_source_kernel);
    uint16_t object = os_Grant_source_get_kernel(source);
    EXPECT(manifest_object_name(object));
    EXPECT_EQ(manifest_find_init_grant(root, object, &name), CAP_OK);
}

static void expect_service(struct os_SystemManifest_reader root, uint32_t service_index)
{
    struct os_Service_list_reader services = os_SystemManifest_get_services(root);
    struct os_Service_reader service = os_Service_list_at(services, service_index);
    struct os_Export_list_reader exports = os_Service_get_exports(service);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    uint32_t export_count = os_Export_list_count(exports), grant_count = os_Grant_list_count(grants), found;

    expect_name(os_Service_get_name(service));
    expect_binary(root, os_Service_get_binary(service));
    EXPECT(!wire_text_equal(os_Service_get_name(service), wire_text_of("init")));
    EXPECT_EQ(manifest_find_service(root, os_Service_get_name(service), &found), CAP_OK);
    EXPECT_EQ(found, service_index);
    EXPECT(export_count <= MANIFEST_CAPS_MAX && grant_count <= MANIFEST_CAPS_MAX - export_count);
    for (uint32_t i = 0; i < export_count; i++) {
        struct os_Export_reader export = os_Export_list_at(exports, i);
        expect_name(os_Export_get_name(export));
        EXPECT(os_Export_get_interfaceId(export) != 0);
        EXPECT_EQ(manifest_find_export(service, os_Export_get_name(export), &found), CAP_OK);
        EXPECT_EQ(found, i);
    }
    for (uint32_t i = 0; i < grant_count; i++) {
        expect_grant(root, service_index, os_Grant_list_at(grants, i));
        struct wire_text name = os_Grant_get_name(os_Grant_list_at(grants, i));
        EXPECT_EQ(manifest_find_export(service, name, &found), CAP_ERR_INVALID);
        for (uint32_t k = 0; k < i; k++)
            EXPECT(!wire_text_equal(os_Grant_get_name(os_Grant_list_at(grants, k)), name));
    }
}

/* The service that grant k of service i is a facet of, or -1; with its badge. */
static int64_t server_of(struct os_SystemManifest_reader root, uint32_t i, uint32_t k, uint64_t *badge)
{
    struct os_Service_reader service = os_Service_list_at(os_SystemManifest_get_services(root), i);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    uint32_t server_index;

    if (k >= os_Grant_list_count(grants))
        return -1;
    struct os_Grant_source_reader source = os_Grant_get_source(os_Grant_list_at(grants, k));
    if (os_Grant_source_which(source) != os_Grant_source_service)
        return -1;
    struct os_Grant_source_service_reader import = os_Grant_source_get_service(source);
    *badge = os_Grant_source_service_get_badge(import);
    EXPECT_EQ(manifest_find_service(root, os_Grant_source_service_get_name(import), &server_index), CAP_OK);
    return server_index;
}

/* Services can be taken away one after the other, each when nobody that is left imports from it. */
static void expect_no_circle(struct os_SystemManifest_reader root, uint32_t service_count)
{
    bool is_gone[MANIFEST_SERVICES_MAX] = {false};

    for (uint32_t round = 0; round < service_count; round++) {
        bool is_needed[MANIFEST_SERVICES_MAX] = {false};
        uint32_t unneeded = service_count;
        uint64_t badge;
        for (uint32_t i = 0; i < service_count; i++) {
            for (uint32_t k = 0; !is_gone[i] && k < MANIFEST_CAPS_MAX; k++) {
                int64_t server_index = server_of(root, i, k, &badge);
                if (server_index >= 0)
                    is_needed[server_index] = true;
            }
        }
        for (uint32_t i = 0; i < service_count; i++) {
            if (!is_gone[i] && !is_needed[i])
                unneeded = i;
        }
        EXPECT(unneeded < service_count);
        is_gone[unneeded] = true;
    }
}

/* No badge but 0 is in two grants of the same export of the same server. */
static void expect_badges(struct os_SystemManifest_reader root, uint32_t service_count)
{
    struct os_Service_list_reader services = os_SystemManifest_get_services(root);
    static struct {
        int64_t server_index;
        uint64_t badge;
        struct wire_text export;
    } seen[MANIFEST_SERVICES_MAX * MANIFEST_CAPS_MAX];
    uint32_t seen_count = 0;

    for (uint32_t i = 0; i < service_count * MANIFEST_CAPS_MAX; i++) {
        uint64_t badge;
        int64_t server_index = server_of(root, i / MANIFEST_CAPS_MAX, i % MANIFEST_CAPS_MAX, &badge);
        if (server_index < 0 || badge == 0)
            continue;
        struct os_Grant_list_reader grants =
            os_Service_get_grants(os_Service_list_at(services, i / MANIFEST_CAPS_MAX));
        struct wire_text export = os_Grant_source_service_get_export(os_Grant_source_get_service(
            os_Grant_get_source(os_Grant_list_at(grants, i % MANIFEST_CAPS_MAX))));
        for (uint32_t k = 0; k < seen_count; k++)
            EXPECT(seen[k].server_index != server_index || seen[k].badge != badge ||
                   !wire_text_equal(seen[k].export, export));
        seen[seen_count].server_index = server_index;
        seen[seen_count].badge = badge;
        seen[seen_count++].export = export;
    }
}

static void expect_manifest(struct wire_message_reader *message)
{
    struct os_SystemManifest_reader root = os_SystemManifest_read_root(message);
    uint32_t service_count = os_Service_list_count(os_SystemManifest_get_services(root));

    EXPECT_EQ(os_SystemManifest_get_version(root), MANIFEST_VERSION);
    expect_binaries(root);
    expect_init(root);
    EXPECT(service_count <= MANIFEST_SERVICES_MAX);
    for (uint32_t i = 0; i < service_count; i++)
        expect_service(root, i);
    expect_no_circle(root, service_count);
    expect_badges(root, service_count);
    EXPECT_EQ(message->rule, WIRE_RULE_NONE);
}

/* ---- Any manifest ----------------------------------------------------------------------------------- */

/* Questions do no harm to whoever asks them before the judgement. */
static void ask(const uint64_t *words, uint32_t word_count)
{
    struct wire_message_reader message;
    struct wire_data elf;
    struct wire_text name = {"", 0};
    uint32_t index;

    wire_message_read(&message, words, word_count, 0);
    struct os_SystemManifest_reader root = os_SystemManifest_read_root(&message);
    enum cap_err err = manifest_find_binary(root, name, &elf);
    EXPECT(err == CAP_OK || err == CAP_ERR_INVALID);
    err = manifest_find_service(root, name, &index);
    EXPECT(err == CAP_OK || err == CAP_ERR_INVALID);
    struct os_Service_list_reader services = os_SystemManifest_get_services(root);
    err = manifest_find_export(os_Service_list_at(services, 0), name, &index);
    EXPECT(err == CAP_OK || err == CAP_ERR_INVALID);
    for (uint16_t object = 0; object < 16; object++) {
        err = manifest_find_init_grant(root, object, &name);
        EXPECT(err == CAP_OK || err == CAP_ERR_INVALID);
    }
}

static void judge(const uint64_t *words, uint32_t word_count)
{
    struct wire_message_reader message;

    problems.count = 0;
    wire_message_read(&message, words, word_count, 0);
    enum cap_err err = manifest_validate(&message, &report);
    EXPECT_EQ(err, problems.count == 0 ? CAP_OK : CAP_ERR_MALFORMED);
    if (err == CAP_OK)
        expect_manifest(&message);
    wire_message_read(&message, words, word_count, 0);
    EXPECT_EQ(manifest_validate(&message, NULL), err);
}

FUZZ(bytes, byte_count)
{
    uint64_t *module = fuzz_copy(bytes, byte_count);
    const uint64_t *words = NULL;
    uint32_t word_count = 77;

    problems.count = 0;
    enum cap_err err = manifest_open((const uint8_t *)module, byte_count, &report, &words, &word_count);
    if (err) {
        EXPECT(problems.count == 1 && strcmp(problems.path, "module") == 0);
        EXPECT(words == NULL && word_count == 77);
    } else {
        EXPECT(problems.count == 0 && words == module + 1 && word_count * 8ul + 8 == byte_count);
        ask(words, word_count);
        judge(words, word_count);
    }
    free(module);
}
