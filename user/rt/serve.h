/* The server's side: receive calls on an endpoint, dispatch them, answer.
 *
 *   static enum cap_err dispatch(void *self, struct wire_call *call)
 *   {
 *       return os_Echo_dispatch(&echo_methods, self, call);    (generated)
 *   }
 *   ...
 *   rt_serve(rt, endpoint, dispatch, &state);
 *
 * A method reads its parameters, writes its results in place (os_Echo_echo_Results_init(call)), and returns
 * CAP_OK; or wire_call_raise(...), or any other error, which reaches the client as a CapException of a
 * fitting type with the error's text as reason. It answers before it returns. It may make calls of its own.
 *
 * Next: user/rt/serve.c
 */
#pragma once

#include "abi/limits.h"
#include "abi/transfer.h"
#include "schema/dispatch.h"
#include "user/rt/rt.h"

/* Serves until no client is left: CAP_OK then. Any other value is why receiving failed. Takes about 8 KiB
 * of stack. The endpoint stays the caller's. */
CAP_MUST_CHECK enum cap_err rt_serve(struct rt *rt, struct rt_handle endpoint,
                                     enum cap_err (*dispatch)(void *self, struct wire_call *call),
                                     void *self);

/* What the loop knows of the call that a method sees. */
struct rt_serving {
    struct wire_call call;
    struct rt *rt;
    uint32_t received_count;
    uint32_t sent_count;                    /* capabilities attached to the answer */
    uint32_t taken;                         /* bit i: received capability i has got its owner */
    const struct cap_transfer_in *received; /* received_count */
    struct cap_transfer_out *sent;          /* sent_count, of CAP_TRANSFER_MAX */
    bool sent_too_many;
};

static inline struct rt_serving *rt_serving_of(struct wire_call *call)
{
    return (struct rt_serving *)((char *)call - offsetof(struct rt_serving, call));
}

/* For methods that rt_serve runs: a capability that came with the call, by its index in the parameters, lent
 * until the method returns and its answer is sent. Do not drop it, nor move it: take it first. Copies of it
 * may go with calls and with the answer. A null handle: none such, or taken. */
static inline struct rt_handle rt_serve_borrow(struct wire_call *call, uint32_t cap_index)
{
    const struct rt_serving *serving = rt_serving_of(call);
    struct rt_handle handle = {serving->rt, CAP_ID_NULL, 0};
    if (cap_index < serving->received_count && !(serving->taken >> cap_index & 1)) {
        handle.cap.bits = serving->received[cap_index].cap;
        handle.interface_id = serving->received[cap_index].interface_id;
    }
    return handle;
}

/* The same for keeps: the caller owns it. CAP_ERR_NO_CAP: none such, or taken before. Those that nobody takes
 * are released with the answer, or right behind it. */
CAP_MUST_CHECK enum cap_err rt_serve_take(struct wire_call *call, uint32_t cap_index,
                                          struct rt_handle *handle);

/* For methods that rt_serve runs: a capability to go with the results. Its index, for set_<field>;
 * WIRE_CAP_NULL for a null handle, or if there are too many: then the answer is an exception.
 * CAP_TRANSFER_MOVE hands the capability over to the answer, for handles that one owns, not for borrowed
 * ones: forget the handle. It is dropped if the answer cannot be delivered. CAP_TRANSFER_COPY lends it: keep
 * it at least until the method has returned and the answer is sent, that is, until the next call. */
static inline uint32_t rt_serve_attach(struct wire_call *call, struct rt_handle handle, uint64_t mode)
{
    struct rt_serving *serving = rt_serving_of(call);
    if (rt_handle_is_null(handle))
        return WIRE_CAP_NULL;
    if (serving->sent_count == CAP_TRANSFER_MAX) {
        serving->sent_too_many = true;
        return WIRE_CAP_NULL;
    }
    serving->sent[serving->sent_count] = (struct cap_transfer_out){handle.cap.bits, mode};
    return serving->sent_count++;
}
