/* init from start to summary.
 *
 * Next: user/init/boot.c
 */
#include "user/init/init.h"
#include "lib/error.h"
#include "user/rt/print.h"

static bool find_own(struct init *init)
{
    struct rt *rt = init->rt;
    if (RT_CAPSET(rt, "console", os_Console, &init->console) != CAP_OK)
        return false; /* and nothing to say it on */
    /* The manifest's judge has seen to it that init holds what a service is to get. */
    if (RT_CAPSET(rt, "facetFactory", os_FacetFactory, &init->facet_factory) != CAP_OK)
        init->facet_factory.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "timer", os_Timer, &init->timer) != CAP_OK)
        init->timer.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &init->frame_allocator) != CAP_OK)
        init->frame_allocator.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &init->notification_factory) != CAP_OK)
        init->notification_factory.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "entropy", os_Entropy, &init->entropy) != CAP_OK)
        init->entropy.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "logReader", os_LogReader, &init->log_reader) != CAP_OK)
        init->log_reader.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "auditReader", os_AuditReader, &init->audit_reader) != CAP_OK)
        init->audit_reader.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "inspector", os_Inspector, &init->inspector) != CAP_OK)
        init->inspector.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "allocationFault", os_AllocationFault, &init->allocation_fault) != CAP_OK)
        init->allocation_fault.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "testSupport", os_TestSupport, &init->test_support) != CAP_OK)
        init->test_support.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "bootPackage", os_BootPackage, &init->boot_package) == CAP_OK &&
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &init->process_spawner) == CAP_OK &&
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &init->endpoint_factory) == CAP_OK &&
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &init->virtual_memory) == CAP_OK)
        return true;
    print(init->console, "init needs bootPackage, processSpawner, endpointFactory and virtualMemory");
    return false;
}

/* What became of the services. Why the system ends is the last line. */
static int summarise(const struct init *init)
{
    uint32_t failed_count = 0, left_count = 0;
    for (uint32_t i = 0; i < init->service_count; i++) {
        bool is_left = init->services[i].state != SERVICE_DOWN;
        left_count += is_left;
        failed_count += !is_left && init->services[i].has_failed;
    }
    if (rt_releases_failed(init->rt) != 0)
        print(init->console, "bug in init: %u releases were refused", rt_releases_failed(init->rt));
    if (init->is_halting) {
        struct wire_text name = service_name(init, init->halting_index);
        print(init->console, "the system halts: %.*s has reached its limit of restarts, %u", (int)name.length,
              name.bytes, os_Service_get_maxRestarts(service_entry(init, init->halting_index)));
        return INIT_EXIT_HALTED;
    }
    if (failed_count != 0)
        print(init->console, "%u of %u services failed", failed_count, init->service_count);
    else if (left_count != 0)
        print(init->console, "%u of %u services ended well, and the system with them",
              init->service_count - left_count, init->service_count);
    else if (init->service_count == 1)
        print(init->console, "the service ended well");
    else
        print(init->console, "all %u services ended well", init->service_count);
    return failed_count < INIT_EXIT_FAILED_MAX ? (int)failed_count : INIT_EXIT_FAILED_MAX;
}

int main(struct rt *rt)
{
    static struct init init; /* too large for the stack */
    init.rt = rt;

    if (!find_own(&init) || boot_load(&init) != CAP_OK)
        return INIT_EXIT_BROKEN;
    enum cap_err error = channels_make(&init);
    if (error != CAP_OK) {
        print(init.console, "cannot make the endpoints: %s", error_text(error));
        return INIT_EXIT_BROKEN;
    }
    error = supervisor_run(&init);
    if (error != CAP_OK) {
        print(init.console, "cannot go on: %s", error_text(error));
        return INIT_EXIT_BROKEN;
    }
    return summarise(&init);
}
