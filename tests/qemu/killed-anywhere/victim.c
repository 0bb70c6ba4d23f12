/* Does all that a process can do, again and again, until it is killed. What fails because others have been
 * killed is of no interest here.
 *
 * Next: tests/qemu/killed-anywhere/partner.c
 */
#include "tests/qemu/cases.h"
#include "tests/qemu/spawn.h"

struct victim {
    struct rt *rt;
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;
    struct os_Timer timer;
    struct rt_handle client;
};

/* A call that moves memory to the partner and copies an endpoint; the memory may come back. */
static void exchange(struct victim *victim, struct rt_handle *memory, struct rt_handle endpoint)
{
    static struct rt_call call;
    rt_call_begin(&call, victim->client, SERVED_ID, 0);
    (void)rt_call_attach(&call, *memory, CAP_TRANSFER_MOVE);
    (void)rt_call_attach(&call, endpoint, CAP_TRANSFER_COPY);
    enum cap_err err = rt_call_send(&call);
    if (!err)
        err = rt_call_wait(&call);
    if (err == CAP_OK || err == CAP_ERR_PEER_DEAD)
        rt_handle_forget(memory);
    if (!err)
        (void)!rt_call_take(&call, 0, memory);
    rt_call_end(&call);
}

static void round(struct victim *victim, bool waits)
{
    struct os_MemoryObject memory = {{.rt = victim->rt}}, facet = {{.rt = victim->rt}};
    struct os_Endpoint endpoint = {{.rt = victim->rt}};
    struct rt_handle client = {.rt = victim->rt};
    struct os_ProcessHandle child = {{.rt = victim->rt}};
    struct rt_call *call = rt_call_scratch(victim->rt);
    struct os_ProcessEnd_reader end;
    uint64_t address = 0, now = 0;
    (void)!os_FrameAllocator_create(victim->allocator, 3 * CAP_PAGE_BYTES, &memory);
    (void)!os_MemoryObject_readOnly(memory, &facet);
    (void)!os_VirtualMemory_map(victim->space, memory, 0, os_VirtualMemory_Access_readWrite, &address);
    (void)!os_EndpointFactory_create(victim->factory, 1, &endpoint);
    (void)!os_Endpoint_makeClient(endpoint, 1, &client);
    exchange(victim, &memory.handle, client);
    (void)!spawn_with(victim->spawner, "child", "client", client, &child);
    (void)!os_Timer_now(victim->timer, &now);
    (void)!os_Timer_sleepUntil(victim->timer, now + 20000);
    if (waits) {
        (void)!spawn_wait(call, child, &end);
        rt_call_end(call);
    } else {
        (void)!os_ProcessHandle_kill(child);
    }
    (void)!os_VirtualMemory_unmap(victim->space, address);
    rt_handle_drop(&child.handle);
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
    rt_handle_drop(&facet.handle);
    rt_handle_drop(&memory.handle);
}

int main(struct rt *rt)
{
    static struct victim victim;
    victim.rt = rt;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &victim.spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &victim.factory) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &victim.allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &victim.space) ||
        RT_CAPSET(rt, "timer", os_Timer, &victim.timer) ||
        rt_capset_find(rt, "client", SERVED_ID, &victim.client))
        return 98;
    for (uint32_t i = 0;; i++)
        round(&victim, i % 2);
}
