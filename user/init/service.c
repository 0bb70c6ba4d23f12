/* One service, started with exactly what the manifest names: its exports' endpoints, then its grants.
 *
 * Everything is copied to it. Kernel objects stay init's for the next service; the channels are dropped as
 * soon as the service cannot be started once more, so that then an endpoint lives with its server and a
 * client facet with its client.
 *
 * Next: user/init/supervisor.c
 */
#include "lib/error.h"
#include "lib/fmt.h"
#include "user/init/init.h"
#include "user/rt/print.h"

/* What the service is started with, in words: "console (Console), echo (Endpoint)". */
struct description {
    char text[800];
    uint32_t length;
};

static __attribute__((format(printf, 2, 3))) void describe(struct description *description,
                                                           const char *format, ...)
{
    va_list arguments;
    uint32_t room = sizeof description->text - description->length;

    va_start(arguments, format);
    uint32_t wanted = fmt_format(description->text + description->length, room, format, arguments);
    va_end(arguments);
    description->length += wanted < room ? wanted : room - 1;
}

struct rt_handle service_kernel_object(const struct init *init, uint16_t object, const char **interface)
{
    switch (object) {
    case os_KernelObject_console:
        *interface = "Console";
        return init->console.handle;
    case os_KernelObject_bootPackage:
        *interface = "BootPackage";
        return init->boot_package.handle;
    case os_KernelObject_processSpawner:
        *interface = "ProcessSpawner";
        return init->process_spawner.handle;
    case os_KernelObject_endpointFactory:
        *interface = "EndpointFactory";
        return init->endpoint_factory.handle;
    case os_KernelObject_facetFactory:
        *interface = "FacetFactory";
        return init->facet_factory.handle;
    case os_KernelObject_timer:
        *interface = "Timer";
        return init->timer.handle;
    case os_KernelObject_frameAllocator:
        *interface = "FrameAllocator";
        return init->frame_allocator.handle;
    case os_KernelObject_notificationFactory:
        *interface = "NotificationFactory";
        return init->notification_factory.handle;
    case os_KernelObject_entropy:
        *interface = "Entropy";
        return init->entropy.handle;
    case os_KernelObject_logReader:
        *interface = "LogReader";
        return init->log_reader.handle;
    case os_KernelObject_allocationFault:
        *interface = "AllocationFault";
        return init->allocation_fault.handle;
    case os_KernelObject_testSupport:
        *interface = "TestSupport";
        return init->test_support.handle;
    case os_KernelObject_auditReader:
        *interface = "AuditReader";
        return init->audit_reader.handle;
    case os_KernelObject_inspector:
        *interface = "Inspector";
        return init->inspector.handle;
    default:
        *interface = "nothing";
        return (struct rt_handle){.rt = init->rt};
    }
}

/* One spawn in the making. */
struct start {
    const struct init *init;
    struct rt_call *call;
    struct os_ProcessSpawner_spawn_Params_builder params;
    struct os_NamedCap_list_builder grants;
    uint32_t grant_count;
    struct description words;
};

/* The next grant: a copy of `handle` under this name. What does not fit, send refuses. */
static void add(struct start *start, struct wire_text name, struct rt_handle handle)
{
    struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(start->grants, start->grant_count++);
    os_NamedCap_set_name(grant, name);
    os_NamedCap_set_cap(grant, rt_call_attach(start->call, handle, CAP_TRANSFER_COPY));
}

static void add_export(struct start *start, struct os_Export_reader export, struct rt_handle endpoint)
{
    struct wire_text name = os_Export_get_name(export);
    describe(&start->words, "%.*s (server)", (int)name.length, name.bytes);
    add(start, name, endpoint);
}

/* A service's VirtualMemory is never init's: the spawn makes one of its own. */
static bool is_own_memory(struct os_Grant_reader grant)
{
    struct os_Grant_source_reader source = os_Grant_get_source(grant);
    return os_Grant_source_which(source) == os_Grant_source_kernel &&
           os_Grant_source_get_kernel(source) == os_KernelObject_virtualMemory;
}

static uint32_t count_own_memory(struct os_Grant_list_reader grants)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < os_Grant_list_count(grants); i++)
        count += is_own_memory(os_Grant_list_at(grants, i));
    return count;
}

static void add_own_memory(struct start *start, struct wire_text name)
{
    describe(&start->words, "%.*s (its own VirtualMemory)", (int)name.length, name.bytes);
    os_ProcessSpawner_spawn_Params_set_ownMemory(start->params, name);
}

/* ", methods 0 2", ", at most 3 of hello echo-client" */
static void describe_only(struct description *words, struct os_Grant_only_reader only)
{
    struct wire_list_reader methods = os_Grant_only_get_methods(only);
    struct wire_list_reader binaries = os_Grant_only_get_binaries(only);

    if (binaries.count > 0)
        describe(words, ", at most %u of", os_Grant_only_get_processes(only));
    for (uint32_t i = 0; i < binaries.count; i++) {
        struct wire_text binary = wire_list_text(binaries, i);
        describe(words, " %.*s", (int)binary.length, binary.bytes);
    }
    if (methods.count > 0)
        describe(words, ", methods");
    for (uint32_t i = 0; i < methods.count; i++)
        describe(words, " %u", wire_list_u16(methods, i));
}

static bool is_narrowed(struct os_Grant_reader grant)
{
    struct os_Grant_only_reader only = os_Grant_get_only(grant);
    return os_Grant_only_get_methods(only).count > 0 || os_Grant_only_get_binaries(only).count > 0;
}

/* `channel` is the client facet or what the source was narrowed to; null: the whole kernel object, unless it
 * should have been narrowed, which the spawn then refuses. */
static void add_grant(struct start *start, struct os_Grant_reader grant, struct rt_handle channel)
{
    struct wire_text name = os_Grant_get_name(grant);
    struct os_Grant_source_reader source = os_Grant_get_source(grant);
    if (is_own_memory(grant)) {
        add_own_memory(start, name);
        return;
    }
    if (os_Grant_source_which(source) == os_Grant_source_service) {
        struct os_Grant_source_service_reader from = os_Grant_source_get_service(source);
        struct wire_text server = os_Grant_source_service_get_name(from);
        uint64_t interface_id = os_Grant_source_service_get_interfaceId(from);
        describe(&start->words, "%.*s (client of %.*s, badge %lu", (int)name.length, name.bytes,
                 (int)server.length, server.bytes, os_Grant_source_service_get_badge(from));
        if (interface_id)
            describe(&start->words, ", only as 0x%lx", interface_id);
    } else {
        const char *interface;
        struct rt_handle whole =
            service_kernel_object(start->init, os_Grant_source_get_kernel(source), &interface);
        describe(&start->words, "%.*s (%s", (int)name.length, name.bytes, interface);
        if (rt_handle_is_null(channel) && !is_narrowed(grant))
            channel = whole;
    }
    describe_only(&start->words, os_Grant_get_only(grant));
    describe(&start->words, ")");
    add(start, name, channel);
}

/* All exports, then all grants. `caps` are the service's channels, in the same order. */
static void add_all(struct start *start, struct os_ProcessSpawner_spawn_Params_builder params,
                    struct os_Service_reader service, const cap_id_t *caps)
{
    struct os_Export_list_reader exports = os_Service_get_exports(service);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    uint32_t export_count = os_Export_list_count(exports);
    uint32_t count = export_count + os_Grant_list_count(grants);

    start->params = params;
    start->grants = os_ProcessSpawner_spawn_Params_init_grants(params, count - count_own_memory(grants));
    if (count == 0)
        describe(&start->words, "nothing");
    for (uint32_t i = 0; i < count; i++) {
        struct rt_handle channel = {.rt = start->init->rt, .cap = caps[i]};
        if (i > 0)
            describe(&start->words, ", ");
        if (i < export_count)
            add_export(start, os_Export_list_at(exports, i), channel);
        else
            add_grant(start, os_Grant_list_at(grants, i - export_count), channel);
    }
}

/* As the manifest says them; what it leaves to the default, so does init. */
static void set_limits(struct os_ProcessSpawner_spawn_Params_builder params, struct os_Limits_reader wanted)
{
    struct os_Limits_builder limits = os_ProcessSpawner_spawn_Params_init_limits(params);
    os_Limits_set_frames(limits, os_Limits_get_frames(wanted));
    os_Limits_set_slots(limits, os_Limits_get_slots(wanted));
    os_Limits_set_calls(limits, os_Limits_get_calls(wanted));
    os_Limits_set_records(limits, os_Limits_get_records(wanted));
    os_Limits_set_queuedCalls(limits, os_Limits_get_queuedCalls(wanted));
    os_Limits_set_queuedBytes(limits, os_Limits_get_queuedBytes(wanted));
    os_Limits_set_logBytes(limits, os_Limits_get_logBytes(wanted));
}

/* A copy, as a message of its own. */
static enum cap_err set_arguments(struct os_ProcessSpawner_spawn_Params_builder params,
                                  struct os_Arguments_reader wanted)
{
    uint64_t words[CAP_ARGUMENT_BYTES_MAX / 8];
    struct wire_message_builder message;
    struct wire_list_reader texts = os_Arguments_get_texts(wanted);
    if (texts.count == 0)
        return CAP_OK;
    wire_message_build(&message, words, CAP_ARGUMENT_BYTES_MAX / 8);
    enum cap_err error = os_Arguments_set_texts(os_Arguments_init_root(&message), texts);
    if (error != CAP_OK)
        return error;
    struct wire_data data = {(const uint8_t *)words, message.word_count * 8};
    return os_ProcessSpawner_spawn_Params_set_arguments(params, data);
}

struct os_Service_reader service_entry(const struct init *init, uint32_t service_index)
{
    return os_Service_list_at(os_SystemManifest_get_services(init->manifest), service_index);
}

struct wire_text service_name(const struct init *init, uint32_t service_index)
{
    return os_Service_get_name(service_entry(init, service_index));
}

/* The line comes before the call, so that it comes before the first line of the service. */
enum cap_err service_start(struct init *init, uint32_t service_index)
{
    struct os_Service_reader entry = service_entry(init, service_index);
    struct wire_text name = os_Service_get_name(entry);
    struct init_service *service = &init->services[service_index];

    struct rt_call call;
    struct start start = {.init = init, .call = &call};
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, init->process_spawner);
    struct os_ProcessSpawner_spawn_Results_reader results;
    os_ProcessSpawner_spawn_Params_set_binary(params, os_Service_get_binary(entry));
    os_ProcessSpawner_spawn_Params_set_name(params, name);
    add_all(&start, params, entry, service->channels);
    set_limits(params, os_Service_get_limits(entry));
    enum cap_err error = set_arguments(params, os_Service_get_arguments(entry));
    print(init->console, "starting %.*s with %s", (int)name.length, name.bytes, start.words.text);

    if (error == CAP_OK)
        error = os_ProcessSpawner_spawn_send(&call);
    if (error == CAP_OK)
        error = os_ProcessSpawner_spawn_wait(&call, &results);
    if (error == CAP_OK)
        error = rt_call_take(&call, os_ProcessSpawner_spawn_Results_get_process(results),
                             &service->process.handle);
    if (error != CAP_OK) {
        struct wire_text reason = rt_call_reason(&call, error);
        print(init->console, "cannot start %.*s: %.*s", (int)name.length, name.bytes, (int)reason.length,
              reason.bytes);
    }
    rt_call_end(&call);
    return error;
}
