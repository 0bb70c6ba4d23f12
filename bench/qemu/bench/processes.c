/* Processes: starting, ending, waiting for the end.
 *
 * Next: kernel/cap/process_spawner.c
 */
#include "bench/qemu/bench/bench.h"

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
            err = os_NamedCap_set_cap(one, rt_call_attach(call, grants[i].handle, CAP_TRANSFER_MOVE));
    }
    return err;
}

enum cap_err process_start(struct bench *bench, const char *binary, const char *name,
                           const struct grant *grants, uint32_t grant_count, struct os_ProcessHandle *process)
{
    struct rt_call *call = rt_call_scratch(bench->rt);
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(call, bench->spawner);
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

static enum cap_err end_wait(struct rt_call *call, struct os_ProcessHandle process)
{
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(call, process);
    enum cap_err err = os_ProcessHandle_wait_send(call);
    if (!err)
        err = os_ProcessHandle_wait_wait(call, &results);
    if (!err && os_ProcessEnd_get_exited(os_ProcessHandle_wait_Results_get_end(results)) != 0)
        err = CAP_ERR_INVALID;
    rt_call_end(call);
    return err;
}

static enum cap_err spawn_exit_wait(struct bench *bench)
{
    struct os_ProcessHandle process;
    enum cap_err err = process_start(bench, "nothing", "nothing", NULL, 0, &process);
    if (err)
        return err;
    err = end_wait(rt_call_scratch(bench->rt), process);
    rt_handle_drop(&process.handle);
    return err;
}

const struct operation process_operations[] = {
    {"spawn_exit_wait", 500, 1, NULL, spawn_exit_wait, 0},
    {.name = NULL},
};
