/* The record of a call: taking one and giving it back, inlined where calls begin and end.
 *
 * Next: kernel/ring/call.c
 */
#pragma once

#include "kernel/mm/frame.h"
#include "kernel/object.h"
#include "kernel/ring/call.h"
#include "lib/check.h"

extern struct record_pool call_pool;

/* The record is not zeroed: each field is set here, or with the state that it belongs to. */
static inline enum cap_err call_take(struct process *caller, struct object *target, struct call **made)
{
    struct call *call;
    enum cap_err err = ledger_charge(&caller->account.ledger, LEDGER_CALLS, 1);
    if (err)
        return err;
    err = record_take_raw(&call_pool, (void **)&call);
    if (err) {
        ledger_refund(&caller->account.ledger, LEDGER_CALLS, 1);
        return err;
    }
    object_reference(target);
    call->state = CALL_ACCEPTED;
    call->caller = caller;
    list_push_back_new(&caller->calls, &call->caller_link);
    call->target = target;
    call->badge = 0;
    call->timer.node.rank = 0; /* it does not run */
    list_node_init(&call->queue_link);
    call->server = NULL;
    call->message_frame = 0;
    *made = call;
    return CAP_OK;
}

/* It has been delivered, or never will be. Until then the call has its caller. */
static inline void call_forget_message(struct call *call)
{
    if (__builtin_expect(call->message_frame == 0, 1))
        return;
    frame_free(call->message_frame);
    call->message_frame = 0;
    ledger_refund(&call->caller->account.ledger, LEDGER_FRAMES, 1);
}

/* The caller has no part in the call any more. */
static inline void call_detach(struct call *call)
{
    timer_stop(&call->timer);
    list_remove(&call->caller_link);
    ledger_refund(&call->caller->account.ledger, LEDGER_CALLS, 1);
    call->caller = NULL;
}

/* Nobody waits for the answer any more; a server has the call still. */
static inline void call_abandon(struct call *call, enum cap_err why)
{
    CHECK(call->state == CALL_SERVED);
    call_detach(call);
    call->abandoned = why;
    call->target->abandoned_count++;
}

/* Its server has no part in it any more. */
static inline void call_leave_server(struct call *call, struct process *server)
{
    uint32_t slot_index = cap_id_slot_index(call->serving_id);
    struct cap_slot *slot = cap_table_slot_at(&server->serving, slot_index);
    CHECK(slot->object == call);
    cap_table_empty(&server->serving, slot_index, slot);
    ledger_refund(&server->account.ledger, LEDGER_RECORDS, 1);
}

/* One that is SERVED, without capabilities under way, and whose caller waits: what call_give does with it. */
static inline void call_give_served(struct call *call, struct process *caller, struct process *server)
{
    CHECK(call->server == server);
    call_leave_server(call, server);
    object_release(call->target);
    timer_stop(&call->timer);
    list_unlink(&call->caller_link);
    ledger_refund(&caller->account.ledger, LEDGER_CALLS, 1);
    record_give_raw(&call_pool, call);
}

static inline void call_give(struct call *call)
{
    CHECK(call->state != CALL_WAITING);
    if (call->server)
        call_leave_server(call, call->server);
    caps_roll_back(&call->transfer);
    call_forget_message(call);
    if (call->caller)
        call_detach(call);
    else /* call_abandon has counted it */
        call->target->abandoned_count--;
    object_release(call->target);
    record_give_raw(&call_pool, call);
}
