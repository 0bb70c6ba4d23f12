/* Where return-recv and its servers have their messages: both in a part of the stack that neither uses, which
 * has the same address in every process. What is written into the wrong one of them is seen.
 *
 * Next: tests/qemu/return-recv/peer.c
 */
#pragma once

#include "abi/memory_map.h"

#define TWIN_PAGE     (CAP_STACK_TOP - CAP_STACK_BYTES / 2)
#define TWIN_RESULTS  (TWIN_PAGE + 0x100) /* of the server */
#define TWIN_INCOMING (TWIN_PAGE + 0x200)
#define TWIN_PARAMS   (TWIN_PAGE + 0x800) /* of the client */
#define TWIN_ANSWER   (TWIN_PAGE + 0x900)
#define TWIN_WORDS    16 /* at each of them */

static inline volatile uint64_t *twin_words(uint64_t address)
{
    __asm__("" : "+r"(address));
    return (volatile uint64_t *)address;
}

static inline void twin_fill(uint64_t address, uint64_t value)
{
    for (uint32_t i = 0; i < TWIN_WORDS; i++)
        twin_words(address)[i] = value;
}

static inline bool twin_is(uint64_t address, uint64_t value)
{
    for (uint32_t i = 0; i < TWIN_WORDS; i++)
        if (twin_words(address)[i] != value)
            return false;
    return true;
}
