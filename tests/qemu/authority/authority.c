/* Authority that is handed out, narrowed and taken back. Next: tests/qemu/fairness/fairness.c */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x77

static struct {
    struct cap_incoming incoming;
    uint64_t words[64];
} server;
static uint64_t answer[64];
static struct cap_transfer_out sent[1];
static struct cap_transfer_in received[1];

struct caps {
    struct os_EndpointFactory endpoints;
    struct os_FacetFactory facets;
    struct os_ProcessSpawner spawner;
};

static void submit(struct raw *raw, struct cap_sqe sqe, uint64_t user_data)
{
    sqe.user_data = user_data;
    raw_submit(raw, &sqe);
    rt_enter(0, 0);
}

static void expect(struct raw *raw, uint64_t user_data, enum cap_err status, const char *what)
{
    struct cap_cqe cqe = raw_take(raw);
    raw_expect_err(raw, (int64_t)cqe.user_data, (int64_t)user_data, what);
    raw_expect_err(raw, cqe.status, status, what);
}

static struct cap_sqe call_of(struct rt_handle client)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .target = client.cap.bits,
                            .interface_id = client.interface_id,
                            .buffer_addr = (uint64_t)answer,
                            .buffer_bytes = sizeof answer};
}

static struct cap_sqe recv_on(struct os_Endpoint endpoint)
{
    return (struct cap_sqe){.opcode = CAP_OP_RECV,
                            .receive_count = 1,
                            .target = endpoint.handle.cap.bits,
                            .buffer_addr = (uint64_t)&server,
                            .buffer_bytes = sizeof server,
                            .transfers_addr = (uint64_t)received};
}

static struct cap_sqe cancel_of(uint64_t user_data)
{
    return (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = user_data};
}

static struct cap_sqe return_to(uint64_t call_id)
{
    return (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = call_id};
}

static void make_pair(struct raw *raw, struct caps *caps, struct os_Endpoint *endpoint,
                      struct rt_handle *client)
{
    raw_expect_err(raw, os_EndpointFactory_create(caps->endpoints, SERVED_ID, endpoint), CAP_OK,
                   "an endpoint");
    raw_expect_err(raw, os_Endpoint_makeClient(*endpoint, 1, client), CAP_OK, "a client facet");
}

static void test_cancel(struct raw *raw, struct caps *caps)
{
    struct os_Endpoint endpoint;
    struct rt_handle client, moved;
    make_pair(raw, caps, &endpoint, &client);
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 2, &moved), CAP_OK, "another");

    struct cap_sqe call = call_of(client);
    sent[0] = (struct cap_transfer_out){.cap = moved.cap.bits, .mode = CAP_TRANSFER_MOVE};
    call.send_count = 1;
    call.transfers_addr = (uint64_t)sent;
    submit(raw, call, 10);
    submit(raw, cancel_of(10), 11);
    expect(raw, 10, CAP_ERR_CANCELLED, "a call that waits is cancelled");
    expect(raw, 11, CAP_OK, "and then the CANCEL completes");
    submit(raw, cancel_of(10), 12);
    expect(raw, 12, CAP_ERR_STALE, "a second time there is nothing to cancel");

    submit(raw, call, 13);
    submit(raw, recv_on(endpoint), 14);
    expect(raw, 14, CAP_OK, "case 72: the moved capability had come home, and is moved now");
    submit(raw, cancel_of(13), 15);
    expect(raw, 13, CAP_ERR_CANCELLED, "case 73: a call that is served is cancelled for its caller");
    expect(raw, 15, CAP_OK, "at once");
    submit(raw, return_to(server.incoming.call_id), 16);
    expect(raw, 16, CAP_ERR_CANCELLED, "and its server learns that nobody waits");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_RELEASE, .target = received[0].cap}, 17);
    expect(raw, 17, CAP_OK, "what was moved is the server's");

    submit(raw, recv_on(endpoint), 18);
    submit(raw, cancel_of(18), 19);
    expect(raw, 18, CAP_ERR_CANCELLED, "a RECV is cancelled");
    expect(raw, 19, CAP_OK, "likewise");
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
    rt_flush(raw->rt);
}

static void test_endpoint_revocation(struct raw *raw, struct caps *caps)
{
    struct os_Endpoint endpoint;
    struct rt_handle client;
    make_pair(raw, caps, &endpoint, &client);
    submit(raw, recv_on(endpoint), 20);
    submit(raw, call_of(client), 21);
    expect(raw, 20, CAP_OK, "one call is served");
    submit(raw, call_of(client), 22);
    struct cap_sqe revoke = call_of(endpoint.handle);
    revoke.method_id = os_Endpoint_revokeClients_METHOD;
    submit(raw, revoke, 23);
    expect(raw, 22, CAP_ERR_DISCONNECTED, "case 96: a call that waits ends at a revocation");
    expect(raw, 23, CAP_OK, "revoked");
    submit(raw, call_of(client), 24);
    expect(raw, 24, CAP_ERR_DISCONNECTED, "later calls end at once");
    submit(raw, return_to(server.incoming.call_id), 25);
    expect(raw, 21, CAP_OK, "case 96: a call that is served may end well");
    expect(raw, 25, CAP_OK, "for both");
    submit(raw, recv_on(endpoint), 26);
    expect(raw, 26, CAP_ERR_DISCONNECTED, "nobody can call");
    rt_handle_drop(&client);
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 3, &client), CAP_OK,
                   "until a new client facet is made");
    submit(raw, recv_on(endpoint), 27);
    submit(raw, call_of(client), 28);
    expect(raw, 27, CAP_OK, "which works");
    raw_expect(raw, server.incoming.badge == 3, "with its badge");
    submit(raw, return_to(server.incoming.call_id), 29);
    expect(raw, 28, CAP_OK, "to the end");
    expect(raw, 29, CAP_OK, "of both");
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
    rt_flush(raw->rt);
}

static enum cap_err make_facet(struct caps *caps, struct rt_handle target, const uint16_t *methods,
                               uint32_t count, struct rt_handle *facet, struct os_Revoker *revoker)
{
    struct rt_call call;
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(&call, caps->facets);
    os_FacetFactory_create_Params_set_target(params, rt_call_attach(&call, target, CAP_TRANSFER_COPY));
    struct wire_list_builder list = os_FacetFactory_create_Params_init_methods(params, count);
    for (uint32_t i = 0; i < count; i++)
        wire_list_set_u16(list, i, methods[i]);
    enum cap_err err = os_FacetFactory_create_send(&call);
    struct os_FacetFactory_create_Results_reader results;
    if (!err)
        err = os_FacetFactory_create_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), facet);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_revoker(results), &revoker->handle);
    rt_call_end(&call);
    return err;
}

static void test_facets(struct raw *raw, struct caps *caps)
{
    static const uint16_t none[1], write_line[1] = {0}, too_high[1] = {64};
    struct rt_handle facet, inner;
    struct os_Revoker revoker, inner_revoker;
    raw_expect_err(raw, make_facet(caps, raw->console.handle, too_high, 1, &facet, &revoker), CAP_ERR_INVALID,
                   "a method that no facet can name");
    raw_expect_err(raw, make_facet(caps, raw->console.handle, none, 0, &facet, &revoker), CAP_OK,
                   "a facet of nothing");
    struct os_Console narrow = {facet};
    raw_expect_err(raw, os_Console_writeLine(narrow, wire_text_of("CHECK failed: it was let through")),
                   CAP_ERR_UNIMPLEMENTED, "lets nothing through");
    rt_handle_drop(&facet);
    rt_handle_drop(&revoker.handle);

    raw_expect_err(raw, make_facet(caps, raw->console.handle, write_line, 1, &inner, &inner_revoker), CAP_OK,
                   "a facet of one method");
    raw_expect_err(raw, make_facet(caps, inner, write_line, 1, &facet, &revoker), CAP_OK,
                   "a facet of a facet");
    narrow.handle = facet;
    raw_expect_err(raw, os_Console_writeLine(narrow, wire_text_of("through two facets")), CAP_OK,
                   "both let it through");
    raw_expect_err(raw, os_Revoker_revoke(inner_revoker), CAP_OK, "the inner one is revoked");
    raw_expect_err(raw, os_Console_writeLine(narrow, wire_text_of("CHECK failed: revoked")),
                   CAP_ERR_DISCONNECTED, "and everything in front of it is dead");
    raw_expect_err(raw, os_Revoker_revoke(inner_revoker), CAP_OK, "a second time changes nothing");
    rt_handle_drop(&facet);
    rt_handle_drop(&inner);
    rt_handle_drop(&revoker.handle);
    rt_handle_drop(&inner_revoker.handle);
}

static void test_facet_of_client(struct raw *raw, struct caps *caps)
{
    static const uint16_t first[1] = {0};
    struct os_Endpoint endpoint;
    struct rt_handle client, facet;
    struct os_Revoker revoker;
    make_pair(raw, caps, &endpoint, &client);
    raw_expect_err(raw, make_facet(caps, client, first, 1, &facet, &revoker), CAP_OK,
                   "a facet of a client facet");
    rt_handle_drop(&client);
    rt_flush(raw->rt);
    submit(raw, recv_on(endpoint), 30);
    submit(raw, call_of(facet), 31);
    expect(raw, 30, CAP_OK, "it holds its target alive, and calls pass");
    submit(raw, return_to(server.incoming.call_id), 32);
    expect(raw, 31, CAP_OK, "and come back");
    expect(raw, 32, CAP_OK, "for both");
    struct cap_sqe call = call_of(facet);
    call.method_id = 1;
    submit(raw, call, 33);
    expect(raw, 33, CAP_ERR_UNIMPLEMENTED, "other methods do not");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_RELEASE, .target = endpoint.handle.cap.bits}, 34);
    expect(raw, 34, CAP_OK, "the server goes");
    submit(raw, call_of(facet), 35);
    expect(raw, 35, CAP_ERR_DISCONNECTED, "case 98: and is gone through the facet, too");
    rt_handle_drop(&facet);
    rt_handle_drop(&revoker.handle);
}

static void test_kill(struct raw *raw, struct caps *caps)
{
    struct os_ProcessHandle process;
    raw_expect_err(raw, spawn_with(caps->spawner, "endless", NULL, raw->console.handle, &process), CAP_OK,
                   "it starts");
    struct rt_call call;
    os_ProcessHandle_wait_begin(&call, process);
    raw_expect_err(raw, os_ProcessHandle_wait_send(&call), CAP_OK, "somebody waits for it");
    raw_expect_err(raw, os_ProcessHandle_kill(process), CAP_OK, "case 107: it is killed while it runs");
    struct os_ProcessHandle_wait_Results_reader results;
    enum cap_err err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(raw, err, CAP_OK, "who waits is told");
    if (!err)
        raw_expect_err(raw, os_ProcessEnd_which(os_ProcessHandle_wait_Results_get_end(results)),
                       os_ProcessEnd_killed, "how");
    rt_call_end(&call);
    raw_expect_err(raw, os_ProcessHandle_kill(process), CAP_OK, "a second time does nothing");
    rt_handle_drop(&process.handle);
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct caps caps;
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &caps.endpoints) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &caps.facets) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &caps.spawner))
        return 98;
    test_cancel(&raw, &caps);
    test_endpoint_revocation(&raw, &caps);
    test_facets(&raw, &caps);
    test_facet_of_client(&raw, &caps);
    test_kill(&raw, &caps);
    return raw_end(&raw);
}
