/* Calls: see the picture in user/rt/call.h.
 *
 * Next: user/rt/pending.c
 */
#include "user/rt/call.h"
#include "build/gen/schema/capos.capnp.h"
#include "lib/check.h"
#include "lib/error.h"
#include "lib/ledger_text.h"
#include "user/rt/state.h"

_Static_assert(CAP_TRANSFER_MAX <= 32, "rt_call.taken has a bit for each received capability");

enum cap_err rt_call_send(struct rt_call *call)
{
    struct rt *rt = call->rt;
    CHECK(rt && call->state == RT_CALL_OPEN);
    if (call->error == CAP_OK && call->params.overflowed)
        call->error = CAP_ERR_TOO_BIG;
    if (call->error != CAP_OK)
        return call->error;

    *rt_sqe_claim(rt, &call->pending, false) = (struct cap_sqe){
        .opcode = CAP_OP_CALL,
        .method_id = call->method_id,
        .send_count = call->send_count,
        .receive_count = call->receive_count,
        .user_data = (uintptr_t)&call->pending,
        .target = call->target.bits,
        .interface_id = call->interface_id,
        .message_addr = (uintptr_t)call->params_words,
        .buffer_addr = (uintptr_t)call->results_words,
        .message_bytes = call->params.word_count * 8,
        .buffer_bytes = sizeof call->results_words,
        .transfers_addr = (uintptr_t)call->transfers,
    };
    ring_client_publish(&rt->ring);
    call->state = RT_CALL_SENT;
    return CAP_OK;
}

enum cap_err rt_call_wait(struct rt_call *call)
{
    if (call->state != RT_CALL_SENT)
        return call->error;
    enum cap_err error = rt_pending_wait(call->rt, &call->pending);
    call->error = error;
    call->state = RT_CALL_DONE;

    /* Only these two bring a message; the CQE's sizes mean something else with other errors. */
    struct cap_cqe *cqe = &call->pending.cqe;
    if (__builtin_expect(error != CAP_OK && error != CAP_ERR_EXCEPTION, 0)) {
        call->refusal = *cqe;
        cqe->message_bytes = cqe->cap_count = 0;
    }
    call->untaken_count = cqe->cap_count;
    wire_message_read(&call->results, call->results_words, cqe->message_bytes / 8, cqe->cap_count);
    return error;
}

void rt_call_wait_all(struct rt_call *const *calls, uint32_t count)
{
    for (;;) {
        uint32_t left = 0;
        for (uint32_t i = 0; i < count; i++)
            left += calls[i]->state == RT_CALL_SENT && !calls[i]->pending.is_done;
        if (left == 0)
            return;
        rt_pending_wait_some(calls[0]->rt, left);
    }
}

bool rt_call_is_done(const struct rt_call *call)
{
    return call->state == RT_CALL_DONE || (call->state == RT_CALL_SENT && call->pending.is_done);
}

enum cap_err rt_call_take(struct rt_call *call, uint32_t cap_index, struct rt_handle *handle)
{
    CHECK(call->state == RT_CALL_DONE);
    if (cap_index >= call->pending.cqe.cap_count || call->taken >> cap_index & 1)
        return CAP_ERR_NO_CAP;
    const struct cap_transfer_in *received = &call->transfers[call->send_count + cap_index].in;
    call->taken |= 1u << cap_index;
    call->untaken_count--;
    *handle = (struct rt_handle){call->rt, {received->cap}, received->interface_id};
    return CAP_OK;
}

static __attribute__((noinline)) void end_under_way(struct rt_call *call)
{
    /* The kernel may still write into a record that is SENT. The status is of no interest any more. */
    enum cap_err ignored = rt_call_wait(call);
    (void)ignored;
    for (uint32_t i = 0; call->state == RT_CALL_DONE && i < call->pending.cqe.cap_count; i++) {
        struct rt_handle handle;
        if (rt_call_take(call, i, &handle) == CAP_OK)
            rt_handle_drop(&handle);
    }
}

void rt_call_end(struct rt_call *call)
{
    if (call->state == RT_CALL_SENT || call->untaken_count != 0)
        end_under_way(call);
    call->state = RT_CALL_ENDED;
}

struct wire_text rt_call_reason(struct rt_call *call, enum cap_err error)
{
    if (error == CAP_ERR_EXCEPTION && os_CapException_check(&call->results) == CAP_OK)
        return os_CapException_get_reason(os_CapException_read_root(&call->results));
    /* There is no answer: its buffer has room for a text. */
    if (error == CAP_ERR_QUOTA && call->refusal.status == error &&
        ledger_cqe_text(&call->refusal, (char *)call->results_words))
        return wire_text_of((const char *)call->results_words);
    return wire_text_of(error_text(error));
}
