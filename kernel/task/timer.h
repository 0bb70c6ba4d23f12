/* Deadlines of the kernel: timeouts of cap_enter, time limits of calls, sleepers. All in one lib/timer_queue.
 *
 * Next: kernel/task/timer.c
 */
#pragma once

#include "lib/timer_queue.h"

/* Zeroed: not running. */
struct kernel_timer {
    struct timer_node node;
    void (*expire)(struct kernel_timer *timer); /* the timer no longer runs; it may be started again */
};

/* The time from now on, or UINT64_MAX, which no clock reaches. */
uint64_t timer_deadline(uint64_t timeout_ns);

/* Starts a timer that does not run. A deadline of UINT64_MAX never comes, and starts nothing. */
void timer_start(struct kernel_timer *timer, uint64_t deadline_ns,
                 void (*expire)(struct kernel_timer *timer));

static inline bool timer_runs(const struct kernel_timer *timer)
{
    return timer_node_is_queued(&timer->node);
}

/* Of timer.c: stops one that runs. */
void timer_remove(struct kernel_timer *timer);

/* Stops a timer, if it runs. */
static inline void timer_stop(struct kernel_timer *timer)
{
    if (__builtin_expect(timer_runs(timer), 0))
        timer_remove(timer);
}

/* Whether any timer runs. */
bool timer_is_any(void);

/* Lets expire what is due, bounded: the rest is due at the next tick. */
void timer_run_due(void);
