/* RETURN_RECV: the answer to one call and the wait for the next, in one operation.
 *
 * Next: tests/qemu/return-recv/peer.c
 */
#include "lib/mem.h"
#include "tests/qemu/cases.h"
#include "tests/qemu/return-recv/parts.h"

enum {
    FIRST = 1, /* the call that is answered */
    NEXT,      /* the one that is to be received */
    RECV,
    BOTH, /* the RETURN_RECV */
    CANCEL
};

static const uint64_t results[3] = {2ull << 32, 0xbeef, 0xcafe};

static struct cap_sqe both_of(const struct pair *pair, uint64_t call_id)
{
    struct cap_sqe sqe = recv_on(pair->endpoint);
    sqe.opcode = CAP_OP_RETURN_RECV;
    sqe.endpoint = sqe.target;
    sqe.target = call_id;
    sqe.message_addr = (uint64_t)results;
    sqe.message_bytes = sizeof results;
    return sqe;
}

/* The next completion is that of the RETURN_RECV. */
static struct cap_cqe expect_both(struct cases *cases, bool is_returned, enum cap_err status,
                                  const char *what)
{
    struct cap_cqe cqe = expect(cases, BOTH, status, what);
    raw_expect_err(&cases->raw, cqe.flags, is_returned ? CAP_CQE_RETURNED : 0, what);
    return cqe;
}

static void expect_answer(struct cases *cases, const char *what)
{
    struct cap_cqe cqe = expect(cases, FIRST, CAP_OK, what);
    raw_expect(&cases->raw, cqe.message_bytes == sizeof results && answer[1] == 0xbeef && cqe.flags == 0,
               what);
}

/* A call that has been received. */
static uint64_t serve_one(struct cases *cases, const struct pair *pair)
{
    memset(answer, 0, sizeof answer);
    submit(cases, with_word(call_of(pair->client), 1), FIRST);
    submit(cases, recv_on(pair->endpoint), RECV);
    expect(cases, RECV, CAP_OK, "a call is received");
    return incoming.head.call_id;
}

static void finish(struct cases *cases, uint64_t call_id, uint64_t token, const char *what)
{
    answer_own(cases, call_id, token, what);
}

/* ---- What works ----------------------------------------------------------------------------------- */

static void test_next_waits(struct cases *cases, const struct pair *pair)
{
    uint64_t call_id = serve_one(cases, pair);
    submit(cases, with_word(call_of(pair->client), 2), NEXT);
    submit(cases, both_of(pair, call_id), BOTH);
    expect_answer(cases, "the answer comes first");
    struct cap_cqe cqe = expect_both(cases, true, CAP_OK, "then the call that waited");
    raw_expect(&cases->raw,
               cqe.message_bytes == 16 && cqe.cap_count == 0 && incoming.words[1] == 2 &&
                   incoming.head.badge == 7 && incoming.head.call_id != call_id,
               "with all that a RECV gets");
    expect_nothing(cases, "one completion is all");
    finish(cases, incoming.head.call_id, NEXT, "and it can be answered");
}

static void test_next_is_late(struct cases *cases, const struct pair *pair)
{
    uint64_t call_id = serve_one(cases, pair);
    struct cap_sqe both = both_of(pair, call_id);
    both.flags = CAP_SQE_EXCEPTION;
    submit(cases, both, BOTH);
    expect(cases, FIRST, CAP_ERR_EXCEPTION, "an exception is an answer");
    expect_nothing(cases, "and the RECV waits");
    submit(cases, with_word(call_of(pair->client), 3), NEXT);
    struct cap_cqe cqe = expect_both(cases, true, CAP_OK, "until a call comes");
    raw_expect(&cases->raw, cqe.message_bytes == 16 && incoming.words[1] == 3, "with its message");
    finish(cases, incoming.head.call_id, NEXT, "and it can be answered");
}

static void test_capabilities(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve_one(cases, pair);
    submit(cases, copying(call_of(pair->client), other->client.cap.bits), NEXT);
    submit(cases, both_of(pair, call_id), BOTH);
    expect_answer(cases, "an answer");
    struct cap_cqe cqe = expect_both(cases, true, CAP_OK, "a call with a capability");
    raw_expect(&cases->raw, cqe.cap_count == 1 && received[0].interface_id == SERVED_ID, "which arrives");
    expect_release(cases, received[0].cap, "and is this process's");
    finish(cases, incoming.head.call_id, NEXT, "and it can be answered");
}

/* The tick runs it while the process works: the answer goes out, and the next call can come. */
static void test_timer_tick(struct cases *cases, const struct pair *pair)
{
    struct raw *raw = &cases->raw;
    uint64_t call_id = serve_one(cases, pair);
    struct cap_sqe both = both_of(pair, call_id);
    both.user_data = BOTH;
    raw_submit(raw, &both);
    while (ring_client_unread(&raw->rt->ring) == 0)
        __asm__ volatile("pause");
    struct cap_cqe cqe = raw_take(raw);
    raw_expect(raw, cqe.user_data == FIRST && cqe.status == CAP_OK, "the tick gives the answer");
    raw_expect(raw, !ring_client_peek(&raw->rt->ring, &cqe), "and nothing else is there");
    submit(cases, with_word(call_of(pair->client), 4), NEXT);
    expect_both(cases, true, CAP_OK, "the RECV of the tick gets a call");
    finish(cases, incoming.head.call_id, NEXT, "and it can be answered");
}

/* The time limits of what was received and answered the quick way are over with it. */
static void test_limits_end(struct cases *cases, const struct pair *pair)
{
    for (uint32_t i = 0; i < 4; i++) {
        submit(cases, limited(recv_on(pair->endpoint), 300000000), RECV);
        submit(cases, with_word(call_of(pair->client), 1), FIRST);
        expect(cases, RECV, CAP_OK, "a RECV with a time limit gets a call");
        uint64_t call_id = incoming.head.call_id;
        submit(cases, limited(with_word(call_of(pair->client), 2), 300000000), NEXT);
        submit(cases, both_of(pair, call_id), BOTH);
        expect_answer(cases, "which is answered");
        expect_both(cases, true, CAP_OK, "and one with a time limit comes");
        finish(cases, incoming.head.call_id, NEXT, "which is answered, too");
    }
    raw_expect_err(&cases->raw, rt_enter(1, 400000000), 0, "the limits pass, and nothing happens");
    test_next_waits(cases, pair);
}

/* ---- The answer does not arrive ------------------------------------------------------------------- */

/* Nothing was received: the call that waits, NEXT, still does. */
static void expect_next_untouched(struct cases *cases, const struct pair *pair, const char *what)
{
    expect_nothing(cases, what);
    submit(cases, recv_on(pair->endpoint), RECV);
    expect(cases, RECV, CAP_OK, what);
    finish(cases, incoming.head.call_id, NEXT, what);
}

static void refuse(struct cases *cases, const struct pair *pair, void (*change)(struct cap_sqe *sqe),
                   enum cap_err status, const char *what)
{
    uint64_t call_id = serve_one(cases, pair);
    submit(cases, with_word(call_of(pair->client), 5), NEXT);
    struct cap_sqe both = both_of(pair, call_id);
    change(&both);
    memset(&incoming, 0x5a, sizeof incoming);
    submit(cases, both, BOTH);
    expect_both(cases, false, status, what);
    raw_expect_err(&cases->raw, (int64_t)incoming.head.call_id, 0x5a5a5a5a5a5a5a5a,
                   "its buffer is as it was");
    expect_next_untouched(cases, pair, what);
    finish(cases, call_id, FIRST, "the call is still to be answered");
}

static void set_null(struct cap_sqe *sqe)
{
    sqe->target = 0;
}

static void set_never(struct cap_sqe *sqe)
{
    sqe->target = 1ull << 32 | 200;
}

static void set_other_use(struct cap_sqe *sqe)
{
    sqe->target += 1ull << 32;
}

static void set_bad_message(struct cap_sqe *sqe)
{
    sqe->message_addr = 8;
}

static void set_bad_message_and_endpoint(struct cap_sqe *sqe)
{
    sqe->message_addr = CAP_RING_ADDRESS;
    sqe->endpoint = 0;
}

static void set_both_null(struct cap_sqe *sqe)
{
    sqe->target = sqe->endpoint = 0;
}

static void set_many_sent(struct cap_sqe *sqe)
{
    sqe->send_count = CAP_TRANSFER_MAX + 1;
}

static void set_timeout(struct cap_sqe *sqe)
{
    sqe->flags = CAP_SQE_TIMEOUT;
}

static void set_method(struct cap_sqe *sqe)
{
    sqe->method_id = 1;
}

static void set_odd_bytes(struct cap_sqe *sqe)
{
    sqe->message_bytes = 20;
}

static void set_long(struct cap_sqe *sqe)
{
    sqe->message_bytes = CAP_MESSAGE_BYTES_MAX + 8;
}

static void set_much_room(struct cap_sqe *sqe)
{
    sqe->receive_count = CAP_TRANSFER_MAX + 1;
}

static void test_refusals(struct cases *cases, const struct pair *pair)
{
    refuse(cases, pair, set_null, CAP_ERR_NO_CAP, "a call id of nothing");
    refuse(cases, pair, set_never, CAP_ERR_NO_CAP, "a call id that never was");
    refuse(cases, pair, set_other_use, CAP_ERR_STALE, "a call id of another use");
    refuse(cases, pair, set_bad_message, CAP_ERR_FAULT, "an answer from nowhere");
    refuse(cases, pair, set_bad_message_and_endpoint, CAP_ERR_FAULT,
           "both halves wrong: it is the RETURN's error");
    refuse(cases, pair, set_both_null, CAP_ERR_NO_CAP, "both ids wrong");
    refuse(cases, pair, set_many_sent, CAP_ERR_TOO_BIG, "too many capabilities");
    refuse(cases, pair, set_timeout, CAP_ERR_BAD_SQE, "a time limit");
    refuse(cases, pair, set_method, CAP_ERR_BAD_SQE, "a method");
    refuse(cases, pair, set_odd_bytes, CAP_ERR_BAD_SQE, "half a word");
    refuse(cases, pair, set_long, CAP_ERR_TOO_BIG, "too long a message");
    refuse(cases, pair, set_much_room, CAP_ERR_TOO_BIG, "too many places");
}

/* The caller has not got it: the server is told, and receives nothing. */
static void test_undelivered(struct cases *cases, const struct pair *pair)
{
    struct cap_sqe call = call_of(pair->client);
    call.buffer_bytes = 16;
    submit(cases, call, FIRST);
    submit(cases, recv_on(pair->endpoint), RECV);
    expect(cases, RECV, CAP_OK, "a call with little room");
    uint64_t call_id = incoming.head.call_id;
    submit(cases, with_word(call_of(pair->client), 5), NEXT);
    submit(cases, both_of(pair, call_id), BOTH);
    struct cap_cqe cqe = expect(cases, FIRST, CAP_ERR_BUFFER_TOO_SMALL, "the caller is told what it takes");
    raw_expect_err(&cases->raw, cqe.message_bytes, sizeof results, "the size");
    expect_both(cases, false, CAP_ERR_UNDELIVERED, "and the server that it was not enough");
    expect_next_untouched(cases, pair, "nothing was received");
    submit(cases, both_of(pair, call_id), BOTH);
    expect_both(cases, false, CAP_ERR_STALE, "that call is over");
}

static void test_cancelled(struct cases *cases, const struct pair *pair)
{
    uint64_t call_id = serve_one(cases, pair);
    submit(cases, with_word(call_of(pair->client), 5), NEXT);
    submit(cases, cancel_of(FIRST), CANCEL);
    expect(cases, FIRST, CAP_ERR_CANCELLED, "the caller gives up");
    expect(cases, CANCEL, CAP_OK, "as it asked");
    submit(cases, both_of(pair, call_id), BOTH);
    expect_both(cases, false, CAP_ERR_CANCELLED, "the server learns it");
    expect_next_untouched(cases, pair, "nothing was received");
}

static void test_timed_out(struct cases *cases, const struct pair *pair)
{
    submit(cases, recv_on(pair->endpoint), RECV);
    submit(cases, limited(call_of(pair->client), 1000000), FIRST);
    expect(cases, RECV, CAP_OK, "a call with a time limit");
    expect(cases, FIRST, CAP_ERR_TIMED_OUT, "which passes");
    uint64_t call_id = incoming.head.call_id;
    submit(cases, with_word(call_of(pair->client), 5), NEXT);
    submit(cases, both_of(pair, call_id), BOTH);
    expect_both(cases, false, CAP_ERR_TIMED_OUT, "the server learns it");
    expect_next_untouched(cases, pair, "nothing was received");
}

/* ---- The answer arrives, the RECV fails ------------------------------------------------------------ */

static struct cap_cqe fail_recv(struct cases *cases, const struct pair *pair, struct cap_sqe both,
                                enum cap_err status, const char *what)
{
    submit(cases, with_word(call_of(pair->client), 5), NEXT);
    submit(cases, both, BOTH);
    expect_answer(cases, what);
    struct cap_cqe cqe = expect_both(cases, true, status, what);
    expect_next_untouched(cases, pair, what);
    return cqe;
}

static void test_bad_endpoints(struct cases *cases, const struct pair *pair)
{
    const struct {
        uint64_t id;
        enum cap_err status;
    } bad[] = {{0, CAP_ERR_NO_CAP},
               {UINT64_MAX, CAP_ERR_NO_CAP},
               {1ull << 32 | 4000, CAP_ERR_NO_CAP},
               {pair->endpoint.handle.cap.bits + (1ull << 32), CAP_ERR_STALE},
               {pair->client.cap.bits, CAP_ERR_UNIMPLEMENTED},
               {cases->raw.console.handle.cap.bits, CAP_ERR_UNIMPLEMENTED}};
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct cap_sqe both = both_of(pair, serve_one(cases, pair));
        both.endpoint = bad[i].id;
        struct cap_cqe cqe =
            fail_recv(cases, pair, both, bad[i].status, "an id that nothing can be received on");
        raw_expect(&cases->raw, cqe.message_bytes == 0 && cqe.cap_count == 0, "which is all there is to say");
    }
}

static void test_endpoint_on_its_way(struct cases *cases, const struct pair *pair, const struct pair *other)
{
    uint64_t call_id = serve_one(cases, other);
    submit(cases, moving(call_of(pair->client), other->endpoint.handle.cap.bits), NEXT);
    submit(cases, both_of(other, call_id), BOTH);
    expect_answer(cases, "an endpoint that is being moved: the answer arrives");
    expect_both(cases, true, CAP_ERR_BUSY, "and the RECV cannot be");
    submit(cases, cancel_of(NEXT), CANCEL);
    expect(cases, NEXT, CAP_ERR_CANCELLED, "the move is off");
    expect(cases, CANCEL, CAP_OK, "as asked");
}

static void test_bad_room(struct cases *cases, const struct pair *pair)
{
    struct cap_sqe both = both_of(pair, serve_one(cases, pair));
    both.buffer_bytes = sizeof(struct cap_incoming) - 1;
    struct cap_cqe cqe =
        fail_recv(cases, pair, both, CAP_ERR_BUFFER_TOO_SMALL, "no room for struct cap_incoming");
    raw_expect_err(&cases->raw, cqe.message_bytes, sizeof(struct cap_incoming), "what it takes at least");

    both = both_of(pair, serve_one(cases, pair));
    both.buffer_bytes = sizeof(struct cap_incoming) + 8;
    cqe = fail_recv(cases, pair, both, CAP_ERR_BUFFER_TOO_SMALL, "too little room for the call that waits");
    raw_expect_err(&cases->raw, cqe.message_bytes, sizeof(struct cap_incoming) + 16, "what that takes");

    static const uint64_t bad[] = {8, CAP_RING_ADDRESS, CAP_CAPSET_ADDRESS, CAP_USER_END - 8,
                                   UINT64_MAX - 63};
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        both = both_of(pair, serve_one(cases, pair));
        both.buffer_addr = bad[i];
        fail_recv(cases, pair, both, CAP_ERR_FAULT, "a buffer that is not this process's");
        both = both_of(pair, serve_one(cases, pair));
        both.transfers_addr = bad[i];
        fail_recv(cases, pair, both, CAP_ERR_FAULT, "a list that is not this process's");
    }
}

/* ---- The ends of either side ---------------------------------------------------------------------- */

static void test_no_clients(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    uint64_t call_id = serve_one(cases, &pair);
    expect_release(cases, pair.client.cap.bits, "the client goes while its call is served");
    submit(cases, both_of(&pair, call_id), BOTH);
    expect_answer(cases, "it has its answer");
    expect_both(cases, true, CAP_ERR_DISCONNECTED, "and nobody can call any more");

    raw_expect_err(&cases->raw, os_Endpoint_makeClient(pair.endpoint, 2, &pair.client), CAP_OK, "a new one");
    call_id = serve_one(cases, &pair);
    submit(cases, both_of(&pair, call_id), BOTH);
    expect_answer(cases, "its call");
    expect_nothing(cases, "the RECV waits");
    submit(cases, release_of(pair.client.cap.bits), CANCEL);
    struct ending endings[] = {{BOTH, CAP_ERR_DISCONNECTED}, {CANCEL, CAP_OK}};
    expect_each(cases, endings, 2, "until that client goes, too");
    rt_handle_forget(&pair.client);
    pair_drop(cases, &pair);
}

static void test_cancel(struct cases *cases, const struct pair *pair)
{
    uint64_t call_id = serve_one(cases, pair);
    submit(cases, both_of(pair, call_id), BOTH);
    expect_answer(cases, "an answer");
    submit(cases, cancel_of(BOTH), CANCEL);
    expect_both(cases, true, CAP_ERR_CANCELLED, "a RETURN_RECV that waits is cancelled as a RECV is");
    expect(cases, CANCEL, CAP_OK, "by its user_data");
    submit(cases, cancel_of(BOTH), CANCEL);
    expect(cases, CANCEL, CAP_ERR_STALE, "once");
    submit(cases, with_word(call_of(pair->client), 6), NEXT);
    expect_next_untouched(cases, pair, "a later call waits for another RECV");
}

static void test_caller_dies(struct cases *cases, const struct pair *pair)
{
    const struct grant grants[] = {copy_of("client", pair->client)};
    struct os_ProcessHandle caller = peer_start(cases, "peer", "caller", grants, 1);
    submit(cases, recv_on(pair->endpoint), RECV);
    expect(cases, RECV, CAP_OK, "a call of another process");
    uint64_t call_id = incoming.head.call_id;
    peer_kill(cases, &caller);
    submit(cases, with_word(call_of(pair->client), 5), NEXT);
    submit(cases, both_of(pair, call_id), BOTH);
    expect_both(cases, false, CAP_ERR_PEER_DEAD, "its caller is dead: nothing is received");
    expect_next_untouched(cases, pair, "the next one still waits");
}

/* A call to a server that uses the same addresses, which answers a word with the next one. */
static void call_twin(struct cases *cases, struct rt_handle client, uint64_t word)
{
    struct cap_sqe call = call_of(client);
    call.message_addr = TWIN_PARAMS;
    call.message_bytes = 16;
    call.buffer_addr = TWIN_ANSWER;
    call.buffer_bytes = TWIN_WORDS * 8;
    for (uint64_t address = TWIN_RESULTS; address <= TWIN_ANSWER; address += 0x100)
        twin_fill(address, 0x5a5a);
    twin_words(TWIN_PARAMS)[0] = 1ull << 32;
    twin_words(TWIN_PARAMS)[1] = word;
    submit(cases, call, FIRST);
    expect(cases, FIRST, CAP_OK, "it answers");
    raw_expect_err(&cases->raw, (int64_t)twin_words(TWIN_ANSWER)[1], (int64_t)word + 1, "what it is asked");
    raw_expect(&cases->raw, twin_is(TWIN_RESULTS, 0x5a5a) && twin_is(TWIN_INCOMING, 0x5a5a),
               "in this memory, and nothing of its own is here");
}

/* A server that has answered with RETURN_RECV ends while that waits. */
static void test_server_ends(struct cases *cases, const char *name)
{
    struct pair pair = pair_make(cases, 3);
    const struct grant grants[] = {move_of("endpoint", pair.endpoint.handle)};
    struct os_ProcessHandle server = peer_start(cases, "peer", name, grants, 1);
    rt_handle_forget(&pair.endpoint.handle);
    for (uint64_t i = 0; i < 3; i++)
        call_twin(cases, pair.client, i);
    if (wire_text_equal(wire_text_of(name), wire_text_of("server")))
        peer_kill(cases, &server);
    else
        raw_expect_err(&cases->raw, peer_end(cases, &server), 0, "it leaves");
    submit(cases, call_of(pair.client), NEXT);
    expect(cases, NEXT, CAP_ERR_DISCONNECTED, "with it went the endpoint");
    rt_handle_drop(&pair.client);
    rt_flush(cases->raw.rt);
}

static void test_call_id_of_another(struct cases *cases, const struct pair *pair)
{
    uint64_t call_id = serve_one(cases, pair);
    const struct grant grants[] = {copy_of("endpoint", pair->endpoint.handle)};
    struct os_ProcessHandle thief = peer_start(cases, "peer", "thief", grants, 1);
    submit(cases, with_word(call_of(pair->client), call_id), NEXT);
    expect(cases, NEXT, CAP_OK, "another server gets a call");
    raw_expect_err(&cases->raw, peer_end(cases, &thief), 0, "but cannot answer this one's");
    finish(cases, call_id, FIRST, "which can");
}

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    struct pair pair = pair_make(&cases, 7), other = pair_make(&cases, 8);
    test_next_waits(&cases, &pair);
    test_next_is_late(&cases, &pair);
    test_limits_end(&cases, &pair);
    test_capabilities(&cases, &pair, &other);
    test_timer_tick(&cases, &pair);
    test_refusals(&cases, &pair);
    test_undelivered(&cases, &pair);
    test_cancelled(&cases, &pair);
    test_timed_out(&cases, &pair);
    test_bad_endpoints(&cases, &pair);
    test_endpoint_on_its_way(&cases, &pair, &other);
    test_bad_room(&cases, &pair);
    test_no_clients(&cases);
    test_cancel(&cases, &pair);
    test_caller_dies(&cases, &pair);
    test_server_ends(&cases, "server");
    test_server_ends(&cases, "leaver");
    test_call_id_of_another(&cases, &pair);
    pair_drop(&cases, &other);
    pair_drop(&cases, &pair);
    return raw_end(&cases.raw);
}
