/* CANCEL: the process stops waiting for one of its own CALLs or RECVs, which completes first, with
 * CAP_ERR_CANCELLED; then the CANCEL itself. A call that was not delivered has its capabilities back. One
 * that a server has already is still answered, to nobody.
 *
 * Next: kernel/ring/call.c
 */
#include "kernel/ring/call.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"
#include "kernel/ring/receive.h"

/* Both lists have at most as many entries as the CQ. */
static enum cap_err cancel(struct process *process, uint64_t user_data)
{
    LIST_FOR_EACH(node, &process->calls)
    {
        struct call *call = LIST_ENTRY(node, struct call, caller_link);
        if (call->place.user_data == user_data) {
            call_give_up(call, CAP_ERR_CANCELLED);
            return CAP_OK;
        }
    }
    LIST_FOR_EACH(node, &process->receives)
    {
        struct receive *receive = LIST_ENTRY(node, struct receive, process_link);
        if (receive->user_data == user_data) {
            receive_finish_error(receive, CAP_ERR_CANCELLED);
            return CAP_OK;
        }
    }
    return CAP_ERR_STALE;
}

void op_cancel(struct process *process, const struct cap_sqe *sqe)
{
    ring_complete_status(process, sqe->user_data, cancel(process, sqe->target));
}
