/* The boot manifest: framing, questions, and what its words mean.
 *
 * Invariants
 *  - One row a word; each table is as long as its enum in the schema.
 *  - A question looks at no more elements than a valid manifest can have.
 *
 * Next: lib/manifest_judge.h
 */
#include "lib/manifest.h"

#include "build/gen/schema/testing.capnp.h"
#include "lib/fmt.h"

#define OBJECT_COUNT (os_KernelObject_testSupport + 1)

struct object_row {
    const char *name;
    uint64_t interface_id;
};

static const struct object_row object_rows[] = {
    [os_KernelObject_console] = {"console", os_Console_ID},
    [os_KernelObject_bootPackage] = {"bootPackage", os_BootPackage_ID},
    [os_KernelObject_processSpawner] = {"processSpawner", os_ProcessSpawner_ID},
    [os_KernelObject_endpointFactory] = {"endpointFactory", os_EndpointFactory_ID},
    [os_KernelObject_virtualMemory] = {"virtualMemory", os_VirtualMemory_ID},
    [os_KernelObject_facetFactory] = {"facetFactory", os_FacetFactory_ID},
    [os_KernelObject_timer] = {"timer", os_Timer_ID},
    [os_KernelObject_frameAllocator] = {"frameAllocator", os_FrameAllocator_ID},
    [os_KernelObject_notificationFactory] = {"notificationFactory", os_NotificationFactory_ID},
    [os_KernelObject_entropy] = {"entropy", os_Entropy_ID},
    [os_KernelObject_logReader] = {"logReader", os_LogReader_ID},
    [os_KernelObject_auditReader] = {"auditReader", os_AuditReader_ID},
    [os_KernelObject_inspector] = {"inspector", os_Inspector_ID},
    [os_KernelObject_allocationFault] = {"allocationFault", os_AllocationFault_ID},
    [os_KernelObject_testSupport] = {"testSupport", os_TestSupport_ID},
};
_Static_assert(sizeof(object_rows) / sizeof(object_rows[0]) == OBJECT_COUNT, "one row a kernel object");

const char *manifest_object_name(uint16_t object)
{
    return object < OBJECT_COUNT ? object_rows[object].name : NULL;
}

uint64_t manifest_object_interface(uint16_t object)
{
    return object < OBJECT_COUNT ? object_rows[object].interface_id : 0;
}

enum cap_err manifest_object_find(struct wire_text word, uint16_t *object)
{
    for (uint16_t i = 0; i < OBJECT_COUNT; i++) {
        if (wire_text_equal(word, wire_text_of(object_rows[i].name))) {
            *object = i;
            return CAP_OK;
        }
    }
    return CAP_ERR_INVALID;
}

static const char *const restart_names[] = {
    [os_RestartPolicy_never] = "never",
    [os_RestartPolicy_onFault] = "onFault",
    [os_RestartPolicy_always] = "always",
};

const char *manifest_restart_name(uint16_t policy)
{
    return policy <= os_RestartPolicy_always ? restart_names[policy] : NULL;
}

static const char *const reaction_names[] = {
    [os_LimitReaction_leaveDown] = "leaveDown",
    [os_LimitReaction_haltSystem] = "haltSystem",
};

const char *manifest_reaction_name(uint16_t reaction)
{
    return reaction <= os_LimitReaction_haltSystem ? reaction_names[reaction] : NULL;
}

static const char *const outcome_names[] = {
    [os_Outcome_whenServicesEnded] = "whenServicesEnded",
    [os_Outcome_runOn] = "runOn",
};

const char *manifest_outcome_name(uint16_t outcome)
{
    return outcome <= os_Outcome_runOn ? outcome_names[outcome] : NULL;
}

/* ---- Framing -------------------------------------------------------------------------------------- */

static uint32_t load_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

__attribute__((format(printf, 2, 3))) static void module_problem(const struct manifest_report *report,
                                                                 const char *format, ...)
{
    char reason[MANIFEST_REASON_BYTES];
    va_list arguments;

    if (!report)
        return;
    va_start(arguments, format);
    fmt_format(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    report->problem(report->context, "module", reason);
}

enum cap_err manifest_open(const uint8_t *bytes, uint64_t byte_count, const struct manifest_report *report,
                           const uint64_t **words, uint32_t *word_count)
{
    if (byte_count > MANIFEST_BYTES_MAX) {
        module_problem(report, "has %llu bytes; at most %u are allowed", (unsigned long long)byte_count,
                       (unsigned)MANIFEST_BYTES_MAX);
        return CAP_ERR_TOO_BIG;
    }
    if ((uintptr_t)bytes % sizeof(uint64_t) != 0) {
        module_problem(report, "is not aligned to 8 bytes; load it at a page boundary");
        return CAP_ERR_MALFORMED;
    }
    if (byte_count < 2 * sizeof(uint64_t)) {
        module_problem(report, "has %u bytes, too few for a message; build it with mkmanifest",
                       (unsigned)byte_count);
        return CAP_ERR_MALFORMED;
    }
    uint32_t last_segment = load_u32(bytes);
    if (last_segment != 0) {
        module_problem(report, "has %llu segments instead of one; build it with mkmanifest",
                       (unsigned long long)last_segment + 1);
        return CAP_ERR_MALFORMED;
    }
    uint32_t segment_words = load_u32(bytes + 4);
    uint64_t wanted_bytes = ((uint64_t)segment_words + 1) * sizeof(uint64_t);
    if (wanted_bytes != byte_count) {
        module_problem(report, "has %llu bytes, but its segment table says %llu; it is %s",
                       (unsigned long long)byte_count, (unsigned long long)wanted_bytes,
                       byte_count < wanted_bytes ? "cut short" : "followed by something else");
        return CAP_ERR_MALFORMED;
    }
    *words = (const uint64_t *)(const void *)(bytes + sizeof(uint64_t));
    *word_count = segment_words;
    return CAP_OK;
}

/* ---- Questions ------------------------------------------------------------------------------------ */

static uint32_t at_most(uint32_t count, uint32_t limit)
{
    return count < limit ? count : limit;
}

enum cap_err manifest_find_binary_index(struct os_SystemManifest_reader root, struct wire_text name,
                                        uint32_t *binary_index)
{
    struct os_Binary_list_reader binaries = os_SystemManifest_get_binaries(root);
    uint32_t count = at_most(os_Binary_list_count(binaries), MANIFEST_BINARIES_MAX);

    for (uint32_t i = 0; i < count; i++) {
        if (wire_text_equal(os_Binary_get_name(os_Binary_list_at(binaries, i)), name)) {
            *binary_index = i;
            return CAP_OK;
        }
    }
    return CAP_ERR_INVALID;
}

enum cap_err manifest_find_binary(struct os_SystemManifest_reader root, struct wire_text name,
                                  struct wire_data *elf)
{
    uint32_t index;
    enum cap_err error = manifest_find_binary_index(root, name, &index);

    if (error == CAP_OK)
        *elf = os_Binary_get_elf(os_Binary_list_at(os_SystemManifest_get_binaries(root), index));
    return error;
}

enum cap_err manifest_find_service(struct os_SystemManifest_reader root, struct wire_text name,
                                   uint32_t *service_index)
{
    struct os_Service_list_reader services = os_SystemManifest_get_services(root);
    uint32_t count = at_most(os_Service_list_count(services), MANIFEST_SERVICES_MAX);

    for (uint32_t i = 0; i < count; i++) {
        if (wire_text_equal(os_Service_get_name(os_Service_list_at(services, i)), name)) {
            *service_index = i;
            return CAP_OK;
        }
    }
    return CAP_ERR_INVALID;
}

enum cap_err manifest_find_export(struct os_Service_reader service, struct wire_text name,
                                  uint32_t *export_index)
{
    struct os_Export_list_reader exports = os_Service_get_exports(service);
    uint32_t count = at_most(os_Export_list_count(exports), MANIFEST_CAPS_MAX);

    for (uint32_t i = 0; i < count; i++) {
        if (wire_text_equal(os_Export_get_name(os_Export_list_at(exports, i)), name)) {
            *export_index = i;
            return CAP_OK;
        }
    }
    return CAP_ERR_INVALID;
}

enum cap_err manifest_find_init_grant(struct os_SystemManifest_reader root, uint16_t object,
                                      struct wire_text *name)
{
    struct os_KernelGrant_list_reader grants = os_Init_get_grants(os_SystemManifest_get_init(root));
    uint32_t count = at_most(os_KernelGrant_list_count(grants), MANIFEST_CAPS_MAX);

    for (uint32_t i = 0; i < count; i++) {
        struct os_KernelGrant_reader grant = os_KernelGrant_list_at(grants, i);
        if (os_KernelGrant_get_object(grant) == object) {
            *name = os_KernelGrant_get_name(grant);
            return CAP_OK;
        }
    }
    return CAP_ERR_INVALID;
}
