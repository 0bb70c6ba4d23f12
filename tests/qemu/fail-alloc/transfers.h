/* Calls that carry 31 copies and a move, from this process to itself, with every allocation on the way
 * failing once: when the RECV waits already, when the call does, and on the way back. Whatever fails, one
 * side or both hear ERR_NO_MEMORY, and what was to be moved is where it was, under the same id.
 *
 * Next: tests/qemu/fail-alloc/local.c
 */
#pragma once

#include "tests/qemu/fail-alloc/fail.h"

#define CARRIED 32

enum {
    RECV_TOKEN = 1,
    CALL_TOKEN,
    RETURN_TOKEN,
    CANCEL_TOKEN,
    TOKENS
};

/* What has completed: the CQE of each token. */
struct seen {
    bool has[TOKENS];
    struct cap_cqe cqes[TOKENS];
};

static struct cap_transfer_in answered[CAP_TRANSFER_MAX];

static inline void look(struct test *test, struct seen *seen)
{
    struct cap_cqe cqe;
    while (ring_client_take(&test->cases.raw.rt->ring, &cqe)) {
        raw_expect(&test->cases.raw, cqe.user_data < TOKENS && !seen->has[cqe.user_data],
                   "a completion, once");
        seen->has[cqe.user_data % TOKENS] = true;
        seen->cqes[cqe.user_data % TOKENS] = cqe;
    }
}

/* Runs one SQE with the fault armed. Whether it struck. */
static inline bool run_armed(struct test *test, uint64_t number, struct cap_sqe sqe, uint64_t token,
                             struct seen *seen)
{
    arm(test, number);
    submit(&test->cases, sqe, token);
    look(test, seen);
    return disarm(test) >= number;
}

static inline void run(struct test *test, struct cap_sqe sqe, uint64_t token, struct seen *seen)
{
    submit(&test->cases, sqe, token);
    look(test, seen);
}

/* 31 copies of the console, then the probe. The list stays as it is until the SQE has been taken. */
static inline struct cap_sqe loaded(struct test *test, struct cap_sqe sqe)
{
    uint64_t caps[CARRIED];
    for (uint32_t i = 0; i < CARRIED; i++)
        caps[i] = test->cases.raw.console.handle.cap.bits;
    sqe = carrying(sqe, CAP_TRANSFER_COPY, caps, CARRIED - 1);
    call_list[CARRIED - 1].out = (struct cap_transfer_out){test->probe.client.cap.bits, CAP_TRANSFER_MOVE};
    sqe.send_count = CARRIED;
    sqe.receive_count = 0;
    return sqe;
}

static inline struct cap_sqe asking(struct cap_sqe call)
{
    call.receive_count = CARRIED;
    call.transfers_addr = (uint64_t)answered;
    return call;
}

/* Ends what still waits, after a failure. */
static inline void clean_up(struct test *test, struct seen *seen)
{
    raw_expect(&test->cases.raw, seen->has[RECV_TOKEN] || seen->has[CALL_TOKEN], "somebody was told");
    for (uint64_t token = RECV_TOKEN; token <= CALL_TOKEN; token++) {
        if (seen->has[token]) {
            raw_expect_err(&test->cases.raw, seen->cqes[token].status, CAP_ERR_NO_MEMORY, "no memory");
            continue;
        }
        submit(&test->cases, cancel_of(token), CANCEL_TOKEN);
        expect(&test->cases, token, CAP_ERR_CANCELLED, "the other one waits on");
        expect(&test->cases, CANCEL_TOKEN, CAP_OK, "and can be cancelled");
    }
    expect_id(&test->cases, test->probe.client.cap.bits, CAP_OK, "case 85: the sender still has it");
}

/* The probe has a new id; the copies go. */
static inline void take_in(struct test *test, const struct cap_transfer_in *list)
{
    expect_id(&test->cases, test->probe.client.cap.bits, CAP_ERR_STALE, "it has moved");
    test->probe.client.cap.bits = list[CARRIED - 1].cap;
    for (uint32_t i = 0; i < CARRIED - 1; i++)
        expect_release(&test->cases, list[i].cap, "a copy");
    expect_id(&test->cases, test->probe.client.cap.bits, CAP_OK, "here");
}

/* Each of these plays it once, with the fault at `number`; whether it struck. */

static inline bool play_delivery(struct test *test, const struct pair *pair, bool call_waits, uint64_t number)
{
    struct seen seen = {0};
    struct cap_sqe recv = recv_on(pair->endpoint), call = loaded(test, call_of(pair->client));
    run(test, call_waits ? call : recv, call_waits ? CALL_TOKEN : RECV_TOKEN, &seen);
    bool has_struck =
        run_armed(test, number, call_waits ? recv : call, call_waits ? RECV_TOKEN : CALL_TOKEN, &seen);
    if (has_struck) {
        clean_up(test, &seen);
        return true;
    }
    raw_expect(&test->cases.raw, seen.has[RECV_TOKEN] && seen.cqes[RECV_TOKEN].status == CAP_OK, "delivered");
    take_in(test, received);
    answer_own(&test->cases, incoming.head.call_id, CALL_TOKEN, "answered");
    return false;
}

static inline bool play_waiting_receive(struct test *test, const struct pair *pair, uint64_t number)
{
    return play_delivery(test, pair, false, number);
}

static inline bool play_waiting_call(struct test *test, const struct pair *pair, uint64_t number)
{
    return play_delivery(test, pair, true, number);
}

static inline bool play_call(struct test *test, struct cap_sqe call, uint64_t number)
{
    struct seen seen = {0};
    bool has_struck = run_armed(test, number, call, CALL_TOKEN, &seen);
    if (!has_struck) {
        submit(&test->cases, cancel_of(CALL_TOKEN), CANCEL_TOKEN);
        expect(&test->cases, CALL_TOKEN, CAP_ERR_CANCELLED, "a call that waits");
        expect(&test->cases, CANCEL_TOKEN, CAP_OK, "is cancelled");
    } else if (seen.has[CALL_TOKEN]) {
        raw_expect_err(&test->cases.raw, seen.cqes[CALL_TOKEN].status, CAP_ERR_NO_MEMORY, "no memory");
    }
    raw_expect(&test->cases.raw, has_struck == seen.has[CALL_TOKEN], "it waits unless it failed");
    expect_id(&test->cases, test->probe.client.cap.bits, CAP_OK, "the sender still has it");
    return has_struck;
}

static inline bool play_first_call(struct test *test, const struct pair *pair, uint64_t number)
{
    return play_call(test, loaded(test, call_of(pair->client)), number);
}

/* Its message waits in a frame of its own. */
static inline bool play_long_call(struct test *test, const struct pair *pair, uint64_t number)
{
    static uint64_t words[CAP_MESSAGE_BYTES_MAX / 8];
    struct cap_sqe call = loaded(test, call_of(pair->client));
    call.message_addr = (uint64_t)words;
    call.message_bytes = sizeof words;
    return play_call(test, call, number);
}

static inline bool play_return(struct test *test, const struct pair *pair, uint64_t number)
{
    struct seen seen = {0};
    run(test, recv_on(pair->endpoint), RECV_TOKEN, &seen);
    run(test, asking(call_of(pair->client)), CALL_TOKEN, &seen);
    raw_expect(&test->cases.raw, seen.has[RECV_TOKEN] && !seen.has[CALL_TOKEN], "delivered");
    bool has_struck =
        run_armed(test, number, loaded(test, return_to(incoming.head.call_id)), RETURN_TOKEN, &seen);
    raw_expect(&test->cases.raw, seen.has[CALL_TOKEN] && seen.has[RETURN_TOKEN], "both are told");
    raw_expect_err(&test->cases.raw, seen.cqes[CALL_TOKEN].status, has_struck ? CAP_ERR_NO_MEMORY : CAP_OK,
                   "the caller");
    raw_expect_err(&test->cases.raw, seen.cqes[RETURN_TOKEN].status,
                   has_struck ? CAP_ERR_UNDELIVERED : CAP_OK, "the server");
    if (has_struck)
        expect_id(&test->cases, test->probe.client.cap.bits, CAP_OK, "case 85: the server still has it");
    else
        take_in(test, answered);
    return has_struck;
}

static inline void run_transfers(struct test *test)
{
    static const struct {
        const char *name;
        bool (*play)(struct test *test, const struct pair *pair, uint64_t number);
        uint32_t failures_min;
        bool is_table_full; /* what is carried has no room in the receiver's table */
    } plays[] = {
        {"a call that waits", play_first_call, 1, false},
        {"a long call that waits", play_long_call, 2, false},
        {"a call to a RECV that waits", play_waiting_receive, 2, true},
        {"a RECV of a call that waits", play_waiting_call, 2, true},
        {"a RETURN", play_return, 1, true},
    };
    struct pair pair = pair_make(&test->cases, 2);
    for (uint32_t i = 0; i < sizeof plays / sizeof plays[0]; i++) {
        uint64_t number = 1;
        if (plays[i].is_table_full)
            table_prepare(test, CARRIED / 2);
        const struct books before = look_up(test, plays[i].name);
        while (number < ATTEMPTS && plays[i].play(test, &pair, number)) {
            number++;
            expect_books(test, &before, plays[i].name);
        }
        expect_books(test, &before, plays[i].name);
        table_release(test);
        raw_expect(&test->cases.raw, number > plays[i].failures_min && number < ATTEMPTS, plays[i].name);
        print(test->cases.raw.console, "%s: failed at each of %u allocations", plays[i].name,
              (unsigned)number - 1);
    }
    pair_drop(&test->cases, &pair);
}
