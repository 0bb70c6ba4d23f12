/* The operations, one file each: op_NAME.c.
 *
 * Next: kernel/ring/op_call.c
 */
#pragma once

#include "kernel/task/process.h"

struct ring_op {
    /* Runs one judged SQE: completes it, or leaves that to a record that is sure to. */
    void (*run)(struct process *process, const struct cap_sqe *sqe);
    /* May run from the timer tick. A CALL may too if its object says so (kernel/object.h). */
    bool is_timer_safe;
};

/* Indexed by opcode. */
extern const struct ring_op ring_ops[CAP_OP_COUNT];

void op_nop(struct process *process, const struct cap_sqe *sqe);
void op_call(struct process *process, const struct cap_sqe *sqe);
void op_recv(struct process *process, const struct cap_sqe *sqe);
void op_return(struct process *process, const struct cap_sqe *sqe);
void op_release(struct process *process, const struct cap_sqe *sqe);
void op_cancel(struct process *process, const struct cap_sqe *sqe);
