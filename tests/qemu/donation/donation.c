/* Who pays for what a server makes for its client: the client, as far as it has shared, and nobody else.
 *
 * Next: tests/qemu/donation/server.c
 */
#include "tests/qemu/donation/protocol.h"
#include "tests/qemu/inspect.h"
#include "tests/qemu/memory.h"
#include "tests/qemu/spawn.h"

struct test {
    struct raw raw;
    struct os_Inspector inspector;
    struct os_ProcessSpawner spawner;
    struct os_FrameAllocator allocator;
    struct rt_handle to_server;
    struct os_Endpoint ready;
    struct os_ProcessHandle server, client;
};

struct grant {
    const char *name;
    struct rt_handle handle;
};

static void start(struct test *test, const char *binary, uint32_t frames, const struct grant *grants,
                  uint32_t grant_count, struct os_ProcessHandle *process)
{
    struct rt_call *call = rt_call_scratch(test->raw.rt);
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(call, test->spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(binary));
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(binary));
    os_Limits_set_frames(os_ProcessSpawner_spawn_Params_init_limits(params), frames);
    struct os_NamedCap_list_builder list = os_ProcessSpawner_spawn_Params_init_grants(params, grant_count);
    for (uint32_t i = 0; i < grant_count; i++) {
        struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(list, i);
        (void)!os_NamedCap_set_name(grant, wire_text_of(grants[i].name));
        (void)!os_NamedCap_set_cap(grant, rt_call_attach(call, grants[i].handle, CAP_TRANSFER_COPY));
    }
    enum cap_err err = spawn_finish(call, process);
    raw_expect_err(&test->raw, err, CAP_OK, binary);
    rt_call_end(call);
}

/* What the server says to a command; its reason is in answer. */
static struct {
    int64_t error;
    char reason[TEXT_BYTES];
} answer;

static enum cap_err command(struct test *test, enum command what, uint64_t number)
{
    const uint64_t words[COMMAND_WORDS] = {2ull << 32, what, number};
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .target = test->to_server.cap.bits,
                                 .interface_id = SERVED_ID,
                                 .message_addr = (uint64_t)words,
                                 .message_bytes = sizeof words,
                                 .buffer_addr = (uint64_t)&answer,
                                 .buffer_bytes = sizeof answer};
    raw_expect_err(&test->raw, raw_status(&test->raw, &call), CAP_OK, "a command");
    return (enum cap_err)answer.error;
}

static uint64_t frames_of(struct test *test, struct os_ProcessHandle process)
{
    struct rt_call *call = rt_call_scratch(test->raw.rt);
    struct os_ProcessHandle_usage_Results_reader results;
    uint64_t own = 0;
    os_ProcessHandle_usage_begin(call, process);
    enum cap_err err = os_ProcessHandle_usage_send(call);
    if (!err)
        err = os_ProcessHandle_usage_wait(call, &results);
    if (!err)
        own = os_Usage_get_own(os_Usage_list_at(os_ProcessHandle_usage_Results_get_usage(results), 0));
    rt_call_end(call);
    raw_expect_err(&test->raw, err, CAP_OK, "usage");
    return own;
}

static void check(struct test *test, const char *what)
{
    inspect(&test->raw, test->inspector, what);
}

static void begin(struct test *test, struct os_EndpointFactory endpoints)
{
    struct os_Endpoint endpoint;
    struct rt_handle to_parent;
    static struct cap_incoming incoming;
    raw_expect_err(&test->raw, os_EndpointFactory_create(endpoints, SERVED_ID, &endpoint), CAP_OK, "");
    raw_expect_err(&test->raw, os_Endpoint_makeClient(endpoint, 0, &test->to_server), CAP_OK, "");
    raw_expect_err(&test->raw, os_EndpointFactory_create(endpoints, SERVED_ID, &test->ready), CAP_OK, "");
    raw_expect_err(&test->raw, os_Endpoint_makeClient(test->ready, 0, &to_parent), CAP_OK, "");
    const struct grant of_server[] = {{"console", test->raw.console.handle}, {"endpoint", endpoint.handle}};
    const struct grant of_client[] = {{"console", test->raw.console.handle},
                                      {"frameAllocator", test->allocator.handle},
                                      {"server", test->to_server},
                                      {"ready", to_parent}};
    start(test, "server", SERVER_FRAMES, of_server, 2, &test->server);
    start(test, "client", CLIENT_FRAMES, of_client, 4, &test->client);
    rt_handle_drop(&endpoint.handle);
    rt_handle_drop(&to_parent);
    rt_flush(test->raw.rt); /* or the next completion would be that of a RELEASE */
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .target = test->ready.handle.cap.bits,
                                 .buffer_addr = (uint64_t)&incoming,
                                 .buffer_bytes = sizeof incoming};
    raw_expect_err(&test->raw, raw_status(&test->raw, &recv), CAP_OK, "the client is ready");
}

static void test_share(struct test *test)
{
    struct raw *raw = &test->raw;
    raw_expect_err(raw, command(test, MAKE, 1), CAP_OK,
                   "a first page, after which the server's tables are there");
    raw_expect_err(raw, command(test, DROP, 0), CAP_OK, "dropped");
    uint64_t of_server = frames_of(test, test->server), of_client = frames_of(test, test->client);
    raw_expect_err(raw, command(test, MAKE, 150), CAP_OK, "memory that the server could not pay for");
    raw_expect(raw, frames_of(test, test->client) == of_client + 151, "the client pays");
    raw_expect(raw, frames_of(test, test->server) == of_server, "and the server does not");
    raw_expect_err(raw, command(test, MAKE, 51), CAP_ERR_EXCEPTION, "more than was shared");
    print(raw->console, "%s", answer.reason);
    raw_expect_err(raw, command(test, MAKE, 50), CAP_OK, "all that was shared");
    raw_expect_err(raw, command(test, MAKE, 1), CAP_ERR_EXCEPTION, "not a page more");
    raw_expect_err(raw, command(test, MAKE, UINT64_MAX / PAGE), CAP_ERR_EXCEPTION, "nor very much more");
    raw_expect(raw, frames_of(test, test->client) == of_client + 202, "refusals cost nothing");
    check(test, "with memory on another's budget");
    raw_expect_err(raw, command(test, DROP, 0), CAP_OK, "dropped");
    raw_expect(raw, frames_of(test, test->client) == of_client, "it has all come back");
    for (uint32_t i = 0; i < SHARED_PAGES; i++)
        raw_expect_err(raw, command(test, MAKE, 1), CAP_OK, "page by page");
    raw_expect_err(raw, command(test, MAKE, 1), CAP_ERR_EXCEPTION, "as many as were shared");
    raw_expect(raw, frames_of(test, test->client) == of_client + SHARED_PAGES, "each is one frame");
    raw_expect_err(raw, command(test, DROP, 0), CAP_OK, "dropped");
}

/* A second share of the client would be more than it has: what counts is what it has left. */
static void test_sharer_ends(struct test *test)
{
    struct raw *raw = &test->raw;
    raw_expect_err(raw, command(test, MAKE, 100), CAP_OK, "memory");
    raw_expect_err(raw, os_ProcessHandle_kill(test->client), CAP_OK, "the client ends");
    check(test, "memory that outlived who paid");
    raw_expect_err(raw, command(test, MAKE, 1), CAP_ERR_DISCONNECTED, "nobody pays for more");
    raw_expect_err(raw, command(test, DROP, 0), CAP_OK, "what there was is dropped");
    check(test, "and gone");
}

/* A facet in front of the share can be taken back. */
static void test_revocation(struct test *test, struct os_FacetFactory facets)
{
    static struct rt_call record;
    struct rt_call *call = &record;
    struct raw *raw = &test->raw;
    struct os_FrameAllocator share = {{.rt = raw->rt}}, facet = {{.rt = raw->rt}};
    struct os_Revoker revoker = {{.rt = raw->rt}};
    struct os_MemoryObject memory = {{.rt = raw->rt}};
    struct os_FacetFactory_create_Results_reader results;
    raw_expect_err(raw, os_FrameAllocator_share(test->allocator, PAGE, &share), CAP_OK, "a share");
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(call, facets);
    struct wire_list_builder methods = os_FacetFactory_create_Params_init_methods(params, 1);
    wire_list_set_u16(methods, 0, os_FrameAllocator_create_METHOD);
    (void)!os_FacetFactory_create_Params_set_target(params,
                                                    rt_call_attach(call, share.handle, CAP_TRANSFER_COPY));
    enum cap_err err = os_FacetFactory_create_send(call);
    if (!err)
        err = os_FacetFactory_create_wait(call, &results);
    if (!err)
        err = rt_call_take(call, os_FacetFactory_create_Results_get_facet(results), &facet.handle);
    if (!err)
        err = rt_call_take(call, os_FacetFactory_create_Results_get_revoker(results), &revoker.handle);
    raw_expect_err(raw, err, CAP_OK, "a facet of it");
    rt_call_end(call);
    raw_expect_err(raw, os_FrameAllocator_create(facet, PAGE, &memory), CAP_OK, "it works through the facet");
    raw_expect_err(raw, os_Revoker_revoke(revoker), CAP_OK, "revoked");
    raw_expect_err(raw, os_FrameAllocator_create(facet, PAGE, &memory), CAP_ERR_DISCONNECTED, "no more");
    rt_handle_drop(&memory.handle);
    rt_handle_drop(&facet.handle);
    rt_handle_drop(&revoker.handle);
    rt_handle_drop(&share.handle);
    rt_flush(raw->rt);
    check(test, "after the revocation");
}

/* The share allows it, the sharer has not got it. */
static void test_sharer_is_poor(struct test *test)
{
    static const uint64_t words[COMMAND_WORDS] = {2ull << 32, TAKE_ALLOCATOR, 0};
    struct raw *raw = &test->raw;
    struct os_FrameAllocator share = {{.rt = raw->rt}};
    struct os_MemoryObject memory[2];
    raw_expect_err(raw, os_FrameAllocator_share(test->allocator, UINT64_MAX, &share), CAP_OK, "without end");
    struct cap_transfer_out sent = {.cap = share.handle.cap.bits, .mode = CAP_TRANSFER_COPY};
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .target = test->to_server.cap.bits,
                                 .interface_id = SERVED_ID,
                                 .send_count = 1,
                                 .message_addr = (uint64_t)words,
                                 .message_bytes = sizeof words,
                                 .buffer_addr = (uint64_t)&answer,
                                 .buffer_bytes = sizeof answer,
                                 .transfers_addr = (uint64_t)&sent};
    raw_expect_err(raw, raw_status(raw, &call), CAP_OK, "shared by the parent");
    raw_expect_err(raw, os_FrameAllocator_create(share, 10 * PAGE, &memory[0]), CAP_OK,
                   "who shared may use it, too");
    raw_expect_err(raw, command(test, MAKE, 200000), CAP_ERR_EXCEPTION, "more than the parent has");
    check(test, "after the refusal");
    memory_drop(&(struct memory_test){.raw = *raw}, &memory[0]);
    raw_expect_err(raw, os_FrameAllocator_create(share, 1ull << 62, &memory[0]), CAP_ERR_INVALID, "too much");
    rt_handle_drop(&share.handle);
    rt_flush(raw->rt);
}

int main(struct rt *rt)
{
    struct test test = {.raw = raw_start(rt)};
    struct os_EndpointFactory endpoints;
    struct os_FacetFactory facets;
    if (RT_CAPSET(rt, "facetFactory", os_FacetFactory, &facets) ||
        RT_CAPSET(rt, "inspector", os_Inspector, &test.inspector) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &test.allocator) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &endpoints))
        return 98;
    begin(&test, endpoints);
    test_share(&test);
    test_sharer_ends(&test);
    test_sharer_is_poor(&test);
    test_revocation(&test, facets);
    return raw_end(&test.raw);
}
