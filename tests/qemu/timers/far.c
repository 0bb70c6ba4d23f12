/* Sleeps as often as it may, until long after the test. Next: tests/qemu/timers/beat.c */
#include "tests/qemu/timers/wait.h"

int main(struct rt *rt)
{
    struct raw raw = {.rt = rt};
    struct os_Timer timer;
    uint64_t now_ns;
    if (RT_CAPSET(rt, "timer", os_Timer, &timer) || os_Timer_now(timer, &now_ns))
        return 1;
    for (uint64_t i = 0; i < WAITS_MAX; i++)
        wait_submit(&raw, timer, os_Timer_sleepUntil_METHOD, now_ns + (3600000 + i * 7 % 32) * MS, i + 1);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    return 2;
}
