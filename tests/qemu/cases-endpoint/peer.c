/* The other processes of each case; which part one plays is its name.
 *
 * Exit code: how many of its checks failed, where no part says otherwise. Next:
 * tests/qemu/cases-endpoint/cases-endpoint.c
 */
#include "tests/qemu/cases-endpoint/parts.h"
#include "tests/qemu/cases.h"

/* Has calls waiting, as many as leave room for a word to the parent; all of them must end well. */
static void play_flooder(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    for (uint32_t i = 0; i < FLOOD_CALLS; i++)
        submit(cases, call_of(peer->client), i);
    struct cap_sqe told = call_of(peer->parent);
    submit(cases, told, FLOOD_CALLS);
    uint64_t seen = 0;
    for (uint32_t i = 0; i <= FLOOD_CALLS; i++) {
        rt_enter(1, CAP_TIMEOUT_NEVER);
        struct cap_cqe cqe = raw_take(&cases->raw);
        raw_expect(&cases->raw, !(seen >> cqe.user_data & 1), "each ends once");
        raw_expect_err(&cases->raw, cqe.status, CAP_OK, "and well");
        seen |= 1ull << cqe.user_data;
    }
}

/* Submits what the ring takes and never looks at what comes. */
static void play_greedy(struct peer *peer)
{
    struct cap_sqe call = call_of(peer->client);
    for (uint32_t i = 0; i < CAP_CQ_ENTRIES + CAP_SQ_ENTRIES; i++)
        raw_submit(&peer->cases.raw, &call);
    stay();
}

/* The same for ever: takes what comes and submits as much again. */
static void play_pusher(struct peer *peer)
{
    peer_push(peer);
}

/* Answers until nobody can call any more. Exit code: how many. */
static void play_server(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    for (int served_count = 0;; served_count++) {
        struct cap_sqe recv = recv_on(peer->endpoint);
        struct cap_cqe cqe = raw_run(&cases->raw, &recv);
        if (cqe.status)
            rt_exit(cqe.status == CAP_ERR_DISCONNECTED ? served_count : 99);
        struct cap_sqe back = return_to(incoming.head.call_id);
        (void)raw_run(&cases->raw, &back);
    }
}

/* Receives a number of calls, answers none of them, and faults. */
static void play_hoarder(struct peer *peer)
{
    for (uint32_t i = 0; i < HOARD_CALLS; i++) {
        struct cap_sqe recv = recv_on(peer->endpoint);
        (void)raw_run(&peer->cases.raw, &recv);
    }
    __builtin_trap();
}

/* Calls that must all end with their server's death. */
static void play_mourner(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    for (uint32_t i = 0; i < MOURNER_CALLS; i++)
        submit(cases, call_of(peer->client), i);
    for (uint32_t i = 0; i < MOURNER_CALLS; i++) {
        rt_enter(1, CAP_TIMEOUT_NEVER);
        raw_expect_err(&cases->raw, raw_take(&cases->raw).status, CAP_ERR_PEER_DEAD, "the server is dead");
    }
    raw_expect_err(&cases->raw, rt_enter(1, 20000000), 0, "and nothing ends twice");
}

/* Receives one call, makes one with a word that is one more, and passes the answer's word back. */
static void play_relay(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct cap_sqe recv = recv_on(peer->endpoint);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &recv), CAP_OK, "a call arrives");
    struct cap_sqe call = with_word(call_of(peer->client), incoming.words[1] + 1);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &call), CAP_OK, "the next one answers");
    struct cap_sqe back = with_word(return_to(incoming.head.call_id), answer[1]);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &back), CAP_OK, "the answer goes back");
}

/* Serves its parent's two calls, and calls the parent back while it does: first without hope. */
static void play_cycle(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct cap_sqe recv = recv_on(peer->endpoint);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &recv), CAP_OK, "a call arrives");
    struct cap_sqe call = limited(call_of(peer->parent), 20000000);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &call), CAP_ERR_TIMED_OUT, "its caller only waits");
    struct cap_sqe back = return_to(incoming.head.call_id);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &back), CAP_OK, "so it answers without");
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &recv), CAP_OK, "another call arrives");
    call = call_of(peer->parent);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &call), CAP_OK, "its caller receives as well");
    back = return_to(incoming.head.call_id);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &back), CAP_OK, "so it answers with");
}

static const struct part parts[] = {
    {"flooder", play_flooder}, {"greedy", play_greedy},   {"pusher", play_pusher}, {"server", play_server},
    {"hoarder", play_hoarder}, {"mourner", play_mourner}, {"relay", play_relay},   {"cycle", play_cycle},
};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
