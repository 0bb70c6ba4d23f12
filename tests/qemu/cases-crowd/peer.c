/* The other processes; which part one plays is its name. Exit code: how many checks failed, where no part
 * says otherwise.
 *
 * Next: tests/qemu/cases-crowd/cases-crowd.c
 */
#include "tests/qemu/cases-crowd/parts.h"

#define MS 1000000ull

/* Receives one call, makes one with a word that is one more, and passes the answer back. Each of its three
 * operations ends once, also if a process on either side of it dies meanwhile. */
static void play_relay(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct cap_sqe recv = recv_on(peer->endpoint);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &recv), CAP_OK, "a call arrives");
    uint64_t word = incoming.words[1];
    struct cap_sqe call = with_word(call_of(peer->client), word + 1);
    enum cap_err called = raw_status(&cases->raw, &call);
    struct cap_sqe back =
        with_word(return_to(incoming.head.call_id), called ? RELAY_BROKEN | word : answer[1]);
    enum cap_err returned = raw_status(&cases->raw, &back);
    raw_expect_err(&cases->raw, rt_enter(1, MS), 0, "and nothing ends twice");
    raw_expect(&cases->raw, called == CAP_OK || called == CAP_ERR_PEER_DEAD, "called");
    raw_expect(&cases->raw, returned == CAP_OK || (returned == CAP_ERR_PEER_DEAD && !called), "answered");
    if (cases->raw.failed_count == 0 && (called || returned))
        rt_exit(called ? RELAY_CALLEE_DEAD : RELAY_CALLER_DEAD);
}

/* Serves calls by a call back to whoever serves the other endpoint, until it may make no more. Answers come
 * in any order, each to the call that it is for, whose number is its token. */
static void play_recurser(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    uint64_t ids[CAP_CQ_ENTRIES], words[CAP_CQ_ENTRIES];
    uint32_t count = 0, open_count = 0;
    submit(cases, recv_on(peer->endpoint), 100);
    do {
        rt_enter(1, CAP_TIMEOUT_NEVER);
        struct cap_cqe cqe = raw_take(&cases->raw);
        if (cqe.user_data == 100) {
            raw_expect_err(&cases->raw, cqe.status, CAP_OK, "a call arrives");
            ids[count] = incoming.head.call_id;
            words[count] = incoming.words[1];
            submit(cases, recv_on(peer->endpoint), 100);
            submit(cases, with_word(call_of(peer->client), words[count] + 1), count);
            count++;
            open_count++;
        } else if (cqe.user_data < count) {
            raw_expect(&cases->raw, cqe.status == CAP_OK || cqe.status == CAP_ERR_QUOTA, "it ends");
            raw_expect(&cases->raw,
                       !cqe.status ||
                           (cqe.cap_count == CAP_LIMIT_CALLS && cqe.message_bytes == RECURSE_CALLS),
                       "at the limit of calls");
            uint64_t depth = cqe.status ? words[cqe.user_data] : answer[1];
            submit(cases, with_word(return_to(ids[cqe.user_data]), depth), 101);
            open_count--;
        } else {
            raw_expect_err(&cases->raw, cqe.status, CAP_OK, "an answer arrives");
        }
    } while (open_count > 0);
}

/* Answers until nobody can call any more, each time with the number of the call. */
static void play_counter(struct peer *peer)
{
    for (uint64_t count = 1;; count++) {
        struct cap_sqe recv = recv_on(peer->endpoint);
        if (raw_status(&peer->cases.raw, &recv))
            return;
        struct cap_sqe back = with_word(return_to(incoming.head.call_id), count);
        (void)raw_status(&peer->cases.raw, &back);
    }
}

/* Submits calls for ever, and never waits. */
static void play_pusher(struct peer *peer)
{
    peer_push(peer);
}

/* The same, but waits while it may not have more calls under way. */
static void play_caller(struct peer *peer)
{
    struct cap_sqe call = call_of(peer->client);
    for (;;) {
        enum cap_err err = raw_status(&peer->cases.raw, &call);
        if (err != CAP_OK)
            rt_exit(100);
    }
}

/* Has as many calls waiting as it may, tries more, and takes no answer. */
static void play_greedy(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    for (uint32_t i = 0; i < 2 * GREEDY_CALLS; i++)
        submit(cases, call_of(peer->client), i);
    for (uint32_t i = GREEDY_CALLS; i < 2 * GREEDY_CALLS; i++) {
        struct cap_cqe cqe = expect(cases, i, CAP_ERR_QUOTA, "no further call may wait");
        raw_expect(&cases->raw, cqe.cap_count == CAP_LIMIT_QUEUED_CALLS && cqe.message_bytes == GREEDY_CALLS,
                   "at its own limit");
    }
    while (tell(cases, peer->parent, cases->raw.failed_count) == CAP_ERR_QUOTA)
        rt_enter(1, MS);
    stay();
}

static const struct part parts[] = {
    {"relay", play_relay},   {"recurser", play_recurser}, {"counter", play_counter},
    {"pusher", play_pusher}, {"caller", play_caller},     {"greedy", play_greedy},
};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
