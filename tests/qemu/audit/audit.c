/* The audit of authority: each kind of change by itself, then so many that records are lost.
 * Next: tests/qemu/random-calls/random-calls.c */
#include "tests/qemu/audit_graph.h"
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x77
#define MANY      700 /* each twice a record: more than the kernel keeps */

static struct graph graph;
static uint32_t expected_counts[8];

static struct {
    struct cap_incoming incoming;
    uint64_t words[8];
} server;
static uint64_t answer[8];
static struct cap_transfer_in received[4];
static union {
    struct cap_transfer_out out;
    struct cap_transfer_in in;
} beside[4];

static struct os_EndpointFactory endpoints;
static struct os_FacetFactory facets;
static struct os_ProcessSpawner spawner;

/* So many records of this event, and of no other, have come since the last time; and the graph is right. */
static void expect_change(struct raw *raw, uint16_t event, uint32_t count, const char *what)
{
    expected_counts[event] += count;
    raw_expect(raw, graph_is_kernels(&graph), what);
    if (graph.wrong)
        print(raw->console, "  record %lu: %s", (unsigned long)graph.wrong_sequence, graph.wrong);
    for (uint32_t i = 0; i < 8; i++)
        raw_expect_err(raw, graph.event_counts[i], expected_counts[i], what);
}

/* What the records from the start of the system say: init exists, and was granted its capabilities. */
static void test_start(struct raw *raw)
{
    expected_counts[os_AuditRecord_Event_started] = 1;
    expect_change(raw, os_AuditRecord_Event_made, 5, "the kernel has made init, and its grants");
    raw_expect(raw, graph.next == 6 && graph.holding_count == 5, "and nothing else");
    raw_expect(raw, graph_find(&graph, graph.last_process, endpoints.handle.cap.bits) != NULL,
               "ids are those that the process knows");
}

/* Calls change no authority, nor does what is refused. */
static void test_nothing(struct raw *raw)
{
    struct os_Endpoint endpoint;
    struct cap_sqe release = {.opcode = CAP_OP_RELEASE, .target = 12345};
    print(raw->console, "a call");
    raw_expect_err(raw, os_EndpointFactory_create(endpoints, 0, &endpoint), CAP_ERR_INVALID,
                   "a refused call");
    raw_expect_err(raw, raw_status(raw, &release), CAP_ERR_NO_CAP, "a refused release");
    expect_change(raw, os_AuditRecord_Event_made, 0, "nothing has changed");
}

/* This process calls itself: capabilities go out with the call and one comes back with the answer. */
static void test_transfers(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client,
                           uint64_t copied, uint64_t moved)
{
    struct cap_sqe call = {.opcode = CAP_OP_CALL,
                           .target = client.cap.bits,
                           .interface_id = client.interface_id,
                           .send_count = 2,
                           .receive_count = 1,
                           .transfers_addr = (uint64_t)beside,
                           .buffer_addr = (uint64_t)answer,
                           .buffer_bytes = sizeof answer};
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .target = endpoint.handle.cap.bits,
                           .receive_count = 2,
                           .transfers_addr = (uint64_t)received,
                           .buffer_addr = (uint64_t)&server,
                           .buffer_bytes = sizeof server};
    beside[0].out = (struct cap_transfer_out){copied, CAP_TRANSFER_COPY};
    beside[1].out = (struct cap_transfer_out){moved, CAP_TRANSFER_MOVE};
    raw_submit(raw, &call);
    rt_enter(0, 0);
    expect_change(raw, os_AuditRecord_Event_moved, 0, "a call that waits has moved nothing yet");
    raw_expect_err(raw, raw_status(raw, &recv), CAP_OK, "the call arrives");
    expected_counts[os_AuditRecord_Event_copied]++;
    expect_change(raw, os_AuditRecord_Event_moved, 1, "with a copy and a move");
    raw_expect(raw, !graph_find(&graph, graph.last_process, moved), "what was moved is gone");

    struct cap_transfer_out back = {received[0].cap, CAP_TRANSFER_MOVE};
    struct cap_sqe returned = {.opcode = CAP_OP_RETURN,
                               .target = server.incoming.call_id,
                               .send_count = 1,
                               .transfers_addr = (uint64_t)&back};
    raw_submit(raw, &returned);
    rt_enter(2, CAP_TIMEOUT_NEVER);
    raw_expect_err(raw, raw_take(raw).status, CAP_OK, "the answer");
    raw_expect_err(raw, raw_take(raw).status, CAP_OK, "the answer's caller");
    expect_change(raw, os_AuditRecord_Event_moved, 1, "an answer moves one back");
}

static void release(struct raw *raw, struct rt_handle *handle)
{
    rt_handle_drop(handle);
    rt_flush(raw->rt);
    rt_enter(0, 0);
    expect_change(raw, os_AuditRecord_Event_released, 1, "a release");
}

static void test_endpoint(struct raw *raw)
{
    struct os_Endpoint endpoint, other;
    struct rt_handle client;
    raw_expect_err(raw, os_EndpointFactory_create(endpoints, SERVED_ID, &endpoint), CAP_OK, "an endpoint");
    raw_expect_err(raw, os_EndpointFactory_create(endpoints, SERVED_ID, &other), CAP_OK, "another");
    expect_change(raw, os_AuditRecord_Event_made, 2, "two endpoints are made");
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 1, &client), CAP_OK, "a client facet");
    expect_change(raw, os_AuditRecord_Event_made, 1, "a client facet is made");
    test_transfers(raw, endpoint, client, endpoint.handle.cap.bits, other.handle.cap.bits);
    rt_handle_forget(&other.handle);
    raw_expect_err(raw, os_Endpoint_revokeClients(endpoint), CAP_OK, "revoke");
    expect_change(raw, os_AuditRecord_Event_revoked, 1, "a revocation; the dead facet is still held");
    release(raw, &client);
    release(raw, &endpoint.handle);
}

static void test_facet(struct raw *raw)
{
    struct rt_handle facet = {.rt = raw->rt};
    struct os_Revoker revoker = {{.rt = raw->rt}};
    struct rt_call call;
    struct os_FacetFactory_create_Results_reader results;
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(&call, facets);
    os_FacetFactory_create_Params_set_target(params,
                                             rt_call_attach(&call, raw->console.handle, CAP_TRANSFER_COPY));
    wire_list_set_u16(os_FacetFactory_create_Params_init_methods(params, 1), 0, 0);
    enum cap_err err = os_FacetFactory_create_send(&call);
    if (!err)
        err = os_FacetFactory_create_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), &facet);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_revoker(results), &revoker.handle);
    rt_call_end(&call);
    raw_expect_err(raw, err, CAP_OK, "a facet and its revoker");
    expect_change(raw, os_AuditRecord_Event_made, 2, "what was lent for the call has gone nowhere");
    raw_expect_err(raw, os_Revoker_revoke(revoker), CAP_OK, "revoke");
    expect_change(raw, os_AuditRecord_Event_revoked, 1, "the facet is dead");
    release(raw, &facet);
    release(raw, &revoker.handle);
}

static bool has_name(const char *name)
{
    return wire_text_equal(wire_text_of(graph.last_name), wire_text_of(name));
}

static void test_processes(struct raw *raw)
{
    struct os_ProcessHandle process;
    struct os_ProcessEnd_reader end;
    struct rt_call call;
    const char *const init = "init";
    raw_expect(raw, has_name(init), "init was the first");
    uint64_t first = graph.last_process;
    raw_expect_err(raw, spawn_with(spawner, "holder", NULL, (struct rt_handle){0}, &process), CAP_OK,
                   "a child");
    raw_expect_err(raw, spawn_wait(&call, process, &end), CAP_OK, "ends");
    rt_call_end(&call);
    expected_counts[os_AuditRecord_Event_started]++;
    expected_counts[os_AuditRecord_Event_made]++;
    expect_change(raw, os_AuditRecord_Event_ended, 1, "a child without anything comes and goes");
    raw_expect(raw, has_name("holder") && graph.last_process > first,
               "under its name, with a number of its own");
    release(raw, &process.handle);

    raw_expect_err(raw, spawn_with(spawner, "holder", "grant", endpoints.handle, &process), CAP_OK,
                   "a child");
    for (uint32_t i = 0; i < 10; i++)
        rt_enter(1, 1000000);
    expected_counts[os_AuditRecord_Event_started]++;
    expected_counts[os_AuditRecord_Event_copied]++;
    expected_counts[os_AuditRecord_Event_released]++;
    expect_change(raw, os_AuditRecord_Event_made, 4,
                  "a child gets a copy, and makes and gives up what it likes");
    uint32_t held_count = graph.holding_count;
    raw_expect_err(raw, os_ProcessHandle_kill(process), CAP_OK, "kill");
    expect_change(raw, os_AuditRecord_Event_ended, 1, "all that it held has gone with it");
    raw_expect(raw, graph.holding_count == held_count - 3, "the copy and two endpoints");
    release(raw, &process.handle);
}

/* More changes than the kernel keeps records: the loss is told, and what is held now is a new beginning. */
static void test_loss(struct raw *raw)
{
    struct os_Endpoint endpoint;
    for (uint32_t i = 0; i < MANY; i++) {
        raw_expect_err(raw, os_EndpointFactory_create(endpoints, SERVED_ID, &endpoint), CAP_OK,
                       "one of many");
        rt_handle_drop(&endpoint.handle);
    }
    raw_expect(raw, graph_is_kernels(&graph) && graph.resync_count == 1,
               "after a loss the graph is right again");
    __builtin_memcpy(expected_counts, graph.event_counts, sizeof expected_counts);
    test_endpoint(raw);
}

/* One page of what this process holds, from `place` on: how many, and where the next page begins. */
static uint32_t read_page(struct raw *raw, uint64_t *place, uint16_t most, uint64_t *next, uint64_t *caps)
{
    struct rt_call call;
    struct os_AuditReader_holdings_Results_reader results;
    struct os_AuditReader_holdings_Params_builder params = os_AuditReader_holdings_begin(&call, graph.reader);
    os_AuditReader_holdings_Params_set_place(params, *place);
    os_AuditReader_holdings_Params_set_most(params, most);
    enum cap_err err = os_AuditReader_holdings_send(&call);
    if (!err)
        err = os_AuditReader_holdings_wait(&call, &results);
    raw_expect_err(raw, err, CAP_OK, "a page");
    uint32_t count = err ? 0 : os_Holding_list_count(os_AuditReader_holdings_Results_get_holdings(results));
    for (uint32_t i = 0; i < count; i++)
        caps[i] =
            os_Holding_get_cap(os_Holding_list_at(os_AuditReader_holdings_Results_get_holdings(results), i));
    if (!err) {
        *place = os_AuditReader_holdings_Results_get_nextPlace(results);
        *next = os_AuditReader_holdings_Results_get_next(results);
    }
    rt_call_end(&call);
    return count;
}

#define LISTED    20
#define PAGE_SIZE 4

/* The whole list of a table that `change` changes behind the second page: whether `next` told of it, and
 * which capabilities are in the list. */
static bool list_while(struct raw *raw, void (*change)(struct raw *raw, struct os_Endpoint *endpoints_held),
                       struct os_Endpoint *held, uint64_t *caps, uint32_t *count)
{
    uint64_t place = 0, next = 0, first_next = 0;
    bool is_told = false;
    *count = 0;
    for (uint32_t page = 0; page == 0 || (place != 0 && page < 20); page++) {
        if (page == 2 && change)
            change(raw, held);
        *count += read_page(raw, &place, PAGE_SIZE, &next, caps + *count);
        first_next = page ? first_next : next;
        is_told = is_told || next != first_next;
        raw_expect(raw, !change || page < 2 || is_told, "every page behind a change tells of it");
        raw_expect(raw, page >= 2 || !is_told, "and none before");
    }
    return is_told;
}

static uint32_t times_listed(const uint64_t *caps, uint32_t count, uint64_t cap)
{
    uint32_t times = 0;
    for (uint32_t i = 0; i < count; i++)
        times += caps[i] == cap;
    return times;
}

static void give_up(struct raw *raw, struct os_Endpoint *endpoint)
{
    const struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .target = endpoint->handle.cap.bits};
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_OK, "one is released");
    rt_handle_forget(&endpoint->handle);
}

/* So many, in the order of their slots, which is that of lists. */
static void hold(struct raw *raw, struct os_Endpoint *held, uint64_t *ids)
{
    for (uint32_t i = 0; i < LISTED; i++) {
        struct os_Endpoint made;
        raw_expect_err(raw, os_EndpointFactory_create(endpoints, SERVED_ID, &made), CAP_OK, "one of many");
        uint32_t at = i;
        for (; at > 0 && (uint32_t)ids[at - 1] > (uint32_t)made.handle.cap.bits; at--) {
            held[at] = held[at - 1];
            ids[at] = ids[at - 1];
        }
        held[at] = made;
        ids[at] = made.handle.cap.bits;
    }
}

/* In front of the reader, behind it, and one that takes the place of another. */
static void release_listed(struct raw *raw, struct os_Endpoint *held)
{
    give_up(raw, &held[0]);
}

static void release_unlisted(struct raw *raw, struct os_Endpoint *held)
{
    give_up(raw, &held[LISTED - 1]);
}

static void replace_listed(struct raw *raw, struct os_Endpoint *held)
{
    give_up(raw, &held[0]);
    raw_expect_err(raw, os_EndpointFactory_create(endpoints, SERVED_ID, &held[0]), CAP_OK, "another");
}

/* Case 59. */
static void test_list_while_it_changes(struct raw *raw)
{
    static void (*const changes[])(struct raw * raw, struct os_Endpoint * held) = {
        release_listed, release_unlisted, replace_listed};
    static uint64_t caps[2 * LISTED + 20];
    struct os_Endpoint held[LISTED];
    uint64_t ids[LISTED];
    uint32_t count, all;
    for (uint32_t k = 0; k < sizeof changes / sizeof changes[0]; k++) {
        hold(raw, held, ids);
        raw_expect(raw, !list_while(raw, NULL, held, caps, &all), "no change, and none is told");
        for (uint32_t i = 0; i < LISTED; i++)
            raw_expect_err(raw, times_listed(caps, all, ids[i]), 1, "then each is listed once");
        raw_expect(raw, list_while(raw, changes[k], held, caps, &count), "a change is told");
        for (uint32_t i = 1; i < LISTED - 1; i++)
            raw_expect_err(raw, times_listed(caps, count, ids[i]), 1, "what stays is listed once even so");
        raw_expect_err(raw, times_listed(caps, count, ids[0]), 1, "what was there when it was listed, too");
        raw_expect_err(raw, times_listed(caps, count, ids[LISTED - 1]), changes[k] != release_unlisted,
                       "and what is gone before its page is not");
        for (uint32_t i = 0; i < LISTED; i++)
            rt_handle_drop(&held[i].handle);
        rt_flush(raw->rt);
    }
    raw_expect(raw, graph_is_kernels(&graph), "the graph is right");
    __builtin_memcpy(expected_counts, graph.event_counts, sizeof expected_counts);
}

/* Records of any number, and pages of any size, are the same records. */
static void test_pages(struct raw *raw)
{
    uint64_t end = graph.next, lost_count;
    graph.next = UINT64_MAX;
    raw_expect(raw, graph_read(&graph, UINT16_MAX, &lost_count) == 0 && lost_count == 0 && graph.next == end,
               "nothing comes from the future");
    raw_expect(raw, graph_read(&graph, 0, &lost_count) == 0 && graph.next == end,
               "none, if none is asked for");
    struct rt_call call;
    struct os_AuditReader_holdings_Results_reader results;
    os_AuditReader_holdings_begin(&call, graph.reader);
    enum cap_err err = os_AuditReader_holdings_send(&call);
    if (!err)
        err = os_AuditReader_holdings_wait(&call, &results);
    raw_expect_err(raw, err, CAP_ERR_INVALID, "no holdings, if none are asked for");
    rt_call_end(&call);
    static const uint64_t places[] = {UINT64_MAX, 1ull << 63, 0xffffull << 16, 0x1ffff, 0xffff};
    for (uint32_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct os_AuditReader_holdings_Params_builder params =
            os_AuditReader_holdings_begin(&call, graph.reader);
        os_AuditReader_holdings_Params_set_place(params, places[i]);
        os_AuditReader_holdings_Params_set_most(params, 1);
        err = os_AuditReader_holdings_send(&call);
        if (!err)
            err = os_AuditReader_holdings_wait(&call, &results);
        raw_expect_err(raw, err, CAP_OK, "any number is a place");
        /* Only the last stands before init, which is the first process. */
        uint32_t count =
            err ? 99 : os_Holding_list_count(os_AuditReader_holdings_Results_get_holdings(results));
        raw_expect(raw, count == (places[i] == 0xffff), "and nobody holds anything behind the end");
        rt_call_end(&call);
    }
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    if (RT_CAPSET(rt, "auditReader", os_AuditReader, &graph.reader) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &endpoints) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &facets) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner))
        return 98;
    os_AuditReader_read_begin(&graph.call, graph.reader);
    test_start(&raw);
    test_nothing(&raw);
    test_endpoint(&raw);
    test_facet(&raw);
    test_processes(&raw);
    test_pages(&raw);
    test_list_while_it_changes(&raw);
    test_loss(&raw);
    rt_call_end(&graph.call);
    return raw_end(&raw);
}
