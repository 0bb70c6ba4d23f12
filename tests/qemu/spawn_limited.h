/* Starting a process with limits. Next: tests/qemu/limits/limits.c */
#pragma once

#include "build/gen/schema/capos.client.h"
#include "lib/mem.h"
#include "tests/qemu/limits.h"
#include "tests/qemu/spawn.h"

struct limits_grant {
    const char *name;
    struct rt_handle handle; /* copied */
};

/* Why the latest one ended as it did. */
static char spawn_reason[256];

/* binary is also the name. */
static inline enum cap_err spawn_limited(struct os_ProcessSpawner spawner, const char *binary,
                                         struct limits limits, const struct limits_grant *grants,
                                         uint32_t grant_count, struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(&call, spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(binary));
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(binary));
    limits_set(params, limits);
    struct os_NamedCap_list_builder list = os_ProcessSpawner_spawn_Params_init_grants(params, grant_count);
    for (uint32_t i = 0; i < grant_count; i++) {
        struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(list, i);
        (void)!os_NamedCap_set_name(grant, wire_text_of(grants[i].name));
        (void)!os_NamedCap_set_cap(grant, rt_call_attach(&call, grants[i].handle, CAP_TRANSFER_COPY));
    }
    enum cap_err err = spawn_finish(&call, process);
    struct wire_text reason = rt_call_reason(&call, err);
    memcpy(spawn_reason, reason.bytes, reason.length);
    spawn_reason[reason.length] = 0;
    rt_call_end(&call);
    return err;
}
