/* One call of ProcessSpawner, with any number of grants.
 *
 * Next: kernel/cap/process_spawner.c
 */
#include "bench/qemu/start.h"

static enum cap_err params_fill(struct rt_call *call, struct os_ProcessSpawner_spawn_Params_builder params,
                                const char *binary, const char *name, const struct grant *grants,
                                uint32_t grant_count)
{
    enum cap_err err = os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(binary));
    if (!err)
        err = os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(name));
    if (err || grant_count == 0)
        return err;
    struct os_NamedCap_list_builder list = os_ProcessSpawner_spawn_Params_init_grants(params, grant_count);
    for (uint32_t i = 0; i < grant_count && !err; i++) {
        struct os_NamedCap_builder one = os_NamedCap_list_builder_at(list, i);
        err = os_NamedCap_set_name(one, wire_text_of(grants[i].name));
        if (!err)
            err = os_NamedCap_set_cap(one, rt_call_attach(call, grants[i].handle, grants[i].mode));
    }
    return err;
}

enum cap_err process_start(struct os_ProcessSpawner spawner, const char *binary, const char *name,
                           const struct grant *grants, uint32_t grant_count, struct os_ProcessHandle *process)
{
    struct rt_call *call = rt_call_scratch(spawner.handle.rt);
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(call, spawner);
    struct os_ProcessSpawner_spawn_Results_reader results;
    enum cap_err err = params_fill(call, params, binary, name, grants, grant_count);
    if (!err)
        err = os_ProcessSpawner_spawn_send(call);
    if (!err)
        err = os_ProcessSpawner_spawn_wait(call, &results);
    if (!err)
        err = rt_call_take(call, os_ProcessSpawner_spawn_Results_get_process(results), &process->handle);
    rt_call_end(call);
    return err;
}
