/* NOP, and the table of all operations.
 *
 * Next: kernel/ring/op_call.c
 */
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"

const struct ring_op ring_ops[CAP_OP_COUNT] = {
    [CAP_OP_NOP] = {.run = op_nop, .is_timer_safe = true},
    [CAP_OP_CALL] = {.run = op_call, .is_timer_safe = false},
    [CAP_OP_RECV] = {.run = op_recv, .is_timer_safe = true},
    [CAP_OP_RETURN] = {.run = op_return, .is_timer_safe = true},
    [CAP_OP_RELEASE] = {.run = op_release, .is_timer_safe = true},
    [CAP_OP_CANCEL] = {.run = op_cancel, .is_timer_safe = true},
};

void op_nop(struct process *process, const struct cap_sqe *sqe)
{
    ring_complete_status(process, sqe->user_data, CAP_OK);
}
