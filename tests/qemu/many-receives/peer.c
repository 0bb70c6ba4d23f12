/* Has RECVs waiting, tells its parent, and sees each end. Next: tests/qemu/many-receives/many-receives.c */
#include "tests/qemu/many-receives/parts.h"
#include "tests/qemu/cases.h"

static void play_receiver(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    for (uint32_t i = 0; i < PEER_RECVS; i++)
        submit(cases, recv_on(peer->endpoint), 1 + i);
    submit(cases, call_of(peer->parent), PEER_RECVS + 1);
    expect(cases, PEER_RECVS + 1, CAP_OK, "told");
    for (uint32_t i = 0; i < PEER_RECVS; i++)
        expect(cases, 1 + i, CAP_ERR_DISCONNECTED, "each ends, in their order");
}

int main(struct rt *rt)
{
    static const struct part parts[] = {{"receiver", play_receiver}};
    return PEER_PLAY(rt, parts);
}
