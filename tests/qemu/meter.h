/* Looks at the clock all the time, for tests by the clock of instructions.
 *
 * Next: tests/qemu/long-end/long-end.c
 */
#pragma once

#include "abi/base.h"

#define METER_NS 400000000

static inline uint64_t meter_now_ns(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)); /* counts nanoseconds of the machine's time here */
    return (uint64_t)high << 32 | low;
}

/* The longest time that it did not, in microseconds. */
static inline int meter_run(void)
{
    uint64_t start = meter_now_ns(), last = start, longest = 0;
    while (last - start < METER_NS) {
        uint64_t now = meter_now_ns();
        if (now - last > longest)
            longest = now - last;
        last = now;
    }
    return (int)(longest / 1000);
}
