/* The rules for grants that are narrower than their source, and for exports that can be granted as less.
 *
 * Next: lib/manifest_restart.c
 */
#include "lib/manifest_judge.h"

#include "lib/word_list.h"

/* Of a facet, kernel/cap/facet.c: a bit for each. */
#define METHODS_MAX 64

/* ---- Interfaces that inherit ---------------------------------------------------------------------- */

static bool has_ancestor(struct wire_list_reader ancestors, uint32_t count, uint64_t interface_id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wire_list_u64(ancestors, i) == interface_id)
            return true;
    }
    return false;
}

void judge_ancestors(struct judge *judge, struct os_Export_reader export)
{
    struct wire_list_reader ancestors = os_Export_get_ancestors(export);

    for (uint32_t i = 0; i < ancestors.count; i++) {
        uint64_t id = wire_list_u64(ancestors, i);
        if (id == 0)
            judge_problem(judge, ".ancestors", "an ancestor is 0; use the type id of an interface");
        else if (id == os_Export_get_interfaceId(export))
            judge_problem(judge, ".ancestors", "0x%016llx is the served interface itself; remove it",
                          (unsigned long long)id);
        else if (has_ancestor(ancestors, i, id))
            judge_problem(judge, ".ancestors", "0x%016llx occurs twice; name it once",
                          (unsigned long long)id);
    }
}

void judge_import_interface(struct judge *judge, struct os_Service_reader server, uint32_t export_index,
                            uint64_t interface_id)
{
    struct os_Export_reader export = os_Export_list_at(os_Service_get_exports(server), export_index);
    struct wire_list_reader ancestors = os_Export_get_ancestors(export);

    if (interface_id == 0 || interface_id == os_Export_get_interfaceId(export) ||
        has_ancestor(ancestors, ancestors.count, interface_id))
        return;
    judge_problem(
        judge, ".source.service.interfaceId",
        "the export is not a 0x%016llx, nor does it inherit from that; name an ancestor that it declares",
        (unsigned long long)interface_id);
}

/* ---- What is left of the source ------------------------------------------------------------------- */

static bool is_of_kernel(struct os_Grant_reader grant, uint16_t object)
{
    struct os_Grant_source_reader source = os_Grant_get_source(grant);

    return os_Grant_source_which(source) == os_Grant_source_kernel &&
           os_Grant_source_get_kernel(source) == object;
}

/* An empty list could be read as no method at all, or as no restriction. */
static void judge_methods(struct judge *judge, struct os_Grant_reader grant, struct os_Grant_only_reader only)
{
    struct wire_list_reader methods = os_Grant_only_get_methods(only);

    if (os_Grant_only_has_methods(only) && methods.count == 0)
        judge_problem(judge, ".only.methods", "is empty; leave it out for all methods");
    for (uint32_t i = 0; i < methods.count; i++) {
        uint16_t method = wire_list_u16(methods, i);
        if (method >= METHODS_MAX)
            judge_problem(judge, ".only.methods", "method %u is none that a facet can have; use 0 to %d",
                          (unsigned)method, METHODS_MAX - 1);
    }
    if (methods.count != 0 && is_of_kernel(grant, os_KernelObject_virtualMemory))
        judge_problem(judge, ".only.methods",
                      "virtualMemory is made by the spawn and cannot be narrowed; remove this");
}

static void judge_binaries(struct judge *judge, struct wire_list_reader names)
{
    for (uint32_t i = 0; i < names.count; i++) {
        struct wire_text name = wire_list_text(names, i);
        uint32_t index;
        if (manifest_find_binary_index(judge->root, name, &index) != CAP_OK)
            judge_unknown_binary(judge, ".only.binaries", name);
    }
}

static void judge_spawner(struct judge *judge, struct os_Grant_reader grant, struct os_Grant_only_reader only)
{
    struct wire_list_reader binaries = os_Grant_only_get_binaries(only);
    uint32_t processes = os_Grant_only_get_processes(only);

    if (binaries.count == 0 && processes == 0)
        return;
    if (!is_of_kernel(grant, os_KernelObject_processSpawner)) {
        judge_problem(judge, ".only", "only processSpawner has binaries and processes; remove them");
        return;
    }
    if (binaries.count == 0)
        judge_problem(judge, ".only.binaries", "is empty; name the binaries that may be started");
    if (processes == 0)
        judge_problem(judge, ".only.processes", "is 0; say how many processes there may be at a time");
    judge_binaries(judge, binaries);
}

void judge_only(struct judge *judge, struct os_Grant_reader grant)
{
    struct os_Grant_only_reader only = os_Grant_get_only(grant);

    judge_methods(judge, grant, only);
    judge_spawner(judge, grant, only);
}

bool judge_needs_facets(const struct judge *judge)
{
    for (uint32_t i = 0; i < judge_service_count(judge); i++) {
        struct os_Grant_list_reader grants = os_Service_get_grants(judge_service_at(judge, i));
        for (uint32_t k = 0; k < os_Grant_list_count(grants) && k < MANIFEST_CAPS_MAX; k++) {
            struct os_Grant_only_reader only = os_Grant_get_only(os_Grant_list_at(grants, k));
            if (os_Grant_only_get_methods(only).count != 0)
                return true;
        }
    }
    return false;
}
