/* Who runs next: a queue of ready processes, equal slices, and direct hand-off.
 *
 * Invariants
 *  - A ready process is exactly one of: current, the hand-off, or in the ready queue.
 *  - A process that was called or answered runs before unrelated ready ones, as soon as the current
 *    process waits; it does not take the processor away from a process that goes on.
 *
 * Next: kernel/task/scheduler.c
 */
#pragma once

#include "kernel/task/process.h"

static inline struct process *scheduler_current(void)
{
    return cpu_this()->current;
}

/* A new process joins the end of the queue. */
void scheduler_add(struct process *process);

/* The current process waits: until scheduler_wake, or also until wake_ns. */
static inline void scheduler_wait(struct process *process)
{
    CHECK(process->state == PROCESS_READY);
    process->state = PROCESS_WAITING;
}
void scheduler_wait_until(struct process *process, uint64_t wake_ns);

/* A waiting process becomes ready, as the hand-off if it can be; its cap_enter returns this. */
void scheduler_wake(struct process *process, uint64_t result);

/* Takes a process, in whatever state, out of everything. */
void scheduler_remove(struct process *process);
