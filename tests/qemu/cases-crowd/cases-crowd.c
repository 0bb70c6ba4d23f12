/* Hostile cases that take many processes: queues that many fill, calls that nest deep, a chain of calls that
 * is cut in the middle, and one polite caller among hundreds.
 *
 * Next: tests/qemu/cases-crowd/parts.h
 */
#include "tests/qemu/cases-crowd/parts.h"

#define MS         1000000ull
#define CROWD_MOST 400

static struct os_ProcessHandle crowd[CROWD_MOST];
static struct os_Timer timer;

static struct os_ProcessHandle client_start(struct cases *cases, const char *part, struct rt_handle client,
                                            struct rt_handle parent)
{
    const struct grant grants[] = {copy_of("client", client), copy_of("parent", parent)};
    return peer_start(cases, "peer", part, grants, 2);
}

/* Receives one call and answers it; the badge of who called. */
static uint64_t serve_one(struct cases *cases, struct os_Endpoint endpoint, uint64_t own_token)
{
    submit(cases, recv_on(endpoint), 70);
    expect(cases, 70, CAP_OK, "a call");
    uint64_t badge = incoming.head.badge;
    submit(cases, return_to(incoming.head.call_id), 71);
    struct cap_cqe cqe = raw_take(&cases->raw);
    if (cqe.user_data != 71) {
        raw_expect(&cases->raw, cqe.user_data == own_token && cqe.status == CAP_OK,
                   "the answer to an own call");
        cqe = raw_take(&cases->raw);
    }
    raw_expect(&cases->raw, cqe.user_data == 71 && cqe.status == CAP_OK, "answered");
    return badge;
}

/* ---- A queue that many fill ----------------------------------------------------------------------- */

#define GREEDY    (CAP_ENDPOINT_QUEUE_MAX / GREEDY_CALLS - 1)
#define OWN_CALLS GREEDY_CALLS

/* Limits that together are no more than the queue: then nobody is ever refused for what others do. */
static void case_87(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2);
    struct rt_handle own = {.rt = cases->raw.rt};
    raw_expect_err(&cases->raw, os_Endpoint_makeClient(pair.endpoint, 7, &own), CAP_OK, "a facet of its own");
    cases->peer_limits = (struct limits){.queued_calls = GREEDY_CALLS};
    for (uint32_t i = 0; i < GREEDY; i++) {
        crowd[i] = client_start(cases, "greedy", pair.client, parent.client);
        raw_expect_err(&cases->raw, (int64_t)hear(cases, parent.endpoint, "its calls wait"), 0,
                       "as many as it may have, and not one more");
    }
    cases->peer_limits = (struct limits){0};
    for (uint32_t i = 0; i < OWN_CALLS; i++)
        submit(cases, call_of(own), 1);
    expect_nothing(cases, "the others have left the places of this one");
    submit(cases, call_of(own), 2);
    expect(cases, 2, CAP_ERR_AGAIN, "and the queue is full to the last");
    for (uint32_t i = 0; i < GREEDY * GREEDY_CALLS; i++)
        raw_expect_err(&cases->raw, (int64_t)serve_one(cases, pair.endpoint, 1), 1, "theirs came first");
    for (uint32_t i = 0; i < OWN_CALLS; i++)
        raw_expect_err(&cases->raw, (int64_t)serve_one(cases, pair.endpoint, 1), 7,
                       "then it is this one's turn");
    for (uint32_t i = 0; i < GREEDY; i++)
        peer_kill(cases, &crowd[i]);
    rt_handle_drop(&own);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

/* ---- Two that serve each other -------------------------------------------------------------------- */

static void case_94(struct cases *cases)
{
    struct pair pairs[2] = {pair_make(cases, 1), pair_make(cases, 2)};
    cases->peer_limits = (struct limits){.calls = RECURSE_CALLS};
    for (uint32_t i = 0; i < 2; i++) {
        const struct grant grants[] = {copy_of("endpoint", pairs[i].endpoint.handle),
                                       copy_of("client", pairs[1 - i].client),
                                       copy_of("console", cases->raw.console.handle)};
        crowd[i] = peer_start(cases, "peer", "recurser", grants, 3);
    }
    cases->peer_limits = (struct limits){0};
    submit(cases, with_word(call_of(pairs[0].client), 1), 1);
    expect(cases, 1, CAP_OK, "a call that goes to and fro is answered");
    raw_expect_err(&cases->raw, (int64_t)answer[1], 2 * RECURSE_CALLS + 1,
                   "when one of the two has as many calls under way as it may");
    for (uint32_t i = 0; i < 2; i++) {
        raw_expect_err(&cases->raw, peer_end(cases, &crowd[i]), 0, "all the others end with it");
        pair_drop(cases, &pairs[i]);
    }
}

/* ---- A deep chain --------------------------------------------------------------------------------- */

#define DEPTH  CROWD_MOST
#define VICTIM (DEPTH / 2)

struct chain {
    struct pair last; /* whose endpoint is this process's */
    struct rt_handle first;
};

/* Each relay has the server's side of its own endpoint alone, and a client facet of the next one's. */
static struct chain chain_start(struct cases *cases)
{
    struct chain chain = {.last = pair_make(cases, 1)};
    struct rt_handle next = chain.last.client;
    for (uint32_t i = DEPTH; i-- > 0;) {
        struct pair own = pair_make(cases, 2);
        const struct grant grants[] = {move_of("endpoint", own.endpoint.handle), move_of("client", next)};
        crowd[i] = peer_start(cases, "peer", "relay", grants, 2);
        rt_handle_forget(&own.endpoint.handle);
        next = own.client;
    }
    chain.first = next;
    rt_handle_forget(&chain.last.client);
    return chain;
}

static int64_t relay_code(uint32_t index, bool is_cut)
{
    if (!is_cut || index < VICTIM - 1 || index > VICTIM + 1)
        return RELAY_WELL;
    return index < VICTIM ? RELAY_CALLEE_DEAD : index > VICTIM ? RELAY_CALLER_DEAD : PEER_KILLED;
}

static void chain_run(struct cases *cases, bool is_cut)
{
    struct chain chain = chain_start(cases);
    submit(cases, with_word(call_of(chain.first), 0), 1);
    submit(cases, recv_on(chain.last.endpoint), 2);
    expect(cases, 2, CAP_OK, "the last of many nested calls arrives");
    raw_expect_err(&cases->raw, (int64_t)incoming.words[1], DEPTH, "through all of them");
    uint64_t call_id = incoming.head.call_id;
    check_books(cases);
    if (is_cut) {
        struct cap_sqe kill = call_of(crowd[VICTIM].handle);
        kill.method_id = os_ProcessHandle_kill_METHOD;
        submit(cases, kill, 3);
        const struct ending endings[] = {{1, CAP_OK}, {3, CAP_OK}};
        expect_each(cases, endings, 2, "the chain is cut in the middle: its upper half is told");
        raw_expect_err(&cases->raw, (int64_t)answer[1], (int64_t)(RELAY_BROKEN | (VICTIM - 1)),
                       "by who had called the dead one");
        check_books(cases);
    }
    submit(cases, with_word(return_to(call_id), 77), 4);
    const struct ending endings[] = {{4, CAP_OK}, {1, CAP_OK}};
    expect_each(cases, endings, is_cut ? 1 : 2, "the answer goes back");
    raw_expect(&cases->raw, is_cut || answer[1] == 77, "through all of them");
    uint32_t wrong_count = 0;
    for (uint32_t i = 0; i < DEPTH; i++) {
        int64_t code = peer_end(cases, &crowd[i]);
        wrong_count += code != relay_code(i, is_cut);
        if (code != relay_code(i, is_cut))
            print(cases->raw.console, "relay %u ends with %ld", i, (long)code);
    }
    raw_expect_err(&cases->raw, wrong_count, 0, "each has heard how its call and its answer ended, once");
    expect_nothing(cases, "nothing more comes");
    rt_handle_drop(&chain.first);
    pair_drop(cases, &chain.last);
}

static void case_95(struct cases *cases)
{
    chain_run(cases, false);
    chain_run(cases, true);
}

/* ---- One among hundreds --------------------------------------------------------------------------- */

#define PUSHERS      8
#define CALLERS      (CAP_ENDPOINT_QUEUE_MAX - 1 - PUSHERS)
#define POLITE_CALLS 10
#define SLICE_NS     (10 * MS)
#define ROUNDS_MAX   6 /* 255 calls in front, of which the server's slice takes some dozens */

static uint64_t now(struct cases *cases)
{
    uint64_t nanoseconds = 0;
    raw_expect_err(&cases->raw, os_Timer_now(timer, &nanoseconds), CAP_OK, "the time");
    return nanoseconds;
}

/* 255 processes that may have one call each in the queue use it all the time, some of them without ever
 * waiting. In a round of the scheduler each of these has one slice, and so has the server with its callers.
 */
static void case_99(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    struct cap_sqe call = call_of(pair.client);
    const struct grant grants[] = {copy_of("endpoint", pair.endpoint.handle)};
    cases->peer_limits = (struct limits){.queued_calls = 1};
    for (uint32_t i = 0; i < PUSHERS + CALLERS; i++)
        crowd[i] = client_start(cases, i < PUSHERS ? "pusher" : "caller", pair.client, pair.client);
    cases->peer_limits = (struct limits){0};
    struct os_ProcessHandle server = peer_start(cases, "peer", "counter", grants, 1);
    uint64_t most_rounds = 0;
    for (uint32_t i = 0; i < POLITE_CALLS; i++) {
        rt_enter(1, SLICE_NS + i * MS); /* meanwhile the others call */
        uint64_t start = now(cases);
        raw_expect_err(&cases->raw, raw_status(&cases->raw, &call), CAP_OK, "never refused, always answered");
        uint64_t rounds = (now(cases) - start) / ((PUSHERS + 2) * SLICE_NS) + 1;
        most_rounds = rounds > most_rounds ? rounds : most_rounds;
    }
    raw_expect(&cases->raw, most_rounds <= ROUNDS_MAX, "within a bounded number of rounds");
    print(cases->raw.console, "%u others: each of %u calls is answered within %u rounds of the scheduler",
          PUSHERS + CALLERS, POLITE_CALLS, (unsigned)most_rounds);
    for (uint32_t i = 0; i < PUSHERS + CALLERS; i++)
        peer_kill(cases, &crowd[i]);
    peer_kill(cases, &server);
    pair_drop(cases, &pair);
}

/* ---- The list ------------------------------------------------------------------------------------- */

static const struct hostile_case list[] = {
    {87, "31 greedy clients with limits of 8 calls that wait: 8 places are left for another", case_87},
    {94, "two that serve each other recurse to their limits of calls, and come back", case_94},
    {95, "400 calls deep; killed in the middle, and each level hears of it once", case_95},
    {99, "one among 255 others with a place in the queue each: answered within six rounds", case_99},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    if (RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    return CASES_RUN(&cases, list);
}
