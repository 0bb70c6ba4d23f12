/* RETURN and RETURN_RECV: the answer to a call that was received, and waiting for the next one.
 *
 * Next: kernel/ring/call.c
 */
#include "kernel/ring/call_record.h"
#include "kernel/ring/caps_quick.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"
#include "kernel/ring/receive.h"

/* The call is over; what came along with it goes last, since the answer may hand some of it on. */
static enum cap_err finish(struct process *server, struct call *call, const struct cap_sqe *sqe,
                           const struct answer *answer)
{
    cap_id_t params[CAP_TRANSFER_MAX];
    uint32_t param_count = sqe->flags & CAP_SQE_RELEASE_PARAMS ? call->transfer.count : 0;
    for (uint32_t i = 0; i < param_count; i++)
        params[i] = call->transfer.entries[i].id;
    enum cap_err err = call_finish(call, answer);
    for (uint32_t i = 0; i < param_count; i++)
        (void)!caps_release(server, params[i]);
    return err;
}

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
        return finish(process, call, sqe, &answer);
    struct transfer transfer;
    answer.transfer = &transfer;
    err = caps_prepare(&transfer, process, (uaddr_t){sqe->transfers_addr}, sqe->send_count);
    return err ? err : finish(process, call, sqe, &answer);
}

/* The path of nearly every answer: at most one capability, a caller that waits, memory that was used before.
 * As in kernel/cap/endpoint_fastpath.h: false, and nothing has happened, if anything is in the way. */
static inline __attribute__((always_inline)) bool answer_fast(struct process *process,
                                                              const struct cap_sqe *sqe, bool has_cap)
{
    void *found;
    if (cap_table_lookup(&process->serving, (cap_id_t){sqe->target}, &found))
        return false;
    struct call *call = found;
    struct process *caller = call->caller;
    if (!caller || sqe->message_bytes > call->place.buffer_bytes)
        return false;
    uint8_t *from, *to;
    struct quick_cap cap;
    if (!user_quick(&process->space, sqe->message_addr, sqe->message_bytes, USER_ACCESS_READ, &from) ||
        !user_quick(&caller->space, call->place.buffer.value, sqe->message_bytes, USER_ACCESS_WRITE, &to))
        return false;
    if (has_cap && (call->place.receive_count == 0 ||
                    !quick_cap_judge(process, sqe->transfers_addr, caller, call->place.received.value, &cap)))
        return false;
    /* Nothing below can fail. */
    if (has_cap)
        quick_cap_hand_over(&cap, process, caller);
    if (sqe->flags & CAP_SQE_RELEASE_PARAMS)
        caps_release_received(process, &call->transfer);
    user_copy_words(to, from, sqe->message_bytes / 8);
    const struct cap_cqe cqe = {
        .user_data = call->place.user_data,
        .status = sqe->flags & CAP_SQE_EXCEPTION ? CAP_ERR_EXCEPTION : CAP_OK,
        .message_bytes = sqe->message_bytes,
        .cap_count = has_cap,
    };
    call_give_served(call, caller, process);
    ring_complete(caller, &cqe);
    return true;
}

static inline enum cap_err answer_call(struct process *process, const struct cap_sqe *sqe)
{
    bool is_done = sqe->send_count == 0   ? answer_fast(process, sqe, false)
                   : sqe->send_count == 1 ? answer_fast(process, sqe, true)
                                          : false;
    return is_done ? CAP_OK : answer_general(process, sqe);
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
