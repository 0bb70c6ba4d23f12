/* The rules of a boot manifest, and the words for each way to break them.
 *
 * The judge walks the message once, in the order of the schema, and keeps the path of the element that it
 * looks at. It goes on after a problem, so that one run shows them all; what cannot be looked at any
 * further (an unknown version, more elements than the bound) is said and passed over.
 *
 * Invariants
 *  - Every loop over elements of the message ends at a bound of lib/manifest.h; the dearest is the search
 *    for badge clashes, (services x grants) squared over scalars.
 *  - What the manifest spells reaches a report as printable ASCII only.
 *
 * Next: lib/manifest_narrow.c
 */
#include "lib/manifest_judge.h"

#include "abi/capset.h"
#include "lib/circle.h"
#include "lib/elf.h"
#include "lib/word_list.h"

_Static_assert(MANIFEST_CAPS_MAX <= CAP_CAPSET_MAX, "what one spawn carries fits one CapSet");
_Static_assert(MANIFEST_SERVICES_MAX <= CIRCLE_NODES_MAX, "every service is a node");

/* ---- Names ---------------------------------------------------------------------------------------- */

enum name_kind {
    NAME_OF_PROCESS, /* binaries and services: what the log and file names show */
    NAME_OF_CAP,     /* exports and grants: what programs look up */
};

static bool is_name_byte(char c, enum name_kind kind)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           (kind == NAME_OF_CAP && c >= 'A' && c <= 'Z');
}

static void judge_name(struct judge *judge, struct wire_text name, enum name_kind kind)
{
    if (name.length == 0) {
        judge_problem(judge, ".name", "is empty; give it a name of 1 to %d characters", CAP_NAME_BYTES_MAX);
        return;
    }
    if (name.length > CAP_NAME_BYTES_MAX) {
        judge_problem(judge, ".name", "\"%s...\" is longer than %d characters", judge_show(name).text,
                      CAP_NAME_BYTES_MAX);
        return;
    }
    for (uint32_t i = 0; i < name.length; i++) {
        if (!is_name_byte(name.bytes[i], kind)) {
            judge_problem(judge, ".name", "\"%s\" has a character that is not allowed; use %s, digits and -",
                          judge_show(name).text, kind == NAME_OF_CAP ? "letters" : "lower-case letters");
            return;
        }
    }
}

/* ---- Binaries ------------------------------------------------------------------------------------- */

static void judge_binary(struct judge *judge, struct os_Binary_list_reader binaries, uint32_t index)
{
    struct os_Binary_reader binary = os_Binary_list_at(binaries, index);
    struct wire_text name = os_Binary_get_name(binary);
    struct wire_data elf = os_Binary_get_elf(binary);
    struct elf_plan plan;
    const char *reason = "";

    judge_set_path(judge, "binaries[%u]", (unsigned)index);
    judge_name(judge, name, NAME_OF_PROCESS);
    for (uint32_t i = 0; i < index; i++) {
        if (wire_text_equal(os_Binary_get_name(os_Binary_list_at(binaries, i)), name)) {
            judge_problem(judge, ".name", "\"%s\" is also the name of binaries[%u]; give each its own",
                          judge_show(name).text, (unsigned)i);
            break;
        }
    }
    if (elf_plan_make(elf.bytes, elf.length, &plan, &reason) != CAP_OK)
        judge_problem(judge, ".elf", "is not a program that can be started: %s", reason);
}

static void judge_binaries(struct judge *judge)
{
    struct os_Binary_list_reader binaries = os_SystemManifest_get_binaries(judge->root);

    judge_set_path(judge, "binaries");
    if (os_Binary_list_count(binaries) == 0)
        judge_problem(judge, "", "is empty; init needs at least its own program");
    uint32_t count = judge_bounded_count(judge, "", os_Binary_list_count(binaries), MANIFEST_BINARIES_MAX);
    for (uint32_t i = 0; i < count; i++)
        judge_binary(judge, binaries, i);
}

/* That the binary which init or a service names exists. */
static void judge_binary_name(struct judge *judge, struct wire_text name)
{
    uint32_t index;

    if (name.length == 0 || manifest_find_binary_index(judge->root, name, &index) != CAP_OK)
        judge_unknown_binary(judge, ".binary", name);
}

/* ---- Kernel objects ------------------------------------------------------------------------------- */

static bool init_holds(struct judge *judge, uint16_t object)
{
    struct wire_text name;

    return manifest_find_init_grant(judge->root, object, &name) == CAP_OK;
}

/* ---- init ----------------------------------------------------------------------------------------- */

static void judge_init_grant(struct judge *judge, struct os_KernelGrant_list_reader grants, uint32_t index)
{
    struct os_KernelGrant_reader grant = os_KernelGrant_list_at(grants, index);
    struct wire_text name = os_KernelGrant_get_name(grant);
    uint16_t object = os_KernelGrant_get_object(grant);

    judge_set_path(judge, "init.grants[%u]", (unsigned)index);
    judge_name(judge, name, NAME_OF_CAP);
    judge_enum(judge, ".object", "kernel object", object, manifest_object_name);
    for (uint32_t i = 0; i < index; i++) {
        struct os_KernelGrant_reader earlier = os_KernelGrant_list_at(grants, i);
        if (wire_text_equal(os_KernelGrant_get_name(earlier), name))
            judge_problem(judge, ".name", "\"%s\" is also the name of init.grants[%u]; give each its own",
                          judge_show(name).text, (unsigned)i);
        if (os_KernelGrant_get_object(earlier) == object && manifest_object_name(object))
            judge_problem(judge, ".object", "%s is already init.grants[%u]; one grant of an object is enough",
                          manifest_object_name(object), (unsigned)i);
    }
}

static bool is_any_exported(struct judge *judge)
{
    struct os_Service_list_reader services = os_SystemManifest_get_services(judge->root);

    for (uint32_t i = 0; i < os_Service_list_count(services) && i < MANIFEST_SERVICES_MAX; i++) {
        if (os_Export_list_count(os_Service_get_exports(os_Service_list_at(services, i))) != 0)
            return true;
    }
    return false;
}

/* That init holds what it takes to start the services. */
static void judge_init_duties(struct judge *judge)
{
    const struct {
        uint16_t object;
        bool is_needed;
        const char *purpose;
    } duties[] = {
        {os_KernelObject_bootPackage, true, "read the manifest"},
        {os_KernelObject_virtualMemory, true, "read the manifest"},
        {os_KernelObject_processSpawner, true, "start the services"},
        {os_KernelObject_endpointFactory, is_any_exported(judge), "make the services' exports"},
        {os_KernelObject_timer, judge_needs_timer(judge), "wait before restarts, or to run on"},
        {os_KernelObject_facetFactory, judge_needs_facets(judge), "narrow grants to some methods"},
    };

    if (os_Service_list_count(os_SystemManifest_get_services(judge->root)) == 0)
        return;
    judge_set_path(judge, "init.grants");
    for (uint32_t i = 0; i < sizeof(duties) / sizeof(duties[0]); i++) {
        if (duties[i].is_needed && !init_holds(judge, duties[i].object))
            judge_problem(judge, "", "%s is missing; init needs it to %s",
                          manifest_object_name(duties[i].object), duties[i].purpose);
    }
}

static void judge_init(struct judge *judge)
{
    struct os_Init_reader init = os_SystemManifest_get_init(judge->root);
    struct os_KernelGrant_list_reader grants = os_Init_get_grants(init);

    judge_set_path(judge, "init");
    judge_binary_name(judge, os_Init_get_binary(init));
    uint32_t count =
        judge_bounded_count(judge, ".grants", os_KernelGrant_list_count(grants), MANIFEST_CAPS_MAX);
    judge_limits(judge, os_Init_get_binary(init), count, os_Init_get_limits(init));
    for (uint32_t i = 0; i < count; i++)
        judge_init_grant(judge, grants, i);
    judge_init_duties(judge);
}

/* ---- Services ------------------------------------------------------------------------------------- */

static uint32_t grant_count(struct os_Service_reader service)
{
    uint32_t count = os_Grant_list_count(os_Service_get_grants(service));

    return count < MANIFEST_CAPS_MAX ? count : MANIFEST_CAPS_MAX;
}

/* The group `source.service` of a grant; false if its source is another. */
static bool grant_import(struct os_Grant_reader grant, struct os_Grant_source_service_reader *import)
{
    struct os_Grant_source_reader source = os_Grant_get_source(grant);

    if (os_Grant_source_which(source) != os_Grant_source_service)
        return false;
    *import = os_Grant_source_get_service(source);
    return true;
}

/* Names of exports and grants are one namespace: the CapSet of the service. `count` of its exports and
 * then of its grants come before the one called `name`. */
static void judge_cap_name(struct judge *judge, struct os_Service_reader service, struct wire_text name,
                           uint32_t export_count, uint32_t earlier_grant_count)
{
    struct os_Export_list_reader exports = os_Service_get_exports(service);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);

    judge_name(judge, name, NAME_OF_CAP);
    for (uint32_t i = 0; i < export_count; i++) {
        if (wire_text_equal(os_Export_get_name(os_Export_list_at(exports, i)), name)) {
            judge_problem(judge, ".name",
                          "\"%s\" is also the name of this service's exports[%u]; give each its own",
                          judge_show(name).text, (unsigned)i);
            return;
        }
    }
    for (uint32_t i = 0; i < earlier_grant_count; i++) {
        if (wire_text_equal(os_Grant_get_name(os_Grant_list_at(grants, i)), name)) {
            judge_problem(judge, ".name",
                          "\"%s\" is also the name of this service's grants[%u]; give each its own",
                          judge_show(name).text, (unsigned)i);
            return;
        }
    }
}

/* A spawn gives a process its own VirtualMemory under one name. */
static void judge_own_memory(struct judge *judge, struct os_Grant_list_reader grants, uint32_t grant_index)
{
    for (uint32_t i = 0; i < grant_index; i++) {
        struct os_Grant_source_reader source = os_Grant_get_source(os_Grant_list_at(grants, i));
        if (os_Grant_source_which(source) == os_Grant_source_kernel &&
            os_Grant_source_get_kernel(source) == os_KernelObject_virtualMemory)
            judge_problem(judge, ".source.kernel",
                          "virtualMemory is already this service's grants[%u]; one grant of it is enough",
                          (unsigned)i);
    }
}

static void judge_kernel_source(struct judge *judge, struct os_Grant_list_reader grants, uint32_t grant_index)
{
    uint16_t object = os_Grant_source_get_kernel(os_Grant_get_source(os_Grant_list_at(grants, grant_index)));

    if (!judge_enum(judge, ".source.kernel", "kernel object", object, manifest_object_name))
        return;
    if (object == os_KernelObject_virtualMemory)
        judge_own_memory(judge, grants, grant_index);
    else if (!init_holds(judge, object))
        judge_problem(judge, ".source.kernel",
                      "init does not hold %s and cannot grant it on; add it to init.grants",
                      manifest_object_name(object));
}

static void unknown_export(struct judge *judge, struct wire_text server, struct wire_text export)
{
    struct word_list known;

    word_list_init(&known, ", ");
    for (uint32_t i = 0; i < judge_service_count(judge); i++) {
        struct os_Service_reader service = judge_service_at(judge, i);
        struct os_Export_list_reader exports = os_Service_get_exports(service);
        for (uint32_t k = 0; k < os_Export_list_count(exports) && k < MANIFEST_CAPS_MAX; k++)
            word_list_add(&known, "%s.%s", judge_show(os_Service_get_name(service)).text,
                          judge_show(os_Export_get_name(os_Export_list_at(exports, k))).text);
    }
    judge_problem(judge, ".source.service.export", "service \"%s\" does not export \"%s\"; exports: %s",
                  judge_show(server).text, judge_show(export).text, known.length ? known.text : "none");
}

/* The first grant before grants[grant_index] of services[service_index] that imports the same export with
 * the same badge. */
static bool find_badge_clash(struct judge *judge, uint32_t service_index, uint32_t grant_index,
                             uint32_t *clash_service, uint32_t *clash_grant)
{
    struct os_Grant_list_reader grants = os_Service_get_grants(judge_service_at(judge, service_index));
    struct os_Grant_source_service_reader import, earlier;

    if (!grant_import(os_Grant_list_at(grants, grant_index), &import))
        return false;
    uint64_t badge = os_Grant_source_service_get_badge(import);
    for (uint32_t i = 0; i <= service_index; i++) {
        grants = os_Service_get_grants(judge_service_at(judge, i));
        uint32_t count = i == service_index ? grant_index : grant_count(judge_service_at(judge, i));
        for (uint32_t k = 0; k < count; k++) {
            if (!grant_import(os_Grant_list_at(grants, k), &earlier) ||
                os_Grant_source_service_get_badge(earlier) != badge ||
                !wire_text_equal(os_Grant_source_service_get_name(earlier),
                                 os_Grant_source_service_get_name(import)) ||
                !wire_text_equal(os_Grant_source_service_get_export(earlier),
                                 os_Grant_source_service_get_export(import)))
                continue;
            *clash_service = i;
            *clash_grant = k;
            return true;
        }
    }
    return false;
}

static void judge_service_source(struct judge *judge, uint32_t service_index, uint32_t grant_index,
                                 struct os_Grant_source_service_reader source)
{
    struct wire_text server = os_Grant_source_service_get_name(source);
    struct wire_text export = os_Grant_source_service_get_export(source);
    uint64_t badge = os_Grant_source_service_get_badge(source);
    uint32_t server_index, export_index, clash_service, clash_grant;

    if (manifest_find_service(judge->root, server, &server_index) != CAP_OK) {
        judge_unknown_service(judge, ".source.service.name", server);
        return;
    }
    if (server_index == service_index)
        judge_problem(judge, ".source.service.name",
                      "a service cannot be granted its own export; remove the grant");
    if (manifest_find_export(judge_service_at(judge, server_index), export, &export_index) != CAP_OK) {
        unknown_export(judge, server, export);
        return;
    }
    judge_import_interface(judge, judge_service_at(judge, server_index), export_index,
                           os_Grant_source_service_get_interfaceId(source));
    if (badge != 0 && find_badge_clash(judge, service_index, grant_index, &clash_service, &clash_grant))
        judge_problem(judge, ".source.service.badge",
                      "badge %llu of %s.%s is also that of services[%u].grants[%u]; give each its own, or 0",
                      (unsigned long long)badge, judge_show(server).text, judge_show(export).text,
                      (unsigned)clash_service, (unsigned)clash_grant);
}

static void judge_grant(struct judge *judge, uint32_t service_index, uint32_t export_count,
                        uint32_t grant_index)
{
    struct os_Service_reader service = judge_service_at(judge, service_index);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    struct os_Grant_reader grant = os_Grant_list_at(grants, grant_index);
    struct os_Grant_source_reader source = os_Grant_get_source(grant);

    judge_set_path(judge, "services[%u].grants[%u]", (unsigned)service_index, (unsigned)grant_index);
    judge_cap_name(judge, service, os_Grant_get_name(grant), export_count, grant_index);
    switch (os_Grant_source_which(source)) {
    case os_Grant_source_kernel:
        judge_kernel_source(judge, grants, grant_index);
        break;
    case os_Grant_source_service:
        judge_service_source(judge, service_index, grant_index, os_Grant_source_get_service(source));
        break;
    default:
        judge_problem(judge, ".source", "kind of source %u is unknown; known: kernel, service",
                      (unsigned)os_Grant_source_which(source));
    }
    judge_only(judge, grant);
}

/* Everything that goes into the CapSet of a service. */
static void judge_service_caps(struct judge *judge, uint32_t index)
{
    struct os_Service_reader service = judge_service_at(judge, index);
    struct os_Export_list_reader exports = os_Service_get_exports(service);
    uint32_t all_exports = os_Export_list_count(exports);
    uint32_t all_grants = os_Grant_list_count(os_Service_get_grants(service));

    uint32_t export_count = judge_bounded_count(judge, ".exports", all_exports, MANIFEST_CAPS_MAX);
    uint32_t count = judge_bounded_count(judge, ".grants", all_grants, MANIFEST_CAPS_MAX);
    if (export_count + count > MANIFEST_CAPS_MAX)
        judge_problem(judge, "",
                      "%u exports and %u grants are more than the %u capabilities a process starts with",
                      (unsigned)export_count, (unsigned)count, (unsigned)MANIFEST_CAPS_MAX);
    for (uint32_t i = 0; i < export_count; i++) {
        struct os_Export_reader export = os_Export_list_at(exports, i);
        judge_set_path(judge, "services[%u].exports[%u]", (unsigned)index, (unsigned)i);
        judge_cap_name(judge, service, os_Export_get_name(export), i, 0);
        if (os_Export_get_interfaceId(export) == 0)
            judge_problem(judge, ".interfaceId", "is 0; use the type id of the interface that is served");
        judge_ancestors(judge, export);
    }
    for (uint32_t i = 0; i < count; i++)
        judge_grant(judge, index, export_count, i);
}

static void judge_service(struct judge *judge, uint32_t index)
{
    struct os_Service_reader service = judge_service_at(judge, index);
    struct wire_text name = os_Service_get_name(service);

    judge_set_path(judge, "services[%u]", (unsigned)index);
    judge_name(judge, name, NAME_OF_PROCESS);
    if (wire_text_equal(name, wire_text_of("init")))
        judge_problem(judge, ".name", "\"init\" is the process that the kernel starts; use another name");
    for (uint32_t i = 0; i < index; i++) {
        if (wire_text_equal(os_Service_get_name(judge_service_at(judge, i)), name)) {
            judge_problem(judge, ".name", "\"%s\" is also the name of services[%u]; give each its own",
                          judge_show(name).text, (unsigned)i);
            break;
        }
    }
    judge_binary_name(judge, os_Service_get_binary(service));
    judge_limits(judge, os_Service_get_binary(service),
                 os_Export_list_count(os_Service_get_exports(service)) + grant_count(service),
                 os_Service_get_limits(service));
    judge_arguments(judge, service);
    judge_restart(judge, service);
    judge_service_caps(judge, index);
}

/* ---- Circles of imports --------------------------------------------------------------------------- */

/* Adds an edge for every other service that services[index] imports from. */
static void add_imports(struct judge *judge, uint32_t index, struct circle_search *search)
{
    struct os_Service_reader service = judge_service_at(judge, index);
    struct os_Grant_source_service_reader import;
    uint32_t server;

    for (uint32_t i = 0; i < grant_count(service); i++) {
        if (grant_import(os_Grant_list_at(os_Service_get_grants(service), i), &import) &&
            manifest_find_service(judge->root, os_Grant_source_service_get_name(import), &server) == CAP_OK &&
            server != index)
            circle_search_add(search, index, server);
    }
}

/* The first grant of services[client] that imports from the service of this name. */
static uint32_t find_import(struct judge *judge, uint32_t client, struct wire_text server_name)
{
    struct os_Service_reader service = judge_service_at(judge, client);
    struct os_Grant_source_service_reader import;

    for (uint32_t i = 0; i < grant_count(service); i++) {
        if (grant_import(os_Grant_list_at(os_Service_get_grants(service), i), &import) &&
            wire_text_equal(os_Grant_source_service_get_name(import), server_name))
            return i;
    }
    return 0;
}

static void judge_circles(struct judge *judge)
{
    struct circle_search search;
    struct word_list circle;
    uint32_t first;

    circle_search_init(&search);
    for (uint32_t i = 0; i < judge_service_count(judge); i++)
        add_imports(judge, i, &search);
    while (circle_search_next(&search, &first)) {
        struct wire_text server_name = os_Service_get_name(judge_service_at(judge, search.trail[first]));
        uint32_t client = search.trail[search.trail_length - 1];
        word_list_init(&circle, " -> ");
        for (uint32_t i = first; i < search.trail_length; i++)
            word_list_add(&circle, "%s",
                          judge_show(os_Service_get_name(judge_service_at(judge, search.trail[i]))).text);
        word_list_add(&circle, "%s", judge_show(server_name).text);
        judge_set_path(judge, "services[%u].grants[%u]", (unsigned)client,
                       (unsigned)find_import(judge, client, server_name));
        judge_problem(judge, ".source.service.name", "imports go in a circle: %s; remove one of these grants",
                      circle.text);
    }
}

/* ---- The whole ------------------------------------------------------------------------------------ */

static void judge_services(struct judge *judge)
{
    struct os_Service_list_reader services = os_SystemManifest_get_services(judge->root);

    judge_set_path(judge, "services");
    uint32_t count = judge_bounded_count(judge, "", os_Service_list_count(services), MANIFEST_SERVICES_MAX);
    for (uint32_t i = 0; i < count; i++)
        judge_service(judge, i);
    judge_circles(judge);
}

static void judge_wire(struct judge *judge, const struct wire_message_reader *message)
{
    judge_set_path(judge, "word %u", (unsigned)message->rule_word);
    judge_problem(judge, "", "%s", wire_rule_text(message->rule));
}

enum cap_err manifest_validate(struct wire_message_reader *message, const struct manifest_report *report)
{
    struct judge judge = {.report = report};

    if (os_SystemManifest_check(message) != CAP_OK) {
        judge_wire(&judge, message);
        return CAP_ERR_MALFORMED;
    }
    judge.root = os_SystemManifest_read_root(message);
    uint32_t version = os_SystemManifest_get_version(judge.root);
    if (version != MANIFEST_VERSION) {
        judge_problem(&judge, "version", "is %u; this system reads version %d only", (unsigned)version,
                      MANIFEST_VERSION);
        return CAP_ERR_MALFORMED;
    }
    judge_binaries(&judge);
    judge_init(&judge);
    judge_services(&judge);
    judge_limits_sum(&judge);
    judge_outcome(&judge);
    if (message->rule != WIRE_RULE_NONE) /* cannot be after the check; if it is, nothing read above counts */
        judge_wire(&judge, message);
    return judge.problem_count == 0 ? CAP_OK : CAP_ERR_MALFORMED;
}
