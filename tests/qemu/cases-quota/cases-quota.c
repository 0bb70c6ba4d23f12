/* Case 85 for limits: one transfer after the other by a process that has too little of one kind, for each
 * kind, and for each limit from 1 until it is enough. However far it gets, it ends with one error that names
 * the kind, and what was to be moved is in one place.
 *
 * Next: tests/qemu/cases-quota/parts.h
 */
#include "tests/qemu/cases-quota/parts.h"
#include "lib/fmt.h"
#include "lib/ledger.h"

/* A scene: one pair through which it goes, and a probe that is moved. */
struct scene {
    struct pair pair, probe;
    uint32_t kind;  /* enum ledger_kind */
    uint32_t limit; /* of the peer */
    struct os_ProcessHandle peer;
};

/* Whether the peer's exit code is that of its own limit; slots of one table that are used up have an error of
 * their own, without a number. */
static bool is_refusal(const struct scene *scene, int64_t code)
{
    int64_t number = (int64_t)(scene->kind + 1) * CODE_KIND;
    bool is_slots = scene->kind == LEDGER_SLOTS && code == CODE_NO_SLOT;
    return is_slots || code == number || code == number + scene->limit;
}

static bool is_refusal_of_other(const struct scene *scene, const struct cap_cqe *cqe)
{
    bool is_slots = scene->kind == LEDGER_SLOTS && cqe->status == CAP_ERR_NO_SLOT;
    return is_slots || (cqe->status == CAP_ERR_QUOTA && cqe->message_bytes == 0 &&
                        cqe->cap_count == ((scene->kind + 1) | CAP_LIMIT_OF_OTHER));
}

static bool start(struct cases *cases, struct scene *scene, const char *part, const struct grant *grants,
                  uint32_t count)
{
    uint32_t numbers[LEDGER_KIND_COUNT] = {0};
    _Static_assert(sizeof(struct limits) == sizeof numbers, "a limit a kind");
    numbers[scene->kind] = scene->limit;
    memcpy(&cases->peer_limits, numbers, sizeof numbers);
    scene->peer.handle = (struct rt_handle){.rt = cases->raw.rt};
    enum cap_err err = peer_try(cases, "peer", part, grants, count, &scene->peer);
    cases->peer_limits = (struct limits){0};
    raw_expect(&cases->raw,
               !err || err == CAP_ERR_QUOTA || (err == CAP_ERR_NO_SLOT && scene->kind == LEDGER_SLOTS),
               "it starts, or has too little to");
    if (!err && grants[0].mode == CAP_TRANSFER_MOVE)
        rt_handle_forget(&scene->probe.client);
    return !err;
}

/* The peer has done what it could, and holds still. */
static void look(struct cases *cases)
{
    rt_enter(CAP_CQ_ENTRIES, 10 * MS);
    check_books(cases);
}

enum outcome {
    NOT_STARTED,
    REFUSED,
    DONE
};

static enum outcome outcome_of(struct cases *cases, const struct scene *scene, int64_t code)
{
    raw_expect(&cases->raw, code == 0 || is_refusal(scene, code), "one error, which names the kind");
    if (code && !is_refusal(scene, code))
        print(cases->raw.console, "  kind %u, limit %u: exit code %ld", scene->kind, scene->limit,
              (long)code);
    return code ? REFUSED : DONE;
}

/* The peer has what is moved from the start, and it goes with it in any case. */
static enum outcome peer_has_it(struct cases *cases, struct scene *scene, const char *part,
                                struct rt_handle client)
{
    const struct grant grants[] = {move_of("cap", scene->probe.client),
                                   copy_of("console", cases->raw.console.handle), copy_of("client", client),
                                   copy_of("spawner", cases->spawner.handle)};
    if (!start(cases, scene, part, grants, 4))
        return NOT_STARTED;
    look(cases);
    expect_facet_lives(cases, &scene->probe, "there is one of it");
    int64_t code = peer_end(cases, &scene->peer);
    expect_facet_gone(cases, &scene->probe, "and no second one");
    return outcome_of(cases, scene, code);
}

static enum outcome play_sender(struct cases *cases, struct scene *scene)
{
    enum outcome outcome = peer_has_it(cases, scene, "sender", scene->pair.client);
    submit(cases, recv_on(scene->pair.endpoint), 1);
    expect_nothing(cases, "no call is left");
    submit(cases, cancel_of(1), 2);
    expect(cases, 1, CAP_ERR_CANCELLED, "none");
    expect(cases, 2, CAP_OK, "cancelled");
    return outcome;
}

static enum outcome play_parent(struct cases *cases, struct scene *scene)
{
    const struct grant grants[] = {move_of("cap", scene->probe.client),
                                   copy_of("console", cases->raw.console.handle),
                                   copy_of("spawner", cases->spawner.handle)};
    if (!start(cases, scene, "parent", grants, 3))
        return NOT_STARTED;
    look(cases);
    int64_t code = peer_end(cases, &scene->peer);
    expect_facet_gone(cases, &scene->probe, "it was with the peer, or with its child");
    return outcome_of(cases, scene, code);
}

#define RECEIVER_GRANTS 2

/* This process's call, and the peer's RECV: one of the two is told. */
static enum outcome deliver(struct cases *cases, struct scene *scene, bool recv_waits)
{
    uint64_t moved = scene->probe.client.cap.bits;
    const struct grant grants[RECEIVER_GRANTS] = {copy_of("endpoint", scene->pair.endpoint.handle),
                                                  copy_of("console", cases->raw.console.handle)};
    if (!start(cases, scene, "receiver", grants, RECEIVER_GRANTS))
        return NOT_STARTED;
    if (recv_waits)
        rt_enter(1, MS);
    submit(cases,
           loaded(with_long_message(call_of(scene->pair.client)), cases->raw.console.handle.cap.bits, moved,
                  CARRIED),
           1);
    struct cap_cqe cqe = {.status = CAP_ERR_BUSY};
    rt_enter(1, 10 * MS);
    bool is_told = ring_client_take(&cases->raw.rt->ring, &cqe);
    check_books(cases);
    enum cap_err state = id_state(cases, moved);
    if (is_told) {
        raw_expect(&cases->raw, is_refusal_of_other(scene, &cqe), "the caller is told");
        raw_expect_err(&cases->raw, state, CAP_OK, "and has it still");
    } else if (state == CAP_ERR_BUSY) { /* it waits */
        submit(cases, cancel_of(1), 2);
        expect(cases, 1, CAP_ERR_CANCELLED, "the call still waits");
        expect(cases, 2, CAP_OK, "cancelled");
        expect_id(cases, moved, CAP_OK, "with it");
    } else {
        raw_expect_err(&cases->raw, state, CAP_ERR_STALE, "it was delivered");
        expect(cases, 1, CAP_ERR_PEER_DEAD, "to a peer that ends");
        rt_handle_forget(&scene->probe.client);
    }
    int64_t code = peer_end(cases, &scene->peer);
    if (state == CAP_ERR_STALE)
        expect_facet_gone(cases, &scene->probe, "with all that it got");
    else
        expect_facet_lives(cases, &scene->probe, "there is one of it");
    raw_expect(&cases->raw, is_told == (code == CODE_NOT_CALLED), "one of the two is told, not both");
    bool is_for_caps = scene->kind == LEDGER_SLOTS && scene->limit >= RECEIVER_GRANTS + FACETS_BEFORE;
    raw_expect(&cases->raw, !is_for_caps || is_told || code == 0,
               "that there is no room for capabilities is told to who sent them");
    return is_told ? REFUSED : outcome_of(cases, scene, code);
}

static enum outcome play_call_first(struct cases *cases, struct scene *scene)
{
    return deliver(cases, scene, false);
}

static enum outcome play_recv_first(struct cases *cases, struct scene *scene)
{
    return deliver(cases, scene, true);
}

/* Answers that bring copies, the last one also a move; whether all of them arrived. */
static bool answer_all(struct cases *cases, const struct scene *scene)
{
    uint64_t copied = cases->raw.console.handle.cap.bits, moved = scene->probe.client.cap.bits;
    for (uint32_t i = 0; i < ANSWERS; i++) {
        rt_enter(CAP_CQ_ENTRIES, MS);
        struct cap_cqe cqe;
        if (!ring_client_take(&cases->raw.rt->ring, &cqe))
            return false; /* it could not call */
        raw_expect(&cases->raw, cqe.user_data == 1 && cqe.status == CAP_OK, "a call");
        struct cap_sqe back = loaded(return_to(incoming.head.call_id), copied, moved, ANSWERED_CARRIED);
        if (i < ANSWERS - 1)
            call_list[ANSWERED_CARRIED - 1].out = (struct cap_transfer_out){copied, CAP_TRANSFER_COPY};
        back.user_data = 2;
        enum cap_err err = raw_status(&cases->raw, &back);
        if (err) {
            raw_expect_err(&cases->raw, err, CAP_ERR_UNDELIVERED, "the caller could not take it");
            return false;
        }
        if (i < ANSWERS - 1)
            submit(cases, recv_on(scene->pair.endpoint), 1);
    }
    return true;
}

static enum outcome play_answer(struct cases *cases, struct scene *scene)
{
    const struct grant grants[] = {copy_of("client", scene->pair.client),
                                   copy_of("console", cases->raw.console.handle)};
    if (!start(cases, scene, "caller", grants, 2))
        return NOT_STARTED;
    submit(cases, recv_on(scene->pair.endpoint), 1);
    bool is_done = answer_all(cases, scene);
    if (!is_done) {
        expect_id(cases, scene->probe.client.cap.bits, CAP_OK, "the server still has it");
        submit(cases, cancel_of(1), 3);
        rt_enter(1, MS);
        struct cap_cqe cqe = raw_take(&cases->raw);
        if (cqe.user_data == 1)
            cqe = raw_take(&cases->raw);
        raw_expect_err(&cases->raw, (int64_t)cqe.user_data, 3, "no RECV waits any more");
    } else {
        expect_id(cases, scene->probe.client.cap.bits, CAP_ERR_STALE, "it has moved");
        rt_handle_forget(&scene->probe.client);
    }
    look(cases);
    int64_t code = peer_end(cases, &scene->peer);
    if (is_done)
        expect_facet_gone(cases, &scene->probe, "and gone with the peer");
    else
        expect_facet_lives(cases, &scene->probe, "there is one of it");
    raw_expect(&cases->raw, is_done == (code == 0), "both sides say the same");
    return outcome_of(cases, scene, code);
}

/* ---- All limits ----------------------------------------------------------------------------------- */

struct transfer_kind {
    const char *name;
    enum outcome (*play)(struct cases *cases, struct scene *scene);
    uint32_t slots_from; /* below, it is known to fail like this */
};

#define LIMIT_MOST 1000

/* How many limits from `from` on let the peer start, and are too low for what it does. */
static uint32_t sweep(struct cases *cases, const struct transfer_kind *transfer, uint32_t kind)
{
    struct scene scene = {.kind = kind};
    uint32_t refused_count = 0;
    enum outcome outcome = NOT_STARTED;
    scene.pair = pair_make(cases, 1);
    scene.probe = pair_make(cases, 2);
    for (scene.limit = kind == LEDGER_SLOTS ? transfer->slots_from : 1; outcome != DONE; scene.limit++) {
        if (rt_handle_is_null(scene.probe.client)) {
            pair_drop(cases, &scene.probe);
            scene.probe = pair_make(cases, 2);
        }
        enum outcome before = outcome;
        outcome = transfer->play(cases, &scene);
        raw_expect(&cases->raw, outcome >= before, "more is enough for more");
        refused_count += outcome == REFUSED;
        if (outcome == NOT_STARTED)
            expect_id(cases, scene.probe.client.cap.bits, CAP_OK, "what did not start has got nothing");
        if (scene.limit == LIMIT_MOST || cases->raw.failed_count)
            break;
    }
    raw_expect(&cases->raw, outcome == DONE, "some limit is enough");
    pair_drop(cases, &scene.probe);
    pair_drop(cases, &scene.pair);
    return refused_count;
}

static void case_85(struct cases *cases)
{
    static const struct transfer_kind transfers[] = {
        {"a call that waits", play_sender, 1},
        {"a call that is received", play_call_first, 1},
        {"a RECV that waits", play_recv_first, 1},
        {"an answer", play_answer, 255},
        {"a spawn", play_parent, 500},
    };
    for (uint32_t i = 0; i < sizeof transfers / sizeof transfers[0]; i++) {
        char text[200];
        uint32_t length = 0;
        for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
            length += fmt_print(text + length, sizeof text - length, "%s %s %u", kind ? "," : "",
                                ledger_kind_name((enum ledger_kind)kind), sweep(cases, &transfers[i], kind));
        print(cases->raw.console, "%s: refused at limits of%s", transfers[i].name, text);
    }
}

static const struct hostile_case list[] = {
    {85,
     "transfers at every limit of each kind that is too low: one error, nothing moved, doubled or charged",
     case_85},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
