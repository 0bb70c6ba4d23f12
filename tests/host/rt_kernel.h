/* The runtime on the host, against a kernel that is played here, behind rt_enter, with the kernel's end of
 * lib/ring. For the tests of user/rt; each includes this once.
 *
 * What the played kernel does with an SQE depends on its target:
 *   ANSWERING  the call completes while the SQ is drained; its answer is a copy of the parameters
 *   HOLDING    the call completes only when somebody waits; the newest first
 *   REFUSING   completes at once with CAP_ERR_STALE
 *   OVERLOADED completes at once with CAP_ERR_QUOTA: 32 calls
 *   ENDPOINT   RECV: gets what the test queued in `calls`; else stays pending, until a waiting enter finds
 *              nothing else to complete: then CAP_ERR_DISCONNECTED
 *
 * Next: tests/host/test_rt_call.c
 */
#pragma once

#include "tests/host/test.h"
#include "tests/host/check.h"

#include <stdlib.h>

/* A program's main and this one's cannot both be called main. */
#define main program_main
#include "user/rt/call.c"
#include "user/rt/pending.c"
#include "user/rt/rt.c"
#include "user/rt/serve.c"
#undef main

enum {
    ANSWERING = 101,
    HOLDING,
    REFUSING,
    OVERLOADED,
    ENDPOINT,
};

#define CALL_ID_FIRST 1000

/* A call that a client makes in a test of the server loop. */
struct client_call {
    uint64_t badge, interface_id;
    uint16_t method_id;
    uint64_t words[64];
    uint32_t word_count;
    uint16_t cap_count;
    bool is_gone; /* the client has died meanwhile */
    /* Seen by the test afterwards. */
    bool is_answered;
    bool has_released_params; /* with the answer */
    uint8_t flags;
    uint32_t answer_word_count;
    uint64_t answer[64];
    uint16_t answer_cap_count;
    struct cap_transfer_out answer_caps[CAP_TRANSFER_MAX];
};

static struct kernel {
    struct cap_ring page;
    struct ring ring;
    struct cap_sqe held[CAP_CQ_ENTRIES];
    uint32_t held_count;
    struct cap_sqe receive;
    bool has_receive;

    struct client_call calls[4];
    uint32_t call_count, calls_delivered;
    enum cap_err return_status; /* of a RETURN with capabilities */

    /* What the test looks at. */
    uint32_t enter_count;
    uint32_t taken_count;
    uint32_t taken_by_last_enter;
    uint32_t held_most;
    uint64_t released[256];
    uint32_t release_count;
    uint32_t release_early_count; /* of these, while a call was not answered */
} kernel;

static struct cap_capset capset;
static struct rt rt;

static void post(const struct cap_sqe *sqe, enum cap_err status, uint32_t message_bytes, uint16_t cap_count)
{
    bool has_returned = sqe == &kernel.receive && sqe->opcode == CAP_OP_RETURN_RECV;
    struct cap_cqe cqe = {.user_data = sqe->user_data,
                          .status = status,
                          .message_bytes = message_bytes,
                          .cap_count = cap_count,
                          .flags = has_returned ? CAP_CQE_RETURNED : 0};
    ring_post(&kernel.ring, &cqe);
}

/* The answer is the parameters; capabilities come back with 1000 added to their ids. */
static void answer_call(const struct cap_sqe *sqe)
{
    struct cap_transfer_out *out = (struct cap_transfer_out *)sqe->transfers_addr;
    struct cap_transfer_in *in = (struct cap_transfer_in *)(out + sqe->send_count);

    EXPECT(sqe->buffer_bytes >= CAP_MESSAGE_BYTES_MAX && sqe->receive_count == CAP_TRANSFER_MAX);
    memcpy((void *)sqe->buffer_addr, (void *)sqe->message_addr, sqe->message_bytes);
    for (uint32_t i = 0; i < sqe->send_count; i++)
        in[i] = (struct cap_transfer_in){out[i].cap + 1000, 77};
    post(sqe, CAP_OK, sqe->message_bytes, sqe->send_count);
}

static void deliver(void)
{
    if (!kernel.has_receive || kernel.calls_delivered == kernel.call_count)
        return;
    struct client_call *call = &kernel.calls[kernel.calls_delivered];
    struct cap_incoming *incoming = (struct cap_incoming *)kernel.receive.buffer_addr;
    struct cap_transfer_in *in =
        (struct cap_transfer_in *)kernel.receive.transfers_addr + kernel.receive.send_count;

    EXPECT(kernel.receive.buffer_bytes >= sizeof *incoming + CAP_MESSAGE_BYTES_MAX);
    *incoming = (struct cap_incoming){
        .call_id = CALL_ID_FIRST + kernel.calls_delivered++,
        .badge = call->badge,
        .interface_id = call->interface_id,
        .method_id = call->method_id,
        .cap_count = call->cap_count,
        .message_bytes = call->word_count * 8,
    };
    memcpy(incoming + 1, call->words, call->word_count * 8);
    for (uint32_t i = 0; i < call->cap_count; i++)
        in[i] = (struct cap_transfer_in){500 + i, 77};
    kernel.has_receive = false;
    post(&kernel.receive, CAP_OK, call->word_count * 8, call->cap_count);
}

/* The status of the RETURN. */
static enum cap_err take_return(const struct cap_sqe *sqe)
{
    struct client_call *call = &kernel.calls[sqe->target - CALL_ID_FIRST];
    EXPECT(sqe->target - CALL_ID_FIRST < kernel.calls_delivered && !call->is_answered);
    enum cap_err refused = call->is_gone         ? CAP_ERR_STALE
                           : sqe->send_count > 0 ? kernel.return_status
                                                 : CAP_OK;
    if (refused != CAP_OK)
        return refused;
    call->is_answered = true;
    call->flags = sqe->flags & CAP_SQE_EXCEPTION;
    call->has_released_params = sqe->flags & CAP_SQE_RELEASE_PARAMS;
    call->answer_word_count = sqe->message_bytes / 8;
    EXPECT(sqe->message_bytes <= sizeof call->answer);
    memcpy(call->answer, (void *)sqe->message_addr, sqe->message_bytes);
    call->answer_cap_count = sqe->send_count;
    if (sqe->send_count > 0)
        memcpy(call->answer_caps, (void *)sqe->transfers_addr, sqe->send_count * sizeof call->answer_caps[0]);
    return CAP_OK;
}

static void receive(const struct cap_sqe *sqe, uint64_t endpoint)
{
    EXPECT_EQ(endpoint, ENDPOINT);
    kernel.receive = *sqe;
    kernel.has_receive = true;
}

static void run(const struct cap_sqe *sqe)
{
    if (sqe->opcode == CAP_OP_RELEASE) {
        EXPECT(kernel.release_count < 256);
        kernel.released[kernel.release_count++] = sqe->target;
        kernel.release_early_count +=
            kernel.calls_delivered && !kernel.calls[kernel.calls_delivered - 1].is_answered;
        post(sqe, sqe->target == REFUSING ? CAP_ERR_STALE : CAP_OK, 0, 0);
    } else if (sqe->opcode == CAP_OP_RETURN) {
        post(sqe, take_return(sqe), 0, 0);
    } else if (sqe->opcode == CAP_OP_RETURN_RECV) {
        enum cap_err status = take_return(sqe);
        if (status == CAP_OK)
            receive(sqe, sqe->endpoint);
        else
            post(sqe, status, 0, 0);
    } else if (sqe->opcode == CAP_OP_RECV) {
        receive(sqe, sqe->target);
    } else if (sqe->target == ANSWERING) {
        answer_call(sqe);
    } else if (sqe->target == HOLDING) {
        kernel.held[kernel.held_count++] = *sqe;
        kernel.held_most = kernel.held_count > kernel.held_most ? kernel.held_count : kernel.held_most;
    } else if (sqe->target == OVERLOADED) {
        post(sqe, CAP_ERR_QUOTA, 32, CAP_LIMIT_CALLS);
    } else {
        /* The sizes are noise, which the runtime must not take for a message. */
        post(sqe, sqe->target == REFUSING ? CAP_ERR_STALE : CAP_ERR_NO_CAP, 4000, 40);
    }
}

/* The contract of abi/syscall.h. A wait that nothing could end fails the test instead of hanging. */
int64_t rt_enter(uint64_t min_complete, uint64_t timeout_ns)
{
    struct cap_sqe sqe;

    EXPECT(min_complete <= CAP_CQ_ENTRIES);
    EXPECT(timeout_ns == 0 || timeout_ns == CAP_TIMEOUT_NEVER);
    EXPECT_EQ(ring_observe(&kernel.ring), CAP_OK);
    kernel.enter_count++;
    EXPECT(kernel.enter_count < 10000);
    kernel.taken_by_last_enter = 0;
    while (ring_take(&kernel.ring, &sqe)) {
        kernel.taken_by_last_enter++;
        run(&sqe);
    }
    kernel.taken_count += kernel.taken_by_last_enter;
    deliver();
    while (timeout_ns != 0 && ring_cqe_unread(&kernel.ring) < min_complete) {
        if (kernel.held_count > 0) {
            answer_call(&kernel.held[--kernel.held_count]);
        } else if (kernel.has_receive) {
            kernel.has_receive = false;
            post(&kernel.receive, CAP_ERR_DISCONNECTED, 0, 0);
        } else {
            EXPECT(ring_cqe_unread(&kernel.ring) > 0);
            break; /* no more can arrive */
        }
    }
    return ring_cqe_unread(&kernel.ring);
}

_Noreturn void rt_exit(int code)
{
    printf("rt_exit(%d)\n", code);
    abort();
}

int program_main(struct rt *program)
{
    (void)program;
    return 0;
}

static void start(void)
{
    memset(&kernel, 0, sizeof kernel);
    ring_init(&kernel.ring, &kernel.page);
    memset(&capset, 0, sizeof capset);
    capset = (struct cap_capset){.magic = CAP_CAPSET_MAGIC, .version = CAP_CAPSET_VERSION};
    memset(&rt, 0xee, sizeof rt); /* nothing may rely on zeroed memory */
    rt_init(&rt, &kernel.page, &capset);
}

static struct rt_handle handle(uint64_t cap)
{
    return (struct rt_handle){.rt = &rt, .cap = {cap}, .interface_id = 5};
}
