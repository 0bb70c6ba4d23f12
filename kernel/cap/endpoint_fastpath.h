/* The path of nearly every call between processes: no time limit, at most one capability, memory that was
 * used before; of calls that have to wait, those without capabilities and with short messages.
 *
 * It looks for all that could stand in the way first and gives up if there is anything, with nothing changed:
 * the general path (endpoint.c, kernel/ring/call.c) then finds out what it is. Behind that nothing can fail.
 * What it does is what the general path does with such a call: qemu/fastpath compares the two on the same
 * inputs.
 *
 * The idea is that of the fastpaths of L4 (J. Liedtke, Improving IPC by Kernel Design, SOSP 1993).
 *
 * Inlined into endpoint.c. Next: kernel/ring/op_return.c, for the way back
 */
#pragma once

#include "abi/syscall.h"
#include "kernel/cap/endpoint.h"
#include "kernel/ring/call_record.h"
#include "kernel/ring/caps_quick.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/receive_record.h"

/* A record for the CALL in sqe, complete but for where it goes. */
static inline struct call *take(struct client_facet *facet, struct process *caller, const struct cap_sqe *sqe)
{
    struct call *call;
    if (call_take(caller, &facet->object, &call))
        return NULL;
    call->place.user_data = sqe->user_data;
    call->place.buffer.value = sqe->buffer_addr;
    call->place.received.value = sqe->transfers_addr + sqe->send_count * sizeof(struct cap_transfer_out);
    call->place.buffer_bytes = sqe->buffer_bytes;
    call->place.receive_count = sqe->receive_count;
    call->interface_id = sqe->interface_id;
    call->method_id = sqe->method_id;
    call->badge = facet->badge;
    call->message.bytes = sqe->message_bytes;
    transfer_init(&call->transfer);
    return call;
}

/* ACCEPTED -> SERVED: the server, whose ledger is charged and whose table of calls has a free slot, finds the
 * call at `to`. */
static inline void serve(struct call *call, struct process *server, uint8_t *to, const void *message)
{
    struct cap_incoming *incoming = (struct cap_incoming *)(void *)to;
    enum cap_err err = cap_table_insert(&server->serving, call, &call->serving_id);
    CHECK(!err);
    call->server = server;
    call->state = CALL_SERVED;
    incoming->call_id = call->serving_id.bits;
    incoming->badge = call->badge;
    incoming->interface_id = call->interface_id;
    incoming->method_id = call->method_id;
    incoming->cap_count = (uint16_t)call->transfer.count;
    incoming->message_bytes = call->message.bytes;
    user_copy_words(incoming + 1, message, call->message.bytes / 8);
}

/* To the server that waits, which gives up the record of its RECV for that of the call: what it pays for
 * stays the same. Inlined twice: for a call with one capability, and for one without. */
static inline __attribute__((always_inline)) bool
call_server(struct client_facet *facet, struct process *caller, const struct cap_sqe *sqe,
            struct receive *receive, const void *message, bool has_cap)
{
    struct process *server = receive->process;
    uint32_t bytes = (uint32_t)sizeof(struct cap_incoming) + sqe->message_bytes;
    uint8_t *to;
    struct quick_cap cap;
    if (!user_quick(&server->space, receive->buffer.value, bytes, USER_ACCESS_WRITE, &to) ||
        bytes > receive->buffer_bytes || server->serving.first_free == CAP_TABLE_NO_SLOT)
        return false;
    if (has_cap && (receive->receive_count == 0 ||
                    !quick_cap_judge(caller, sqe->transfers_addr, server, receive->received.value, &cap)))
        return false;
    struct call *call = take(facet, caller, sqe);
    if (!call)
        return false;
    /* Nothing below can fail. */
    if (has_cap)
        transfer_note_delivered(&call->transfer, cap.object, quick_cap_hand_over(&cap, caller, server));
    serve(call, server, to, message);
    const struct cap_cqe cqe = {.user_data = receive->user_data,
                                .message_bytes = sqe->message_bytes,
                                .cap_count = has_cap,
                                .flags = receive->cqe_flags};
    receive_give_for_call(receive);
    ring_complete(server, &cqe);
    return true;
}

/* Nobody waits for a call: it does. */
static inline bool call_waits(struct client_facet *facet, struct process *caller, const struct cap_sqe *sqe,
                              const void *message)
{
    struct call_queue *queue = &facet->endpoint->calls;
    struct call *call;
    if (sqe->send_count || queue->count >= CAP_ENDPOINT_QUEUE_MAX || sqe->message_bytes > sizeof call->kept ||
        call_charge_wait(caller, sqe->message_bytes))
        return false;
    call = take(facet, caller, sqe);
    if (!call) {
        call_refund_wait(caller, sqe->message_bytes);
        return false;
    }
    call->message.parts[0] = (uint8_t *)call->kept;
    call->message.first_bytes = sqe->message_bytes;
    user_copy_words(call->kept, message, sqe->message_bytes / 8);
    call_wait(call, queue);
    return true;
}

/* The client may call: the endpoint is open and the facet is not revoked. */
static inline bool endpoint_fast_call(struct client_facet *facet, struct process *caller,
                                      const struct cap_sqe *sqe)
{
    uint8_t *message;
    if (!user_quick(&caller->space, sqe->message_addr, sqe->message_bytes, USER_ACCESS_READ, &message) ||
        sqe->flags || !reply_is_quick(caller, sqe, CAP_MESSAGE_BYTES_MAX))
        return false;
    struct receive *receive = first_receive(facet->endpoint);
    if (!receive)
        return call_waits(facet, caller, sqe, message);
    if (sqe->send_count == 0)
        return call_server(facet, caller, sqe, receive, message, false);
    return sqe->send_count == 1 && call_server(facet, caller, sqe, receive, message, true);
}

/* A call waits already: no record of the RECV is made. */
static inline bool receive_waiting(struct call *call, struct process *server, const struct cap_sqe *sqe,
                                   uint16_t cqe_flags)
{
    uint32_t bytes = (uint32_t)sizeof(struct cap_incoming) + call->message.bytes;
    uint8_t *to;
    if (!user_quick(&server->space, sqe->buffer_addr, bytes, USER_ACCESS_WRITE, &to) ||
        bytes > sqe->buffer_bytes || call->transfer.count || call->message_frame ||
        server->serving.first_free == CAP_TABLE_NO_SLOT ||
        ledger_charge(&server->account.ledger, LEDGER_RECORDS, 1))
        return false;
    call_unwait(call);
    serve(call, server, to, call->kept);
    const struct cap_cqe cqe = {
        .user_data = sqe->user_data, .message_bytes = call->message.bytes, .flags = cqe_flags};
    ring_complete(server, &cqe);
    return true;
}

static inline bool endpoint_fast_receive(struct endpoint *endpoint, struct process *server,
                                         const struct cap_sqe *sqe, uint16_t cqe_flags)
{
    uint32_t bytes_max = (uint32_t)sizeof(struct cap_incoming) + CAP_MESSAGE_BYTES_MAX;
    if (sqe->flags & CAP_SQE_TIMEOUT || sqe->buffer_bytes < sizeof(struct cap_incoming) ||
        !reply_is_quick(server, sqe, bytes_max))
        return false;
    struct call *call = call_queue_first(&endpoint->calls);
    if (call)
        return receive_waiting(call, server, sqe, cqe_flags);
    struct receive *receive;
    if ((endpoint->had_clients && endpoint->live_count == 0) ||
        endpoint->receive_count >= CAP_ENDPOINT_QUEUE_MAX ||
        receive_take(server, sqe, &endpoint->object, cqe_flags, &receive))
        return false;
    endpoint_wait(endpoint, receive);
    return true;
}
