/* Has so many pages that its end takes a while, and leaves a process behind that is seldom awake: its address
 * space is the one that is loaded when init's end is over, and with it the system.
 *
 * Next: tests/qemu/long-end/long-end.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define BYTES (32u << 20)

static volatile uint8_t memory[BYTES];

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_Timer timer;
    struct os_ProcessHandle sleeper;
    uint64_t now = 0;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    memory[BYTES - 1] = 1;
    raw_expect_err(&raw, spawn_with(spawner, "sleeper", "timer", timer.handle, &sleeper), CAP_OK,
                   "a sleeper");
    raw_expect_err(&raw, os_Timer_now(timer, &now), CAP_OK, "now");
    raw_expect_err(&raw, os_Timer_sleepUntil(timer, now + 5000000), CAP_OK, "it is at it");
    return raw_end(&raw);
}
