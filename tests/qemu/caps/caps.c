/* Cap ids as a hostile program uses them. Next: tests/qemu/buffers/buffers.c */
#include "tests/qemu/raw.h"

static uint64_t answer[CAP_MESSAGE_BYTES_MAX / 8];
static uint64_t params[8];
static struct cap_transfer_in received[4];

static struct cap_sqe call(uint64_t cap, uint64_t interface_id, uint16_t method_id)
{
    return (struct cap_sqe){
        .opcode = CAP_OP_CALL,
        .method_id = method_id,
        .target = cap,
        .interface_id = interface_id,
        .buffer_addr = (uint64_t)answer,
        .buffer_bytes = sizeof answer,
    };
}

static enum cap_err release(struct raw *raw, uint64_t cap)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .target = cap};
    return raw_status(raw, &sqe);
}

/* A new endpoint, by hand: the id of its server's facet. */
static uint64_t make_endpoint(struct raw *raw, uint64_t factory)
{
    /* struct { interfaceId :UInt64 }: a root pointer to one data word, then the word. */
    params[0] = 1ull << 32;
    params[1] = 0x1234;
    struct cap_sqe sqe = call(factory, os_EndpointFactory_ID, 0);
    sqe.message_addr = (uint64_t)params;
    sqe.message_bytes = 16;
    sqe.receive_count = 1;
    sqe.transfers_addr = (uint64_t)received;
    struct cap_cqe cqe = raw_run(raw, &sqe);
    raw_expect(raw, cqe.status == CAP_OK && cqe.cap_count == 1 && received[0].interface_id == os_Endpoint_ID,
               "an endpoint is made");
    return received[0].cap;
}

static uint64_t make_client(struct raw *raw, uint64_t endpoint)
{
    params[0] = 1ull << 32;
    params[1] = 5;
    struct cap_sqe sqe = call(endpoint, os_Endpoint_ID, 0);
    sqe.message_addr = (uint64_t)params;
    sqe.message_bytes = 16;
    sqe.receive_count = 1;
    sqe.transfers_addr = (uint64_t)received;
    struct cap_cqe cqe = raw_run(raw, &sqe);
    raw_expect(raw, cqe.status == CAP_OK && received[0].interface_id == 0x1234, "a client facet is made");
    return received[0].cap;
}

static void test_ids(struct raw *raw, uint64_t factory)
{
    static const uint64_t never[] = {0, UINT64_MAX, 0x123456789abcdef0, 1ull << 32 | 4095, 1ull << 32 | 4096};
    for (uint32_t i = 0; i < 5; i++) {
        struct cap_sqe sqe = call(never[i], os_Console_ID, 0);
        raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_NO_CAP, "case 46: an id that was never valid");
        raw_expect_err(raw, release(raw, never[i]), CAP_ERR_NO_CAP, "case 46: its release");
    }
    uint64_t first = make_endpoint(raw, factory);
    struct cap_sqe sqe = call(first + (1ull << 32), os_Endpoint_ID, 0);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_STALE, "case 47: the next generation");
    raw_expect_err(raw, release(raw, first), CAP_OK, "release");
    sqe = call(first, os_Endpoint_ID, 0);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_STALE, "case 48: use after release");
    raw_expect_err(raw, release(raw, first), CAP_ERR_STALE, "release after release");

    uint64_t second = make_endpoint(raw, factory);
    raw_expect(raw, (uint32_t)second == (uint32_t)first && second != first,
               "the slot is used again, with another id");
    sqe = call(first, os_Endpoint_ID, 0);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_STALE,
                   "case 49: the old id never names the new object");

    sqe = (struct cap_sqe){.opcode = CAP_OP_RELEASE, .target = second};
    raw_submit(raw, &sqe);
    raw_submit(raw, &sqe);
    rt_enter(2, CAP_TIMEOUT_NEVER);
    raw_expect_err(raw, raw_take(raw).status, CAP_OK, "case 29: twice in one batch, the first");
    raw_expect_err(raw, raw_take(raw).status, CAP_ERR_STALE, "case 29: twice in one batch, the second");
}

static void test_interfaces(struct raw *raw, uint64_t factory)
{
    uint64_t console = raw->console.handle.cap.bits;
    struct cap_sqe sqe = call(console, os_Endpoint_ID, 0);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_WRONG_INTERFACE, "case 24: another interface's id");
    sqe = call(console, os_Console_ID, 1);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_UNIMPLEMENTED, "case 23: a method after the last");
    sqe = call(console, os_Console_ID, UINT16_MAX);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_UNIMPLEMENTED, "case 23: method 65535");

    params[0] = 0xffffffffffffffff;
    sqe = call(console, os_Console_ID, 0);
    sqe.message_addr = (uint64_t)params;
    sqe.message_bytes = 8;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_MALFORMED, "a root pointer of all ones");
    /* A struct with one pointer; the pointer is a list of 2^29 - 1 bytes. */
    params[0] = 1ull << 48;
    params[1] = 1 | (uint64_t)(0x1fffffffu << 3 | 2) << 32;
    sqe.message_bytes = 16;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_MALFORMED, "a text longer than the message");

    struct cap_sqe receive = {.opcode = CAP_OP_RECV,
                              .target = console,
                              .buffer_addr = (uint64_t)answer,
                              .buffer_bytes = sizeof answer};
    raw_expect_err(raw, raw_status(raw, &receive), CAP_ERR_UNIMPLEMENTED, "RECV on a console");
    uint64_t endpoint = make_endpoint(raw, factory);
    uint64_t client = make_client(raw, endpoint);
    receive.target = client;
    raw_expect_err(raw, raw_status(raw, &receive), CAP_ERR_UNIMPLEMENTED,
                   "cases 27 and 97: RECV on a client facet");
    sqe = call(client, os_Endpoint_ID, 0);
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_WRONG_INTERFACE,
                   "a client facet makes no other facets");
    struct cap_sqe answer_sqe = {.opcode = CAP_OP_RETURN, .target = 0};
    raw_expect_err(raw, raw_status(raw, &answer_sqe), CAP_ERR_NO_CAP, "case 27: RETURN without a call");
    answer_sqe.target = 1ull << 32;
    raw_expect_err(raw, raw_status(raw, &answer_sqe), CAP_ERR_NO_CAP, "case 28: a guessed call id");
    raw_expect_err(raw, release(raw, client), CAP_OK, "release the facet");
    raw_expect_err(raw,
                   raw_status(raw, &(struct cap_sqe){.opcode = CAP_OP_RECV,
                                                     .target = endpoint,
                                                     .buffer_addr = (uint64_t)answer,
                                                     .buffer_bytes = sizeof answer}),
                   CAP_ERR_DISCONNECTED, "RECV when the last client has gone");
    raw_expect_err(raw, release(raw, endpoint), CAP_OK, "release the endpoint");
}

static void test_transfers(struct raw *raw, uint64_t factory, uint64_t space)
{
    static struct cap_transfer_out sent[CAP_TRANSFER_MAX + 1];
    uint64_t endpoint = make_endpoint(raw, factory);
    uint64_t client = make_client(raw, endpoint);
    struct cap_sqe sqe = call(client, 0x1234, 0);
    sqe.transfers_addr = (uint64_t)sent;
    sqe.send_count = 1;

    sent[0] = (struct cap_transfer_out){.cap = space, .mode = CAP_TRANSFER_COPY};
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_NOT_TRANSFERABLE,
                   "case 80: an address space is not copied");
    sent[0].mode = CAP_TRANSFER_MOVE;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_NOT_TRANSFERABLE, "case 80: nor moved");
    sent[0] = (struct cap_transfer_out){.cap = client, .mode = 3};
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_BAD_SQE, "case 83: an undefined mode");
    sent[0] = (struct cap_transfer_out){.cap = 0, .mode = CAP_TRANSFER_COPY};
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_NO_CAP, "a null capability");

    for (uint32_t i = 0; i <= CAP_TRANSFER_MAX; i++)
        sent[i] = (struct cap_transfer_out){.cap = factory, .mode = CAP_TRANSFER_COPY};
    sent[CAP_TRANSFER_MAX - 1].cap = 0;
    sqe.send_count = CAP_TRANSFER_MAX;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_NO_CAP, "case 82: the last of many is invalid");
    sqe.send_count = CAP_TRANSFER_MAX + 1;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_TOO_BIG, "case 25: one more than the limit");
    sqe.send_count = UINT16_MAX;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_TOO_BIG, "case 25: 65535");

    sqe.send_count = 2;
    sent[0] = (struct cap_transfer_out){.cap = factory, .mode = CAP_TRANSFER_MOVE};
    sent[1] = sent[0];
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_BAD_SQE, "case 64: the same one moved twice");
    sent[1].mode = CAP_TRANSFER_COPY;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_ERR_BAD_SQE, "case 65: the same one moved and copied");
    raw_expect_err(raw, release(raw, client), CAP_OK, "the client facet is still there");
    raw_expect_err(raw, release(raw, endpoint), CAP_OK, "so is the endpoint");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_EndpointFactory factory;
    struct os_VirtualMemory space;
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &space))
        return 98;
    test_ids(&raw, factory.handle.cap.bits);
    test_interfaces(&raw, factory.handle.cap.bits);
    test_transfers(&raw, factory.handle.cap.bits, space.handle.cap.bits);
    raw_expect_err(&raw, release(&raw, factory.handle.cap.bits), CAP_OK,
                   "case 57: a bootstrap capability is released");
    return raw_end(&raw);
}
