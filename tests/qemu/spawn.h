/* Starting a process with at most one capability, for tests that are init themselves.
 *
 * Next: tests/qemu/fairness/fairness.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"

/* Sends a spawn whose parameters are set, and takes the handle; the caller ends the call. */
static inline enum cap_err spawn_finish(struct rt_call *call, struct os_ProcessHandle *process)
{
    struct os_ProcessSpawner_spawn_Results_reader results;
    enum cap_err err = os_ProcessSpawner_spawn_send(call);
    if (!err)
        err = os_ProcessSpawner_spawn_wait(call, &results);
    return err ? err
               : rt_call_take(call, os_ProcessSpawner_spawn_Results_get_process(results), &process->handle);
}

/* binary is also the name. grant_name NULL: the process gets nothing. The capability is copied. */
static inline enum cap_err spawn_with(struct os_ProcessSpawner spawner, const char *binary,
                                      const char *grant_name, struct rt_handle grant,
                                      struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(&call, spawner);
    enum cap_err err = os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(binary));
    if (!err)
        err = os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(binary));
    if (!err && grant_name) {
        struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 1);
        struct os_NamedCap_builder first = os_NamedCap_list_builder_at(grants, 0);
        err = os_NamedCap_set_name(first, wire_text_of(grant_name));
        if (!err)
            err = os_NamedCap_set_cap(first, rt_call_attach(&call, grant, CAP_TRANSFER_COPY));
    }
    if (!err)
        err = spawn_finish(&call, process);
    rt_call_end(&call);
    return err;
}

/* Waits for the end of a process; what it says points into the call, which the caller ends. */
static inline enum cap_err spawn_wait(struct rt_call *call, struct os_ProcessHandle process,
                                      struct os_ProcessEnd_reader *end)
{
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(call, process);
    enum cap_err err = os_ProcessHandle_wait_send(call);
    if (!err)
        err = os_ProcessHandle_wait_wait(call, &results);
    if (!err)
        *end = os_ProcessHandle_wait_Results_get_end(results);
    return err;
}
