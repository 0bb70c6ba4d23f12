/* The variables, and what is in them. Volatile: the test is about memory.
 *
 * Next: tests/qemu/thread-local/variables.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"
#include "tests/qemu/raw.h"

static _Thread_local volatile uint64_t initialised = 0x1122334455667788;
static _Thread_local volatile uint64_t aligned[4] __attribute__((aligned(1024))) = {1, 2, 3, 4};
static _Thread_local volatile uint8_t zeroed[5000];

static inline uint64_t thread_pointer(void)
{
    uint64_t pointer;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(pointer));
    return pointer;
}

/* 4 checks: all is `change` more than the source says. */
static inline void variables_check(struct raw *raw, uint64_t change)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < sizeof zeroed; i++)
        sum += zeroed[i];
    raw_expect(raw, initialised == 0x1122334455667788 + change, "an initialised variable");
    raw_expect(raw, (uintptr_t)aligned % 1024 == 0 && aligned[0] == 1 + change && aligned[3] == 4 + change,
               "an aligned variable");
    raw_expect(raw, sum == change * sizeof zeroed, "a variable of zeros");
    raw_expect(raw, thread_pointer() > CAP_TLS_END - 2 * CAP_PAGE_BYTES && thread_pointer() < CAP_TLS_END,
               "the thread pointer points to itself");
}

static inline void variables_change(void)
{
    initialised++;
    for (uint32_t i = 0; i < 4; i++)
        aligned[i]++;
    for (uint32_t i = 0; i < sizeof zeroed; i++)
        zeroed[i]++;
}
