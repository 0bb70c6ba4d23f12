/* Sleeping: what a program waits beyond the time that it asked for.
 *
 * The clock of these benchmarks counts executed instructions, and jumps to the next timer while the processor
 * is idle: what is left after the pause itself is subtracted is what was executed before the clock was read
 * and after the time had come.
 *
 * Next: kernel/cap/timer.c
 */
#include "bench/qemu/bench/bench.h"

static enum cap_err sleep_once(struct bench *bench)
{
    uint64_t now_ns;
    enum cap_err err = os_Timer_now(bench->timer, &now_ns);
    return err ? err : os_Timer_sleepUntil(bench->timer, now_ns + SLEEP_NS);
}

const struct operation sleep_operations[] = {
    {"sleep", 200, 1, NULL, sleep_once, SLEEP_NS},
    {.name = NULL},
};
