/* Signals three times, and ends. Next: tests/qemu/notification/notification.c */
#include "build/gen/schema/capos.client.h"

int main(struct rt *rt)
{
    struct os_Signal signal;
    if (RT_CAPSET(rt, "grant", os_Signal, &signal))
        return 98;
    for (uint64_t count = 1; count <= 3; count++)
        if (os_Signal_signal(signal, count))
            return 1;
    return 0;
}
