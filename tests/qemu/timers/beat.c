/* Waits for one beat as often as it may; all come, and in the order of the calls. Next: lib/timer_queue.h */
#include "tests/qemu/timers/wait.h"

int main(struct rt *rt)
{
    struct raw raw = {.rt = rt};
    struct os_Timer timer;
    if (RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 1;
    for (uint64_t i = 0; i < WAITS_MAX; i++)
        wait_submit(&raw, timer, os_Timer_tick_METHOD, 100 * MS, i + 1);
    rt_enter(WAITS_MAX, CAP_TIMEOUT_NEVER);
    for (uint64_t i = 0; i < WAITS_MAX; i++) {
        struct cap_cqe cqe;
        if (!ring_client_take(&rt->ring, &cqe) || cqe.status)
            return 2;
    }
    return 0;
}
