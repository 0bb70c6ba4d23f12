/* The flag RELEASE_PARAMS of RETURN and RETURN_RECV, and what RETURN_RECV carries.
 *
 * What travels is the only client facet of an endpoint, or a copy of it: a RECV on that endpoint ends when
 * the last one is gone, and not before.
 *
 * Next: tests/qemu/return-recv/return-recv.c
 */
#include "tests/qemu/cases.h"

enum {
    CALL = 1,
    RECV,
    RETURN,
    NEXT
};

static struct cap_sqe releasing(struct cap_sqe sqe)
{
    sqe.flags |= CAP_SQE_RELEASE_PARAMS;
    return sqe;
}

/* A call with these capabilities has been received; what arrived is in `received`. */
static uint64_t serve(struct cases *cases, const struct pair *pair, struct cap_sqe call)
{
    submit(cases, call, CALL);
    submit(cases, recv_on(pair->endpoint), RECV);
    struct cap_cqe cqe = expect(cases, RECV, CAP_OK, "a call is received");
    raw_expect_err(&cases->raw, cqe.cap_count, call.send_count, "with its capabilities");
    return incoming.head.call_id;
}

static void expect_answered(struct cases *cases, enum cap_err status, const char *what)
{
    expect(cases, CALL, status, what);
    expect(cases, RETURN, CAP_OK, what);
}

/* Its client has been moved away. */
static void endpoint_drop(struct cases *cases, struct pair *pair)
{
    rt_handle_drop(&pair->endpoint.handle);
    rt_flush(cases->raw.rt);
}

/* ---- What goes ------------------------------------------------------------------------------------ */

static void test_copy(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve(cases, pair, copying(call_of(pair->client), other->client.cap.bits));
    uint64_t arrived = received[0].cap;
    expect_id(cases, arrived, CAP_OK, "a copy");
    submit(cases, releasing(return_to(call_id)), RETURN);
    expect_answered(cases, CAP_OK, "is answered");
    expect_id(cases, arrived, CAP_ERR_STALE, "and gone");
    expect_id(cases, other->client.cap.bits, CAP_OK, "the caller's own stays");
    expect_facet_lives(cases, other, "and is alive");
}

static void test_kept_without(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve(cases, pair, copying(call_of(pair->client), other->client.cap.bits));
    submit(cases, return_to(call_id), RETURN);
    expect_answered(cases, CAP_OK, "without the flag");
    expect_release(cases, received[0].cap, "it is the server's");
}

static void test_move(struct cases *cases, const struct pair *pair)
{
    struct pair moved = pair_make(cases, 9);
    uint64_t call_id = serve(cases, pair, moving(call_of(pair->client), moved.client.cap.bits));
    expect_facet_lives(cases, &moved, "what was moved is at the server");
    struct cap_sqe answer_sqe = releasing(return_to(call_id));
    answer_sqe.flags |= CAP_SQE_EXCEPTION;
    submit(cases, answer_sqe, RETURN);
    expect_answered(cases, CAP_ERR_EXCEPTION, "also with an exception");
    expect_id(cases, moved.client.cap.bits, CAP_ERR_STALE, "the caller has lost it");
    expect_facet_gone(cases, &moved, "and nobody has it");
    endpoint_drop(cases, &moved);
}

static void test_many(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t caps[CAP_TRANSFER_MAX];
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        caps[i] = other->client.cap.bits;
    uint64_t call_id =
        serve(cases, pair, carrying(call_of(pair->client), CAP_TRANSFER_COPY, caps, CAP_TRANSFER_MAX));
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        caps[i] = received[i].cap;
    expect_release(cases, caps[3], "the server releases one itself");
    submit(cases, releasing(return_to(call_id)), RETURN);
    expect_answered(cases, CAP_OK, "the others");
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        expect_id(cases, caps[i], CAP_ERR_STALE, "are gone");
    expect_facet_lives(cases, other, "but not the caller's");
}

/* A slot that was given up and is used again belongs to somebody else. */
static void test_slot_used_again(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve(cases, pair, copying(call_of(pair->client), other->client.cap.bits));
    expect_release(cases, received[0].cap, "the server releases it itself");
    struct pair next = pair_make(cases, 10);
    submit(cases, releasing(return_to(call_id)), RETURN);
    expect_answered(cases, CAP_OK, "what has come into its slot");
    expect_id(cases, next.client.cap.bits, CAP_OK, "stays");
    expect_id(cases, next.endpoint.handle.cap.bits, CAP_OK, "wherever it is");
    pair_drop(cases, &next);
}

/* ---- What goes on --------------------------------------------------------------------------------- */

static void test_answered_with(struct cases *cases, const struct pair *pair, uint64_t mode)
{
    struct pair passed = pair_make(cases, 11);
    struct cap_sqe call = moving(call_of(pair->client), passed.client.cap.bits);
    uint64_t call_id = serve(cases, pair, call);
    uint64_t arrived = received[0].cap;
    const union cap_entry *back = &call_list[1]; /* behind what the call sent */
    static struct cap_transfer_out out;
    out = (struct cap_transfer_out){arrived, mode};
    struct cap_sqe sqe = releasing(return_to(call_id));
    sqe.send_count = 1;
    sqe.transfers_addr = (uint64_t)&out;
    submit(cases, sqe, RETURN);
    struct cap_cqe cqe = expect(cases, CALL, CAP_OK, "the answer has it");
    raw_expect_err(&cases->raw, cqe.cap_count, 1, "the answer has it");
    expect(cases, RETURN, CAP_OK, "the answer has it");
    expect_id(cases, arrived, CAP_ERR_STALE, "the server has not");
    expect_id(cases, back->in.cap, CAP_OK, "the caller has");
    expect_facet_lives(cases, &passed, "and it is alive");
    expect_release(cases, back->in.cap, "once");
    expect_facet_gone(cases, &passed, "so it was the only one");
    endpoint_drop(cases, &passed);
}

/* The answer does not arrive: what it carried came with the call, and goes too. */
static void test_undelivered(struct cases *cases, const struct pair *pair)
{
    struct pair lost = pair_make(cases, 12);
    struct cap_sqe call = moving(call_of(pair->client), lost.client.cap.bits);
    call.receive_count = 0;
    uint64_t call_id = serve(cases, pair, call);
    uint64_t arrived = received[0].cap;
    submit(cases, releasing(moving(return_to(call_id), arrived)), RETURN);
    expect(cases, CALL, CAP_ERR_BUFFER_TOO_SMALL, "there is no place for it");
    expect(cases, RETURN, CAP_ERR_UNDELIVERED, "which the server is told");
    expect_id(cases, arrived, CAP_ERR_STALE, "the call is over");
    expect_facet_gone(cases, &lost, "and nobody has it");
    endpoint_drop(cases, &lost);
}

/* The call goes on: so does what came with it. */
static void test_refused(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve(cases, pair, copying(call_of(pair->client), other->client.cap.bits));
    uint64_t arrived = received[0].cap;
    submit(cases, releasing(copying(return_to(call_id), 0)), RETURN);
    expect(cases, RETURN, CAP_ERR_NO_CAP, "a bad descriptor");
    struct cap_sqe sqe = releasing(return_to(call_id));
    sqe.message_addr = CAP_RING_ADDRESS;
    sqe.message_bytes = 8;
    submit(cases, sqe, RETURN);
    expect(cases, RETURN, CAP_ERR_FAULT, "a message from nowhere");
    submit(cases, releasing(return_to(call_id + (1ull << 32))), RETURN);
    expect(cases, RETURN, CAP_ERR_STALE, "another call's id");
    expect_id(cases, arrived, CAP_OK, "nothing has changed");
    submit(cases, releasing(return_to(call_id)), RETURN);
    expect_answered(cases, CAP_OK, "until it is answered");
    expect_id(cases, arrived, CAP_ERR_STALE, "and then it is gone");
}

static void test_cancelled(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve(cases, pair, copying(call_of(pair->client), other->client.cap.bits));
    uint64_t arrived = received[0].cap;
    submit(cases, cancel_of(CALL), NEXT);
    expect(cases, CALL, CAP_ERR_CANCELLED, "the caller gives up");
    expect(cases, NEXT, CAP_OK, "the caller gives up");
    expect_id(cases, arrived, CAP_OK, "the server works on");
    submit(cases, releasing(return_to(call_id)), RETURN);
    expect(cases, RETURN, CAP_ERR_CANCELLED, "and is told");
    expect_id(cases, arrived, CAP_ERR_STALE, "with that the call is over");
}

/* ---- RETURN_RECV ---------------------------------------------------------------------------------- */

static union cap_entry both_list[2 + CAP_TRANSFER_MAX];

static struct cap_sqe both_of(const struct pair *pair, uint64_t call_id, uint64_t cap)
{
    struct cap_sqe sqe = recv_on(pair->endpoint);
    sqe.opcode = CAP_OP_RETURN_RECV;
    sqe.endpoint = sqe.target;
    sqe.target = call_id;
    sqe.send_count = 1;
    both_list[0].out = (struct cap_transfer_out){cap, CAP_TRANSFER_MOVE};
    sqe.transfers_addr = (uint64_t)both_list;
    return sqe;
}

static void test_both(struct cases *cases, const struct pair *pair, const struct pair *other, bool is_waiting)
{
    struct pair passed = pair_make(cases, 13);
    uint64_t call_id = serve(cases, pair, moving(call_of(pair->client), passed.client.cap.bits));
    uint64_t arrived = received[0].cap;
    struct cap_sqe next = copying(call_of(pair->client), other->client.cap.bits);
    next.transfers_addr = (uint64_t)&call_list[4];
    call_list[4].out = (struct cap_transfer_out){other->client.cap.bits, CAP_TRANSFER_COPY};
    if (is_waiting)
        submit(cases, next, NEXT);
    submit(cases, releasing(both_of(pair, call_id, arrived)), RETURN);
    raw_expect_err(&cases->raw, expect(cases, CALL, CAP_OK, "an answer with a capability").cap_count, 1,
                   "one");
    if (!is_waiting)
        submit(cases, next, NEXT);
    struct cap_cqe cqe = expect(cases, RETURN, CAP_OK, "and the next call with its own");
    raw_expect(&cases->raw, cqe.cap_count == 1 && cqe.flags == CAP_CQE_RETURNED, "in one completion");
    expect_id(cases, call_list[1].in.cap, CAP_OK, "which is there");
    expect_id(cases, arrived, CAP_ERR_STALE, "the first one has gone");
    expect_id(cases, both_list[1].in.cap, CAP_OK, "the second is behind what was sent");
    uint64_t second = both_list[1].in.cap;
    submit(cases, releasing(return_to(incoming.head.call_id)), RETURN);
    expect(cases, NEXT, CAP_OK, "it is answered");
    expect(cases, RETURN, CAP_OK, "it is answered");
    expect_id(cases, second, CAP_ERR_STALE, "and gone, too");
    expect_release(cases, call_list[1].in.cap, "what the caller got back");
    expect_facet_gone(cases, &passed, "was the only one");
    endpoint_drop(cases, &passed);
}

static void test_both_refused(struct cases *cases, const struct pair *pair)
{
    uint64_t call_id = serve(cases, pair, call_of(pair->client));
    struct cap_sqe sqe = both_of(pair, call_id, 0);
    submit(cases, sqe, RETURN);
    raw_expect_err(&cases->raw, expect(cases, RETURN, CAP_ERR_NO_CAP, "a bad descriptor").flags, 0,
                   "no answer, and nothing is received");
    sqe.transfers_addr = UINT64_MAX - 31; /* the descriptor is where nothing is, and the places wrap */
    submit(cases, sqe, RETURN);
    raw_expect_err(&cases->raw, expect(cases, RETURN, CAP_ERR_FAULT, "no descriptor").flags, 0,
                   "no answer, and nothing is received");
    expect_nothing(cases, "the call is still to be answered");
    submit(cases, return_to(call_id), RETURN);
    expect_answered(cases, CAP_OK, "as it can be");
}

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    struct pair pair = pair_make(&cases, 7), other = pair_make(&cases, 8);
    test_copy(&cases, &pair, &other);
    test_kept_without(&cases, &pair, &other);
    test_move(&cases, &pair);
    test_many(&cases, &pair, &other);
    test_slot_used_again(&cases, &pair, &other);
    test_answered_with(&cases, &pair, CAP_TRANSFER_COPY);
    test_answered_with(&cases, &pair, CAP_TRANSFER_MOVE);
    test_undelivered(&cases, &pair);
    test_refused(&cases, &pair, &other);
    test_cancelled(&cases, &pair, &other);
    test_both(&cases, &pair, &other, true);
    test_both(&cases, &pair, &other, false);
    test_both_refused(&cases, &pair);
    pair_drop(&cases, &other);
    pair_drop(&cases, &pair);
    return raw_end(&cases.raw);
}
