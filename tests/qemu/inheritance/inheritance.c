/* Calls that name an interface which the called one inherits from. Next: tests/qemu/authority/authority.c */
#include "build/gen/user/kv/kv.client.h"
#include "tests/qemu/raw.h"

#define OTHER_ID 0x99
#define CHILD_ID 0x33 /* inherits from PARENT_ID, which inherits from ROOT_ID */

#define PARENT_ID 0x22
#define ROOT_ID   0x11

static struct {
    struct cap_incoming incoming;
    uint64_t words[8];
} received;

struct test {
    struct raw raw;
    struct os_EndpointFactory endpoints;
    struct os_FacetFactory facets;
};

static enum cap_err create(struct test *test, uint64_t interface_id, const uint64_t *ancestors,
                           uint32_t count, struct os_Endpoint *endpoint)
{
    struct rt_call call;
    struct os_EndpointFactory_createDerived_Results_reader results;
    struct os_EndpointFactory_createDerived_Params_builder params =
        os_EndpointFactory_createDerived_begin(&call, test->endpoints);
    os_EndpointFactory_createDerived_Params_set_interfaceId(params, interface_id);
    struct wire_list_builder list = os_EndpointFactory_createDerived_Params_init_ancestors(params, count);
    for (uint32_t i = 0; i < count; i++)
        wire_list_set_u64(list, i, ancestors[i]);
    enum cap_err err = os_EndpointFactory_createDerived_send(&call);
    if (!err)
        err = os_EndpointFactory_createDerived_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_EndpointFactory_createDerived_Results_get_endpoint(results),
                           &endpoint->handle);
    rt_call_end(&call);
    return err;
}

static struct rt_handle client_as(struct test *test, struct os_Endpoint endpoint, uint64_t badge,
                                  uint64_t interface_id)
{
    struct rt_handle client = {.rt = test->raw.rt};
    raw_expect_err(&test->raw, os_Endpoint_makeClientAs(endpoint, badge, interface_id, &client), CAP_OK,
                   "a client facet with an interface of one's choice");
    raw_expect(&test->raw, client.interface_id == interface_id, "has this interface");
    return client;
}

static void drop(struct test *test, struct rt_handle *handle)
{
    rt_handle_drop(handle);
    rt_flush(test->raw.rt);
}

static struct cap_sqe call_of(struct rt_handle client, uint64_t interface_id)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .target = client.cap.bits,
                            .interface_id = interface_id,
                            .method_id = 0,
                            .user_data = 7};
}

static void refused(struct test *test, struct rt_handle client, uint64_t interface_id, const char *what)
{
    struct cap_sqe sqe = call_of(client, interface_id);
    raw_expect_err(&test->raw, raw_status(&test->raw, &sqe), CAP_ERR_WRONG_INTERFACE, what);
}

/* The call arrives with this interface and is answered. */
static void passes(struct test *test, struct os_Endpoint endpoint, struct rt_handle client,
                   uint64_t interface_id, uint64_t badge, const char *what)
{
    struct raw *raw = &test->raw;
    struct cap_sqe sqe = call_of(client, interface_id);
    raw_submit(raw, &sqe);
    sqe = (struct cap_sqe){.opcode = CAP_OP_RECV,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)&received,
                           .buffer_bytes = sizeof received,
                           .user_data = 8};
    struct cap_cqe cqe = raw_run(raw, &sqe);
    raw_expect_err(raw, cqe.status, CAP_OK, what);
    raw_expect_err(raw, (int64_t)cqe.user_data, 8, what);
    raw_expect(raw, received.incoming.interface_id == interface_id, "the server sees which interface it was");
    raw_expect(raw, received.incoming.badge == badge, "and the badge");
    sqe = (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = received.incoming.call_id};
    raw_submit(raw, &sqe);
    rt_enter(2, CAP_TIMEOUT_NEVER);
    raw_expect_err(raw, raw_take(raw).status, CAP_OK, what);
    raw_expect_err(raw, raw_take(raw).status, CAP_OK, what);
}

static void test_refusals(struct test *test)
{
    static const uint64_t zero[] = {ROOT_ID, 0}, twice[] = {ROOT_ID, ROOT_ID}, own[] = {ROOT_ID, CHILD_ID},
                          many[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct raw *raw = &test->raw;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    raw_expect_err(raw, create(test, 0, zero, 1, &endpoint), CAP_ERR_INVALID, "interface 0");
    raw_expect_err(raw, create(test, CHILD_ID, zero, 2, &endpoint), CAP_ERR_INVALID, "ancestor 0");
    raw_expect_err(raw, create(test, CHILD_ID, twice, 2, &endpoint), CAP_ERR_INVALID, "an ancestor twice");
    raw_expect_err(raw, create(test, CHILD_ID, own, 2, &endpoint), CAP_ERR_INVALID, "an interface of itself");
    raw_expect_err(raw, create(test, CHILD_ID, many, 9, &endpoint), CAP_ERR_MALFORMED, "nine ancestors");
    raw_expect_err(raw, create(test, CHILD_ID, many, 8, &endpoint), CAP_OK, "eight");
    for (uint64_t id = 1; id <= 8; id++) {
        client = client_as(test, endpoint, id, id);
        passes(test, endpoint, client, id, id, "as each of them");
        drop(test, &client);
    }
    raw_expect_err(raw, os_Endpoint_makeClientAs(endpoint, 1, 9, &client), CAP_ERR_INVALID,
                   "a facet of an interface that was not declared");
    raw_expect_err(raw, os_Endpoint_makeClientAs(endpoint, 1, 0, &client), CAP_ERR_INVALID, "or of none");
    drop(test, &endpoint.handle);
}

static void test_store(struct test *test)
{
    static const uint64_t reader_id[] = {kv_Reader_ID};
    struct os_Endpoint endpoint;
    raw_expect_err(&test->raw, create(test, kv_Store_ID, reader_id, 1, &endpoint), CAP_OK, "a store");
    struct rt_handle store = client_as(test, endpoint, 1, kv_Store_ID);
    struct rt_handle reader = client_as(test, endpoint, 2, kv_Reader_ID);
    passes(test, endpoint, store, kv_Store_ID, 1, "a store stores");
    passes(test, endpoint, store, kv_Reader_ID, 1, "a store is a reader");
    passes(test, endpoint, reader, kv_Reader_ID, 2, "a reader reads");
    refused(test, reader, kv_Store_ID, "case 97: a reader is no store");
    refused(test, store, OTHER_ID, "case 24: nor is either anything else");
    refused(test, reader, OTHER_ID, "case 24: neither");
    refused(test, store, 0, "case 24: nor nothing");
    refused(test, endpoint.handle, kv_Store_ID, "the server's side is not called");
    drop(test, &reader);
    drop(test, &endpoint.handle);
    struct cap_sqe sqe = call_of(store, kv_Reader_ID);
    raw_expect_err(&test->raw, raw_status(&test->raw, &sqe), CAP_ERR_DISCONNECTED,
                   "a closed endpoint is closed for ancestors too");
    drop(test, &store);
}

/* The kernel is told which interfaces are above the served one, not how they are related. */
static void test_grandparents(struct test *test)
{
    static const uint64_t ancestors[] = {PARENT_ID, ROOT_ID};
    struct os_Endpoint endpoint;
    raw_expect_err(&test->raw, create(test, CHILD_ID, ancestors, 2, &endpoint), CAP_OK, "three generations");
    struct rt_handle child = client_as(test, endpoint, 1, CHILD_ID);
    struct rt_handle parent = client_as(test, endpoint, 2, PARENT_ID);
    passes(test, endpoint, child, ROOT_ID, 1, "an indirect ancestor");
    refused(test, parent, CHILD_ID, "an ancestor's facet is not its descendant");
    refused(test, parent, ROOT_ID, "nor anything but itself");
    drop(test, &child);
    drop(test, &parent);
    drop(test, &endpoint.handle);
}

/* Methods are let through by ordinal, and ordinals of another interface mean something else. */
static void test_facet(struct test *test)
{
    static const uint64_t reader_id[] = {kv_Reader_ID};
    struct os_Endpoint endpoint;
    struct rt_handle facet = {.rt = test->raw.rt};
    raw_expect_err(&test->raw, create(test, kv_Store_ID, reader_id, 1, &endpoint), CAP_OK, "a store");
    struct rt_handle store = client_as(test, endpoint, 1, kv_Store_ID);
    struct rt_call call;
    struct os_FacetFactory_create_Results_reader results;
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(&call, test->facets);
    os_FacetFactory_create_Params_set_target(params, rt_call_attach(&call, store, CAP_TRANSFER_COPY));
    struct wire_list_builder methods = os_FacetFactory_create_Params_init_methods(params, 1);
    wire_list_set_u16(methods, 0, 0);
    enum cap_err err = os_FacetFactory_create_send(&call);
    if (!err)
        err = os_FacetFactory_create_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), &facet);
    raw_expect_err(&test->raw, err, CAP_OK, "a facet of it with method 0");
    rt_call_end(&call);
    rt_flush(test->raw.rt); /* the revoker is dropped */
    passes(test, endpoint, facet, kv_Store_ID, 1, "method 0 of its interface");
    refused(test, facet, kv_Reader_ID, "but not method 0 of another");
    drop(test, &facet);
    drop(test, &store);
    drop(test, &endpoint.handle);
}

int main(struct rt *rt)
{
    struct test test = {.raw = raw_start(rt)};
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &test.endpoints) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &test.facets))
        return 98;
    test_refusals(&test);
    test_store(&test);
    test_grandparents(&test);
    test_facet(&test);
    return raw_end(&test.raw);
}
