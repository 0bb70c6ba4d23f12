/* The server loop: RECV, dispatch, and RETURN with the next RECV in one SQE.
 *
 * Invariants
 *  - Every call that is received is answered: with its results, or with an exception. Only a caller that is
 *    gone gets nothing.
 *  - The next RECV goes with the RETURN. If the kernel refuses the RETURN there is no RECV, and the call is
 *    answered again, with an exception, if it is not over.
 *  - Every received capability is taken by the method, or goes with the answer.
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

union transfers {
    struct cap_transfer_out out; /* those that are sent */
    struct cap_transfer_in in;   /* places for those that arrive, behind them */
};

/* One call as the loop holds it. */
struct served {
    struct rt_serving serving; /* with what the method sees */
    bool is_answering;         /* what is under way is a RETURN_RECV */
    struct rt_pending receive;

    /* One takes what goes with the answer, and what comes with the next call; the other one has what came
     * with this call. */
    union transfers transfers[2][2 * CAP_TRANSFER_MAX];
    uint32_t turn;
    struct {
        struct cap_incoming head;
        uint64_t words[RT_MESSAGE_WORDS];
    } incoming; /* what RECV fills */
    uint64_t results_words[RT_MESSAGE_WORDS];
};

enum cap_err rt_serve_take(struct wire_call *call, uint32_t cap_index, struct rt_handle *handle)
{
    struct rt_handle borrowed = rt_serve_borrow(call, cap_index);
    if (rt_handle_is_null(borrowed))
        return CAP_ERR_NO_CAP;
    rt_serving_of(call)->taken |= 1u << cap_index;
    *handle = borrowed;
    return CAP_OK;
}

static void receive_submit(struct served *served, struct rt_handle endpoint)
{
    struct rt *rt = served->serving.rt;
    served->is_answering = false;
    *rt_sqe_claim(rt, &served->receive, false) = (struct cap_sqe){
        .opcode = CAP_OP_RECV,
        .receive_count = CAP_TRANSFER_MAX,
        .user_data = (uintptr_t)&served->receive,
        .target = endpoint.cap.bits,
        .buffer_addr = (uintptr_t)&served->incoming,
        .buffer_bytes = sizeof served->incoming,
        .transfers_addr = (uintptr_t)served->transfers[served->turn],
    };
    served->serving.sent_count = 0;
    ring_client_publish(&rt->ring);
}

/* What RECV brought becomes the call that a method sees. */
static inline void call_open(struct served *served)
{
    const struct cap_incoming *head = &served->incoming.head;
    struct rt_serving *serving = &served->serving;
    struct wire_call *call = &serving->call;
    serving->received_count = head->cap_count;
    if (head->cap_count) {
        serving->received = &served->transfers[served->turn][serving->sent_count].in;
        served->turn ^= 1;
        serving->sent = &served->transfers[served->turn][0].out;
    }
    serving->taken = 0;
    serving->sent_count = 0;
    serving->sent_too_many = false;
    call->interface_id = head->interface_id;
    call->method_id = head->method_id;
    call->badge = head->badge;
    call->is_deferred = false;
    wire_message_read(&call->params, served->incoming.words, head->message_bytes / 8, head->cap_count);
    wire_message_build(&call->results, served->results_words, RT_MESSAGE_WORDS);
}

/* Moved capabilities that did not leave are still this process's; nobody else knows them any more. */
static void drop_unsent(struct rt_serving *serving)
{
    for (uint32_t i = 0; i < serving->sent_count; i++)
        if (serving->sent[i].mode == CAP_TRANSFER_MOVE)
            rt_release(serving->rt, (cap_id_t){serving->sent[i].cap});
    serving->sent_count = 0;
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
    struct wire_call *call = &served->serving.call;
    uint16_t type = is_raised ? call->exception_type : exception_type(error);
    struct wire_text reason = is_raised ? call->exception_reason : wire_text_of(error_text(error));
    if (reason.length > REASON_BYTES_MAX)
        reason.length = REASON_BYTES_MAX;

    struct wire_message_builder *results = &call->results;
    wire_message_build(results, served->results_words, RT_MESSAGE_WORDS);
    struct os_CapException_builder exception = os_CapException_init_root(results);
    os_CapException_set_type(exception, type);
    enum cap_err set = os_CapException_set_reason(exception, reason);
    CHECK(set == CAP_OK); /* an empty message of 3 KiB has room for it */
}

/* Answers the call with what the method returned, and receives the next one. `flags` says what becomes of
 * capabilities that came with it. */
static inline __attribute__((always_inline)) void answer(struct served *served, struct rt_handle endpoint,
                                                         uint8_t flags, enum cap_err error)
{
    struct rt_serving *serving = &served->serving;
    struct wire_message_builder *results = &serving->call.results;
    struct rt *rt = serving->rt;
    CHECK(!serving->call.is_deferred);
    if (error == CAP_OK && (results->overflowed || serving->sent_too_many))
        error = CAP_ERR_TOO_BIG;
    if (__builtin_expect(error != CAP_OK, 0)) {
        drop_unsent(serving);
        exception_build(served, error);
        flags |= CAP_SQE_EXCEPTION;
    }
    served->is_answering = true;
    *rt_sqe_claim(rt, &served->receive, false) = (struct cap_sqe){
        .opcode = CAP_OP_RETURN_RECV,
        .flags = flags,
        .send_count = (uint16_t)serving->sent_count,
        .receive_count = CAP_TRANSFER_MAX,
        .user_data = (uintptr_t)&served->receive,
        .target = served->incoming.head.call_id,
        .endpoint = endpoint.cap.bits,
        .message_addr = (uintptr_t)served->results_words,
        .buffer_addr = (uintptr_t)&served->incoming,
        .message_bytes = results->word_count * 8,
        .buffer_bytes = sizeof served->incoming,
        .transfers_addr = (uintptr_t)serving->sent,
    };
    ring_client_publish(&rt->ring);
}

/* The method took some of what came with the call, or all. The others are released one by one, behind the
 * answer, which may copy them. */
static __attribute__((noinline)) void answer_and_drop(struct served *served, struct rt_handle endpoint,
                                                      enum cap_err error)
{
    const struct rt_serving *serving = &served->serving;
    answer(served, endpoint, 0, error);
    for (uint32_t i = 0; i < serving->received_count; i++)
        if (!(serving->taken >> i & 1))
            rt_release(serving->rt, (cap_id_t){serving->received[i].cap});
}

/* An answer that the kernel refused has left the call open, or it is over; an exception finds out which. It
 * carries no capability, so it is refused only if the call is over, and then nobody waits for it. */
static __attribute__((noinline)) void answer_again(struct served *served, struct rt_handle endpoint,
                                                   enum cap_err error)
{
    if (served->serving.sent_count)
        answer(served, endpoint, served->serving.taken ? 0 : CAP_SQE_RELEASE_PARAMS, error);
    else
        receive_submit(served, endpoint);
}

static inline enum cap_err next_call(struct served *served, struct rt_handle endpoint)
{
    for (;;) {
        enum cap_err status = rt_pending_wait(served->serving.rt, &served->receive);
        if (status == CAP_OK || !served->is_answering || served->receive.cqe.flags & CAP_CQE_RETURNED)
            return status;
        answer_again(served, endpoint, status);
    }
}

enum cap_err rt_serve(struct rt *rt, struct rt_handle endpoint,
                      enum cap_err (*dispatch)(void *self, struct wire_call *call), void *self)
{
    struct served served;
    struct rt_serving *serving = &served.serving;
    serving->rt = rt;
    served.turn = 0;
    serving->sent = &served.transfers[0][0].out;
    receive_submit(&served, endpoint);
    for (;;) {
        enum cap_err status = next_call(&served, endpoint);
        if (status != CAP_OK)
            return status == CAP_ERR_DISCONNECTED ? CAP_OK : status;
        call_open(&served);
        enum cap_err error = dispatch(self, &serving->call);
        if (__builtin_expect(serving->taken != 0, 0))
            answer_and_drop(&served, endpoint, error);
        else
            answer(&served, endpoint, serving->received_count ? CAP_SQE_RELEASE_PARAMS : 0, error);
    }
}
