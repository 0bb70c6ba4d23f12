/* RETURN: the answer to a call that was received.
 *
 * Next: kernel/ring/call.c
 */
#include "kernel/ring/call.h"
#include "kernel/ring/caps.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"

static enum cap_err answer_call(struct process *process, const struct cap_sqe *sqe)
{
    void *found;
    enum cap_err err = cap_table_lookup(&process->serving, (cap_id_t){sqe->target}, &found);
    if (err)
        return err;
    struct user_range range;
    err = user_range_resolve(&process->space, (uaddr_t){sqe->message_addr}, sqe->message_bytes,
                             USER_ACCESS_READ, &range);
    if (err)
        return err;
    struct transfer transfer;
    err = caps_prepare(&transfer, process, (uaddr_t){sqe->transfers_addr}, sqe->send_count);
    if (err)
        return err;
    /* One kernel, one call at a time: the copy is used up before anything else runs. */
    static uint64_t message[CAP_MESSAGE_BYTES_MAX / 8];
    user_range_read(&range, 0, message, sqe->message_bytes);
    const struct answer answer = {
        .status = sqe->flags & CAP_SQE_EXCEPTION ? CAP_ERR_EXCEPTION : CAP_OK,
        .message = message,
        .message_bytes = sqe->message_bytes,
        .transfer = &transfer,
    };
    return call_finish(found, &answer);
}

void op_return(struct process *process, const struct cap_sqe *sqe)
{
    ring_complete_status(process, sqe->user_data, answer_call(process, sqe));
}
