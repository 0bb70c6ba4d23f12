/* init: has thread-local variables, starts a process that has the same ones, and one that has none.
 *
 * Next: tests/qemu/thread-local/variables.h
 */
#include "tests/qemu/spawn.h"
#include "tests/qemu/thread-local/variables.h"

static void run_bare(struct raw *raw, struct os_ProcessSpawner spawner)
{
    struct os_ProcessHandle bare;
    struct os_ProcessEnd_reader end;
    struct rt_call *call = rt_call_scratch(raw->rt);
    raw_expect_err(raw, spawn_with(spawner, "bare", NULL, (struct rt_handle){0}, &bare), CAP_OK,
                   "spawn bare");
    raw_expect_err(raw, spawn_wait(call, bare, &end), CAP_OK, "wait for bare");
    raw_expect(raw,
               os_ProcessEnd_which(end) == os_ProcessEnd_faulted &&
                   os_Fault_get_address(os_ProcessEnd_get_faulted(end)) == 0x18,
               "FS base is 0 without thread-local storage");
    rt_call_end(call);
    rt_handle_drop(&bare.handle);
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle child;
    struct os_ProcessEnd_reader end;
    struct rt_call *call = rt_call_scratch(rt);
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner))
        return 98;
    variables_check(&raw, 0);
    variables_change();
    raw_expect_err(&raw, spawn_with(spawner, "variables", "console", raw.console.handle, &child), CAP_OK,
                   "spawn variables");
    run_bare(&raw, spawner);
    for (uint32_t i = 0; i < 5; i++) {
        rt_enter(1, 1000000);
        variables_change();
        variables_check(&raw, 2 + i);
    }
    raw_expect_err(&raw, spawn_wait(call, child, &end), CAP_OK, "wait for variables");
    raw_expect(&raw, os_ProcessEnd_which(end) == os_ProcessEnd_exited && os_ProcessEnd_get_exited(end) == 0,
               "its variables were its own");
    rt_call_end(call);
    run_bare(&raw, spawner);
    variables_check(&raw, 6);
    return raw_end(&raw);
}
