/* The life of a call. The picture and the invariants are in call.h.
 *
 * Next: kernel/ring/enter.c
 */
#include "kernel/ring/call_record.h"
#include "abi/syscall.h"
#include "kernel/mm/frame.h"
#include "kernel/object.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/receive_record.h"
#include "kernel/task/process_hooks.h"
#include "lib/check.h"

struct record_pool call_pool = RECORD_POOL(struct call);

static void call_time_is_up(struct kernel_timer *timer)
{
    call_give_up(LIST_ENTRY(timer, struct call, timer), CAP_ERR_TIMED_OUT);
}

void call_limit_time(struct call *call, uint64_t timeout_ns)
{
    timer_start(&call->timer, timer_deadline(timeout_ns), call_time_is_up);
}

enum cap_err call_make(struct process *caller, struct object *target, const struct reply_place *place,
                       struct call **made)
{
    enum cap_err err = call_take(caller, target, made);
    if (err)
        return err;
    (*made)->place = *place;
    (*made)->message.bytes = 0;
    transfer_init(&(*made)->transfer);
    return CAP_OK;
}

enum cap_err call_accept(struct process *caller, const struct cap_sqe *sqe, struct object *target,
                         struct call **accepted)
{
    struct user_range message;
    struct reply_place place;
    uaddr_t descriptors;
    uint64_t timeout_ns;
    struct call *call;
    enum cap_err err = user_range_resolve(&caller->space, (uaddr_t){sqe->message_addr}, sqe->message_bytes,
                                          USER_ACCESS_READ, &message);
    if (!err)
        err = caps_read_time_limit(caller, sqe, &timeout_ns, &descriptors);
    if (!err)
        err = reply_judge(caller, sqe, descriptors, &place);
    if (!err)
        err = call_take(caller, target, &call);
    if (err)
        return err;
    call->place = place;
    call->interface_id = sqe->interface_id;
    call->method_id = sqe->method_id;
    call->message = message;
    err = caps_prepare(&call->transfer, caller, descriptors, sqe->send_count);
    if (err) {
        call_give(call);
        return err;
    }
    if (timeout_ns != CAP_TIMEOUT_NEVER)
        call_limit_time(call, timeout_ns);
    *accepted = call;
    return CAP_OK;
}

enum cap_err call_keep_message(struct call *call)
{
    uint32_t bytes = call->message.bytes;
    struct user_range kept = user_range_of_kernel(call->kept, bytes);
    if (bytes > sizeof call->kept) {
        struct ledger *ledger = &call->caller->account.ledger;
        uint64_t paddr;
        enum cap_err err = ledger_charge(ledger, LEDGER_FRAMES, 1);
        if (err)
            return err;
        err = frame_alloc(&paddr);
        if (err) {
            ledger_refund(ledger, LEDGER_FRAMES, 1);
            return err;
        }
        call->message_frame = paddr;
        kept = user_range_of_kernel(frame_to_pointer(paddr), bytes);
    }
    user_range_copy(&kept, 0, &call->message, bytes);
    call->message = kept;
    return CAP_OK;
}

/* ---- The end -------------------------------------------------------------------------------------- */

enum cap_err call_finish(struct call *call, const struct answer *answer)
{
    struct process *caller = call->caller;
    if (__builtin_expect(!caller, 0)) {
        enum cap_err why = call->abandoned;
        reply_take_back(answer);
        call_give(call);
        return why;
    }
    struct cap_cqe cqe;
    enum cap_err err = reply_put(caller, &call->place, answer, &cqe);
    call_give(call);
    ring_complete(caller, &cqe);
    return err ? CAP_ERR_UNDELIVERED : CAP_OK;
}

void call_finish_error(struct call *call, enum cap_err err)
{
    const struct answer answer = {.status = err};
    (void)!call_finish(call, &answer);
}

void call_give_up(struct call *call, enum cap_err why)
{
    struct process *caller = call->caller;
    if (call->state == CALL_WAITING) {
        call_unwait(call);
        call_finish_error(call, why);
        return;
    }
    call_abandon(call, why);
    ring_complete_status(caller, call->place.user_data, why);
}

/* ---- To a server ---------------------------------------------------------------------------------- */

enum delivery call_deliver(struct call *call, struct receive *receive, struct refusal *refusal)
{
    struct process *server = receive->process;
    struct cap_incoming incoming = {
        .badge = call->badge,
        .interface_id = call->interface_id,
        .method_id = call->method_id,
        .cap_count = (uint16_t)call->transfer.count,
        .message_bytes = call->message.bytes,
    };
    uint32_t bytes = (uint32_t)sizeof incoming + incoming.message_bytes;
    struct user_range buffer, list;
    if (bytes > receive->buffer_bytes || call->transfer.count > receive->receive_count) {
        *refusal = (struct refusal){
            .err = CAP_ERR_BUFFER_TOO_SMALL, .buffer_bytes = bytes, .cap_count = incoming.cap_count};
        return RECEIVE_REFUSED;
    }
    enum cap_err err = user_range_resolve(&server->space, receive->buffer, bytes, USER_ACCESS_WRITE, &buffer);
    if (!err)
        err = process_reserve_slots(server, &server->serving, 1);
    *refusal = (struct refusal){.err = err};
    if (err)
        return RECEIVE_REFUSED;
    if (call->transfer.count) {
        refusal->err = caps_check_receiver(server, receive->received, call->transfer.count, &list);
        if (refusal->err)
            return refusal->err == CAP_ERR_FAULT ? RECEIVE_REFUSED : CALL_REFUSED;
    }
    /* Nothing below can fail. */
    if (call->state == CALL_WAITING)
        call_unwait(call);
    err = cap_table_insert(&server->serving, call, &call->serving_id);
    CHECK(!err);
    call->server = server;
    call->state = CALL_SERVED;
    if (call->transfer.count)
        caps_commit(&call->transfer, server, &list);
    incoming.call_id = call->serving_id.bits;
    user_range_write(&buffer, 0, &incoming, sizeof incoming);
    user_range_copy(&buffer, sizeof incoming, &call->message, incoming.message_bytes);
    call_forget_message(call);
    const struct cap_cqe cqe = {
        .user_data = receive->user_data,
        .message_bytes = incoming.message_bytes,
        .cap_count = incoming.cap_count,
        .flags = receive->cqe_flags,
    };
    /* The call's record is kept for the server, also if its caller loses interest: it takes the place of the
     * RECV's in the ledger. */
    receive_give_for_call(receive);
    ring_complete(server, &cqe);
    return DELIVERED;
}

/* Calls that it made: those that wait are gone, those that are served have nobody to answer to. */
void process_leave_calls(struct process *process)
{
    LIST_FOR_EACH(node, &process->calls)
    {
        struct call *call = LIST_ENTRY(node, struct call, caller_link);
        if (call->state == CALL_SERVED) {
            call_abandon(call, CAP_ERR_PEER_DEAD);
        } else {
            call_unwait(call);
            call_give(call);
        }
    }
    LIST_FOR_EACH(node, &process->receives)
    receive_give(LIST_ENTRY(node, struct receive, process_link));
}

void process_end_served_call(void *call)
{
    call_finish_error(call, CAP_ERR_PEER_DEAD);
}
