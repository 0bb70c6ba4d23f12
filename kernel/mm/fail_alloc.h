/* Allocations that fail on purpose, in kernels built for tests only (make test-kernel). In any other,
 * fail_alloc_now is false at compile time, and nothing of this is in the image.
 *
 * Next: kernel/cap/allocation_fault.c
 */
#pragma once

#include "abi/base.h"

#ifdef CAP_TEST_KERNEL
#define TEST_KERNEL_IS_BUILT true
#else
#define TEST_KERNEL_IS_BUILT false
#endif

/* Counts one allocation, of a frame or of a record; whether it is the one that is to fail. */
bool fail_alloc_count(void);

static inline bool fail_alloc_now(void)
{
    return TEST_KERNEL_IS_BUILT && fail_alloc_count();
}

/* From now on the allocation with this number fails, counted from 1; 0: none. Returns how many there were
 * since the last time. */
uint64_t fail_alloc_set(uint64_t number);
