/* One of many: a process that keeps something waiting and does nothing else.
 *
 * Its calls are SQEs by hand, so that it needs no record for each.
 *
 * Next: bench/qemu/growth/growth.h
 */
#include "bench/qemu/crowd.h"
#include "build/gen/bench/qemu/bench.client.h"
#include "build/gen/schema/capos.client.h"
#include "user/rt/enter.h"
#include "user/rt/state.h"

#define HOUR_NS 3600000000000ull

static uint64_t answer[8];

static bool submit(struct rt *rt, const struct cap_sqe *sqe)
{
    while (ring_client_submit(&rt->ring, sqe))
        if (rt_enter(0, 0) < 0)
            return false;
    return true;
}

/* A process whose call is over calls again, for ever: whoever starts it ends it. */
static int keep_calling(struct rt *rt, const struct cap_sqe *sqe, uint32_t count)
{
    struct cap_cqe cqe;
    for (uint32_t i = 0; i < count; i++)
        if (!submit(rt, sqe))
            return 2;
    while (rt_enter(1, CAP_TIMEOUT_NEVER) >= 0)
        while (ring_client_take(&rt->ring, &cqe))
            if (cqe.status || !submit(rt, sqe))
                return 3;
    return 4;
}

static struct cap_sqe call_of(struct rt_handle handle, uint16_t method_id, const uint64_t *params,
                              uint32_t words)
{
    return (struct cap_sqe){
        .opcode = CAP_OP_CALL,
        .method_id = method_id,
        .target = handle.cap.bits,
        .interface_id = handle.interface_id,
        .message_addr = (uint64_t)params,
        .message_bytes = words * 8,
        .buffer_addr = (uint64_t)answer,
        .buffer_bytes = sizeof answer,
    };
}

static int call(struct rt *rt, uint32_t count)
{
    static const uint64_t params[1] = {0xfffffffc}; /* an empty struct */
    struct rt_handle handle;
    if (rt_capset_find(rt, CROWD_GRANT, bench_Partner_ID, &handle))
        return 1;
    const struct cap_sqe sqe = call_of(handle, bench_Partner_nothing_METHOD, params, 1);
    return keep_calling(rt, &sqe, count);
}

static int sleep(struct rt *rt, uint32_t count)
{
    uint64_t params[2] = {1ull << 32, 0}; /* struct { nanoseconds :UInt64 } */
    struct os_Timer timer;
    if (RT_CAPSET(rt, CROWD_GRANT, os_Timer, &timer) || os_Timer_now(timer, &params[1]))
        return 1;
    params[1] += HOUR_NS;
    const struct cap_sqe sqe = call_of(timer.handle, os_Timer_sleepUntil_METHOD, params, 2);
    return keep_calling(rt, &sqe, count);
}

static int wait_for_ever(struct rt *rt)
{
    struct os_Notification notification;
    uint64_t count;
    if (RT_CAPSET(rt, CROWD_GRANT, os_Notification, &notification))
        return 1;
    return os_Notification_wait(notification, &count) ? 2 : 3;
}

/* The number behind the role and the dash; 0 if the process is not called after this role. */
static uint32_t count_of(const char *name, const char *role)
{
    uint32_t count = 0;
    while (*role && *name == *role)
        name++, role++;
    if (*role || *name != '-')
        return 0;
    while (*++name)
        count = count * 10 + (uint32_t)(*name - '0');
    return count;
}

int main(struct rt *rt)
{
    const char *name = rt_process_name(rt);
    if (count_of(name, CROWD_WAITER))
        return wait_for_ever(rt);
    if (count_of(name, CROWD_CALLER))
        return call(rt, count_of(name, CROWD_CALLER));
    return sleep(rt, count_of(name, CROWD_SLEEPER));
}
