/* Has calls waiting, tells its parent, and sees each end with the revocation. Next:
 * tests/qemu/revoked-waiting/revoked-waiting.c
 */
#include "tests/qemu/revoked-waiting/parts.h"
#include "tests/qemu/cases.h"

static void play_sleeper(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct cap_sqe sleep = with_word(call_of(peer->timer), 1ull << 60);
    sleep.method_id = os_Timer_sleepUntil_METHOD;
    for (uint32_t i = 0; i < PEER_CALLS; i++)
        submit(cases, sleep, 1 + i);
    submit(cases, call_of(peer->parent), PEER_CALLS + 1);
    expect(cases, PEER_CALLS + 1, CAP_OK, "told");
    for (uint32_t i = 0; i < PEER_CALLS; i++)
        expect(cases, 1 + i, CAP_ERR_DISCONNECTED, "each ends, in their order");
}

static void play_stayer(struct peer *peer)
{
    (void)peer;
    stay();
}

int main(struct rt *rt)
{
    static const struct part parts[] = {{"sleeper", play_sleeper}, {"stayer", play_stayer}};
    return PEER_PLAY(rt, parts);
}
