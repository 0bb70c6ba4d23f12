/* Times of many runs, and what counts of them. For every program in this folder.
 *
 * Next: bench/qemu/samples.c
 */
#pragma once

#include "abi/base.h"

#define SAMPLES_MAX 4000

/* The clock, at the beginning and at the end of what is timed: bracket_close() - bracket_open(). */
uint64_t bracket_open(void);
uint64_t bracket_close(void);

/* Keeps what run number `index` < SAMPLES_MAX took. */
void samples_put(uint32_t index, uint64_t ticks);

struct samples_summary {
    uint64_t minimum;
    uint64_t median;
};

/* Of runs 0 to count - 1, count > 0; their order is lost. */
struct samples_summary samples_summarise(uint32_t count);
