/* Reaches its own limits and is told which: 3 calls, 4 records. The runtime's own calls count, too, so there
 * are none while a limit is reached.
 *
 * Next: tests/qemu/limits/system.cue
 */
#include "lib/ledger_text.h"
#include "tests/qemu/limits/roles.h"
#include "tests/qemu/raw.h"

static uint64_t buffer[64];

static void expect_limit(struct raw *raw, struct cap_cqe cqe, uint16_t kind, uint32_t limit, const char *what)
{
    raw_expect_err(raw, cqe.status, CAP_ERR_QUOTA, what);
    raw_expect(raw, cqe.cap_count == kind && cqe.message_bytes == limit, what);
}

/* `count` calls of so many bytes each, which nobody takes, and one more: its CQE. */
static struct cap_cqe call_until_refused(struct raw *raw, struct rt_handle parent, uint32_t count,
                                         uint32_t message_bytes)
{
    struct cap_sqe call = {.opcode = CAP_OP_CALL,
                           .target = parent.cap.bits,
                           .interface_id = SERVED_ID,
                           .message_addr = (uint64_t)buffer,
                           .message_bytes = message_bytes};
    for (call.user_data = 1; call.user_data <= count; call.user_data++)
        raw_submit(raw, &call);
    struct cap_cqe refused = raw_run(raw, &call);
    for (uint64_t i = 1; i <= count; i++) {
        struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .target = i, .user_data = 100};
        raw_submit(raw, &cancel);
        rt_enter(2, 0);
        raw_expect_err(raw, raw_take(raw).status, CAP_ERR_CANCELLED, "case 156: a call within the limit");
        raw_expect_err(raw, raw_take(raw).status, CAP_OK, "is cancelled");
    }
    return refused;
}

static void test_queue(struct raw *raw, struct rt_handle parent)
{
    for (uint32_t round = 0; round < 2; round++) {
        expect_limit(raw, call_until_refused(raw, parent, NARROW_QUEUED_CALLS, 8), CAP_LIMIT_QUEUED_CALLS,
                     NARROW_QUEUED_CALLS, "one call too many waits");
        expect_limit(raw, call_until_refused(raw, parent, 1, 104), CAP_LIMIT_QUEUED_BYTES,
                     NARROW_QUEUED_BYTES, "short messages of more bytes than may wait");
        expect_limit(raw, call_until_refused(raw, parent, 1, 192), CAP_LIMIT_QUEUED_BYTES,
                     NARROW_QUEUED_BYTES, "long ones likewise");
        expect_limit(raw, call_until_refused(raw, parent, 0, 208), CAP_LIMIT_QUEUED_BYTES,
                     NARROW_QUEUED_BYTES, "or a single one");
    }
}

static void test_calls(struct raw *raw, struct rt_handle parent)
{
    struct cap_cqe refused = call_until_refused(raw, parent, NARROW_CALLS, 0);
    raw_expect(raw, refused.user_data == NARROW_CALLS + 1, "the last call is refused");
    expect_limit(raw, refused, CAP_LIMIT_CALLS, NARROW_CALLS, "and names the limit of calls");
}

/* One record is the endpoint. */
static void test_records(struct raw *raw, struct os_EndpointFactory factory)
{
    struct os_Endpoint endpoint = {0};
    char text[LEDGER_TEXT_BYTES];
    raw_expect_err(raw, os_EndpointFactory_create(factory, SERVED_ID, &endpoint), CAP_OK, "an endpoint");
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)buffer,
                           .buffer_bytes = sizeof buffer};
    for (recv.user_data = 1; recv.user_data < NARROW_RECORDS; recv.user_data++)
        raw_submit(raw, &recv);
    struct cap_cqe refused_recv = raw_run(raw, &recv);
    /* A method says it by an exception, if there is room for one. */
    const uint64_t id[] = {0x0000000100000000, SERVED_ID}; /* a struct of one word */
    struct cap_sqe create = {.opcode = CAP_OP_CALL,
                             .target = factory.handle.cap.bits,
                             .interface_id = os_EndpointFactory_ID,
                             .method_id = os_EndpointFactory_create_METHOD,
                             .message_addr = (uint64_t)id,
                             .message_bytes = sizeof id,
                             .buffer_addr = (uint64_t)buffer,
                             .buffer_bytes = 64};
    struct cap_cqe refused_call = raw_run(raw, &create);
    create.buffer_bytes = sizeof buffer;
    struct cap_cqe raised = raw_run(raw, &create);
    for (uint64_t i = 1; i < NARROW_RECORDS; i++) {
        struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .target = i, .user_data = 100};
        raw_submit(raw, &cancel);
        rt_enter(2, 0);
        (void)raw_take(raw);
        (void)raw_take(raw);
    }
    expect_limit(raw, refused_recv, CAP_LIMIT_RECORDS, NARROW_RECORDS, "a RECV names the limit of records");
    expect_limit(raw, refused_call, CAP_LIMIT_RECORDS, NARROW_RECORDS, "and so does a call without room");
    raw_expect_err(raw, raised.status, CAP_ERR_EXCEPTION, "with room it is an exception");
    raw_expect(raw, ledger_cqe_text(&refused_recv, text), "the CQE has a text");
    print(raw->console, "%s", text);
}

/* With every record in use, a call that comes takes over the record of the RECV: it must not matter that it
 * came with a time limit, which keeps it off the fastpath. */
static void test_delivery_at_the_limit(struct raw *raw, struct os_EndpointFactory factory)
{
    static struct cap_time_limit limit = {.timeout_ns = CAP_TIMEOUT_NEVER - 1};
    struct os_Endpoint endpoint = {0};
    struct rt_handle client = {0};
    raw_expect_err(raw, os_EndpointFactory_create(factory, SERVED_ID, &endpoint), CAP_OK, "an endpoint");
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 0, &client), CAP_OK, "and a client");
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)buffer,
                           .buffer_bytes = sizeof buffer};
    struct cap_sqe call = {.opcode = CAP_OP_CALL, .target = client.cap.bits, .interface_id = SERVED_ID};
    for (uint32_t i = 0; i < NARROW_RECORDS - 2; i++)
        raw_submit(raw, &recv);
    for (uint32_t i = 0; i < NARROW_RECORDS - 2; i++) {
        call.flags = i == 0 ? CAP_SQE_TIMEOUT : 0;
        call.transfers_addr = i == 0 ? (uint64_t)&limit : 0;
        raw_expect_err(raw, raw_run(raw, &call).status, CAP_OK,
                       "a RECV gets a call although no record is left");
        struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = buffer[0], .user_data = 1};
        raw_submit(raw, &answer);
        rt_enter(2, 0);
        raw_expect_err(raw, raw_take(raw).status, CAP_OK, "which is answered");
        raw_expect_err(raw, raw_take(raw).status, CAP_OK, "by who got it");
    }
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
    rt_flush(raw->rt);
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_EndpointFactory factory;
    struct rt_handle parent;
    if (!rt_capset_find(rt, "queue", SERVED_ID, &parent)) {
        test_queue(&raw, parent);
        return raw_end(&raw);
    }
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        rt_capset_find(rt, "parent", SERVED_ID, &parent))
        return 98;
    test_calls(&raw, parent);
    test_delivery_at_the_limit(&raw, factory);
    test_records(&raw, factory);
    return raw_end(&raw);
}
