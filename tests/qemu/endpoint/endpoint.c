/* An endpoint from both sides: this process calls itself, with raw SQEs.
 *
 * Next: tests/qemu/peer-death/peer-death.c
 */
#include "lib/mem.h"
#include "tests/qemu/raw.h"

#define SERVED_ID 0x1234567890abcdef

struct side {
    struct cap_incoming incoming;
    uint64_t words[CAP_MESSAGE_BYTES_MAX / 8];
};

static struct side server;
static uint64_t answer[CAP_MESSAGE_BYTES_MAX / 8];
static uint64_t params[2] = {1ull << 32, 0xfeed};
static const uint64_t results[3] = {2ull << 32, 0xbeef, 0xcafe};
static struct cap_transfer_out sent[CAP_TRANSFER_MAX];
static struct cap_transfer_in server_caps[CAP_TRANSFER_MAX];

/* What a CALL that sends and receives lists: first what it sends, then room for what arrives. */
static union {
    struct cap_transfer_out out;
    struct cap_transfer_in in;
} caller_caps[2 * CAP_TRANSFER_MAX];

enum {
    CALL_TOKEN = 100,
    RECV_TOKEN = 200,
    RETURN_TOKEN = 300
};

static struct cap_sqe call_sqe(struct rt_handle client)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .method_id = 3,
                            .user_data = CALL_TOKEN,
                            .target = client.cap.bits,
                            .interface_id = client.interface_id,
                            .message_addr = (uint64_t)params,
                            .message_bytes = sizeof params,
                            .buffer_addr = (uint64_t)answer,
                            .buffer_bytes = sizeof answer};
}

static struct cap_sqe recv_sqe(struct os_Endpoint endpoint)
{
    return (struct cap_sqe){.opcode = CAP_OP_RECV,
                            .user_data = RECV_TOKEN,
                            .target = endpoint.handle.cap.bits,
                            .buffer_addr = (uint64_t)&server,
                            .buffer_bytes = sizeof server};
}

static struct cap_sqe return_sqe(uint64_t call_id)
{
    return (struct cap_sqe){.opcode = CAP_OP_RETURN,
                            .user_data = RETURN_TOKEN,
                            .target = call_id,
                            .message_addr = (uint64_t)results,
                            .message_bytes = sizeof results};
}

static struct cap_cqe expect_token(struct raw *raw, uint64_t token, enum cap_err status, const char *what)
{
    struct cap_cqe cqe = raw_take(raw);
    raw_expect_err(raw, (int64_t)cqe.user_data, (int64_t)token, what);
    raw_expect_err(raw, cqe.status, status, what);
    return cqe;
}

static void submit_enter(struct raw *raw, struct cap_sqe sqe)
{
    raw_submit(raw, &sqe);
    rt_enter(0, 0);
}

static bool is_released(struct raw *raw, uint64_t cap)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .target = cap};
    return raw_status(raw, &sqe) == CAP_OK;
}

static void test_orders(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    submit_enter(raw, call_sqe(client));
    raw_expect_err(raw, rt_enter(0, 0), 0, "a call without a server waits");
    params[1] = 0xbad;
    submit_enter(raw, recv_sqe(endpoint));
    expect_token(raw, RECV_TOKEN, CAP_OK, "a later RECV gets it");
    raw_expect(raw, server.words[1] == 0xfeed,
               "rule S1: what the caller writes after the call was taken is not seen");
    params[1] = 0xfeed;
    raw_expect(raw,
               server.incoming.badge == 41 && server.incoming.method_id == 3 &&
                   server.incoming.interface_id == SERVED_ID && server.incoming.cap_count == 0 &&
                   server.incoming.message_bytes == sizeof params && server.words[1] == 0xfeed,
               "badge, method, interface and parameters arrive");
    submit_enter(raw, return_sqe(server.incoming.call_id));
    struct cap_cqe cqe = expect_token(raw, CALL_TOKEN, CAP_OK, "the answer ends the call");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "and RETURN completes");
    raw_expect(raw, cqe.message_bytes == sizeof results && answer[1] == 0xbeef, "the results arrive");

    submit_enter(raw, return_sqe(server.incoming.call_id));
    expect_token(raw, RETURN_TOKEN, CAP_ERR_STALE, "case 28: a second RETURN is stale");

    submit_enter(raw, recv_sqe(endpoint));
    submit_enter(raw, call_sqe(client));
    expect_token(raw, RECV_TOKEN, CAP_OK, "a RECV that waits gets a later call");
    struct cap_sqe exception = return_sqe(server.incoming.call_id);
    exception.flags = CAP_SQE_EXCEPTION;
    submit_enter(raw, exception);
    expect_token(raw, CALL_TOKEN, CAP_ERR_EXCEPTION, "an exception is an answer with another status");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "and a good RETURN");
}

static void test_buffers(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    submit_enter(raw, call_sqe(client));
    struct cap_sqe recv = recv_sqe(endpoint);
    recv.buffer_bytes = sizeof(struct cap_incoming) + 8;
    submit_enter(raw, recv);
    struct cap_cqe cqe =
        expect_token(raw, RECV_TOKEN, CAP_ERR_BUFFER_TOO_SMALL, "a RECV with too little room");
    raw_expect(raw, cqe.message_bytes == sizeof(struct cap_incoming) + sizeof params,
               "is told how much it takes");
    submit_enter(raw, recv_sqe(endpoint));
    expect_token(raw, RECV_TOKEN, CAP_OK, "the call has stayed");

    struct cap_sqe bad = return_sqe(server.incoming.call_id);
    bad.message_addr = 8;
    submit_enter(raw, bad);
    expect_token(raw, RETURN_TOKEN, CAP_ERR_FAULT, "a RETURN from nowhere");
    submit_enter(raw, return_sqe(server.incoming.call_id));
    expect_token(raw, CALL_TOKEN, CAP_OK, "has changed nothing");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "and the right one works");

    struct cap_sqe small = call_sqe(client);
    small.buffer_bytes = 8;
    submit_enter(raw, small);
    submit_enter(raw, recv_sqe(endpoint));
    expect_token(raw, RECV_TOKEN, CAP_OK, "received");
    submit_enter(raw, return_sqe(server.incoming.call_id));
    cqe = expect_token(raw, CALL_TOKEN, CAP_ERR_BUFFER_TOO_SMALL, "case 40: too little room for the answer");
    raw_expect(raw, cqe.message_bytes == sizeof results, "case 40: the size is told");
    expect_token(raw, RETURN_TOKEN, CAP_ERR_UNDELIVERED, "and the server knows");
}

static void test_copy(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    struct cap_sqe call = call_sqe(client);
    caller_caps[0].out = (struct cap_transfer_out){.cap = client.cap.bits, .mode = CAP_TRANSFER_COPY};
    caller_caps[1].out =
        (struct cap_transfer_out){.cap = raw->console.handle.cap.bits, .mode = CAP_TRANSFER_COPY};
    call.transfers_addr = (uint64_t)caller_caps;
    call.send_count = 2;
    submit_enter(raw, call);
    struct cap_sqe recv = recv_sqe(endpoint);
    recv.receive_count = 1;
    recv.transfers_addr = (uint64_t)server_caps;
    submit_enter(raw, recv);
    struct cap_cqe cqe = expect_token(raw, RECV_TOKEN, CAP_ERR_BUFFER_TOO_SMALL, "room for one of two");
    raw_expect(raw, cqe.cap_count == 2, "is told how many");
    recv.receive_count = CAP_TRANSFER_MAX;
    submit_enter(raw, recv);
    cqe = expect_token(raw, RECV_TOKEN, CAP_OK, "copies arrive");
    raw_expect(raw,
               cqe.cap_count == 2 && server.incoming.cap_count == 2 &&
                   server_caps[0].interface_id == SERVED_ID && server_caps[1].interface_id == os_Console_ID &&
                   server_caps[0].cap != client.cap.bits,
               "as ids of the receiver, with their interfaces");
    submit_enter(raw, return_sqe(server.incoming.call_id));
    expect_token(raw, CALL_TOKEN, CAP_OK, "done");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "done");

    struct rt_handle copy = {.rt = raw->rt, .cap = {server_caps[0].cap}, .interface_id = SERVED_ID};
    submit_enter(raw, call_sqe(copy));
    submit_enter(raw, recv_sqe(endpoint));
    expect_token(raw, RECV_TOKEN, CAP_OK, "a copy works");
    raw_expect(raw, server.incoming.badge == 41, "and keeps the badge");
    raw_expect(raw, is_released(raw, server_caps[0].cap), "case 54: it is released while its call is served");
    submit_enter(raw, return_sqe(server.incoming.call_id));
    expect_token(raw, CALL_TOKEN, CAP_OK, "and the call ends well");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "on both sides");
    raw_expect(raw, is_released(raw, server_caps[1].cap), "release the other copy");
}

static void test_move(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client,
                      struct rt_handle other)
{
    struct cap_sqe call = call_sqe(client);
    caller_caps[0].out = (struct cap_transfer_out){.cap = other.cap.bits, .mode = CAP_TRANSFER_MOVE};
    call.transfers_addr = (uint64_t)caller_caps;
    call.send_count = 1;
    call.receive_count = 1;
    submit_enter(raw, call);
    submit_enter(raw, call_sqe(other));
    expect_token(raw, CALL_TOKEN, CAP_ERR_BUSY, "case 62: what is being moved cannot be used");
    raw_expect(raw, !is_released(raw, other.cap.bits), "case 63: nor released");
    struct cap_sqe recv = recv_sqe(endpoint);
    recv.receive_count = 1;
    recv.transfers_addr = (uint64_t)server_caps;
    submit_enter(raw, recv);
    expect_token(raw, RECV_TOKEN, CAP_OK, "a move arrives");
    submit_enter(raw, call_sqe(other));
    expect_token(raw, CALL_TOKEN, CAP_ERR_STALE, "and the sender's id is dead");

    struct cap_sqe back = return_sqe(server.incoming.call_id);
    sent[0] = (struct cap_transfer_out){.cap = server_caps[0].cap, .mode = CAP_TRANSFER_MOVE};
    back.transfers_addr = (uint64_t)sent;
    back.send_count = 1;
    submit_enter(raw, back);
    struct cap_cqe cqe =
        expect_token(raw, CALL_TOKEN, CAP_OK, "case 75: RETURN moves what came in this call");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "and completes");
    raw_expect(raw, cqe.cap_count == 1 && caller_caps[1].in.interface_id == SERVED_ID,
               "the caller has it again");

    struct rt_handle again = {.rt = raw->rt, .cap = {caller_caps[1].in.cap}, .interface_id = SERVED_ID};
    call.receive_count = 0;
    call.send_count = 0;
    call.transfers_addr = 0;
    submit_enter(raw, call);
    submit_enter(raw, recv_sqe(endpoint));
    expect_token(raw, RECV_TOKEN, CAP_OK, "received");
    back = return_sqe(server.incoming.call_id);
    sent[0] = (struct cap_transfer_out){.cap = again.cap.bits, .mode = CAP_TRANSFER_MOVE};
    back.transfers_addr = (uint64_t)sent;
    back.send_count = 1;
    submit_enter(raw, back);
    expect_token(raw, CALL_TOKEN, CAP_ERR_BUFFER_TOO_SMALL,
                 "case 76: no room for the capability of an answer");
    expect_token(raw, RETURN_TOKEN, CAP_ERR_UNDELIVERED, "case 76: the server knows");
    raw_expect(raw, is_released(raw, again.cap.bits), "case 76: and still has it");
}

static void test_many(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    uint64_t ids[8];
    for (uint64_t i = 0; i < 8; i++) {
        struct cap_sqe call = call_sqe(client);
        call.user_data = i;
        raw_submit(raw, &call);
    }
    rt_enter(0, 0);
    for (uint64_t i = 0; i < 8; i++) {
        submit_enter(raw, recv_sqe(endpoint));
        expect_token(raw, RECV_TOKEN, CAP_OK, "each RECV gets one call");
        ids[i] = server.incoming.call_id;
    }
    for (uint64_t i = 8; i-- > 0;) {
        submit_enter(raw, return_sqe(ids[i]));
        expect_token(raw, i, CAP_OK, "answers in any order find their calls");
        expect_token(raw, RETURN_TOKEN, CAP_OK, "and complete");
    }
}

/* A facet that nobody can get is not made, and so is not the last one to go. */
static void test_client_that_nobody_gets(struct raw *raw, struct os_Endpoint endpoint)
{
    submit_enter(raw, recv_sqe(endpoint));
    struct cap_sqe make = call_sqe(endpoint.handle);
    make.method_id = os_Endpoint_makeClient_METHOD;
    submit_enter(raw, make);
    struct cap_cqe cqe =
        expect_token(raw, CALL_TOKEN, CAP_ERR_BUFFER_TOO_SMALL, "makeClient without room for a capability");
    raw_expect(raw, cqe.message_bytes == 16 && cqe.cap_count == 1, "is told how much it takes");
    make.receive_count = 1;
    make.transfers_addr = (uint64_t)caller_caps;
    make.buffer_bytes = 8;
    submit_enter(raw, make);
    expect_token(raw, CALL_TOKEN, CAP_ERR_BUFFER_TOO_SMALL, "or without room for its message");
    raw_expect_err(raw, rt_enter(0, 0), 0, "has no effect on a RECV that waits");
    submit_enter(raw, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .user_data = 8, .target = RECV_TOKEN});
    expect_token(raw, RECV_TOKEN, CAP_ERR_CANCELLED, "which is cancelled now");
    expect_token(raw, 8, CAP_OK, "as asked");
}

static void test_close(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    submit_enter(raw, call_sqe(client));
    raw_expect_err(raw, rt_enter(0, 0), 0, "case 86: it waits");
    struct cap_sqe release = {.opcode = CAP_OP_RELEASE, .user_data = 9, .target = endpoint.handle.cap.bits};
    submit_enter(raw, release);
    expect_token(raw, 9, CAP_OK, "the last server's facet goes");
    expect_token(raw, CALL_TOKEN, CAP_ERR_DISCONNECTED, "case 71: calls that wait end");
    submit_enter(raw, call_sqe(client));
    expect_token(raw, CALL_TOKEN, CAP_ERR_DISCONNECTED, "later calls too");
}

/* One CALL ends no more than CAP_ENDPOINT_REFUSED_MAX RECVs that have no room for it. */
static void test_many_without_room(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    struct cap_sqe recv = recv_sqe(endpoint);
    recv.buffer_bytes = sizeof(struct cap_incoming);
    for (uint32_t i = 0; i < CAP_ENDPOINT_REFUSED_MAX + 4; i++)
        submit_enter(raw, recv);
    for (uint32_t round = 0; round < 2; round++) {
        submit_enter(raw, call_sqe(client));
        for (uint32_t i = 0; i < (round ? 4 : CAP_ENDPOINT_REFUSED_MAX); i++)
            expect_token(raw, RECV_TOKEN, CAP_ERR_BUFFER_TOO_SMALL, "a RECV without room, of many");
        if (round == 0)
            expect_token(raw, CALL_TOKEN, CAP_ERR_AGAIN, "the CALL that has ended enough of them");
    }
    /* The second one waits now, and is delivered. */
    submit_enter(raw, recv_sqe(endpoint));
    expect_token(raw, RECV_TOKEN, CAP_OK, "the CALL that went behind them");
    submit_enter(raw, return_sqe(server.incoming.call_id));
    expect_token(raw, CALL_TOKEN, CAP_OK, "its answer");
    expect_token(raw, RETURN_TOKEN, CAP_OK, "and the RETURN");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_EndpointFactory factory;
    struct os_Endpoint endpoint;
    struct rt_handle client, other;
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        os_EndpointFactory_create(factory, SERVED_ID, &endpoint))
        return 98;
    test_client_that_nobody_gets(&raw, endpoint);
    if (os_Endpoint_makeClient(endpoint, 41, &client) || os_Endpoint_makeClient(endpoint, 42, &other))
        return 98;
    test_orders(&raw, endpoint, client);
    test_buffers(&raw, endpoint, client);
    test_copy(&raw, endpoint, client);
    test_move(&raw, endpoint, client, other);
    test_many(&raw, endpoint, client);
    test_many_without_room(&raw, endpoint, client);
    test_close(&raw, endpoint, client);
    return raw_end(&raw);
}
