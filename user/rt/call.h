/* One call, from begin to end. The generated stubs (F.client.h) wrap these with types.
 *
 *     begin           send             wait             end
 *   ---------> OPEN ---------> SENT ---------> DONE ---------> (free to begin again)
 *               |               |                                ^
 *               |               +--- end: waits for it ----------|
 *               +--- end: nothing was sent ----------------------+
 *
 * Between begin and send the parameters are built in `params` and capabilities attached; an error there
 * is kept, and send returns it. Several calls may be SENT at once: each is its own struct rt_call.
 * After wait the answer is in `results` until the record is used again, and received capabilities can be
 * taken; those that nobody took are dropped by end.
 *
 * Next: user/rt/call.c
 */
#pragma once

#include "abi/limits.h"
#include "abi/transfer.h"
#include "lib/check.h"
#include "schema/wire.h"
#include "user/rt/pending.h"

#define RT_MESSAGE_WORDS (CAP_MESSAGE_BYTES_MAX / 8)

enum rt_call_state {
    RT_CALL_OPEN,
    RT_CALL_SENT,
    RT_CALL_DONE,
    RT_CALL_ENDED,
};

/* About 7 KiB, on the caller's stack; it need not be zeroed, and must not move while it is SENT. */
struct rt_call {
    struct wire_message_builder params;
    struct wire_message_reader results;

    struct rt *rt;
    enum rt_call_state state;
    enum cap_err error;     /* the first that building met, then the status of the call */
    uint32_t taken;         /* bit i: received capability i has got its owner */
    uint32_t untaken_count; /* DONE: received capabilities without one */
    struct cap_cqe refusal; /* of a call that ended with an error but CAP_ERR_EXCEPTION */
    cap_id_t target;
    uint64_t interface_id;
    uint16_t method_id;
    uint16_t send_count;    /* capabilities attached */
    uint16_t receive_count; /* capabilities that may arrive; 0 for a method whose results have none */
    struct rt_pending pending;

    union {
        struct cap_transfer_out out; /* the first send_count */
        struct cap_transfer_in in;   /* those that follow */
    } transfers[2 * CAP_TRANSFER_MAX];
    uint64_t params_words[RT_MESSAGE_WORDS];
    uint64_t results_words[RT_MESSAGE_WORDS];
};

/* A record for a call of `method_id` in `interface_id` on `target`, which is lent until the end. */
static inline void rt_call_begin(struct rt_call *call, struct rt_handle target, uint64_t interface_id,
                                 uint16_t method_id)
{
    call->rt = target.rt;
    call->state = RT_CALL_OPEN;
    call->error = CAP_OK;
    call->taken = call->untaken_count = 0;
    call->target = target.cap;
    call->interface_id = interface_id;
    call->method_id = method_id;
    call->send_count = 0;
    call->receive_count = CAP_TRANSFER_MAX;
    wire_message_build(&call->params, call->params_words, RT_MESSAGE_WORDS);
}

/* A capability to go with the parameters; mode is CAP_TRANSFER_COPY or CAP_TRANSFER_MOVE. Its index, for
 * set_<field>; WIRE_CAP_NULL for a null handle, or if there are too many: then send returns the error.
 * A moved one is gone once the call was delivered. CAP_OK, CAP_ERR_PEER_DEAD: it was. CAP_ERR_DISCONNECTED,
 * and what send returns: it was not. CAP_ERR_EXCEPTION: another process has got it, an object of the kernel
 * has not. Any other error may come before or after (docs/spec/ring.md): whether the id is CAP_ERR_STALE
 * tells. rt_handle_forget a handle whose capability is gone. */
static inline uint32_t rt_call_attach(struct rt_call *call, struct rt_handle handle, uint64_t mode)
{
    CHECK(call->state == RT_CALL_OPEN);
    if (rt_handle_is_null(handle))
        return WIRE_CAP_NULL;
    if (call->send_count == CAP_TRANSFER_MAX) {
        call->error = CAP_ERR_TOO_BIG;
        return WIRE_CAP_NULL;
    }
    call->transfers[call->send_count].out = (struct cap_transfer_out){handle.cap.bits, mode};
    return call->send_count++;
}

/* Submits the call. It starts with the next enter: when anything waits, or at rt_flush.
 * CAP_ERR_TOO_BIG: the parameters, or the capabilities, did not fit. Nothing was sent then. */
CAP_MUST_CHECK enum cap_err rt_call_send(struct rt_call *call);

/* Enters until the call is done; its transport status. With CAP_ERR_EXCEPTION, `results` is a CapException:
 * rt_call_exception reads it. After a send that failed, send's error again. */
CAP_MUST_CHECK enum cap_err rt_call_wait(struct rt_call *call);

/* Enters until all of these calls are done that were sent; rt_call_wait then returns at once for each. It
 * waits for them together: answers that come one after the other do not take an enter each. */
void rt_call_wait_all(struct rt_call *const *calls, uint32_t count);

/* Without entering or waiting: has the answer been seen? */
bool rt_call_is_done(const struct rt_call *call);

/* Takes ownership of a received capability, by its index in the results.
 * CAP_ERR_NO_CAP: no such capability came along, or it was taken before. */
CAP_MUST_CHECK enum cap_err rt_call_take(struct rt_call *call, uint32_t cap_index, struct rt_handle *handle);

/* Ends the use of the record: waits for a call that is still SENT, drops what was not taken. */
void rt_call_end(struct rt_call *call);

/* Why a call ended with `error`: the reason that the exception carries, which limit was reached, or the text
 * of the error. It may point into the call's answer. */
struct wire_text rt_call_reason(struct rt_call *call, enum cap_err error);

/* The record of the one-line stubs. Their Text and Data results point into it, until the next one. */
struct rt_call *rt_call_scratch(struct rt *rt);
