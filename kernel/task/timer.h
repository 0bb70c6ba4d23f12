/* Deadlines of the kernel: timeouts of cap_enter, time limits of calls, sleepers. All in one lib/timer_queue.
 * And the interrupts that they need: the processor's timer is set for one moment at a time (lib/alarm), the
 * next tick of what runs or the first deadline. Where nothing runs there are no ticks.
 *
 * Next: kernel/task/timer.c
 */
#pragma once

#include "lib/timer_queue.h"

/* Zeroed: not running. */
struct kernel_timer {
    struct timer_node node;
    void (*expire)(struct kernel_timer *timer); /* the timer no longer runs, and may be started again;
                                                    node.deadline_ns is what it ran for */
};

/* The first process is about to run: ticks start, and soon the clock is measured again. */
void timer_init(void);

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

/* The interrupt. Lets expire what is due, bounded: the rest gets an interrupt of its own, soon. True: a tick
 * is due as well. timer_set has to follow. */
bool timer_run_due(void);

/* Something runs: a tick each millisecond from now on. */
void timer_tick_start(void);

/* Nothing runs: no more ticks. */
void timer_tick_stop(void);

/* Sets the processor's timer for what comes next, if anything does. */
void timer_set(void);

/* Since the start. */
struct timer_statistics {
    uint64_t interrupt_count;
    uint64_t timers_max; /* the most that ran at once */
};

const struct timer_statistics *timer_statistics(void);
