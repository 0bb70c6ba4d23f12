/* Several calls and several RECVs at one endpoint: which gets which.
 *
 * Next: tests/qemu/fastpath-objects/fastpath-objects.c
 */
#pragma once

#include "tests/qemu/one_call.h"

#define ORDER_STEPS 6

/* What is submitted, one character each, and then each is answered in the order of arrival:
 *   a b c  a CALL with a short message, with a long one, with a capability
 *   r s t  a RECV with room for all, for short ones, for none with a capability
 *   x y    what is left of the CALLs, of the RECVs, is cancelled */
static const char *const orders[] = {
    "abcrrr", "abcsrr", "abcttr", "cabrrr", "bacsrr", "rrrabc", "srrabc", "strcba", "tttcca",
    "rsabrc", "ssbabr", "stcbar", "aaarrr", "rrraaa", "arbrcr", "axbrar", "rryabr", "abxrrr",
    "ryrsba", "tyrcab", "ccxrcr", "bbbrrr", "cccrrr", "srscba", "ararar", "rarara", "xyaryr",
};
#define ORDERS (sizeof orders / sizeof orders[0])

static inline uint64_t order_slot(const struct play *play, enum area area, uint32_t i)
{
    return place_at(play->ways, area, PLACE_GOOD, 0) + i * 256;
}

static inline struct cap_sqe order_call(struct play *play, char kind, uint32_t i)
{
    struct cap_sqe sqe = call_sqe(play);
    sqe.user_data = CALL_TOKEN + 16 * i;
    sqe.message_bytes = kind == 'b' ? 160 : 24;
    sqe.message_addr = order_slot(play, AREA_MESSAGE, i);
    sqe.buffer_addr = order_slot(play, AREA_BUFFER, i);
    sqe.buffer_bytes = 128;
    sqe.receive_count = 0;
    sqe.transfers_addr = order_slot(play, AREA_CALL_LIST, i);
    sqe.send_count = kind == 'c';
    words_fill(sqe.message_addr, sqe.message_bytes / 8, (uint64_t)kind << 32 | i << 16, 1);
    if (kind == 'c')
        words_at(sqe.transfers_addr)[0] = play->gifts[0];
    if (kind == 'c')
        words_at(sqe.transfers_addr)[1] = CAP_TRANSFER_COPY;
    return sqe;
}

static inline struct cap_sqe order_recv(struct play *play, char kind, uint32_t i)
{
    struct cap_sqe sqe = recv_sqe(play);
    sqe.user_data = RECV_TOKEN + 16 * i;
    sqe.buffer_addr = order_slot(play, AREA_INCOMING, i);
    sqe.buffer_bytes = kind == 's' ? 64 : 224;
    sqe.transfers_addr = order_slot(play, AREA_INCOMING_LIST, i);
    sqe.receive_count = kind != 't';
    return sqe;
}

static inline void order_cancel(struct play *play, uint32_t step_index, char kind)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_CANCEL, .user_data = CANCEL_TOKEN};
    for (uint32_t i = 0; i < step_index; i++) {
        sqe.target = (kind == 'x' ? CALL_TOKEN : RECV_TOKEN) + 16 * i;
        step(play->ways, sqe);
    }
}

/* Answers what has arrived, and ends the rest. */
static inline void order_end(struct play *play)
{
    struct cap_sqe answer = {.opcode = CAP_OP_RETURN,
                             .user_data = RETURN_TOKEN,
                             .message_addr = order_slot(play, AREA_RESULTS, 0),
                             .message_bytes = 16};
    for (uint32_t i = 0; i < ORDER_STEPS; i++) {
        volatile uint64_t *incoming = words_at(order_slot(play, AREA_INCOMING, i));
        volatile uint64_t *list = words_at(order_slot(play, AREA_INCOMING_LIST, i));
        answer.target = incoming[0];
        if (answer.target != POISON)
            step(play->ways, answer);
        incoming[0] = answer.target == POISON;
        if (list[0] == POISON)
            continue;
        note_id(play->ways, "what was received", list[0]);
        release(play, list[0]);
        list[0] = 0;
    }
    order_cancel(play, ORDER_STEPS, 'x');
    order_cancel(play, ORDER_STEPS, 'y');
    for (uint32_t i = 0; i < ORDER_STEPS; i++)
        words_at(order_slot(play, AREA_CALL_LIST, i))[0] = 0;
    note_memory(play->ways);
    release(play, play->gifts[0]);
}

static inline void play_order(struct play *play)
{
    play_prepare(play);
    for (uint32_t i = 0; i < ORDER_STEPS; i++) {
        char kind = play->input->name[i];
        if (kind <= 'c')
            step(play->ways, order_call(play, kind, i));
        else if (kind <= 't')
            step(play->ways, order_recv(play, kind, i));
        else
            order_cancel(play, i, kind);
    }
    order_end(play);
}
