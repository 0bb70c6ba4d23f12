/* The server loop: RECV, dispatch, and RETURN with the next RECV in one SQE.
 *
 * Invariants
 *  - Every call that is received is answered: with its results, or with an exception. Only a caller that is
 *    gone gets nothing.
 *  - The next RECV goes with a RETURN only if that cannot leave the caller without an answer. One that
 * carries capabilities is waited for first, because it may be refused.
 *  - Every received capability is taken by the method or dropped here.
 *
 * Next: kernel/ring/op_recv.c
 */
#include "user/rt/serve.h"
#include "build/gen/schema/capos.capnp.h"
#include "lib/check.h"
#include "lib/error.h"
#include "user/rt/call.h"
#include "user/rt/state.h"

#define REASON_BYTES_MAX 255 /* maxLength of CapException.reason */

/* One call as the loop holds it. `call` is what the method sees. */
struct served {
    struct wire_call call;
    struct rt *rt;
    uint32_t received_count;
    uint32_t taken; /* bit i: received capability i has got its owner */
    uint32_t sent_count;
    bool sent_too_many;
    bool is_answering; /* what is under way is a RETURN_RECV */
    struct rt_pending receive;
    struct rt_pending answer;

    struct cap_transfer_in received[CAP_TRANSFER_MAX];
    struct cap_transfer_out sent[CAP_TRANSFER_MAX];
    struct {
        struct cap_incoming head;
        uint64_t words[RT_MESSAGE_WORDS];
    } incoming; /* what RECV fills */
    uint64_t results_words[RT_MESSAGE_WORDS];
};

static struct served *served_of(struct wire_call *call)
{
    return (struct served *)((char *)call - offsetof(struct served, call));
}

enum cap_err rt_serve_take(struct wire_call *call, uint32_t cap_index, struct rt_handle *handle)
{
    struct served *served = served_of(call);
    if (cap_index >= served->received_count || served->taken & 1u << cap_index)
        return CAP_ERR_NO_CAP;
    const struct cap_transfer_in *received = &served->received[cap_index];
    served->taken |= 1u << cap_index;
    *handle = (struct rt_handle){served->rt, {received->cap}, received->interface_id};
    return CAP_OK;
}

uint32_t rt_serve_attach(struct wire_call *call, struct rt_handle handle, uint64_t mode)
{
    struct served *served = served_of(call);
    if (rt_handle_is_null(handle))
        return WIRE_CAP_NULL;
    if (served->sent_count == CAP_TRANSFER_MAX) {
        served->sent_too_many = true;
        return WIRE_CAP_NULL;
    }
    served->sent[served->sent_count] = (struct cap_transfer_out){handle.cap.bits, mode};
    return served->sent_count++;
}

static void receive_submit(struct served *served, struct rt_handle endpoint)
{
    served->is_answering = false;
    *rt_sqe_claim(served->rt, &served->receive, false) = (struct cap_sqe){
        .opcode = CAP_OP_RECV,
        .receive_count = CAP_TRANSFER_MAX,
        .user_data = (uintptr_t)&served->receive,
        .target = endpoint.cap.bits,
        .buffer_addr = (uintptr_t)&served->incoming,
        .buffer_bytes = sizeof served->incoming,
        .transfers_addr = (uintptr_t)served->received,
    };
    ring_client_publish(&served->rt->ring);
}

/* What RECV brought becomes the call that a method sees. */
static inline void call_open(struct served *served)
{
    const struct cap_incoming *head = &served->incoming.head;
    served->received_count = head->cap_count;
    served->taken = 0;
    served->sent_count = 0;
    served->sent_too_many = false;
    served->call.interface_id = head->interface_id;
    served->call.method_id = head->method_id;
    served->call.badge = head->badge;
    served->call.is_deferred = false;
    wire_message_read(&served->call.params, served->incoming.words, head->message_bytes / 8, head->cap_count);
    wire_message_build(&served->call.results, served->results_words, RT_MESSAGE_WORDS);
}

static void drop_untaken(struct served *served)
{
    for (uint32_t i = 0; i < served->received_count; i++) {
        struct rt_handle handle;
        if (rt_serve_take(&served->call, i, &handle) == CAP_OK)
            rt_handle_drop(&handle);
    }
}

/* Moved capabilities that did not leave are still this process's; nobody else knows them any more. */
static void drop_unsent(struct served *served)
{
    for (uint32_t i = 0; i < served->sent_count; i++) {
        struct rt_handle handle = {.rt = served->rt, .cap = {served->sent[i].cap}};
        if (served->sent[i].mode == CAP_TRANSFER_MOVE)
            rt_handle_drop(&handle);
    }
    served->sent_count = 0;
}

/* The type of exception that tells the client about an error of the method. */
static uint16_t exception_type(enum cap_err error)
{
    switch (error) {
    case CAP_ERR_UNIMPLEMENTED:
    case CAP_ERR_WRONG_INTERFACE:
        return os_CapException_Type_unimplemented;
    case CAP_ERR_MALFORMED:
    case CAP_ERR_INVALID:
        return os_CapException_Type_invalidArgument;
    case CAP_ERR_QUOTA:
    case CAP_ERR_NO_MEMORY:
    case CAP_ERR_NO_SLOT:
    case CAP_ERR_AGAIN:
        return os_CapException_Type_overloaded;
    case CAP_ERR_DISCONNECTED:
        return os_CapException_Type_disconnected;
    default:
        return os_CapException_Type_failed;
    }
}

/* Replaces the results by a CapException about `error`. */
static void exception_build(struct served *served, enum cap_err error)
{
    bool is_raised = error == CAP_ERR_EXCEPTION;
    uint16_t type = is_raised ? served->call.exception_type : exception_type(error);
    struct wire_text reason = is_raised ? served->call.exception_reason : wire_text_of(error_text(error));
    if (reason.length > REASON_BYTES_MAX)
        reason.length = REASON_BYTES_MAX;

    struct wire_message_builder *results = &served->call.results;
    wire_message_build(results, served->results_words, RT_MESSAGE_WORDS);
    struct os_CapException_builder exception = os_CapException_init_root(results);
    os_CapException_set_type(exception, type);
    enum cap_err set = os_CapException_set_reason(exception, reason);
    CHECK(set == CAP_OK); /* an empty message of 3 KiB has room for it */
}

/* An answer without capabilities, and the next RECV. */
static void answer_and_receive(struct served *served, struct rt_handle endpoint, uint8_t flags)
{
    served->is_answering = true;
    *rt_sqe_claim(served->rt, &served->receive, false) = (struct cap_sqe){
        .opcode = CAP_OP_RETURN_RECV,
        .flags = flags,
        .receive_count = CAP_TRANSFER_MAX,
        .user_data = (uintptr_t)&served->receive,
        .target = served->incoming.head.call_id,
        .endpoint = endpoint.cap.bits,
        .message_addr = (uintptr_t)served->results_words,
        .buffer_addr = (uintptr_t)&served->incoming,
        .message_bytes = served->call.results.word_count * 8,
        .buffer_bytes = sizeof served->incoming,
        .transfers_addr = (uintptr_t)served->received,
    };
    ring_client_publish(&served->rt->ring);
}

/* An answer with capabilities, which may be refused: waits for what became of it. */
static enum cap_err answer_with_caps(struct served *served)
{
    *rt_sqe_claim(served->rt, &served->answer, true) = (struct cap_sqe){
        .opcode = CAP_OP_RETURN,
        .send_count = served->sent_count,
        .user_data = (uintptr_t)&served->answer,
        .target = served->incoming.head.call_id,
        .message_addr = (uintptr_t)served->results_words,
        .message_bytes = served->call.results.word_count * 8,
        .transfers_addr = (uintptr_t)served->sent,
    };
    ring_client_publish(&served->rt->ring);
    return rt_pending_wait(served->rt, &served->answer);
}

/* Answers the call with what the method returned, and receives the next one. */
static inline void answer(struct served *served, struct rt_handle endpoint, enum cap_err error)
{
    CHECK(!served->call.is_deferred);
    if (error == CAP_OK && (served->call.results.overflowed || served->sent_too_many))
        error = CAP_ERR_TOO_BIG;
    if (error == CAP_OK && served->sent_count > 0) {
        error = answer_with_caps(served);
        if (error == CAP_OK) {
            receive_submit(served, endpoint);
            return;
        }
    }
    if (__builtin_expect(error != CAP_OK, 0)) {
        drop_unsent(served);
        exception_build(served, error);
    }
    answer_and_receive(served, endpoint, error == CAP_OK ? 0 : CAP_SQE_EXCEPTION);
}

/* An answer without capabilities is refused only if the call is over, since the caller is gone or an earlier
 * RETURN has ended it with an error, and then nobody waits for it. */
static enum cap_err next_call(struct served *served, struct rt_handle endpoint)
{
    for (;;) {
        enum cap_err status = rt_pending_wait(served->rt, &served->receive);
        if (status == CAP_OK || !served->is_answering || served->receive.cqe.flags & CAP_CQE_RETURNED)
            return status;
        receive_submit(served, endpoint);
    }
}

enum cap_err rt_serve(struct rt *rt, struct rt_handle endpoint,
                      enum cap_err (*dispatch)(void *self, struct wire_call *call), void *self)
{
    struct served served;
    served.rt = rt;

    receive_submit(&served, endpoint);
    for (;;) {
        enum cap_err status = next_call(&served, endpoint);
        if (status != CAP_OK)
            return status == CAP_ERR_DISCONNECTED ? CAP_OK : status;
        call_open(&served);
        enum cap_err error = dispatch(self, &served.call);
        if (served.received_count)
            drop_untaken(&served);
        answer(&served, endpoint, error);
    }
}
