/* Processes: starting, ending, waiting for the end.
 *
 * Next: kernel/cap/process_spawner.c
 */
#include "bench/qemu/bench/bench.h"

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
    enum cap_err err = process_start(bench->spawner, "nothing", "nothing", NULL, 0, &process);
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
