/* A call, from its acceptance to its one completion.
 *
 *   op_call --- object of the kernel: the method runs, and answers at once; there is no record of the call
 *     |  \----- the method defers its answer --> WAITING -- the object answers ----> call_finish
 *     |                                             ^                                    |
 *     |           +---- no server waits ------------+ -- a server receives --+           |
 *     |           |                                                          v           |
 *     +-- ACCEPTED by an endpoint -- a server waits ---------------------> SERVED -------+
 *                                                                    RETURN, or server dies
 *
 * Invariants
 *  1. Every accepted CALL is finished exactly once, also when either side dies.
 *  2. Only call_finish, call_give_up and, where there is no more to do, op_return.c and kernel_call_run post
 *     its CQE. (A caller that died gets none.)
 *  3. Its CQ slot was reserved before the SQE was taken, so posting cannot fail.
 *
 * Next: kernel/ring/call.c
 */
#pragma once

#include "kernel/mm/record.h"
#include "kernel/ring/reply.h"

enum call_state {
    CALL_ACCEPTED,
    CALL_WAITING,
    CALL_SERVED
};

/* Calls that wait in one place. */
struct call_queue {
    struct list calls;
    uint32_t count;
};

/* A short message waits in the call's own record, a longer one in a frame. */
#define CALL_KEPT_WORDS 16

struct call {
    enum call_state state;
    enum cap_err abandoned; /* once nobody waits for the answer: why, for the server's RETURN */
    struct process *caller; /* NULL then */
    struct list_node caller_link;
    struct object *target; /* one reference */

    /* From the SQE. */
    struct reply_place place;
    uint64_t interface_id;
    uint16_t method_id;
    uint64_t badge; /* set by the facet that was called */

    struct kernel_timer timer; /* its time limit, if it has one */
    /* WAITING */
    struct call_queue *queue;
    struct list_node queue_link;
    struct object *passed; /* the outermost facet on its way, one reference; NULL: none */
    struct list_node passed_links[CAP_FACET_DEPTH_MAX]; /* of kernel/ring/forwarder.c */
    /* SERVED */
    struct process *server;
    cap_id_t serving_id; /* in server->serving */

    /* ACCEPTED: the caller's memory, which nobody can change before it is copied: straight to the server, or
     * here, if the call has to wait. */
    struct user_range message;
    uint64_t message_frame; /* physical address, or 0 */
    uint64_t kept[CALL_KEPT_WORDS];

    struct transfer transfer; /* capabilities sent; settled once the call is delivered or finished */
};

static inline void call_queue_init(struct call_queue *queue)
{
    list_init(&queue->calls);
    queue->count = 0;
}

static inline struct call *call_queue_first(const struct call_queue *queue)
{
    struct list_node *node = list_first(&queue->calls);
    return node ? LIST_ENTRY(node, struct call, queue_link) : NULL;
}

/* A record of a call of this caller, with nothing of its message. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err call_make(struct process *caller, struct object *target,
                                      const struct reply_place *place, struct call **call);

/* Ends the call after so many nanoseconds, with CAP_ERR_TIMED_OUT. */
void call_limit_time(struct call *call, uint64_t timeout_ns);

/* Accepts the CALL in sqe. Its message is still the caller's: deliver it before anything else runs, or
 * call_keep_message. Nothing has changed after an error. */
CAP_MUST_CHECK enum cap_err call_accept(struct process *caller, const struct cap_sqe *sqe,
                                        struct object *target, struct call **call);

/* Copies the message, for a call that is going to wait. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err call_keep_message(struct call *call);

/* A call of this caller with a message of so many bytes is going to wait, which call_unwait refunds.
 * CAP_ERR_QUOTA. */
CAP_MUST_CHECK static inline enum cap_err call_charge_wait(struct process *caller, uint64_t message_bytes)
{
    struct ledger *ledger = &caller->account.ledger;
    enum cap_err err = ledger_charge(ledger, LEDGER_QUEUED_CALLS, 1);
    if (err)
        return err;
    err = ledger_charge(ledger, LEDGER_QUEUED_BYTES, message_bytes);
    if (err)
        ledger_refund(ledger, LEDGER_QUEUED_CALLS, 1);
    return err;
}

static inline void call_refund_wait(struct process *caller, uint64_t message_bytes)
{
    ledger_refund(&caller->account.ledger, LEDGER_QUEUED_CALLS, 1);
    ledger_refund(&caller->account.ledger, LEDGER_QUEUED_BYTES, message_bytes);
}

/* Of forwarder.c: the outermost facet that the CALL under way has passed, or NULL. Not an argument, since no
 * object that is called has anything to do with it; between op_call and call_wait no other call begins to
 * wait. And what call_wait and call_unwait have to do about it. */
extern struct object *call_passing;
void call_note_passed(struct call *call);
void call_forget_passed(struct call *call);

/* ACCEPTED -> WAITING, which has been charged, at the end of a queue; and out of it again. */
static inline void call_wait(struct call *call, struct call_queue *queue)
{
    CHECK(call->state == CALL_ACCEPTED);
    call->state = CALL_WAITING;
    call->queue = queue;
    call->passed = NULL;
    if (__builtin_expect(call_passing != NULL, 0))
        call_note_passed(call);
    list_push_back(&queue->calls, &call->queue_link);
    queue->count++;
}

static inline void call_unwait(struct call *call)
{
    CHECK(call->state == CALL_WAITING);
    call_refund_wait(call->caller, call->message.bytes);
    call->state = CALL_ACCEPTED;
    if (__builtin_expect(call->passed != NULL, 0))
        call_forget_passed(call);
    list_remove(&call->queue_link);
    call->queue->count--;
}

/* Ends the call and frees it. CAP_OK: the caller has the answer. CAP_ERR_UNDELIVERED: it had no room for it
 * and got an error that says so; what the answer carried went back. CAP_ERR_PEER_DEAD, CAP_ERR_CANCELLED,
 * CAP_ERR_TIMED_OUT: nobody waits for it any more. */
enum cap_err call_finish(struct call *call, const struct answer *answer);
void call_finish_error(struct call *call, enum cap_err err);

/* The caller, which lives, stops waiting: its CQE says why. A call that waits is over; one that is served
 * goes on without a caller until its server returns. */
void call_give_up(struct call *call, enum cap_err why);

struct receive;
struct refusal;

enum delivery {
    DELIVERED,
    RECEIVE_REFUSED,
    CALL_REFUSED
};

/* ACCEPTED or WAITING -> SERVED: hands the call to the server, whose receive is finished and freed.
 * On RECEIVE_REFUSED (the server's buffer or memory) or CALL_REFUSED (its table has no room for the
 * capabilities) nothing has changed and *refusal says why. */
CAP_MUST_CHECK enum delivery call_deliver(struct call *call, struct receive *receive,
                                          struct refusal *refusal);
