/* A call to an object of the kernel: struct wire_call, as generated code wants it, and what methods of
 * kernel objects may ask for beside the message.
 *
 * Capabilities that come with such a call are lent: when the method is done they are back where they
 * were, moves included, unless the method kept them (ProcessSpawner.spawn does).
 *
 * Next: kernel/cap/console.c
 */
#pragma once

#include "kernel/ring/call.h"
#include "schema/dispatch.h"

#define KERNEL_CALL_OBJECTS_MAX 4

struct kernel_call {
    struct wire_call wire;
    struct process *caller;
    struct object *target;
    const struct cap_sqe *sqe; /* NULL: the answer was deferred, the place is in the call's record */
    uaddr_t received;          /* where capabilities of the answer are to be listed */
    uint64_t timeout_ns;       /* time limit of an answer that is deferred */
    uint32_t object_count;     /* of the answer */
    struct object *objects[KERNEL_CALL_OBJECTS_MAX];
    struct transfer transfer; /* came with the call */
};

/* Runs the method that sqe calls and answers, unless the method defers that. Nothing has happened after an
 * error. */
CAP_MUST_CHECK enum cap_err kernel_call_run(struct object *target, struct process *caller,
                                            const struct cap_sqe *sqe);

/* ---- For methods ---------------------------------------------------------------------------------- */

struct process *kernel_call_caller(struct wire_call *wire);

/* The transfer that came with the call, for a method that keeps it. */
struct transfer *kernel_call_transfer(struct wire_call *wire);

/* The object that a capability field of the parameters names; it must have these ops, if they are given.
 * CAP_ERR_INVALID: null. CAP_ERR_WRONG_INTERFACE: another kind of object. */
CAP_MUST_CHECK enum cap_err kernel_call_argument(struct wire_call *wire, uint32_t cap_index,
                                                 const struct object_ops *ops, struct object **object);

/* Puts an object into the answer, with the method's reference; returns the index for a capability field
 * of the results. */
uint32_t kernel_call_attach(struct wire_call *wire, struct object *owned_object);

/* Checks that the caller can take an answer of so many bytes and objects, for methods whose effect could
 * not be undone if it cannot. */
CAP_MUST_CHECK enum cap_err kernel_call_preflight(struct wire_call *wire, uint32_t message_bytes,
                                                  uint32_t object_count);

/* The method, which has had no effect yet, will answer later, by kernel_call_answer; until then *call waits
 * in queue. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY: return it. */
CAP_MUST_CHECK enum cap_err kernel_call_defer(struct wire_call *wire, struct call_queue *queue,
                                              struct call **call);

/* Answers a deferred call with what `fill` builds into wire->results. False: the caller has no room for it
 * any more, and was told that. */
bool kernel_call_answer(struct call *call, void (*fill)(struct wire_call *wire, const void *context),
                        const void *context);
