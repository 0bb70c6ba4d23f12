/* Hostile cases that need a kernel built for tests: ids at the end of their generations, and objects that can
 * be copied and not moved, moved and not copied, or neither.
 *
 * Next: tests/qemu/cases-test-kernel/aging.h
 */
#include "tests/qemu/cases-test-kernel/aging.h"
#include "tests/qemu/random.h"

static struct os_TestSupport support;
static struct filling filling;

/* ---- The end of a slot ---------------------------------------------------------------------------- */

static uint64_t make_client(struct cases *cases, const struct pair *pair)
{
    struct rt_handle made = {.rt = cases->raw.rt};
    raw_expect_err(&cases->raw, os_Endpoint_makeClient(pair->endpoint, 1, &made), CAP_OK, "another facet");
    return made.cap.bits;
}

/* A capability in the last use that its slot has. */
static uint64_t make_last(struct cases *cases, const struct pair *pair)
{
    uint64_t first = make_client(cases, pair);
    raw_expect_err(&cases->raw, age(support, first, USES_MAX - 1, false), CAP_ERR_INVALID,
                   "a slot in use gets no older");
    expect_release(cases, first, "the slot is free");
    raw_expect_err(&cases->raw, age(support, first, USES_MAX, false), CAP_ERR_INVALID, "nor to its end");
    raw_expect_err(&cases->raw, age(support, first, USES_MAX - 1, false), CAP_OK,
                   "it is used up but for one");
    raw_expect_err(&cases->raw, age(support, first, (uint32_t)(first >> 32), false), CAP_ERR_INVALID,
                   "and gets no younger");
    expect_id(cases, first, CAP_ERR_STALE, "its old id is dead");
    uint64_t last = make_client(cases, pair);
    raw_expect(&cases->raw, last == id_of_use(first, USES_MAX),
               "the last use is that of the last generation");
    expect_id(cases, last, CAP_OK, "and works");
    expect_id(cases, first, CAP_ERR_STALE, "the old id is dead");
    return last;
}

/* No id of this slot has any meaning any more, and none ever will. */
static void expect_retired(struct cases *cases, const struct pair *pair, uint64_t last)
{
    struct random random = {last};
    uint32_t alive_count = 0;
    for (uint32_t bit = 0; bit < 32; bit++)
        for (uint64_t use = 1ull << bit; use < (1ull << bit) + 3; use++)
            alive_count += id_state(cases, id_of_use(last, use)) != CAP_ERR_STALE;
    for (uint32_t i = 0; i < 1000; i++)
        alive_count += id_state(cases, id_of_use(last, 1 + random_below(&random, USES_MAX))) != CAP_ERR_STALE;
    raw_expect_err(&cases->raw, alive_count, 0, "all ids of the slot are dead");
    expect_id(cases, last, CAP_ERR_STALE, "the last one too");
    expect_id(cases, id_of_use(last, 0), CAP_ERR_NO_CAP, "and generation 0 never was one");
    raw_expect_err(&cases->raw, age(support, last, USES_MAX - 1, false), CAP_ERR_INVALID, "it is retired");
    uint64_t next = make_client(cases, pair);
    raw_expect(&cases->raw, (uint32_t)next != (uint32_t)last, "the next capability is elsewhere");
    expect_release(cases, next, "and goes");
}

/* How many capabilities the table takes. */
static uint32_t room(struct cases *cases, const struct pair *pair)
{
    table_fill(cases, pair, 0, &filling);
    uint32_t count = filling.count;
    table_empty(cases, &filling);
    return count;
}

/* A move takes the id out of its slot as a release does: when a RECV waits, and when the call does. */
static void move_last(struct cases *cases, const struct pair *pair, bool call_waits)
{
    uint64_t last = make_last(cases, pair);
    if (call_waits) {
        submit(cases, moving(call_of(pair->client), last), 1);
        expect_id(cases, last, CAP_ERR_BUSY, "on its way");
        submit(cases, cancel_of(1), 2);
        expect(cases, 1, CAP_ERR_CANCELLED, "it does not get there");
        expect(cases, 2, CAP_OK, "cancelled");
        expect_id(cases, last, CAP_OK, "the last use goes on");
        submit(cases, moving(call_of(pair->client), last), 1);
    }
    submit(cases, recv_on(pair->endpoint), 3);
    if (!call_waits)
        submit(cases, with_word(moving(call_of(pair->client), last), 0), 1);
    expect(cases, 3, CAP_OK, "it is moved");
    expect_retired(cases, pair, last);
    expect_id(cases, received[0].cap, CAP_OK, "what was moved lives in another slot");
    expect_release(cases, received[0].cap, "and ends there");
    answer_own(cases, incoming.head.call_id, 1, "answered");
}

static void retire_calls(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2);
    const struct grant grants[] = {copy_of("endpoint", pair.endpoint.handle), copy_of("client", pair.client),
                                   copy_of("parent", parent.client), copy_of("support", support.handle),
                                   copy_of("console", cases->raw.console.handle)};
    struct os_ProcessHandle peer = peer_start(cases, "peer", "old-server", grants, 5);
    hear(cases, parent.endpoint, "the peer has used up its table of calls");
    submit(cases, recv_on(pair.endpoint), 1);
    expect(cases, 1, CAP_OK, "another process gets what the peer cannot take");
    let_go(cases, incoming.head.call_id);
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "the peer found nothing wrong");
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

static void case_50(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    uint32_t before = room(cases, &pair);
    uint64_t last = make_last(cases, &pair);
    expect_release(cases, last, "the last use ends");
    expect_retired(cases, &pair, last);
    move_last(cases, &pair, false);
    move_last(cases, &pair, true);
    raw_expect_err(&cases->raw, room(cases, &pair), before - 3, "the table is three slots smaller");
    raw_expect_err(&cases->raw, room(cases, &pair), before - 3, "and stays so");
    pair_drop(cases, &pair);
    retire_calls(cases);
}

/* The last thousand of all the uses that a slot can have, each told from all before. */
#define LAST_USES 1000

static void case_51(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    uint32_t wrong_count = 0;
    uint64_t first = make_client(cases, &pair), id = first;
    expect_release(cases, first, "a slot");
    raw_expect_err(&cases->raw, age(support, first, USES_MAX - LAST_USES, false), CAP_OK,
                   "it was used more than four thousand million times");
    for (uint64_t use = USES_MAX - LAST_USES + 1; use <= USES_MAX; use++) {
        uint64_t before = id;
        id = make_client(cases, &pair);
        wrong_count += id != id_of_use(first, use);
        wrong_count += id_state(cases, first) != CAP_ERR_STALE || id_state(cases, before) != CAP_ERR_STALE;
        wrong_count += id_state(cases, id_of_use(first, use - USES_MAX + LAST_USES)) != CAP_ERR_STALE;
        expect_release(cases, id, "used once more");
    }
    raw_expect_err(&cases->raw, wrong_count, 0, "no id comes twice, no old one works");
    expect_retired(cases, &pair, id);
    pair_drop(cases, &pair);
}

/* ---- Objects that are not copied, not moved, or neither ------------------------------------------- */

struct kind {
    bool can_copy, can_move;
};

/* One capability to an object, how it is to travel, and what is to come of it. */
struct journey {
    uint64_t cap;
    uint64_t mode;
    enum cap_err wanted;
    bool has_company; /* a second capability, in front of it, that may be copied */
};

static void journey_expect(struct cases *cases, const struct journey *journey)
{
    bool is_gone = !journey->wanted && journey->mode == CAP_TRANSFER_MOVE;
    expect_id(cases, journey->cap, is_gone ? CAP_ERR_STALE : CAP_OK, "it is where it should be");
}

static struct cap_sqe journey_load(struct cases *cases, const struct journey *journey, struct cap_sqe sqe)
{
    uint64_t caps[] = {cases->raw.console.handle.cap.bits, journey->cap};
    sqe = carrying(sqe, CAP_TRANSFER_COPY, journey->has_company ? caps : caps + 1, 1 + journey->has_company);
    call_list[journey->has_company].out.mode = journey->mode;
    sqe.receive_count = 0;
    return with_word(sqe, 0); /* with a message, and alone, it may go the quick way */
}

/* What arrived is the journey's from now on, if it left its old id. */
static void journey_arrive(struct cases *cases, struct journey *journey, const struct cap_cqe *cqe)
{
    raw_expect_err(&cases->raw, cqe->cap_count, 1 + journey->has_company, "all that was sent");
    if (journey->has_company)
        expect_release(cases, received[0].cap, "the company");
    uint64_t arrived = received[journey->has_company].cap;
    expect_id(cases, arrived, CAP_OK, "it arrives");
    if (journey->mode == CAP_TRANSFER_MOVE)
        journey->cap = arrived;
    else
        expect_release(cases, arrived, "the copy goes");
}

static void travel_by_call(struct cases *cases, const struct pair *pair, struct journey *journey,
                           bool recv_waits)
{
    if (recv_waits)
        submit(cases, recv_on(pair->endpoint), 1);
    submit(cases, journey_load(cases, journey, call_of(pair->client)), 2);
    if (journey->wanted) {
        expect(cases, 2, journey->wanted, "the call is refused");
        journey_expect(cases, journey);
        if (!recv_waits)
            submit(cases, recv_on(pair->endpoint), 1);
        expect_nothing(cases, "nothing is delivered");
        submit(cases, cancel_of(1), 3);
        expect(cases, 1, CAP_ERR_CANCELLED, "nor later");
        expect(cases, 3, CAP_OK, "cancelled");
        return;
    }
    if (!recv_waits)
        submit(cases, recv_on(pair->endpoint), 1);
    struct cap_cqe cqe = expect(cases, 1, CAP_OK, "the call is delivered");
    journey_expect(cases, journey);
    journey_arrive(cases, journey, &cqe);
    answer_own(cases, incoming.head.call_id, 2, "and answered");
}

static void travel_by_return(struct cases *cases, const struct pair *pair, struct journey *journey)
{
    struct cap_sqe call = call_of(pair->client);
    call.receive_count = 2;
    call.transfers_addr = (uint64_t)received;
    submit(cases, recv_on(pair->endpoint), 1);
    submit(cases, call, 2);
    expect(cases, 1, CAP_OK, "a call");
    submit(cases, journey_load(cases, journey, return_to(incoming.head.call_id)), 3);
    if (journey->wanted) {
        expect(cases, 3, journey->wanted, "the answer is refused");
        journey_expect(cases, journey);
        answer_own(cases, incoming.head.call_id, 2, "the call is still to be answered");
        return;
    }
    struct cap_cqe cqe = expect(cases, 2, CAP_OK, "the answer arrives");
    expect(cases, 3, CAP_OK, "the server knows");
    journey_expect(cases, journey);
    journey_arrive(cases, journey, &cqe);
}

static void travel_by_spawn(struct cases *cases, const struct journey *journey)
{
    struct rt_handle handle = {.rt = cases->raw.rt, .cap = {journey->cap}};
    const struct grant grants[] = {copy_of("console", cases->raw.console.handle),
                                   {"object", handle, journey->mode}};
    struct os_ProcessHandle process = {{.rt = cases->raw.rt}};
    raw_expect_err(&cases->raw, peer_try(cases, "peer", "holder", grants, 2, &process), journey->wanted,
                   "a grant");
    journey_expect(cases, journey);
    if (!journey->wanted)
        raw_expect_err(&cases->raw, peer_end(cases, &process), 0, "the child ends");
}

/* As an argument to an object of the kernel, which borrows it. */
static void travel_to_kernel(struct cases *cases, const struct journey *journey)
{
    struct cap_sqe sqe = journey_load(cases, journey, call_of(cases->facets.handle));
    sqe.receive_count = 2;
    sqe.method_id = 77; /* none: it is refused after what was sent */
    submit(cases, sqe, 1);
    expect(cases, 1, journey->wanted ? journey->wanted : CAP_ERR_UNIMPLEMENTED, "an argument");
    expect_id(cases, journey->cap, CAP_OK, "it is back");
}

static void travel(struct cases *cases, struct kind kind, uint64_t mode)
{
    struct pair pair = pair_make(cases, 1);
    struct os_TestObject object = {{.rt = cases->raw.rt}};
    raw_expect_err(&cases->raw, os_TestSupport_object(support, kind.can_copy, kind.can_move, &object), CAP_OK,
                   "an object");
    bool may = mode == CAP_TRANSFER_COPY ? kind.can_copy : kind.can_move;
    struct journey journey = {object.handle.cap.bits, mode, may ? CAP_OK : CAP_ERR_NOT_TRANSFERABLE, false};
    for (uint32_t i = 0; i < 2; i++, journey.has_company = true) {
        travel_by_call(cases, &pair, &journey, true);
        travel_by_call(cases, &pair, &journey, false);
        travel_by_return(cases, &pair, &journey);
        travel_to_kernel(cases, &journey);
    }
    travel_by_spawn(cases, &journey);
    if (!may || mode == CAP_TRANSFER_COPY)
        expect_release(cases, journey.cap, "it can be released");
    pair_drop(cases, &pair);
}

static void case_80(struct cases *cases)
{
    travel(cases, (struct kind){false, false}, CAP_TRANSFER_MOVE);
    travel(cases, (struct kind){false, false}, CAP_TRANSFER_COPY);
    travel(cases, (struct kind){true, false}, CAP_TRANSFER_MOVE);
    travel(cases, (struct kind){true, false}, CAP_TRANSFER_COPY);
}

static void case_81(struct cases *cases)
{
    travel(cases, (struct kind){false, true}, CAP_TRANSFER_COPY);
    travel(cases, (struct kind){false, true}, CAP_TRANSFER_MOVE);
    travel(cases, (struct kind){true, true}, CAP_TRANSFER_COPY);
    travel(cases, (struct kind){true, true}, CAP_TRANSFER_MOVE);
}

/* ---- The list ------------------------------------------------------------------------------------- */

static const struct hostile_case list[] = {
    {50,
     "slots in their last generation: they work once more and are retired; so are those of calls, to the "
     "last",
     case_50},
    {51, "the last thousand of 2^32 uses of a slot: no id comes twice", case_51},
    {80, "moves of what can be copied only, or neither: ERR_NOT_TRANSFERABLE, all ways", case_80},
    {81, "copies of what can be moved only: ERR_NOT_TRANSFERABLE, all ways", case_81},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    if (RT_CAPSET(rt, "testSupport", os_TestSupport, &support))
        return 98;
    return CASES_RUN(&cases, list);
}
