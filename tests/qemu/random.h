/* Numbers by chance, the same in every run. Next: tests/qemu/random-calls/random-calls.c */
#pragma once

#include "abi/base.h"

/* xorshift64 with the shifts 13, 7, 17 (Marsaglia, "Xorshift RNGs", 2003). */
struct random {
    uint64_t state; /* not 0 */
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t state = random->state;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return random->state = state;
}

/* 0 to limit - 1, nearly even. */
static inline uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)((random_next(random) >> 32) * limit >> 32);
}
