/* Rates, and a counter that wraps.
 *
 * Next: tests/host/test_clock.c
 */
#include "lib/clock.h"

void clock_set_rate(struct clock *clock, uint64_t ticks, uint64_t ns_per_tick_32)
{
    clock->base_ns = clock_at(clock, ticks);
    clock->base_ticks = ticks;
    clock->ns_per_tick_32 = ns_per_tick_32;
}

uint64_t clock_rate(uint64_t nanoseconds, uint64_t ticks)
{
    return ticks == 0 || nanoseconds >> 32 ? 0 : (nanoseconds << 32) / ticks;
}

uint64_t counter_elapsed(uint16_t first, uint16_t now, uint64_t estimate)
{
    uint16_t low = (uint16_t)(first - now);
    /* How far the low bits of the estimate are before those, or, if that is less, behind. */
    int16_t difference = (int16_t)(uint16_t)(low - (uint16_t)estimate);
    return difference < 0 && estimate < (uint64_t)-difference ? low
                                                              : estimate + (uint64_t)(int64_t)difference;
}
