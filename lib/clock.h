/* Time from a counter of ticks, whose rate becomes better known later.
 *
 * Invariants
 *  - Time never goes back, also not when the rate changes: from then on it goes on from where it is.
 *  - Rates are nanoseconds for each tick in 32.32 fixed point: any counter from 1 kHz to 1 THz.
 *
 * Next: lib/clock.c
 */
#pragma once

#include "abi/base.h"

/* Zeroed: stands still at 0. */
struct clock {
    uint64_t base_ticks;
    uint64_t base_ns; /* the time when the counter was at base_ticks */
    uint64_t ns_per_tick_32;
};

static inline uint64_t clock_scale(uint64_t amount, uint64_t factor_32)
{
    return (uint64_t)((unsigned __int128)amount * factor_32 >> 32);
}

/* The time when the counter is, or was, at `ticks`. Before base_ticks it is what the present rate says, so
 * that moments keep their order; 0 at least. */
static inline uint64_t clock_at(const struct clock *clock, uint64_t ticks)
{
    if (__builtin_expect(ticks >= clock->base_ticks, 1))
        return clock->base_ns + clock_scale(ticks - clock->base_ticks, clock->ns_per_tick_32);
    uint64_t before_ns = clock_scale(clock->base_ticks - ticks, clock->ns_per_tick_32);
    return before_ns < clock->base_ns ? clock->base_ns - before_ns : 0;
}

/* The time goes on at another rate from this moment. */
void clock_set_rate(struct clock *clock, uint64_t ticks, uint64_t ns_per_tick_32);

/* The rate at which `ticks` take so many nanoseconds, less than four seconds; 0: there is none. */
uint64_t clock_rate(uint64_t nanoseconds, uint64_t ticks);

/* How far a counter of 16 bits has counted down from `first` to `now`, by which time it may have wrapped any
 * number of times: what comes next to an estimate that is right to less than 2^15. */
uint64_t counter_elapsed(uint16_t first, uint16_t now, uint64_t estimate);
