/* The kernel's own check, amid calls that wait and that are served, moves and copies under way, mappings,
 * facets, handles, and processes that end.
 *
 * Next: tests/qemu/self-check/holder.c
 */
#include "tests/qemu/memory.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x55
#define HOLDERS   4

struct test {
    struct memory_test memory;
    struct os_Inspector inspector;
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory endpoints;
    struct os_FacetFactory facets;
    struct os_NotificationFactory notifications;
    struct os_Timer timer;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct os_ProcessHandle holders[HOLDERS];
};

struct found {
    uint32_t processes, objects, calls;
    uint64_t references;
};

/* Must find nothing wrong. */
static struct found check(struct test *test, const char *what)
{
    static struct rt_call record; /* printing uses the other one */
    struct rt_call *call = &record;
    struct os_Inspector_check_Results_reader results;
    struct found found = {0};
    os_Inspector_check_begin(call, test->inspector);
    enum cap_err err = os_Inspector_check_send(call);
    if (!err)
        err = os_Inspector_check_wait(call, &results);
    raw_expect_err(&test->memory.raw, err, CAP_OK, what);
    if (err) {
        struct wire_text reason = rt_call_reason(call, err);
        print(test->memory.raw.console, "the check says: %.*s", (int)reason.length, reason.bytes);
    } else {
        found = (struct found){.processes = os_Inspector_check_Results_get_processes(results),
                               .objects = os_Inspector_check_Results_get_objects(results),
                               .calls = os_Inspector_check_Results_get_calls(results),
                               .references = os_Inspector_check_Results_get_references(results)};
    }
    rt_call_end(call);
    return found;
}

static void add(struct rt_call *call, struct os_NamedCap_list_builder grants, uint32_t index,
                const char *name, struct rt_handle handle)
{
    struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(grants, index);
    (void)!os_NamedCap_set_name(grant, wire_text_of(name));
    (void)!os_NamedCap_set_cap(grant, rt_call_attach(call, handle, CAP_TRANSFER_COPY));
}

static void start_holder(struct test *test, uint32_t index)
{
    struct rt_call *call = rt_call_scratch(test->memory.raw.rt);
    struct rt_handle spare;
    raw_expect_err(&test->memory.raw, os_Endpoint_makeClient(test->endpoint, index, &spare), CAP_OK, "spare");
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(call, test->spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("holder"));
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("holder"));
    (void)!os_ProcessSpawner_spawn_Params_set_ownMemory(params, wire_text_of("virtualMemory"));
    if (index % 2)
        os_Limits_set_frames(os_ProcessSpawner_spawn_Params_init_limits(params), 200);
    struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 5);
    add(call, grants, 0, "console", test->memory.raw.console.handle);
    add(call, grants, 1, "frameAllocator", test->memory.allocator.handle);
    add(call, grants, 2, "timer", test->timer.handle);
    add(call, grants, 3, "peer", test->client);
    add(call, grants, 4, "spare", spare);
    enum cap_err err = spawn_finish(call, &test->holders[index]);
    raw_expect_err(&test->memory.raw, err, CAP_OK, "a holder");
    rt_call_end(call);
    rt_handle_drop(&spare);
}

/* Serves one call without answering it. */
static uint64_t receive(struct test *test)
{
    static struct {
        struct cap_incoming incoming;
        uint64_t words[CAP_MESSAGE_BYTES_MAX / 8];
    } arrived;
    static struct cap_transfer_in received[2];
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .receive_count = 2,
                                 .target = test->endpoint.handle.cap.bits,
                                 .buffer_addr = (uint64_t)&arrived,
                                 .buffer_bytes = sizeof arrived,
                                 .transfers_addr = (uint64_t)received};
    raw_expect_err(&test->memory.raw, raw_status(&test->memory.raw, &recv), CAP_OK, "a call");
    return arrived.incoming.call_id;
}

static void answer(struct test *test, uint64_t call_id, enum cap_err wanted)
{
    const struct cap_sqe sqe = {.opcode = CAP_OP_RETURN, .target = call_id};
    raw_expect_err(&test->memory.raw, raw_status(&test->memory.raw, &sqe), wanted, "answered");
}

/* Facets, revoked and not, narrower spawners and handles, the two ends of a notification. */
static void test_objects(struct test *test)
{
    struct raw *raw = &test->memory.raw;
    struct rt_handle facet = {0}, outer = {0};
    struct os_Revoker revoker = {0}, outer_revoker = {0};
    struct os_Notification notification = {0};
    struct os_Signal signal = {0};
    struct os_ProcessHandle wait_only = {0};
    struct rt_call *call = rt_call_scratch(raw->rt);
    for (uint32_t i = 0; i < 2; i++) {
        struct os_FacetFactory_create_Results_reader results;
        struct os_FacetFactory_create_Params_builder params =
            os_FacetFactory_create_begin(call, test->facets);
        (void)!os_FacetFactory_create_Params_set_target(
            params, rt_call_attach(call, i ? facet : test->client, CAP_TRANSFER_COPY));
        enum cap_err err = os_FacetFactory_create_send(call);
        if (!err)
            err = os_FacetFactory_create_wait(call, &results);
        raw_expect_err(raw, err, CAP_OK, "a facet");
        if (!err) {
            (void)!rt_call_take(call, os_FacetFactory_create_Results_get_facet(results), i ? &outer : &facet);
            (void)!rt_call_take(call, os_FacetFactory_create_Results_get_revoker(results),
                                i ? &outer_revoker.handle : &revoker.handle);
        }
        rt_call_end(call);
    }
    raw_expect_err(raw, os_NotificationFactory_create(test->notifications, &notification, &signal), CAP_OK,
                   "");
    raw_expect_err(raw, os_ProcessHandle_waitOnly(test->holders[0], &wait_only), CAP_OK, "wait-only");
    struct found many = check(test, "with facets, handles and notifications");
    raw_expect_err(raw, os_Revoker_revoke(revoker), CAP_OK, "revoked");
    check(test, "after a revocation");
    rt_handle_drop(&facet);
    rt_handle_drop(&outer);
    rt_handle_drop(&signal.handle);
    rt_handle_drop(&revoker.handle);
    check(test, "with the facets gone");
    rt_handle_drop(&outer_revoker.handle);
    rt_handle_drop(&notification.handle);
    rt_handle_drop(&wait_only.handle);
    rt_flush(raw->rt);
    struct found few = check(test, "with all of them gone");
    raw_expect(raw, many.objects == few.objects + 7, "seven objects came and went");
}

static void test_calls(struct test *test)
{
    struct raw *raw = &test->memory.raw;
    struct found begin = check(test, "before there are others");
    raw_expect(raw, begin.processes == 1 && begin.calls == 0, "init alone");
    for (uint32_t i = 0; i < HOLDERS; i++)
        start_holder(test, i);
    check(test, "processes that have not run");
    uint64_t now = 0;
    (void)!os_Timer_now(test->timer, &now);
    (void)!os_Timer_sleepUntil(test->timer, now + 50000000);
    struct found busy = check(test, "calls that wait, with capabilities");
    raw_expect(raw, busy.processes == 1 + HOLDERS && busy.calls == 4 * HOLDERS, "four calls each");
    test_objects(test);
    uint64_t first = receive(test), second = receive(test);
    check(test, "calls that are served");
    raw_expect_err(raw, os_ProcessHandle_kill(test->holders[0]), CAP_OK, "killed");
    check(test, "a caller is gone; its calls are still served");
    answer(test, first, CAP_ERR_PEER_DEAD);
    check(test, "answered to nobody");
    raw_expect_err(raw, os_Endpoint_revokeClients(test->endpoint), CAP_OK, "revoked");
    check(test, "clients are revoked");
    (void)second; /* goes on being served when init ends */
}

/* What comes along is under way while the method runs: it would look like a mistake in the books. */
static void test_check_with_caps(struct test *test)
{
    struct raw *raw = &test->memory.raw;
    const struct cap_transfer_out out = {test->client.cap.bits, CAP_TRANSFER_COPY};
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .send_count = 1,
                                 .target = test->inspector.handle.cap.bits,
                                 .interface_id = os_Inspector_ID,
                                 .method_id = os_Inspector_check_METHOD,
                                 .transfers_addr = (uint64_t)&out};
    raw_expect_err(raw, raw_status(raw, &call), CAP_ERR_INVALID, "a check that brings a capability");
    check(test, "and one that does not");
}

int main(struct rt *rt)
{
    struct test test = {.memory = memory_test_start(rt)};
    struct raw *raw = &test.memory.raw;
    if (RT_CAPSET(rt, "inspector", os_Inspector, &test.inspector) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &test.endpoints) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &test.facets) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &test.notifications) ||
        RT_CAPSET(rt, "timer", os_Timer, &test.timer))
        return 97;
    raw_expect_err(raw, os_EndpointFactory_create(test.endpoints, SERVED_ID, &test.endpoint), CAP_OK, "");
    raw_expect_err(raw, os_Endpoint_makeClient(test.endpoint, 0, &test.client), CAP_OK, "");
    test_check_with_caps(&test);
    test_calls(&test);
    return raw_end(raw);
}
