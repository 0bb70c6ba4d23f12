/* RELEASE: gives up a capability.
 *
 * Next: lib/cap_table.h
 */
#include "kernel/audit.h"
#include "kernel/object.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"

void op_release(struct process *process, const struct cap_sqe *sqe)
{
    void *object;
    enum cap_err err = cap_table_remove(&process->caps, (cap_id_t){sqe->target}, &object);
    if (!err) {
        audit_released(process->number, (cap_id_t){sqe->target}, object);
        object_release(object);
    }
    ring_complete_status(process, sqe->user_data, err);
}
