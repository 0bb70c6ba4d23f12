/* Endpoints under hostile conditions: full queues, servers and clients that die, cycles, depth.
 *
 * Next: tests/qemu/cases-endpoint/peer.c
 */
#include "tests/qemu/cases-endpoint/parts.h"
#include "tests/qemu/cases.h"

#define MS 1000000ull

static struct os_ProcessHandle client_start(struct cases *cases, const char *part, struct rt_handle client,
                                            struct rt_handle parent)
{
    const struct grant grants[] = {copy_of("client", client), copy_of("parent", parent)};
    return peer_start(cases, "peer", part, grants, 2);
}

static struct os_ProcessHandle server_start(struct cases *cases, const char *part,
                                            struct os_Endpoint endpoint)
{
    const struct grant grants[] = {copy_of("endpoint", endpoint.handle)};
    return peer_start(cases, "peer", part, grants, 1);
}

/* Receives and answers so many calls, also this process's own; how many of its own ended well. */
static uint32_t serve(struct cases *cases, struct os_Endpoint endpoint, uint32_t count)
{
    uint32_t own_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        submit(cases, recv_on(endpoint), 70);
        expect(cases, 70, CAP_OK, "a call arrives");
        submit(cases, return_to(incoming.head.call_id), 71);
        struct cap_cqe cqe = raw_take(&cases->raw);
        if (cqe.user_data != 71) {
            own_count += cqe.status == CAP_OK;
            cqe = raw_take(&cases->raw);
        }
        raw_expect(&cases->raw, cqe.user_data == 71 && cqe.status == CAP_OK, "and is answered");
    }
    return own_count;
}

/* ---- Queues --------------------------------------------------------------------------------------- */

#define FLOODERS  8
#define OWN_CALLS (CAP_ENDPOINT_QUEUE_MAX - FLOODERS * FLOOD_CALLS)

static void case_86(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
    struct os_ProcessHandle flooders[FLOODERS];
    for (uint32_t i = 0; i < FLOODERS; i++) {
        flooders[i] = client_start(cases, "flooder", pair.client, parent.client);
        hear(cases, parent.endpoint, "its calls wait");
    }
    for (uint32_t i = 0; i < OWN_CALLS; i++)
        submit(cases, with_word(call_of(pair.client), i), 1 + i); /* in memory that the kernel remembers */
    expect_nothing(cases, "256 calls wait");
    submit(cases, moving(call_of(pair.client), probe.client.cap.bits), 50);
    expect(cases, 50, CAP_ERR_AGAIN, "one more is refused");
    expect_id(cases, probe.client.cap.bits, CAP_OK, "with what it was to move");
    submit(cases, cancel_of(1), 51);
    const struct ending endings[] = {{1, CAP_ERR_CANCELLED}, {51, CAP_OK}};
    expect_each(cases, endings, 2, "one that waits goes");
    submit(cases, call_of(pair.client), 1);
    submit(cases, call_of(pair.client), 52);
    expect(cases, 52, CAP_ERR_AGAIN, "which makes room for one");
    submit(cases, with_word(call_of(pair.client), 0), 52);
    expect(cases, 52, CAP_ERR_AGAIN, "and not for one that would go the quick way, either");
    uint32_t own_count = serve(cases, pair.endpoint, CAP_ENDPOINT_QUEUE_MAX);
    raw_expect_err(&cases->raw, own_count, OWN_CALLS, "all of them are answered");
    for (uint32_t i = 0; i < FLOODERS; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &flooders[i]), 0, "the peers' too");
    submit(cases, call_of(pair.client), 53);
    expect_nothing(cases, "and the queue takes calls again");
    raw_expect_err(&cases->raw, serve(cases, pair.endpoint, 1), 1, "as before");
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

static void case_87(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), other = pair_make(cases, 2);
    uint64_t ids[CAP_CQ_ENTRIES];
    struct os_ProcessHandle greedy = client_start(cases, "greedy", pair.client, other.client);
    rt_enter(1, 20 * MS);
    submit(cases, call_of(pair.client), 1);
    for (uint32_t i = 0; i < CAP_CQ_ENTRIES; i++) {
        submit(cases, recv_on(pair.endpoint), 2);
        expect(cases, 2, CAP_OK, "the greedy one's calls come first");
        ids[i] = incoming.head.call_id;
    }
    submit(cases, recv_on(pair.endpoint), 3);
    expect(cases, 3, CAP_OK, "but no more than its ring takes");
    answer_own(cases, incoming.head.call_id, 1, "then it is the next one's turn");
    submit(cases, recv_on(pair.endpoint), 4);
    expect_nothing(cases, "nothing else waits");
    for (uint32_t i = 0; i < CAP_CQ_ENTRIES; i++) {
        submit(cases, return_to(ids[i]), 5);
        expect(cases, 5, CAP_OK, "answered");
    }
    raw_expect_err(&cases->raw, rt_enter(1, 20 * MS), 0, "who takes no answer sends no further call");
    submit(cases, cancel_of(4), 6);
    expect(cases, 4, CAP_ERR_CANCELLED, "the last RECV");
    expect(cases, 6, CAP_OK, "is cancelled");
    peer_kill(cases, &greedy);
    pair_drop(cases, &other);
    pair_drop(cases, &pair);
}

/* ---- Deaths --------------------------------------------------------------------------------------- */

static void case_89(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct os_ProcessHandle mourners[MOURNERS];
    for (uint32_t i = 0; i < MOURNERS; i++)
        mourners[i] = client_start(cases, "mourner", pair.client, pair.client);
    struct os_ProcessHandle hoarder = server_start(cases, "hoarder", pair.endpoint);
    raw_expect_err(&cases->raw, peer_end(cases, &hoarder), PEER_FAULTED, "the server faults");
    for (uint32_t i = 0; i < MOURNERS; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &mourners[i]), 0, "each call of each caller ends, once");
    pair_drop(cases, &pair);
}

static void case_90(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct os_ProcessHandle hoarder = server_start(cases, "hoarder", pair.endpoint);
    for (uint32_t i = 0; i < HOARD_CALLS + 3; i++)
        submit(cases, call_of(pair.client), i);
    for (uint32_t i = 0; i < HOARD_CALLS; i++)
        expect(cases, i, CAP_ERR_PEER_DEAD, "what the first server had received ends with it");
    expect_nothing(cases, "what nobody had received waits");
    raw_expect_err(&cases->raw, serve(cases, pair.endpoint, 3), 3, "for another server");
    raw_expect_err(&cases->raw, peer_end(cases, &hoarder), PEER_FAULTED, "the first one has faulted");
    for (uint32_t i = 0; i < 3; i++)
        submit(cases, call_of(pair.client), i);
    submit(cases, release_of(pair.endpoint.handle.cap.bits), 3);
    const struct ending endings[] = {
        {0, CAP_ERR_DISCONNECTED}, {1, CAP_ERR_DISCONNECTED}, {2, CAP_ERR_DISCONNECTED}, {3, CAP_OK}};
    expect_each(cases, endings, 4, "without any server they end");
    rt_handle_forget(&pair.endpoint.handle);
    pair_drop(cases, &pair);
}

/* A RECV holds its endpoint: it closes when that ends. */
static void case_91(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    submit(cases, recv_on(pair.endpoint), 1);
    submit(cases, release_of(pair.endpoint.handle.cap.bits), 2);
    expect(cases, 2, CAP_OK, "the last capability to the endpoint goes while a RECV waits");
    rt_handle_forget(&pair.endpoint.handle);
    submit(cases, call_of(pair.client), 3);
    expect(cases, 1, CAP_OK, "the RECV gets one more call");
    submit(cases, call_of(pair.client), 4);
    expect(cases, 4, CAP_ERR_DISCONNECTED, "and then the endpoint is closed");
    answer_own(cases, incoming.head.call_id, 3, "what was received is answered");
    pair_drop(cases, &pair);

    pair = pair_make(cases, 2);
    submit(cases, recv_on(pair.endpoint), 5);
    submit(cases, release_of(pair.client.cap.bits), 6);
    const struct ending endings[] = {{5, CAP_ERR_DISCONNECTED}, {6, CAP_OK}};
    expect_each(cases, endings, 2, "the last client facet goes: the RECV ends");
    rt_handle_forget(&pair.client);
    pair_drop(cases, &pair);
}

static void case_92(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct os_ProcessHandle servers[2];
    for (uint32_t i = 0; i < 2; i++)
        servers[i] = server_start(cases, "server", pair.endpoint);
    rt_enter(1, 20 * MS);
    for (uint32_t round = 0; round < 4; round++) {
        uint64_t seen = 0;
        for (uint32_t i = 0; i < 16; i++)
            submit(cases, call_of(pair.client), i);
        for (uint32_t i = 0; i < 16; i++) {
            rt_enter(1, CAP_TIMEOUT_NEVER);
            struct cap_cqe cqe = raw_take(&cases->raw);
            raw_expect_err(&cases->raw, cqe.status, CAP_OK, "answered");
            raw_expect(&cases->raw, !(seen >> cqe.user_data & 1), "once");
            seen |= 1ull << cqe.user_data;
        }
    }
    rt_handle_drop(&pair.client);
    rt_flush(cases->raw.rt);
    int64_t first = peer_end(cases, &servers[0]), second = peer_end(cases, &servers[1]);
    raw_expect_err(&cases->raw, first + second, 64, "each call has gone to exactly one server");
    raw_expect(&cases->raw, first > 0 && second > 0, "and both have had some");
    pair_drop(cases, &pair);
}

/* ---- Cycles and depth ----------------------------------------------------------------------------- */

static void case_94(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2);
    submit(cases, limited(call_of(pair.client), 5 * MS), 1);
    expect(cases, 1, CAP_ERR_TIMED_OUT, "a call to oneself waits until its time is up");

    const struct grant grants[] = {copy_of("endpoint", pair.endpoint.handle),
                                   copy_of("parent", parent.client)};
    struct os_ProcessHandle peer = peer_start(cases, "peer", "cycle", grants, 2);
    submit(cases, call_of(pair.client), 2);
    expect(cases, 2, CAP_OK, "each waits for the other until a time limit ends it");
    submit(cases, recv_on(parent.endpoint), 3);
    submit(cases, call_of(pair.client), 4);
    expect(cases, 3, CAP_OK, "who receives while it waits is called back");
    submit(cases, return_to(incoming.head.call_id), 5);
    const struct ending endings[] = {{4, CAP_OK}, {5, CAP_OK}};
    expect_each(cases, endings, 2, "and both calls end well");
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "the peer found nothing wrong");
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

static enum cap_err facet_make(struct cases *cases, struct rt_handle target, struct rt_handle *facet,
                               struct os_Revoker *revoker)
{
    struct rt_call call;
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(&call, cases->facets);
    os_FacetFactory_create_Params_set_target(params, rt_call_attach(&call, target, CAP_TRANSFER_COPY));
    wire_list_set_u16(os_FacetFactory_create_Params_init_methods(params, 1), 0, 0);
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

#define FACETS_DEEP 8

/* Calls through a chain of processes, and through a chain of facets. */
static void case_95(struct cases *cases)
{
    enum {
        DEPTH = 60
    };
    struct pair pairs[DEPTH + 1];
    struct os_ProcessHandle relays[DEPTH];
    for (uint32_t i = 0; i <= DEPTH; i++)
        pairs[i] = pair_make(cases, i);
    for (uint32_t i = 0; i < DEPTH; i++) {
        const struct grant grants[] = {copy_of("endpoint", pairs[i].endpoint.handle),
                                       copy_of("client", pairs[i + 1].client)};
        relays[i] = peer_start(cases, "peer", "relay", grants, 2);
    }
    submit(cases, with_word(call_of(pairs[0].client), 1), 1);
    submit(cases, recv_on(pairs[DEPTH].endpoint), 2);
    expect(cases, 2, CAP_OK, "the last of many nested calls arrives");
    raw_expect_err(&cases->raw, (int64_t)incoming.words[1], DEPTH + 1, "through all of them");
    submit(cases, with_word(return_to(incoming.head.call_id), 77), 3);
    const struct ending endings[] = {{1, CAP_OK}, {3, CAP_OK}};
    expect_each(cases, endings, 2, "and its answer comes back");
    raw_expect_err(&cases->raw, (int64_t)answer[1], 77, "through all of them");
    for (uint32_t i = 0; i < DEPTH; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &relays[i]), 0, "a relay found nothing wrong");
    for (uint32_t i = 0; i <= DEPTH; i++)
        pair_drop(cases, &pairs[i]);

    struct rt_handle facets[FACETS_DEEP + 1];
    struct os_Revoker revokers[FACETS_DEEP + 1];
    facets[0] = cases->raw.console.handle;
    for (uint32_t i = 1; i <= FACETS_DEEP; i++)
        raw_expect_err(&cases->raw, facet_make(cases, facets[i - 1], &facets[i], &revokers[i]), CAP_OK,
                       "a facet in front of a facet");
    struct os_Console deepest = {facets[FACETS_DEEP]};
    raw_expect_err(&cases->raw, os_Console_writeLine(deepest, wire_text_of("through eight facets")), CAP_OK,
                   "eight of them work");
    raw_expect_err(&cases->raw, facet_make(cases, facets[FACETS_DEEP], &facets[0], &revokers[0]),
                   CAP_ERR_TOO_BIG, "a ninth is refused");
    raw_expect_err(&cases->raw, os_Revoker_revoke(revokers[1]), CAP_OK, "the innermost is revoked");
    raw_expect_err(&cases->raw, os_Console_writeLine(deepest, wire_text_of("CHECK failed: revoked")),
                   CAP_ERR_DISCONNECTED, "which is seen through all of them");
    for (uint32_t i = 1; i <= FACETS_DEEP; i++) {
        rt_handle_drop(&facets[i]);
        rt_handle_drop(&revokers[i].handle);
    }
}

/* A call through a facet ends as the call itself does. */
static void case_98(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct rt_handle facet;
    struct os_Revoker revoker;
    raw_expect_err(&cases->raw, facet_make(cases, pair.client, &facet, &revoker), CAP_OK, "a facet");
    struct os_ProcessHandle hoarder = server_start(cases, "hoarder", pair.endpoint);
    for (uint32_t i = 0; i < HOARD_CALLS; i++)
        submit(cases, call_of(i % 2 ? facet : pair.client), i);
    for (uint32_t i = 0; i < HOARD_CALLS; i++)
        expect(cases, i, CAP_ERR_PEER_DEAD, "the server dies: both ways the caller learns of it");
    raw_expect_err(&cases->raw, peer_end(cases, &hoarder), PEER_FAULTED, "it has faulted");
    submit(cases, call_of(facet), 1);
    submit(cases, release_of(pair.endpoint.handle.cap.bits), 2);
    const struct ending endings[] = {{1, CAP_ERR_DISCONNECTED}, {2, CAP_OK}};
    expect_each(cases, endings, 2, "the endpoint closes: likewise");
    rt_handle_forget(&pair.endpoint.handle);
    submit(cases, call_of(facet), 3);
    expect(cases, 3, CAP_ERR_DISCONNECTED, "and from then on");
    rt_handle_drop(&facet);
    rt_handle_drop(&revoker.handle);
    pair_drop(cases, &pair);
}

/* ---- Fairness ------------------------------------------------------------------------------------- */

#define PUSHERS      10 /* together more calls than the queue takes */
#define POLITE_CALLS 20
#define TRIES_MAX    (POLITE_CALLS * 100)

static void case_99(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct os_ProcessHandle pushers[PUSHERS];
    struct cap_sqe call = call_of(pair.client);
    uint32_t answered_count = 0, tries = 0;
    for (uint32_t i = 0; i < PUSHERS; i++)
        pushers[i] = client_start(cases, "pusher", pair.client, pair.client);
    raw_expect_err(&cases->raw, rt_enter(1, 20 * MS), 0, "they fill the queue");
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &call), CAP_ERR_AGAIN, "to the last place");
    struct os_ProcessHandle server = server_start(cases, "server", pair.endpoint);
    while (answered_count < POLITE_CALLS && tries++ < TRIES_MAX) {
        enum cap_err err = raw_status(&cases->raw, &call);
        answered_count += err == CAP_OK;
        if (err)
            raw_expect_err(&cases->raw, err, CAP_ERR_AGAIN, "the queue is full for a moment");
        if (err)
            rt_enter(1, MS);
    }
    raw_expect_err(&cases->raw, answered_count, POLITE_CALLS, "a polite caller among pushers is served");
    print(cases->raw.console, "%u calls among %u pushers took %u tries", answered_count, PUSHERS, tries);
    for (uint32_t i = 0; i < PUSHERS; i++)
        peer_kill(cases, &pushers[i]);
    peer_kill(cases, &server);
    pair_drop(cases, &pair);
}

/* ---- The list ------------------------------------------------------------------------------------- */

static const struct hostile_case list[] = {
    {86, "the 257th call that waits at an endpoint: ERR_AGAIN, and what it moved is here", case_86},
    {87, "one client's calls: as many as its ring takes, then it is the others' turn", case_87},
    {89, "a server dies with the calls of several callers: each ends once", case_89},
    {90, "a server dies with calls in the queue: they wait for another, or for the end of all", case_90},
    {91, "the endpoint is given up while a RECV waits: one more call, then closed", case_91},
    {92, "two servers: each call goes to exactly one", case_92},
    {94, "calls to oneself and in a cycle: time limits end them, receiving does too", case_94},
    {95, "calls nested 61 deep; facets eight deep and no deeper", case_95},
    {98, "a server dies behind a facet: seen through it", case_98},
    {99, "ten pushers and one polite caller: it is served", case_99},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
