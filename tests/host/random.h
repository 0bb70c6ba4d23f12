/* Numbers by chance, the same in every run. Next: tests/host/test_heap.c */
#pragma once

#include <stdint.h>

/* xorshift64 with the shifts 13, 7, 17 (Marsaglia, "Xorshift RNGs", 2003). 0 to bound - 1, nearly even. */
static inline uint32_t random_below(uint32_t bound)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % bound;
}
