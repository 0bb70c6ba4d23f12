/* The operations, one file each: op_NAME.c.
 *
 * Next: kernel/ring/op_call.c
 */
#pragma once

#include "kernel/task/process.h"

/* Each runs one judged SQE: completes it, or leaves that to a record that is sure to. NOP and the choice
 * among them are in enter.c. */
void op_call(struct process *process, const struct cap_sqe *sqe);
void op_recv(struct process *process, const struct cap_sqe *sqe);
void op_return(struct process *process, const struct cap_sqe *sqe);
void op_return_recv(struct process *process, const struct cap_sqe *sqe);
void op_release(struct process *process, const struct cap_sqe *sqe);
void op_cancel(struct process *process, const struct cap_sqe *sqe);
