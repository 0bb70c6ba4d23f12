/* Transfers under hostile conditions: full tables, deaths at every moment, moves that meet each other. What
 * was to be moved is the one client facet of an endpoint (`probe`), so that its end can be seen.
 *
 * Next: tests/qemu/cases-transfer/many.h
 */
#include "tests/qemu/cases-transfer/many.h"
#include "lib/fmt.h"

#define MS 1000000ull

static struct filling filling;

/* A peer that has got the server's side of `pair` (copied) and a client facet of `parent`. */
static struct os_ProcessHandle server_start(struct cases *cases, const char *part, const struct pair *pair,
                                            const struct pair *parent)
{
    const struct grant grants[] = {copy_of("endpoint", pair->endpoint.handle),
                                   copy_of("parent", parent->client)};
    return peer_start(cases, "peer", part, grants, 2);
}

/* ---- Full tables ---------------------------------------------------------------------------------- */

static void try_full(struct cases *cases, uint64_t mode)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
    struct os_ProcessHandle peer = server_start(cases, "full", &pair, &parent);
    raw_expect(&cases->raw, hear(cases, parent.endpoint, "the peer has filled its table") > 4000,
               "with thousands");
    uint64_t cap = probe.client.cap.bits;
    for (uint32_t i = 0; i < 3; i++) {
        submit(cases, carrying(call_of(pair.client), mode, &cap, 1), 1);
        expect(cases, 1, CAP_ERR_NO_SLOT, "no slot");
        expect_id(cases, cap, CAP_OK, "the sender still has it, under the same id");
    }
    expect_facet_lives(cases, &probe, "it is not gone");
    peer_kill(cases, &peer);
    expect_facet_lives(cases, &probe, "the peer had none of it");
    expect_release(cases, cap, "the sender's own");
    expect_facet_gone(cases, &probe, "which was the only one");
    rt_handle_forget(&probe.client);
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

static void case_60(struct cases *cases)
{
    try_full(cases, CAP_TRANSFER_MOVE);
}

static void case_61(struct cases *cases)
{
    try_full(cases, CAP_TRANSFER_COPY);
}

/* The caller's own table is full when the answer brings a capability; also case 53. */
static void case_53(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    table_fill(cases, &pair, 0, &filling);
    raw_expect(&cases->raw, filling.count > 4000, "thousands of slots were free");
    struct cap_sqe make = with_word(call_of(pair.endpoint.handle), 5);
    make.receive_count = 1;
    make.transfers_addr = (uint64_t)call_list;
    submit(cases, make, 1);
    expect(cases, 1, CAP_ERR_NO_SLOT, "an object of the kernel has no slot to give");
    submit(cases, recv_on(pair.endpoint), 2);
    struct cap_sqe call = call_of(pair.client);
    call.receive_count = 1;
    call.transfers_addr = (uint64_t)received;
    submit(cases, call, 3);
    expect(cases, 2, CAP_OK, "a call without capabilities arrives");
    submit(cases, moving(return_to(incoming.head.call_id), filling.caps[0]), 4);
    expect(cases, 3, CAP_ERR_NO_SLOT, "the answer's capability has no slot");
    expect(cases, 4, CAP_ERR_UNDELIVERED, "the server learns of it");
    expect_id(cases, filling.caps[0], CAP_OK, "and has it still, under the same id");
    expect_release(cases, filling.caps[--filling.count], "one slot is free");
    submit(cases, make, 5);
    struct cap_cqe cqe = expect(cases, 5, CAP_OK, "and can be used");
    raw_expect(&cases->raw, cqe.cap_count == 1, "at once");
    table_empty(cases, &filling);
    expect_release(cases, call_list[0].in.cap, "what was made");
    pair_drop(cases, &pair);
}

static void case_78(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
    struct os_ProcessHandle peer = server_start(cases, "cross", &pair, &parent);
    table_fill(cases, &pair, 0, &filling);
    /* The peer's move is refused here, since this table is full; the call that follows brings nothing. */
    hear_and_hold(cases, parent.endpoint, "both moves into full tables were refused");
    uint64_t told = incoming.head.call_id, cap = probe.client.cap.bits;
    submit(cases, moving(call_of(pair.client), cap), 1);
    expect(cases, 1, CAP_ERR_NO_SLOT, "the peer's table is full, too");
    expect_id(cases, cap, CAP_OK, "nothing has left");
    let_go(cases, told);
    hear_and_hold(cases, parent.endpoint, "the peer has a free slot");
    told = incoming.head.call_id;
    submit(cases, moving(call_of(pair.client), cap), 2);
    expect_id(cases, cap, CAP_ERR_STALE, "one moves there");
    let_go(cases, told);
    submit(cases, recv_on(parent.endpoint), 3);
    struct cap_cqe cqe = expect(cases, 3, CAP_OK, "and one moves here");
    raw_expect(&cases->raw, cqe.cap_count == 1, "one");
    let_go(cases, incoming.head.call_id);
    expect(cases, 2, CAP_OK, "both calls end well");
    table_empty(cases, &filling);
    expect_release(cases, received[0].cap, "what came from the peer");
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "the peer found nothing wrong");
    expect_facet_gone(cases, &probe, "what was moved to the peer went with it");
    rt_handle_forget(&probe.client);
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

/* ---- What is being moved -------------------------------------------------------------------------- */

static void case_66(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), probe = pair_make(cases, 2);
    uint64_t cap = probe.client.cap.bits;
    submit(cases, moving(call_of(pair.client), cap), 1);
    submit(cases, moving(call_of(pair.client), cap), 2);
    expect(cases, 2, CAP_ERR_BUSY, "a second call that moves it");
    submit(cases, copying(call_of(pair.client), cap), 3);
    expect(cases, 3, CAP_ERR_BUSY, "or copies it");
    submit(cases, call_of(probe.client), 4);
    expect(cases, 4, CAP_ERR_BUSY, "or uses it");
    submit(cases, release_of(cap), 5);
    expect(cases, 5, CAP_ERR_BUSY, "or a release");
    submit(cases, cancel_of(1), 6);
    expect(cases, 1, CAP_ERR_CANCELLED, "the first one is cancelled");
    expect(cases, 6, CAP_OK, "at once");
    expect_id(cases, cap, CAP_OK, "and the id works again");
    expect_facet_lives(cases, &probe, "as before");
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
}

/* The receiver is gone before the capability arrives: with another server of the endpoint, and as the last.
 */
static void case_67(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
    struct os_ProcessHandle peer = server_start(cases, "holder", &pair, &parent);
    uint64_t cap = probe.client.cap.bits;
    hear(cases, parent.endpoint, "the peer runs");
    submit(cases, moving(call_of(pair.client), cap), 1);
    peer_kill(cases, &peer);
    expect_id(cases, cap, CAP_ERR_BUSY, "the call waits for another server");
    submit(cases, recv_on(pair.endpoint), 2);
    expect(cases, 2, CAP_OK, "which is this process");
    expect_id(cases, cap, CAP_ERR_STALE, "moved once");
    cap = received[0].cap;
    answer_own(cases, incoming.head.call_id, 1, "and the call ends well");

    peer = server_start(cases, "holder", &pair, &parent);
    hear(cases, parent.endpoint, "another peer runs");
    rt_handle_drop(&pair.endpoint.handle);
    rt_flush(cases->raw.rt);
    submit(cases, moving(call_of(pair.client), cap), 3);
    const struct ending closed = {3, CAP_ERR_DISCONNECTED};
    peer_kill_and_expect(cases, &peer, closed, closed, "the endpoint closes with its last server");
    expect_id(cases, cap, CAP_OK, "what waited to be moved is here again, under its id");
    expect_facet_lives(cases, &probe, "alive");
    expect_release(cases, cap, "once");
    expect_facet_gone(cases, &probe, "and no second time");
    rt_handle_forget(&probe.client);
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

/* The receiver faults right after a delivery: what it had received goes with it, once. */
static void case_68(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), probe = pair_make(cases, 3);
    const struct grant grants[] = {copy_of("endpoint", pair.endpoint.handle)};
    struct os_ProcessHandle peer = peer_start(cases, "peer", "taker", grants, 1);
    uint64_t cap = probe.client.cap.bits;
    submit(cases, moving(call_of(pair.client), cap), 1);
    expect(cases, 1, CAP_ERR_PEER_DEAD, "the server faults after it has received the call");
    raw_expect_err(&cases->raw, peer_end(cases, &peer), PEER_FAULTED, "it has");
    expect_id(cases, cap, CAP_ERR_STALE, "what was moved has left");
    expect_facet_gone(cases, &probe, "and gone with the server");
    rt_handle_forget(&probe.client);
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
}

/* A giver that has got the probe's facet, which nobody else has any more. */
static struct os_ProcessHandle giver_start(struct cases *cases, struct rt_handle client, struct pair *probe,
                                           const struct pair *parent)
{
    const struct grant grants[] = {copy_of("client", client), move_of("cap", probe->client),
                                   copy_of("parent", parent->client)};
    struct os_ProcessHandle peer = peer_start(cases, "peer", "giver", grants, 3);
    rt_handle_forget(&probe->client);
    return peer;
}

static void case_69(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
    struct os_ProcessHandle peer = giver_start(cases, pair.client, &probe, &parent);
    raw_expect_err(&cases->raw, (int64_t)hear(cases, parent.endpoint, "the peer has called"),
                   (int64_t)(uint64_t)CAP_ERR_BUSY, "what it moves is reserved");
    expect_facet_lives(cases, &probe, "but alive");
    peer_kill(cases, &peer);
    expect_facet_gone(cases, &probe, "the sender dies: it is gone, once");
    submit(cases, recv_on(pair.endpoint), 1);
    expect_nothing(cases, "no call is left in the queue");
    submit(cases, cancel_of(1), 2);
    expect(cases, 1, CAP_ERR_CANCELLED, "nor comes later");
    expect(cases, 2, CAP_OK, "cancelled");
    pair_drop(cases, &probe);

    probe = pair_make(cases, 4);
    peer = giver_start(cases, pair.client, &probe, &parent);
    hear(cases, parent.endpoint, "another peer has called");
    submit(cases, recv_on(pair.endpoint), 3);
    expect(cases, 3, CAP_OK, "its call arrives, with the capability");
    peer_kill(cases, &peer);
    expect_facet_lives(cases, &probe, "the sender dies: what was delivered stays");
    submit(cases, return_to(incoming.head.call_id), 4);
    expect(cases, 4, CAP_ERR_PEER_DEAD, "nobody waits for the answer");
    expect_release(cases, received[0].cap, "it is this process's");
    expect_facet_gone(cases, &probe, "alone");
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

static void case_70(struct cases *cases)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
        struct os_ProcessHandle peers[2];
        peers[0] = server_start(cases, "holder", &pair, &parent);
        hear(cases, parent.endpoint, "the server runs");
        rt_handle_drop(&pair.endpoint.handle);
        peers[1] = giver_start(cases, pair.client, &probe, &parent);
        hear(cases, parent.endpoint, "the client has called");
        peer_kill(cases, &peers[i]);
        if (i == 0)
            expect_facet_lives(cases, &probe, "the receiver is dead: the sender has it back");
        else
            expect_facet_gone(cases, &probe, "the sender is dead, and it with it");
        peer_kill(cases, &peers[1 - i]);
        expect_facet_gone(cases, &probe, "both are dead: it is gone");
        pair_drop(cases, &probe);
        pair_drop(cases, &pair);
        pair_drop(cases, &parent);
    }
}

static void case_71(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), probe = pair_make(cases, 2);
    uint64_t cap = probe.client.cap.bits;
    submit(cases, moving(call_of(pair.client), cap), 1);
    submit(cases, copying(call_of(pair.client), pair.client.cap.bits), 2);
    submit(cases, release_of(pair.endpoint.handle.cap.bits), 3);
    const struct ending endings[] = {{1, CAP_ERR_DISCONNECTED}, {2, CAP_ERR_DISCONNECTED}, {3, CAP_OK}};
    expect_each(cases, endings, 3, "the endpoint closes: calls that wait end");
    rt_handle_forget(&pair.endpoint.handle);
    expect_id(cases, cap, CAP_OK, "what was to be moved is here, under its id");
    expect_facet_lives(cases, &probe, "alive");
    submit(cases, moving(call_of(pair.client), cap), 4);
    expect(cases, 4, CAP_ERR_DISCONNECTED, "a later move is refused");
    expect_id(cases, cap, CAP_OK, "and stays");
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
}

static void case_72(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), probe = pair_make(cases, 2);
    uint64_t cap = probe.client.cap.bits;
    submit(cases, limited(moving(call_of(pair.client), cap), 5 * MS), 1);
    expect_id(cases, cap, CAP_ERR_BUSY, "on its way");
    expect(cases, 1, CAP_ERR_TIMED_OUT, "nobody receives it in time");
    expect_id(cases, cap, CAP_OK, "it is back");
    expect_facet_lives(cases, &probe, "alive");
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
}

/* The caller of a call that is served dies; the answer would have moved something. */
static void case_74(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2), probe = pair_make(cases, 3);
    struct pair other = pair_make(cases, 4);
    struct os_ProcessHandle peer = giver_start(cases, pair.client, &probe, &parent);
    hear(cases, parent.endpoint, "the peer has called");
    submit(cases, recv_on(pair.endpoint), 1);
    expect(cases, 1, CAP_OK, "received");
    peer_kill(cases, &peer);
    uint64_t both[] = {other.client.cap.bits, received[0].cap};
    submit(cases, carrying(return_to(incoming.head.call_id), CAP_TRANSFER_MOVE, both, 2), 2);
    expect(cases, 2, CAP_ERR_PEER_DEAD, "the answer reaches nobody");
    expect_id(cases, both[0], CAP_OK, "what it was to move is the server's, under its id");
    expect_id(cases, both[1], CAP_OK, "also what had come with the call");
    expect_release(cases, both[1], "which the server gives up");
    expect_facet_gone(cases, &probe, "and there was no other");
    pair_drop(cases, &other);
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

/* An endpoint on its way to itself: nobody else can receive it, so the call waits until it is cancelled, or
 * until its caller ends. */
static void case_77(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    uint64_t cap = pair.endpoint.handle.cap.bits;
    submit(cases, moving(call_of(pair.client), cap), 1);
    submit(cases, recv_on(pair.endpoint), 2);
    expect(cases, 2, CAP_ERR_BUSY, "nobody can receive on what is being moved");
    submit(cases, cancel_of(1), 3);
    expect(cases, 1, CAP_ERR_CANCELLED, "the call can be cancelled");
    expect(cases, 3, CAP_OK, "at once");
    submit(cases, call_of(pair.client), 4);
    submit(cases, recv_on(pair.endpoint), 5);
    expect(cases, 5, CAP_OK, "and the endpoint works");
    answer_own(cases, incoming.head.call_id, 4, "to the end");

    submit(cases, recv_on(pair.endpoint), 6);
    submit(cases, moving(call_of(pair.client), cap), 7);
    expect(cases, 6, CAP_OK, "to a server that waits it is delivered, through itself");
    expect_id(cases, cap, CAP_ERR_STALE, "under another id");
    pair.endpoint.handle.cap.bits = received[0].cap;
    answer_own(cases, incoming.head.call_id, 7, "and works");

    const struct grant grants[] = {copy_of("client", pair.client), move_of("endpoint", pair.endpoint.handle)};
    struct os_ProcessHandle peer = peer_start(cases, "peer", "through", grants, 2);
    rt_handle_forget(&pair.endpoint.handle);
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "a peer exits in the middle of it");
    submit(cases, call_of(pair.client), 8);
    expect(cases, 8, CAP_ERR_DISCONNECTED, "and the endpoint is closed, not kept by its own queue");
    pair_drop(cases, &pair);
}

/* ---- Grants ---------------------------------------------------------------------------------------- */

/* A spawn whose k-th grant is wrong, for every k; the others would have been moved. */
static void case_84(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    static char names[CAP_TRANSFER_MAX + 1][4];
    struct grant grants[CAP_TRANSFER_MAX + 1];
    for (uint32_t i = 0; i <= CAP_TRANSFER_MAX; i++) {
        fmt_print(names[i], sizeof names[i], "c%u", i);
        grants[i] = move_of(names[i], pair.client);
        if (i < CAP_TRANSFER_MAX)
            raw_expect_err(&cases->raw, os_Endpoint_makeClient(pair.endpoint, i, &grants[i].handle), CAP_OK,
                           "a facet to grant");
    }
    struct os_ProcessHandle process;
    for (uint32_t k = 0; k < CAP_TRANSFER_MAX; k++) {
        struct grant good = grants[k];
        grants[k].handle.cap.bits += 1ull << 32;
        raw_expect_err(&cases->raw, peer_try(cases, "peer", "child", grants, CAP_TRANSFER_MAX, &process),
                       CAP_ERR_STALE, "an id that is dead");
        grants[k] = (struct grant){good.name, good.handle, 3};
        raw_expect_err(&cases->raw, peer_try(cases, "peer", "child", grants, CAP_TRANSFER_MAX, &process),
                       CAP_ERR_BAD_SQE, "a mode that is none");
        grants[k] = (struct grant){k ? names[0] : names[1], good.handle, CAP_TRANSFER_MOVE};
        raw_expect_err(&cases->raw, peer_try(cases, "peer", "child", grants, CAP_TRANSFER_MAX, &process),
                       CAP_ERR_INVALID, "a name twice");
        grants[k] = good;
    }
    raw_expect_err(&cases->raw, peer_try(cases, "nobody", "child", grants, CAP_TRANSFER_MAX, &process),
                   CAP_ERR_EXCEPTION, "no such program");
    raw_expect_err(&cases->raw, peer_try(cases, "peer", "child", grants, CAP_TRANSFER_MAX + 1, &process),
                   CAP_ERR_TOO_BIG, "more than 32 grants");
    for (uint32_t k = 0; k < CAP_TRANSFER_MAX; k++)
        expect_id(cases, grants[k].handle.cap.bits, CAP_OK, "the parent holds them all");
    struct os_ProcessHandle peer = peer_start(cases, "peer", "child", grants, CAP_TRANSFER_MAX);
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 99, "32 good grants make a child");
    for (uint32_t k = 0; k < CAP_TRANSFER_MAX; k++)
        expect_id(cases, grants[k].handle.cap.bits, CAP_ERR_STALE, "which got them all");
    pair_drop(cases, &pair);
}

/* ---- The list ------------------------------------------------------------------------------------- */

static const struct hostile_case list[] = {
    {53, "a full table of thousands: ERR_NO_SLOT, and nothing has changed", case_53},
    {60, "a move to a full table: ERR_NO_SLOT, the sender's id lives on", case_60},
    {61, "a copy to a full table: ERR_NO_SLOT, nothing has changed", case_61},
    {66, "a second move, copy, use or release of what is being moved: ERR_BUSY", case_66},
    {67, "the receiver dies before the delivery: the capability is the sender's", case_67},
    {68, "the receiver dies after the delivery: the capability goes with it", case_68},
    {69, "the sender dies before, or after the delivery: gone once, or the receiver's", case_69},
    {70, "both die, in either order: gone once", case_70},
    {71, "the endpoint closes: moves that wait come home", case_71},
    {72, "a time limit: moves that wait come home", case_72},
    {74, "an answer to a dead caller: its moves stay the server's", case_74},
    {76, "an answer with moves for which its caller has no room: both hear of it, nothing has moved",
     case_76},
    {77, "an endpoint moved through itself: waits, is cancelled, is delivered, leaves no loop", case_77},
    {78, "moves that cross between full tables: both refused, and then both done", case_78},
    {82, "32 moves of which any one is invalid, in calls and answers: none is sent", case_82},
    {83, "modes that are none, all bits of them: ERR_BAD_SQE, and each badge is what it was", case_83},
    {84, "a spawn whose k-th grant is wrong, for each k: no child, the parent holds all", case_84},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
