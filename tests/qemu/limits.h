/* Limits of a process to be spawned. 0: none of its own. Next: tests/qemu/cases.h */
#pragma once

#include "build/gen/schema/capos.client.h"

struct limits {
    uint32_t frames, slots, calls, records, queued_calls, queued_bytes, log_bytes;
};

static inline void limits_set(struct os_ProcessSpawner_spawn_Params_builder params, struct limits limits)
{
    struct os_Limits_builder built = os_ProcessSpawner_spawn_Params_init_limits(params);
    os_Limits_set_frames(built, limits.frames);
    os_Limits_set_slots(built, limits.slots);
    os_Limits_set_calls(built, limits.calls);
    os_Limits_set_records(built, limits.records);
    os_Limits_set_queuedCalls(built, limits.queued_calls);
    os_Limits_set_queuedBytes(built, limits.queued_bytes);
    os_Limits_set_logBytes(built, limits.log_bytes);
}
