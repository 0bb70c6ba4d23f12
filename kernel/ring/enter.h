/* Draining a process's ring and completing what was taken from it.
 *
 * Next: kernel/ring/enter.c
 */
#pragma once

#include "kernel/task/scheduler.h"

/* Posts the one CQE of an accepted SQE, and wakes the process if that is what it waits for. */
static inline void ring_complete(struct process *process, const struct cap_cqe *cqe)
{
    ring_post(&process->ring, cqe);
    if (process->state == PROCESS_WAITING && ring_cqe_unread(&process->ring) >= process->wait_count)
        scheduler_wake(process, ring_cqe_unread(&process->ring));
}

void ring_complete_status(struct process *process, uint64_t user_data, enum cap_err status);
/* The same for an operation that was refused at once: CAP_ERR_QUOTA says which limit was reached. */
void ring_complete_refused(struct process *process, uint64_t user_data, enum cap_err status);
