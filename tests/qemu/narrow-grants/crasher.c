/* Starts a process and crashes; its next instance has the same spawner, and so no place left in the budget.
 *
 * Next: user/init/narrow.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle process;
    struct rt_call call;
    if (RT_CAPSET(rt, "spawner", os_ProcessSpawner, &spawner))
        return 98;
    os_ProcessSpawner_restrict_begin(&call, spawner);
    struct os_ProcessSpawner_restrict_Results_reader results;
    raw_expect_err(&raw, os_ProcessSpawner_restrict_send(&call), CAP_OK, "a call");
    raw_expect_err(&raw, os_ProcessSpawner_restrict_wait(&call, &results), CAP_ERR_UNIMPLEMENTED,
                   "of the method that the facet in front of the spawner does not let through");
    rt_call_end(&call);
    enum cap_err err = spawn_with(spawner, "sleeper", NULL, raw.console.handle, &process);
    if (!err)
        __builtin_trap();
    raw_expect_err(&raw, err, CAP_ERR_EXCEPTION, "the first instance's process still counts");
    return raw_end(&raw);
}
