/* RELEASE: gives up a capability.
 *
 * Next: lib/cap_table.h
 */
#include "kernel/ring/caps.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"

void op_release(struct process *process, const struct cap_sqe *sqe)
{
    ring_complete_status(process, sqe->user_data, caps_release(process, (cap_id_t){sqe->target}));
}
