/* Draining a process's ring and completing what was taken from it.
 *
 * Next: kernel/ring/enter.c
 */
#pragma once

#include "kernel/task/process.h"

/* Posts the one CQE of an accepted SQE, and wakes the process if that is what it waits for. */
void ring_complete(struct process *process, const struct cap_cqe *cqe);
void ring_complete_status(struct process *process, uint64_t user_data, enum cap_err status);
