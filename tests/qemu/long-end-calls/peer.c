/* The other processes; which part one plays is its name. Next: tests/qemu/long-end-calls/long-end-calls.c */
#include "tests/qemu/long-end-calls/parts.h"
#include "tests/qemu/cases.h"
#include "tests/qemu/meter.h"

/* Its calls wait, each with as many capabilities as there may be; all end with the endpoint. */
static void play_flooder(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    uint64_t caps[CAP_TRANSFER_MAX];
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        caps[i] = peer->client.cap.bits;
    for (uint32_t i = 0; i < FLOOD_CALLS; i++)
        submit(cases, carrying(call_of(peer->client), CAP_TRANSFER_COPY, caps, CAP_TRANSFER_MAX), 1 + i);
    rt_enter(FLOOD_CALLS + 1, LOOK_NS); /* not before the meter has finished: it is to see the kernel alone */
    for (uint32_t i = 0; i < FLOOD_CALLS; i++)
        expect(cases, 1 + i, CAP_ERR_DISCONNECTED, "each ends, in their order");
    expect_id(cases, peer->client.cap.bits, CAP_OK, "and what it was to copy is this process's");
}

static void play_holder(struct peer *peer)
{
    (void)peer;
    stay();
}

static void play_meter(struct peer *peer)
{
    (void)peer;
    rt_exit(meter_run());
}

int main(struct rt *rt)
{
    static const struct part parts[] = {
        {"flooder", play_flooder}, {"holder", play_holder}, {"meter", play_meter}};
    return PEER_PLAY(rt, parts);
}
