/* Slots of tables that were used nearly as often as they can be. Next: tests/qemu/cases-test-kernel/peer.c */
#pragma once

#include "build/gen/schema/testing.client.h"
#include "tests/qemu/cases.h"

#define USES_MAX UINT32_MAX

static inline enum cap_err age(struct os_TestSupport support, uint64_t id, uint32_t uses, bool is_call)
{
    return os_TestSupport_age(support, (uint32_t)id, uses, is_call);
}

static inline uint64_t id_of_use(uint64_t id, uint64_t use)
{
    return use << 32 | (uint32_t)id;
}
