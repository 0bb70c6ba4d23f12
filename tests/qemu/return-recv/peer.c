/* The other processes; which part one plays is its name. Exit code: how many of its checks failed.
 *
 * Next: tests/qemu/registers/registers.c
 */
#include "tests/qemu/cases.h"
#include "tests/qemu/return-recv/parts.h"

/* Waits for an answer that never comes. */
static void play_caller(struct peer *peer)
{
    submit(&peer->cases, call_of(peer->client), 1);
    stay();
}

/* Answers each word with the next one, by RETURN_RECV but for the first RECV; at most `max` times. */
static void serve(struct peer *peer, uint32_t max)
{
    struct cap_sqe sqe = recv_on(peer->endpoint);
    sqe.buffer_addr = TWIN_INCOMING;
    sqe.buffer_bytes = TWIN_WORDS * 8;
    for (uint64_t address = TWIN_RESULTS; address <= TWIN_ANSWER; address += 0x100)
        twin_fill(address, 0x3c3c);
    for (uint32_t i = 0; i < max; i++) {
        raw_submit(&peer->cases.raw, &sqe);
        rt_enter(1, CAP_TIMEOUT_NEVER);
        struct cap_cqe cqe = raw_take(&peer->cases.raw);
        if (cqe.status || cqe.flags != (i > 0 ? CAP_CQE_RETURNED : 0) || !twin_is(TWIN_PARAMS, 0x3c3c) ||
            !twin_is(TWIN_ANSWER, 0x3c3c))
            rt_exit(95);
        twin_words(TWIN_RESULTS)[0] = 1ull << 32;
        twin_words(TWIN_RESULTS)[1] = twin_words(TWIN_INCOMING)[sizeof(struct cap_incoming) / 8 + 1] + 1;
        sqe.opcode = CAP_OP_RETURN_RECV;
        sqe.endpoint = peer->endpoint.handle.cap.bits;
        sqe.target = twin_words(TWIN_INCOMING)[0];
        sqe.message_addr = TWIN_RESULTS;
        sqe.message_bytes = 16;
    }
    submit(&peer->cases, sqe, 0);
}

static void play_server(struct peer *peer)
{
    serve(peer, UINT32_MAX);
}

/* Its last RETURN_RECV waits when it ends. */
static void play_leaver(struct peer *peer)
{
    serve(peer, 3);
}

/* Tries to answer a call that another process has received. */
static void play_thief(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    submit(cases, recv_on(peer->endpoint), 1);
    expect(cases, 1, CAP_OK, "a call");
    uint64_t own_id = incoming.head.call_id;
    struct cap_sqe sqe = recv_on(peer->endpoint);
    sqe.opcode = CAP_OP_RETURN_RECV;
    sqe.endpoint = sqe.target;
    sqe.target = incoming.words[1];
    submit(cases, sqe, 2);
    struct cap_cqe cqe = raw_take(&cases->raw);
    bool is_refused = cqe.user_data == 2 && (cqe.status == CAP_ERR_STALE || cqe.status == CAP_ERR_NO_CAP);
    raw_expect(&cases->raw, is_refused && cqe.flags == 0, "somebody else's call");
    expect_nothing(cases, "and no RECV");
    let_go(cases, own_id);
}

static const struct part parts[] = {
    {"caller", play_caller},
    {"server", play_server},
    {"leaver", play_leaver},
    {"thief", play_thief},
};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
