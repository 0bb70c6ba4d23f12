/* Sets the stage, then runs the lists of operations.
 *
 * Next: bench/qemu/bench/bench.h
 */
#include "bench/qemu/bench/bench.h"

static struct bench bench; /* more than a stack holds */

/* Its capabilities, an object of the kernel to call, and the other process. */
static enum cap_err stage_set(struct rt *rt)
{
    struct os_Endpoint endpoint;
    struct os_ProcessHandle server;
    bench.rt = rt;
    if (RT_CAPSET(rt, "console", os_Console, &bench.console) ||
        RT_CAPSET(rt, "bootPackage", os_BootPackage, &bench.package) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &bench.spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &bench.factory) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &bench.notifications) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &bench.allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &bench.space) ||
        RT_CAPSET(rt, "timer", os_Timer, &bench.timer))
        return CAP_ERR_NO_CAP;
    enum cap_err err = os_BootPackage_manifest(bench.package, &bench.memory);
    if (!err)
        err = os_EndpointFactory_create(bench.factory, bench_Partner_ID, &bench.spare);
    if (!err)
        err = os_EndpointFactory_create(bench.factory, bench_Partner_ID, &endpoint);
    if (!err)
        err = os_Endpoint_makeClient(endpoint, 1, &bench.partner.handle);
    if (!err)
        err = process_start(bench.spawner, "bench", "server",
                            &(struct grant){"partner", endpoint.handle, CAP_TRANSFER_MOVE}, 1, &server);
    return err;
}

static bool is_named(const struct rt *rt, const char *name)
{
    return wire_text_equal(wire_text_of(rt_process_name(rt)), wire_text_of(name));
}

int main(struct rt *rt)
{
    if (is_named(rt, "server"))
        return server_main(rt);
    if (is_named(rt, "signaller"))
        return signaller_main(rt);
    static const struct operation *const lists[] = {
        ring_operations,    call_operations,   signal_operations,
        process_operations, memory_operations, sleep_operations,
    };
    enum cap_err err = stage_set(rt);
    for (uint32_t i = 0; i < sizeof lists / sizeof lists[0] && !err; i++)
        err = measure_all(&bench, lists[i]);
    return err ? 1 : 0;
}
