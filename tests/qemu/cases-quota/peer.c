/* The process with too low a limit; which part it plays is its name. Next:
 * tests/qemu/cases-quota/cases-quota.c */
#include "lib/ledger.h"
#include "tests/qemu/cases-quota/parts.h"

/* The kind of limit that a reason names. */
static uint16_t kind_of(const char *reason)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        struct wire_text name = wire_text_of(ledger_kind_name((enum ledger_kind)kind));
        if (wire_text_equal((struct wire_text){reason, name.length}, name))
            return (uint16_t)(kind + 1);
    }
    return 0;
}

/* What this process has still to move is in its table, alive. Then the end, with what the CQE says. */
static void end_with(struct peer *peer, const struct cap_cqe *cqe)
{
    struct cases *cases = &peer->cases;
    expect_nothing(cases, "nothing else has ended");
    int code = cqe->status == CAP_OK              ? 0
               : cqe->status == CAP_ERR_QUOTA     ? CODE_KIND * cqe->cap_count + (int)cqe->message_bytes
               : cqe->status == CAP_ERR_NO_SLOT   ? CODE_NO_SLOT
               : cqe->status == CAP_ERR_TIMED_OUT ? CODE_NOT_CALLED
                                                  : CODE_OTHER;
    bool is_here = !rt_handle_is_null(peer->cap);
    if (is_here && code)
        expect_id(cases, peer->cap.cap.bits, CAP_OK, "case 85: what was to be moved is here");
    rt_enter(CAP_CQ_ENTRIES, HOLD_NS);
    rt_exit(cases->raw.failed_count ? (int)cases->raw.failed_count : code);
}

static bool has_ended(struct peer *peer, struct cap_cqe *cqe)
{
    return ring_client_take(&peer->cases.raw.rt->ring, cqe);
}

/* Calls that nobody receives, the last of them with capabilities. */
static void play_sender(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    struct cap_cqe cqe = {0};
    for (uint32_t i = 0; i < CALLS_BEFORE; i++) {
        submit(cases, with_word(call_of(peer->client), i), i);
        if (has_ended(peer, &cqe))
            end_with(peer, &cqe);
    }
    struct cap_sqe call = loaded(with_long_message(call_of(peer->client)), cases->raw.console.handle.cap.bits,
                                 peer->cap.cap.bits, CARRIED);
    submit(cases, call, CALLS_BEFORE);
    if (!has_ended(peer, &cqe))
        expect_id(cases, peer->cap.cap.bits, CAP_ERR_BUSY, "it is on its way");
    end_with(peer, &cqe);
}

/* Takes records, of which the RECV takes one more. */
static void make_facets(struct peer *peer)
{
    struct rt_handle made;
    struct rt_call *call = rt_call_scratch(peer->cases.raw.rt);
    for (uint32_t i = 0; i < FACETS_BEFORE; i++) {
        enum cap_err err = os_Endpoint_makeClient(peer->endpoint, i, &made);
        if (!err)
            continue;
        struct cap_cqe cqe = {.status = raw_quota_of(call, err),
                              .cap_count = kind_of(rt_call_reason(call, err).bytes)};
        end_with(peer, &cqe);
    }
}

/* One RECV of a call with capabilities. */
static void play_receiver(struct peer *peer)
{
    struct cases *cases = &peer->cases;
    make_facets(peer);
    submit(cases, limited(recv_on(peer->endpoint), 5 * MS), 1);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    struct cap_cqe cqe = raw_take(&cases->raw);
    raw_expect(&cases->raw, cqe.status || cqe.cap_count == CARRIED, "all that was sent");
    end_with(peer, &cqe);
}

/* Calls whose answers bring capabilities. */
static void play_caller(struct peer *peer)
{
    static struct cap_transfer_in answered[ANSWERED_CARRIED];
    struct cases *cases = &peer->cases;
    struct cap_cqe cqe = {0};
    for (uint32_t i = 0; i < ANSWERS && !cqe.status; i++) {
        struct cap_sqe call = call_of(peer->client);
        call.receive_count = ANSWERED_CARRIED;
        call.transfers_addr = (uint64_t)answered;
        cqe = raw_run(&cases->raw, &call);
        raw_expect(&cases->raw, cqe.status || cqe.cap_count == ANSWERED_CARRIED, "all of it");
    }
    end_with(peer, &cqe);
}

static void play_parent(struct peer *peer)
{
    const struct grant grants[] = {copy_of("console", peer->cases.raw.console.handle),
                                   move_of("cap", peer->cap)};
    struct os_ProcessHandle process = {{.rt = peer->cases.raw.rt}};
    enum cap_err err = peer_try(&peer->cases, "peer", "child", grants, 2, &process);
    struct cap_cqe cqe = {.status = err};
    if (err == CAP_ERR_QUOTA)
        cqe.cap_count = kind_of(peer_reason);
    end_with(peer, &cqe);
}

static void play_child(struct peer *peer)
{
    (void)peer;
}

static const struct part parts[] = {
    {"sender", play_sender}, {"receiver", play_receiver}, {"caller", play_caller},
    {"parent", play_parent}, {"child", play_child},
};

int main(struct rt *rt)
{
    return PEER_PLAY(rt, parts);
}
