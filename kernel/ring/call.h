/* A call, from its acceptance to its one completion.
 *
 *                          kernel object: method runs
 *   op_call --> ACCEPTED ------------------------------------------------> call_finish
 *                  |  \-- method defers --> WAITING -- object answers --------^
 *                  |                          ^                               |
 *                  +-- endpoint, no server ---+ -- server receives --+        |
 *                  |                                                 v        |
 *                  +-- endpoint, server waits --------------------> SERVED ---+
 *                                                             RETURN, or server dies
 *
 * Invariants
 *  1. Every accepted CALL is finished exactly once, also when either side dies.
 *  2. Only call_finish and call_give_up post its CQE. (A caller that died gets none.)
 *  3. Its CQ slot was reserved before the SQE was taken, so posting cannot fail.
 *
 * Next: kernel/ring/call.c
 */
#pragma once

#include "kernel/object.h"
#include "kernel/task/process.h"
#include "lib/transfer.h"

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

struct call {
    enum call_state state;
    struct process *caller; /* NULL once nobody waits for the answer any more */
    enum cap_err abandoned; /* then: why, for the server's RETURN */
    struct list_node caller_link;
    struct object *target; /* one reference */

    /* From the SQE. */
    uint64_t user_data;
    uint64_t interface_id;
    uint16_t method_id;
    uint16_t receive_count;
    uint32_t buffer_bytes;
    uaddr_t buffer;
    uaddr_t received; /* where capabilities of the answer are listed */
    uint64_t badge;   /* set by the facet that was called */

    struct kernel_timer timer; /* its time limit, if it has one */
    /* WAITING */
    struct call_queue *queue;
    struct list_node queue_link;
    /* SERVED */
    struct process *server;
    cap_id_t serving_id; /* in server->serving */

    struct transfer transfer; /* capabilities sent; settled once the call is delivered or finished */
    uint32_t message_bytes;
    uint64_t message[CAP_MESSAGE_BYTES_MAX / 8];
};
_Static_assert(sizeof(struct call) <= CAP_PAGE_BYTES, "a call is one frame");

/* What ends a call: an error, or a message with capabilities. */
struct answer {
    enum cap_err status; /* CAP_OK, CAP_ERR_EXCEPTION (the message is a CapException), or an error */
    const void *message;
    uint32_t message_bytes;
    /* Capabilities of the answer: from a server's table, or from the kernel, or none. call_finish settles
     * them: what the caller does not get goes back, or is released. */
    struct transfer *transfer; /* prepared, or NULL */
    struct object **objects;   /* one reference each */
    uint32_t object_count;
};

void call_queue_init(struct call_queue *queue);
struct call *call_queue_first(const struct call_queue *queue);

/* Accepts the CALL in sqe: copies everything in. Nothing has changed after an error. */
CAP_MUST_CHECK enum cap_err call_accept(struct process *caller, const struct cap_sqe *sqe,
                                        struct object *target, struct call **call);

/* ACCEPTED -> WAITING, at the end of a queue; and out of it again. */
void call_wait(struct call *call, struct call_queue *queue);
void call_unwait(struct call *call);

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
