/* The other processes; which part one plays is its name. Exit code: how many of its checks failed.
 *
 * Next: tests/qemu/cases-test-kernel/cases-test-kernel.c
 */
#include "tests/qemu/cases-test-kernel/aging.h"

/* One call from this process to itself, received and answered: its id. */
static uint64_t call_self(struct peer *peer, uint64_t token, uint64_t old_id)
{
    struct cases *cases = &peer->cases;
    submit(cases, recv_on(peer->endpoint), 1);
    submit(cases, call_of(peer->client), token);
    expect(cases, 1, CAP_OK, "a call arrives");
    uint64_t id = incoming.head.call_id;
    if (old_id) {
        submit(cases, return_to(old_id), 2);
        expect(cases, 2, CAP_ERR_STALE, "an old id does not answer it");
    }
    answer_own(cases, id, token, "its own does");
    return id;
}

/* Case 50 of call ids: every slot of the table of calls is used as often as it can be, one after the other,
 * until none is left. */
static void play_old_server(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct raw *raw = &cases->raw;
    struct os_TestSupport support;
    uint32_t wrong_count = 0;
    if (RT_CAPSET(raw->rt, "support", os_TestSupport, &support))
        rt_exit(98);
    for (uint32_t slot = 0; slot < CAP_SLOTS_MAX; slot++) {
        uint64_t first = call_self(peer, 10, 0);
        wrong_count += first != id_of_use(slot, 1);
        wrong_count += age(support, first, USES_MAX - 1, true) != CAP_OK;
        uint64_t last = call_self(peer, 11, first);
        wrong_count += last != id_of_use(slot, USES_MAX);
        submit(cases, return_to(last), 2);
        expect(cases, 2, CAP_ERR_STALE, "what was answered is over for ever");
        wrong_count += age(support, first, USES_MAX - 1, true) != CAP_ERR_INVALID;
    }
    raw_expect_err(raw, wrong_count, 0, "each slot is used once more, and then retired");
    submit(cases, call_of(peer->client), 3);
    for (uint32_t i = 0; i < 3; i++) {
        submit(cases, recv_on(peer->endpoint), 4);
        expect(cases, 4, CAP_ERR_NO_SLOT, "a server that has used up its table receives nothing more");
    }
    submit(cases, cancel_of(3), 5);
    const struct ending endings[] = {{3, CAP_ERR_CANCELLED}, {5, CAP_OK}};
    expect_each(cases, endings, 2, "the call has waited, and can be cancelled");
    tell(cases, peer->parent, 1);
    submit(cases, call_of(peer->client), 6);
    expect(cases, 6, CAP_OK, "or served by another process");
}

/* Holds what it was granted until it exits, at once. */
static void play_holder(struct peer *peer)
{
    (void)peer;
}

static const struct part parts[] = {{"old-server", play_old_server}, {"holder", play_holder}};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
