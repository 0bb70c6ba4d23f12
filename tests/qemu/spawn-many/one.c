/* Says that it runs, and waits to be ended. Next: tests/qemu/long-end/long-end.c */
#include "build/gen/schema/capos.client.h"
#include "user/rt/enter.h"

int main(struct rt *rt)
{
    struct os_Signal signal;
    if (RT_CAPSET(rt, "signal", os_Signal, &signal) || os_Signal_signal(signal, 1))
        return 1;
    for (;;)
        rt_enter(1, 3600ull * 1000000000);
}
