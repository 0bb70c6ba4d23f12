/* One process of the chain: receives a capability with a call, and moves it on with a call of its own. If
 * nobody takes it, it keeps it, and it goes with the process.
 *
 * Exit code: how many checks failed. Next: tests/qemu/cases-chain/cases-chain.c
 */
#include "tests/qemu/cases.h"

/* So that init gets to run, and to kill, between any two links. */
#define PAUSE_NS 50000

static void play_link(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct cap_sqe recv = recv_on(peer->endpoint);
    struct cap_cqe cqe = raw_run(&cases->raw, &recv);
    /* The one before is gone, and with it what it would have handed on. */
    if (cqe.status == CAP_ERR_DISCONNECTED)
        return;
    raw_expect(&cases->raw, cqe.status == CAP_OK && cqe.cap_count == 1, "one capability arrives");
    uint64_t cap = received[0].cap, call_id = incoming.head.call_id;
    struct cap_sqe back = return_to(call_id);
    enum cap_err err = raw_status(&cases->raw, &back);
    raw_expect(&cases->raw, err == CAP_OK || err == CAP_ERR_PEER_DEAD,
               "its giver goes on, or has been killed");
    rt_enter(1, PAUSE_NS);
    struct cap_sqe call = moving(call_of(peer->client), cap);
    err = raw_status(&cases->raw, &call);
    if (err == CAP_OK || err == CAP_ERR_PEER_DEAD)
        expect_id(cases, cap, CAP_ERR_STALE, "it was delivered: it is not here any more");
    else {
        raw_expect_err(&cases->raw, err, CAP_ERR_DISCONNECTED, "the next one is gone");
        expect_id(cases, cap, CAP_OK, "it was not delivered: it is here");
    }
}

static const struct part parts[] = {{"link", play_link}};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
