/* Arithmetic on addresses, sizes and bit sets, in 64 bits.
 *
 * An alignment is a power of two (not CHECKed: nearly all are constants).
 *
 * Next: lib/error.h
 */
#pragma once

#include "abi/error.h"

static inline bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static inline bool is_aligned(uint64_t value, uint64_t alignment)
{
    return (value & (alignment - 1)) == 0;
}

static inline uint64_t align_down(uint64_t value, uint64_t alignment)
{
    return value & ~(alignment - 1);
}

/* Wraps to 0 above the last multiple of the alignment: a value from outside is judged before, or added
 * with u64_add. */
static inline uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + (alignment - 1)) & ~(alignment - 1);
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* True on overflow; *sum is then untouched. */
CAP_MUST_CHECK static inline bool u64_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    uint64_t wrapped;
    if (__builtin_add_overflow(a, b, &wrapped))
        return true;
    *sum = wrapped;
    return false;
}

/* True on overflow; *product is then untouched. */
CAP_MUST_CHECK static inline bool u64_multiply(uint64_t a, uint64_t b, uint64_t *product)
{
    uint64_t wrapped;
    if (__builtin_mul_overflow(a, b, &wrapped))
        return true;
    *product = wrapped;
    return false;
}

/* The index of the lowest bit that is set, 0 to 63. `bits` is not 0. */
static inline uint32_t bit_lowest(uint64_t bits)
{
    return (uint32_t)__builtin_ctzll(bits);
}

/* The index of the highest bit that is set, 0 to 63. `bits` is not 0. */
static inline uint32_t bit_highest(uint64_t bits)
{
    return 63 - (uint32_t)__builtin_clzll(bits);
}
