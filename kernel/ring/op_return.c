/* RETURN and RETURN_RECV: the answer to a call that was received, and waiting for the next one.
 *
 * Next: kernel/ring/call.c
 */
#include "kernel/ring/call_record.h"
#include "kernel/ring/caps.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"
#include "kernel/ring/receive.h"

static __attribute__((noinline)) enum cap_err answer_general(struct process *process,
                                                             const struct cap_sqe *sqe)
{
    void *call;
    enum cap_err err = cap_table_lookup(&process->serving, (cap_id_t){sqe->target}, &call);
    if (err)
        return err;
    struct answer answer;
    err = user_range_resolve(&process->space, (uaddr_t){sqe->message_addr}, sqe->message_bytes,
                             USER_ACCESS_READ, &answer.message);
    if (err)
        return err;
    answer.status = sqe->flags & CAP_SQE_EXCEPTION ? CAP_ERR_EXCEPTION : CAP_OK;
    answer.transfer = NULL;
    answer.object_count = 0;
    if (sqe->send_count == 0)
        return call_finish(call, &answer);
    struct transfer transfer;
    answer.transfer = &transfer;
    err = caps_prepare(&transfer, process, (uaddr_t){sqe->transfers_addr}, sqe->send_count);
    return err ? err : call_finish(call, &answer);
}

/* The path of nearly every answer: no capabilities, a caller that waits, memory that was used before. As in
 * kernel/cap/endpoint_fastpath.h: false, and nothing has happened, if anything is in the way. */
static inline bool answer_fast(struct process *process, const struct cap_sqe *sqe)
{
    void *found;
    if (sqe->send_count || cap_table_lookup(&process->serving, (cap_id_t){sqe->target}, &found))
        return false;
    struct call *call = found;
    struct process *caller = call->caller;
    if (!caller || sqe->message_bytes > call->place.buffer_bytes)
        return false;
    const uint8_t *from =
        user_quick(&process->space, sqe->message_addr, sqe->message_bytes, USER_ACCESS_READ);
    uint8_t *to = user_quick(&caller->space, call->place.buffer.value, sqe->message_bytes, USER_ACCESS_WRITE);
    if (!from || !to)
        return false;
    user_copy_words(to, from, sqe->message_bytes / 8);
    const struct cap_cqe cqe = {
        .user_data = call->place.user_data,
        .status = sqe->flags & CAP_SQE_EXCEPTION ? CAP_ERR_EXCEPTION : CAP_OK,
        .message_bytes = sqe->message_bytes,
    };
    call_give_served(call, caller, process);
    ring_complete(caller, &cqe);
    return true;
}

static inline enum cap_err answer_call(struct process *process, const struct cap_sqe *sqe)
{
    return answer_fast(process, sqe) ? CAP_OK : answer_general(process, sqe);
}

void op_return(struct process *process, const struct cap_sqe *sqe)
{
    ring_complete_status(process, sqe->user_data, answer_call(process, sqe));
}

/* A server whose answer did not arrive is told at once, and decides what to do. */
void op_return_recv(struct process *process, const struct cap_sqe *sqe)
{
    enum cap_err err = answer_call(process, sqe);
    if (err)
        ring_complete_status(process, sqe->user_data, err);
    else
        receive_start(process, sqe, (cap_id_t){sqe->endpoint}, CAP_CQE_RETURNED);
}
