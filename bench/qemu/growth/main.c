/* Sets the stage, then measures curve by curve.
 *
 * Next: bench/qemu/growth/growth.h
 */
#include "bench/qemu/growth/growth.h"
#include "user/rt/print.h"

static struct growth growth;

static enum cap_err stage_set(struct rt *rt)
{
    struct os_Signal unused; /* kept: without it, nobody could wait */
    growth.rt = rt;
    if (RT_CAPSET(rt, "console", os_Console, &growth.console) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &growth.spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &growth.factory) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &growth.facets) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &growth.notifications) ||
        RT_CAPSET(rt, "timer", os_Timer, &growth.timer) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &growth.allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &growth.space))
        return CAP_ERR_NO_CAP;
    enum cap_err err = os_NotificationFactory_create(growth.notifications, &growth.never, &unused);
    return err ? err : partner_start(&growth);
}

static enum cap_err run_nothing(struct growth *unused)
{
    (void)unused;
    return CAP_OK;
}

int main(struct rt *rt)
{
    static enum cap_err (*const curves[])(struct growth *) = {
        curve_processes,    curve_capabilities, curve_revocation,
        curve_queued_calls, curve_timers,       curve_mappings,
    };
    if (wire_text_equal(wire_text_of(rt_process_name(rt)), wire_text_of("partner")))
        return partner_main(rt);
    enum cap_err err = stage_set(rt);
    if (!err)
        err = point_measure(&growth, "empty", "bracket", 0, NULL, run_nothing);
    for (uint32_t i = 0; i < sizeof curves / sizeof curves[0] && !err; i++) {
        err = curves[i](&growth);
        if (err)
            print(growth.console, "failed curve %u: %d", i, err);
    }
    return err ? 1 : 0;
}
