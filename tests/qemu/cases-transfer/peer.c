/* The other process of each case; which part it plays is its name.
 *
 * Exit code: how many of its checks failed. Next: tests/qemu/cases-transfer/cases-transfer.c
 */
#include "tests/qemu/cases.h"

static struct filling filling;

static struct pair own_pair(struct peer *peer)
{
    struct pair pair = {.endpoint = peer->endpoint};
    raw_expect_err(&peer->cases.raw, os_Endpoint_makeClient(pair.endpoint, 7, &pair.client), CAP_OK,
                   "a client facet");
    return pair;
}

/* A server without a free slot. */
static void play_full(struct peer *peer)
{
    struct pair pair = own_pair(peer);
    table_fill(&peer->cases, &pair, 0, &filling);
    tell(&peer->cases, peer->parent, filling.count);
    submit(&peer->cases, recv_on(peer->endpoint), 1);
    stay();
}

/* Moves one capability each way between two full tables, and again when each has a free slot. */
static void play_cross(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct pair pair = own_pair(peer);
    table_fill(cases, &pair, 0, &filling);
    submit(cases, recv_on(peer->endpoint), 1);
    submit(cases, moving(call_of(peer->parent), filling.caps[0]), 2);
    expect(cases, 2, CAP_ERR_NO_SLOT, "the parent's table is full");
    expect_id(cases, filling.caps[0], CAP_OK, "what was to be moved is here");
    tell(cases, peer->parent, 1);
    expect_release(cases, filling.caps[1], "one slot is free");
    submit(cases, call_of(peer->parent), 3);
    expect(cases, 1, CAP_OK, "what the parent moves arrives");
    expect(cases, 3, CAP_OK, "the parent goes on");
    submit(cases, moving(call_of(peer->parent), filling.caps[0]), 4);
    expect(cases, 4, CAP_OK, "and the parent gets what this one moves");
    expect_id(cases, filling.caps[0], CAP_ERR_STALE, "it has left");
    submit(cases, return_to(incoming.head.call_id), 5);
    expect(cases, 5, CAP_OK, "the parent's call is answered");
}

/* Receives one call with a capability, and faults. */
static void play_taker(struct peer *peer)
{
    submit(&peer->cases, recv_on(peer->endpoint), 1);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    __builtin_trap();
}

/* Holds an endpoint and never receives. */
static void play_holder(struct peer *peer)
{
    tell(&peer->cases, peer->parent, 1);
    stay();
}

/* Moves its capability with a call, and waits for the answer until it is killed. */
static void play_giver(struct peer *peer)
{
    submit(&peer->cases, moving(call_of(peer->client), peer->cap.cap.bits), 1);
    if (!rt_handle_is_null(peer->parent))
        submit(&peer->cases, with_word(call_of(peer->parent), id_state(&peer->cases, peer->cap.cap.bits)), 2);
    stay();
}

/* Moves its endpoint through that endpoint's own client facet, and exits while that call waits. */
static void play_through(struct peer *peer)
{
    submit(&peer->cases, moving(call_of(peer->client), peer->endpoint.handle.cap.bits), 1);
    expect_id(&peer->cases, peer->endpoint.handle.cap.bits, CAP_ERR_BUSY, "the call waits");
}

static const struct part parts[] = {
    {"full", play_full},     {"cross", play_cross}, {"taker", play_taker},
    {"holder", play_holder}, {"giver", play_giver}, {"through", play_through},
};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
