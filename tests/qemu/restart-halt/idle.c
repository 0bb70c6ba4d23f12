/* Sleeps for ever. Next: tests/qemu/restart-halt/system.cue */
#include "build/gen/schema/capos.client.h"

int main(struct rt *rt)
{
    struct os_Timer timer;
    if (RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    return os_Timer_sleepUntil(timer, UINT64_MAX) ? 1 : 2;
}
