/* A cap id: which slot of the process's own table, and which use of that slot.
 *
 *   63            32 31             0
 *   +---------------+---------------+
 *   |  generation   |     slot      |
 *   +---------------+---------------+
 *
 * Generations start at 1, so 0 is never a valid id, and a slot whose generation is spent is retired, so
 * no id is ever valid twice. The kernel chooses ids; a program only hands them back.
 *
 * Next: abi/capset.h
 */
#pragma once

#include "abi/base.h"

#ifndef __ASSEMBLER__

typedef struct {
    uint64_t bits;
} cap_id_t;

#define CAP_ID_NULL ((cap_id_t){0})

static inline bool cap_id_is_null(cap_id_t id)
{
    return id.bits == 0;
}

static inline cap_id_t cap_id_make(uint32_t slot_index, uint32_t generation)
{
    return (cap_id_t){(uint64_t)generation << 32 | slot_index};
}

static inline uint32_t cap_id_slot_index(cap_id_t id)
{
    return (uint32_t)id.bits;
}

static inline uint32_t cap_id_generation(cap_id_t id)
{
    return (uint32_t)(id.bits >> 32);
}

#endif
