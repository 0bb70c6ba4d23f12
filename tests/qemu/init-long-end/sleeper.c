/* Sleeps for short times, for ever. Next: tests/qemu/init-long-end/init-long-end.c */
#include "build/gen/schema/capos.client.h"

int main(struct rt *rt)
{
    struct os_Timer timer;
    uint64_t now;
    if (RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    while (!os_Timer_now(timer, &now) && !os_Timer_sleepUntil(timer, now + 20000)) {}
    return 1;
}
