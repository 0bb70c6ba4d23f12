/* Working without the kernel, for a measured time. Next: tests/qemu/neighbours/neighbours.c */
#pragma once

#include "tests/qemu/raw.h"

static inline uint64_t ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* How many ticks a millisecond has: measured by a sleep, so at least as many as it really has. */
static inline uint64_t ticks_per_ms(void)
{
    uint64_t start = ticks();
    rt_enter(1, 10000000);
    return (ticks() - start) / 10;
}

static inline void spin(uint64_t tick_count)
{
    for (uint64_t start = ticks(); ticks() - start < tick_count;) {}
}
