/* Lets a process scribble over its ring for 100,000 enters, and looks at how it goes on meanwhile.
 *
 * Next: tests/qemu/ring-fuzz/scribbler.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define SLEEP_NS   1000000
#define ROUNDS_MIN 5

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle scribbler;
    struct os_ProcessHandle_wait_Results_reader results;
    struct rt_call call;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner))
        return 98;
    raw_expect_err(&raw, spawn_with(spawner, "scribbler", NULL, raw.console.handle, &scribbler), CAP_OK,
                   "the scribbler starts");
    os_ProcessHandle_wait_begin(&call, scribbler);
    raw_expect_err(&raw, rt_call_send(&call), CAP_OK, "its end is waited for");
    uint32_t round_count = 0;
    for (rt_flush(rt); !rt_call_is_done(&call); rt_flush(rt)) {
        rt_enter(1, SLEEP_NS);
        round_count++;
    }
    raw_expect(&raw, round_count >= ROUNDS_MIN, "I7: a sleeper wakes again and again meanwhile");
    enum cap_err err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(&raw, err, CAP_OK, "it has ended");
    if (!err) {
        struct os_ProcessEnd_reader end = os_ProcessHandle_wait_Results_get_end(results);
        raw_expect_err(&raw, os_ProcessEnd_which(end), os_ProcessEnd_exited, "case 13: of its own will");
        raw_expect_err(&raw, os_ProcessEnd_get_exited(end), 0, "case 13: its ring was as it should be");
    }
    rt_call_end(&call);
    return raw_end(&raw);
}
