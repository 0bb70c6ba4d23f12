/* Cases 76, 82, 83: many capabilities beside one message, of which one is wrong, or for which there is no
 * room.
 *
 * Next: tests/qemu/cases-transfer/peer.c
 */
#pragma once

#include "tests/qemu/cases.h"

/* Facets that differ by their badge, which is also their place in the list. */
struct many {
    struct pair pair; /* through which they travel */
    struct pair home; /* whose client facets they are */
    uint64_t caps[CAP_TRANSFER_MAX];
};

static inline struct many many_make(struct cases *cases)
{
    struct many many = {.pair = pair_make(cases, 1), .home = pair_make(cases, 2)};
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++) {
        struct rt_handle made = {.rt = cases->raw.rt};
        raw_expect_err(&cases->raw, os_Endpoint_makeClient(many.home.endpoint, i, &made), CAP_OK, "a facet");
        many.caps[i] = made.cap.bits;
    }
    return many;
}

/* Each of them is here, under its id, and calls with its own badge. */
static inline void many_expect_here(struct cases *cases, const struct many *many, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct cap_sqe call = call_of(many->home.client);
        call.target = many->caps[i];
        submit(cases, call, 80);
        submit(cases, recv_on(many->home.endpoint), 81);
        expect(cases, 81, CAP_OK, "it can be called");
        raw_expect_err(&cases->raw, (int64_t)incoming.head.badge, i, "and is the one that it was");
        answer_own(cases, incoming.head.call_id, 80, "as before");
    }
}

static inline void many_drop(struct cases *cases, struct many *many)
{
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        expect_release(cases, many->caps[i], "each of them once");
    pair_drop(cases, &many->home);
    pair_drop(cases, &many->pair);
}

/* What arrived in a list is known by its new ids from now on, and the old ones are dead. */
static inline void many_take_in(struct cases *cases, struct many *many, const struct cap_transfer_in *list,
                                uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        expect_id(cases, many->caps[i], CAP_ERR_STALE, "it has moved");
        many->caps[i] = list[i].cap;
    }
}

/* ---- An answer without room ----------------------------------------------------------------------- */

static struct cap_transfer_in answered[CAP_TRANSFER_MAX];

/* A call with so much room, received here; its answer will be two words. */
static inline void many_call(struct cases *cases, const struct many *many, uint32_t buffer_bytes,
                             uint32_t receive_count)
{
    struct cap_sqe call = with_word(call_of(many->pair.client), 1);
    call.buffer_bytes = buffer_bytes;
    call.receive_count = (uint16_t)receive_count;
    call.transfers_addr = (uint64_t)answered;
    submit(cases, recv_on(many->pair.endpoint), 1);
    submit(cases, call, 2);
    expect(cases, 1, CAP_OK, "a call");
}

static inline void answer_without_room(struct cases *cases, const struct many *many, uint32_t buffer_bytes,
                                       uint32_t receive_count, uint32_t count)
{
    answered[0] = (struct cap_transfer_in){.cap = 7};
    answer[0] = answer[1] = 7;
    many_call(cases, many, buffer_bytes, receive_count);
    struct cap_sqe back = with_word(return_to(incoming.head.call_id), 2);
    submit(cases, carrying(back, CAP_TRANSFER_MOVE, many->caps, count), 3);
    struct cap_cqe cqe = expect(cases, 2, CAP_ERR_BUFFER_TOO_SMALL, "the caller has no room");
    raw_expect(&cases->raw, cqe.message_bytes == 16 && cqe.cap_count == count, "and hears how much it takes");
    raw_expect(&cases->raw, answered[0].cap == 7 && answer[0] == 7 && answer[1] == 7, "nothing was written");
    expect(cases, 3, CAP_ERR_UNDELIVERED, "the server hears that it did not arrive");
    many_expect_here(cases, many, count);
    submit(cases, return_to(back.target), 4);
    expect(cases, 4, CAP_ERR_STALE, "the call is over");
}

static inline void case_76(struct cases *cases)
{
    static const uint32_t counts[] = {1, 2, CAP_TRANSFER_MAX};
    struct many many = many_make(cases);
    for (uint32_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        uint32_t count = counts[i];
        answer_without_room(cases, &many, 0, count, count);
        answer_without_room(cases, &many, 15, count, count);
        answer_without_room(cases, &many, 16, count - 1, count);
        answer_without_room(cases, &many, 8, 0, count);
        many_call(cases, &many, 16, count);
        struct cap_sqe back = with_word(return_to(incoming.head.call_id), 2);
        submit(cases, carrying(back, CAP_TRANSFER_MOVE, many.caps, count), 3);
        struct cap_cqe cqe = expect(cases, 2, CAP_OK, "with just the room that it takes");
        raw_expect(&cases->raw, cqe.message_bytes == 16 && cqe.cap_count == count, "all of it arrives");
        expect(cases, 3, CAP_OK, "and the server knows");
        many_take_in(cases, &many, answered, count);
        many_expect_here(cases, &many, count);
    }
    many_drop(cases, &many);
}

/* ---- One of many is wrong ------------------------------------------------------------------------- */

/* Moves of all of them, of which one is spoilt: what the sender hears. */
static inline void spoil(const struct many *many, uint32_t bad, enum cap_err wanted)
{
    struct cap_transfer_out *out = &call_list[bad].out;
    switch (wanted) {
    case CAP_ERR_NO_CAP:
        out->cap = 0;
        return;
    case CAP_ERR_STALE:
        out->cap += 1ull << 32;
        return;
    default: /* CAP_ERR_BAD_SQE: named twice, and one of the two is a move */
        out->cap = many->caps[bad ? 0 : 1];
        out->mode = CAP_TRANSFER_COPY;
    }
}

static inline void case_82(struct cases *cases)
{
    static const enum cap_err errors[] = {CAP_ERR_NO_CAP, CAP_ERR_STALE, CAP_ERR_BAD_SQE};
    struct many many = many_make(cases);
    for (uint32_t bad = 0; bad < CAP_TRANSFER_MAX; bad++)
        for (uint32_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
            struct cap_sqe call =
                carrying(call_of(many.pair.client), CAP_TRANSFER_MOVE, many.caps, CAP_TRANSFER_MAX);
            call.receive_count = 0;
            spoil(&many, bad, errors[i]);
            submit(cases, call, 1);
            expect(cases, 1, errors[i], "a call: one of many is invalid");
            many_call(cases, &many, 16, CAP_TRANSFER_MAX);
            struct cap_sqe back = return_to(incoming.head.call_id);
            back = carrying(back, CAP_TRANSFER_MOVE, many.caps, CAP_TRANSFER_MAX);
            spoil(&many, bad, errors[i]);
            submit(cases, back, 3);
            expect(cases, 3, errors[i], "an answer: likewise");
            answer_own(cases, incoming.head.call_id, 2, "which is still to be given");
            for (uint32_t k = 0; k < CAP_TRANSFER_MAX; k++)
                expect_id(cases, many.caps[k], CAP_OK, "each of them is where it was");
        }
    many_expect_here(cases, &many, CAP_TRANSFER_MAX);
    submit(cases, recv_on(many.pair.endpoint), 1);
    struct cap_sqe call = carrying(call_of(many.pair.client), CAP_TRANSFER_MOVE, many.caps, CAP_TRANSFER_MAX);
    call.receive_count = 0;
    submit(cases, call, 2);
    struct cap_cqe cqe = expect(cases, 1, CAP_OK, "all of them valid");
    raw_expect(&cases->raw, cqe.cap_count == CAP_TRANSFER_MAX, "all of them arrive");
    many_take_in(cases, &many, received, CAP_TRANSFER_MAX);
    answer_own(cases, incoming.head.call_id, 2, "and the call ends well");
    many_expect_here(cases, &many, CAP_TRANSFER_MAX);
    many_drop(cases, &many);
}

/* ---- A mode that is none -------------------------------------------------------------------------- */

/* Nothing but the two modes is known: no bit of a descriptor asks for a badge, or for anything else. */
static inline void try_mode(struct cases *cases, const struct many *many, uint64_t mode)
{
    for (uint32_t count = 1; count <= 2; count++) {
        submit(cases, recv_on(many->pair.endpoint), 1);
        struct cap_sqe call =
            carrying(with_word(call_of(many->pair.client), 1), CAP_TRANSFER_COPY, many->caps, count);
        call_list[count - 1].out.mode = mode;
        call.receive_count = 0;
        submit(cases, call, 2);
        expect(cases, 2, CAP_ERR_BAD_SQE, "a call with a mode that is none");
        call = with_word(call_of(many->pair.client), 1);
        call.receive_count = 2;
        call.transfers_addr = (uint64_t)answered;
        submit(cases, call, 2);
        expect(cases, 1, CAP_OK, "the RECV has waited on");
        struct cap_sqe back = with_word(return_to(incoming.head.call_id), 1);
        back = carrying(back, CAP_TRANSFER_COPY, many->caps, count);
        call_list[count - 1].out.mode = mode;
        submit(cases, back, 3);
        expect(cases, 3, CAP_ERR_BAD_SQE, "an answer with one");
        answer_own(cases, incoming.head.call_id, 2, "the call is still to be answered");
        expect_id(cases, many->caps[0], CAP_OK, "what was to travel is here");
        expect_id(cases, many->caps[1], CAP_OK, "all of it");
    }
}

static inline void case_83(struct cases *cases)
{
    struct many many = many_make(cases);
    for (uint64_t mode = 0; mode < 300; mode++)
        if (mode != CAP_TRANSFER_COPY && mode != CAP_TRANSFER_MOVE)
            try_mode(cases, &many, mode);
    for (uint32_t bit = 2; bit < 64; bit++) {
        try_mode(cases, &many, 1ull << bit | CAP_TRANSFER_COPY);
        try_mode(cases, &many, 1ull << bit | CAP_TRANSFER_MOVE);
        try_mode(cases, &many, UINT64_MAX << bit);
    }
    try_mode(cases, &many, UINT64_MAX);
    many_expect_here(cases, &many, CAP_TRANSFER_MAX);
    many_drop(cases, &many);
}
