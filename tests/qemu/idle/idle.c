/* Sleeps a second, and does nothing else. Next: tests/qemu/time/time.c */
#include "build/gen/schema/capos.client.h"

#define SECOND_NS 1000000000ull

int main(struct rt *rt)
{
    struct os_Timer timer;
    uint64_t start_ns, end_ns;
    if (RT_CAPSET(rt, "timer", os_Timer, &timer) || os_Timer_now(timer, &start_ns) ||
        os_Timer_sleepUntil(timer, start_ns + SECOND_NS) || os_Timer_now(timer, &end_ns))
        return 1;
    return end_ns - start_ns >= SECOND_NS ? 0 : 2;
}
