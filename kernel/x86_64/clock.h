/* The time: from the time-stamp counter, whose rate is measured against the PIT.
 *
 *   clock_start          clock_measure                  clock_measure_again
 *       |------- boot ---------|----------- 20 ms -----------|------------->
 *        the clock shows 0      right to half a percent       right to 50 millionths
 *
 * Next: kernel/x86_64/clock.c
 */
#pragma once

#include "abi/base.h"

/* When clock_measure_again should run. */
#define CLOCK_AGAIN_NS 20000000

/* The moment that the clock counts from; the PIT counts from here on. */
void clock_start(void);

/* The clock begins to go: at least a quarter of a millisecond after clock_start, and waits for that. */
void clock_measure(void);

/* Measures again over a longer time, and corrects the rate. */
void clock_measure_again(void);

/* Nanoseconds since clock_start; never goes back. 0 until clock_measure. */
uint64_t clock_now_ns(void);

/* The same for a value that the time-stamp counter has had since then. */
uint64_t clock_ns_of(uint64_t timestamp);

/* How many ticks of the time-stamp counter take so long. */
uint64_t clock_ticks_in(uint64_t nanoseconds);
