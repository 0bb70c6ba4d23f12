/* Stress: 24 processes exchange capabilities at random, by calls and answers, copies and moves, with time
 * limits and cancellations; some are killed. For stress, and for stress-all, which does it on demand and for
 * long.
 *
 * What travels are client facets of two endpoints of the driver's: tokens, which are only moved, and others,
 * which are also copied and released. Each process keeps a list of what it holds, by the rules of
 * docs/spec/ring.md, with the badge that it takes each to have, and tallies of what came and went: this and
 * the sender's number travel as a note beside the capabilities. In the end it calls each capability once, so
 * that the driver sees the kernel's badge, hands its tallies over, and stays until all have: stress_judge.h
 * says what must be so then.
 *
 * Next: tests/qemu/stress_judge.h
 */
#pragma once

#include "lib/fmt.h"
#include "tests/qemu/cases.h"
#include "tests/qemu/random.h"

#define TOKEN_ID  0x70ce
#define OTHER_ID  0x07e4
#define REPORT_ID 0x4e904

#define WORKERS     24
#define NEIGHBOURS  6
#define TOKENS_EACH 3
#define TOKENS      (WORKERS * TOKENS_EACH)
#define BADGES      (TOKENS + WORKERS) /* the tokens, and one other for each worker */
#define MS          1000000ull

#define CARRY_MAX 3

/* Beside the capabilities of each call and answer between workers. */
struct note {
    uint16_t from, count;
    struct {
        uint16_t badge, is_copy;
    } caps[CARRY_MAX];
};
#define NOTE_WORDS 2
_Static_assert(sizeof(struct note) == NOTE_WORDS * 8, "whole words");

/* By badge, and by who is at the other end. A copy that was sent may have arrived if the call was given up:
 * then it counts as open. */
struct tally {
    uint16_t moves_in[BADGES], moves_out[BADGES], copies_in[BADGES], released[BADGES];
    uint16_t moves_from[WORKERS], moves_to[WORKERS];
    uint16_t copies_from[WORKERS], copies_to[WORKERS], open_to[WORKERS];
    uint64_t operation_count;
};
_Static_assert(sizeof(struct tally) % 8 == 0 && sizeof(struct tally) <= CAP_MESSAGE_BYTES_MAX, "a message");

/* What each worker starts with. */
static inline bool stress_starts_with(uint32_t index, uint32_t badge)
{
    return index == (badge < TOKENS ? badge / TOKENS_EACH : badge - TOKENS);
}

/* ---- A worker ------------------------------------------------------------------------------------- */

#define HELD_MAX   64
#define SLOTS      4 /* calls under way, and calls being served */
#define SYNC_TOKEN 1000
#define RECV_TOKEN 100

enum stress_broken {
    BROKEN_OPERATION = 1, /* a completion of nothing that is under way */
    BROKEN_RING,
    BROKEN_LIST,
    BROKEN_STATUS,
    BROKEN_LOST,    /* what should be here is not */
    BROKEN_DOUBLED, /* what should have left is here */
    BROKEN_TOO_MANY,
    BROKEN_REPORT,
};

struct held {
    uint64_t cap;
    uint16_t badge;
    bool is_busy; /* on its way with a call */
};

/* One message with capabilities, under way. */
struct parcel {
    struct note note;
    uint32_t to;
    uint32_t moved_count;
    uint64_t moved[CARRY_MAX];
};

struct slot {
    bool is_used;
    struct parcel parcel;
    union cap_entry list[1 + 2 * CARRY_MAX];
    uint64_t answer[NOTE_WORDS];
};

struct worker {
    struct rt *rt;
    struct random random;
    uint32_t index;
    uint64_t endpoint, report;
    struct {
        uint64_t cap;
        uint32_t index;
    } neighbours[NEIGHBOURS];
    uint32_t neighbour_count;
    struct held held[HELD_MAX];
    uint32_t held_count;
    struct slot slots[SLOTS];
    bool is_receiving;
    struct {
        uint64_t call_id;
        uint32_t from;
    } served[SLOTS];
    uint32_t served_count;
    struct cap_cqe later[CAP_CQ_ENTRIES]; /* completions that came while another one was waited for */
    uint32_t later_count;
    struct {
        struct cap_incoming head;
        struct note note;
    } incoming;
    union cap_entry incoming_list[1 + CARRY_MAX];
    struct tally tally;
};

static struct worker worker;

static inline uint32_t below(struct worker *w, uint32_t limit)
{
    return random_below(&w->random, limit);
}

static inline void stress_submit(struct worker *w, struct cap_sqe *sqe)
{
    w->tally.operation_count++;
    if (ring_client_submit(&w->rt->ring, sqe)) {
        rt_enter(0, 0);
        if (ring_client_submit(&w->rt->ring, sqe))
            rt_exit(BROKEN_RING);
    }
}

/* The status of an operation that completes at once; what else completes is kept for later. */
static inline enum cap_err stress_sync(struct worker *w, struct cap_sqe sqe)
{
    struct cap_cqe cqe;
    sqe.user_data = SYNC_TOKEN;
    stress_submit(w, &sqe);
    for (;;) {
        rt_enter(1, CAP_TIMEOUT_NEVER);
        while (ring_client_take(&w->rt->ring, &cqe)) {
            if (cqe.user_data == SYNC_TOKEN)
                return cqe.status;
            w->later[w->later_count++] = cqe;
        }
    }
}

/* Is the id alive? No interface has the number 1. */
static inline bool stress_has(struct worker *w, uint64_t cap)
{
    enum cap_err err =
        stress_sync(w, (struct cap_sqe){.opcode = CAP_OP_CALL, .target = cap, .interface_id = 1});
    if (err != CAP_ERR_WRONG_INTERFACE && err != CAP_ERR_STALE)
        rt_exit(BROKEN_STATUS);
    return err == CAP_ERR_WRONG_INTERFACE;
}

static inline uint64_t stress_interface(uint32_t badge)
{
    return badge < TOKENS ? TOKEN_ID : OTHER_ID;
}

static inline void stress_hold(struct worker *w, uint64_t cap, uint16_t badge)
{
    if (w->held_count == HELD_MAX)
        rt_exit(BROKEN_TOO_MANY);
    w->held[w->held_count++] = (struct held){cap, badge, false};
}

/* What has come is what the note says. */
static inline void stress_gain(struct worker *w, const union cap_entry *list, uint32_t count,
                               const struct note *note)
{
    if (count != note->count)
        rt_exit(BROKEN_LIST);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t badge = note->caps[i].badge;
        if (list[i].in.interface_id != stress_interface(badge))
            rt_exit(BROKEN_LIST);
        stress_hold(w, list[i].in.cap, badge);
        (note->caps[i].is_copy ? w->tally.copies_in : w->tally.moves_in)[badge]++;
        (note->caps[i].is_copy ? w->tally.copies_from : w->tally.moves_from)[note->from]++;
    }
}

static inline struct held *stress_find(struct worker *w, uint64_t cap)
{
    for (uint32_t i = 0; i < w->held_count; i++)
        if (w->held[i].cap == cap)
            return &w->held[i];
    rt_exit(BROKEN_LIST);
}

static inline void stress_forget(struct worker *w, uint64_t cap)
{
    struct held *held = stress_find(w, cap);
    *held = w->held[--w->held_count];
}

/* Chooses what goes along, and writes the descriptors and the note. Tokens are moved, others as it comes. */
static inline uint16_t stress_choose(struct worker *w, struct parcel *parcel, union cap_entry *list,
                                     uint32_t count)
{
    uint16_t chosen_count = 0;
    parcel->note = (struct note){.from = (uint16_t)w->index};
    parcel->moved_count = 0;
    while (count-- > 0 && w->held_count) {
        struct held *held = &w->held[below(w, w->held_count)];
        bool is_move = held->badge < TOKENS || below(w, 2) || w->held_count > HELD_MAX / 2;
        bool is_named = held->is_busy;
        for (uint32_t i = 0; i < chosen_count; i++)
            is_named |= list[i].out.cap == held->cap;
        if (is_named)
            continue;
        list[chosen_count].out =
            (struct cap_transfer_out){held->cap, is_move ? CAP_TRANSFER_MOVE : CAP_TRANSFER_COPY};
        parcel->note.caps[chosen_count].badge = held->badge;
        parcel->note.caps[chosen_count++].is_copy = !is_move;
        if (is_move) {
            parcel->moved[parcel->moved_count++] = held->cap;
            held->is_busy = true;
        }
    }
    return parcel->note.count = chosen_count;
}

/* What was to be moved has left, or is here: as the status says, where it says one of both. */
static inline void stress_settle(struct worker *w, const struct parcel *parcel, enum cap_err status)
{
    bool has_left = status == CAP_OK || status == CAP_ERR_PEER_DEAD;
    bool is_open =
        status == CAP_ERR_TIMED_OUT || status == CAP_ERR_CANCELLED || status == CAP_ERR_BUFFER_TOO_SMALL;
    for (uint32_t i = 0; i < parcel->moved_count; i++) {
        bool is_here = stress_has(w, parcel->moved[i]);
        struct held *held = stress_find(w, parcel->moved[i]);
        if (!is_open && is_here == has_left)
            rt_exit(is_here ? BROKEN_DOUBLED : BROKEN_LOST);
        held->is_busy = false;
        if (is_here)
            continue;
        w->tally.moves_out[held->badge]++;
        w->tally.moves_to[parcel->to]++;
        stress_forget(w, held->cap);
    }
    uint32_t copy_count = parcel->note.count - parcel->moved_count;
    if (has_left)
        w->tally.copies_to[parcel->to] += (uint16_t)copy_count;
    else if (is_open)
        w->tally.open_to[parcel->to] += (uint16_t)copy_count;
}

static inline void stress_call(struct worker *w, struct slot *slot)
{
    uint32_t which = below(w, w->neighbour_count);
    slot->list[0].limit = (struct cap_time_limit){.timeout_ns = (1 + below(w, 20)) * MS};
    slot->parcel.to = w->neighbours[which].index;
    uint16_t count = stress_choose(w, &slot->parcel, slot->list + 1, below(w, CARRY_MAX + 1));
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                          .flags = CAP_SQE_TIMEOUT,
                          .send_count = count,
                          .receive_count = CARRY_MAX,
                          .user_data = (uint64_t)(slot - w->slots),
                          .target = w->neighbours[which].cap,
                          .interface_id = SERVED_ID,
                          .message_addr = (uint64_t)&slot->parcel.note,
                          .message_bytes = sizeof slot->parcel.note,
                          .buffer_addr = (uint64_t)slot->answer,
                          .buffer_bytes = sizeof slot->answer,
                          .transfers_addr = (uint64_t)slot->list};
    slot->is_used = true;
    stress_submit(w, &sqe);
}

static inline void stress_receive(struct worker *w)
{
    w->incoming_list[0].limit = (struct cap_time_limit){.timeout_ns = (1 + below(w, 5)) * MS};
    struct cap_sqe sqe = {.opcode = CAP_OP_RECV,
                          .flags = CAP_SQE_TIMEOUT,
                          .receive_count = CARRY_MAX,
                          .user_data = RECV_TOKEN,
                          .target = w->endpoint,
                          .buffer_addr = (uint64_t)&w->incoming,
                          .buffer_bytes = sizeof w->incoming,
                          .transfers_addr = (uint64_t)w->incoming_list};
    w->is_receiving = true;
    stress_submit(w, &sqe);
}

static inline void stress_return(struct worker *w)
{
    union cap_entry list[CARRY_MAX];
    uint32_t index = below(w, w->served_count);
    struct parcel parcel = {.to = w->served[index].from};
    struct cap_sqe sqe = {.opcode = CAP_OP_RETURN,
                          .target = w->served[index].call_id,
                          .message_addr = (uint64_t)&parcel.note,
                          .message_bytes = sizeof parcel.note};
    sqe.send_count = stress_choose(w, &parcel, list, below(w, CARRY_MAX));
    sqe.transfers_addr = sqe.send_count ? (uint64_t)list : 0;
    w->served[index] = w->served[--w->served_count];
    enum cap_err err = stress_sync(w, sqe);
    /* Whenever the answer has not arrived, all is here. */
    if (err && err != CAP_ERR_PEER_DEAD && err != CAP_ERR_TIMED_OUT && err != CAP_ERR_CANCELLED)
        rt_exit(BROKEN_STATUS);
    stress_settle(w, &parcel, err ? CAP_ERR_DISCONNECTED : CAP_OK);
}

static inline void stress_completed(struct worker *w, const struct cap_cqe *cqe)
{
    if (cqe->user_data == RECV_TOKEN) {
        w->is_receiving = false;
        if (cqe->status)
            return;
        /* The list lies where the time limit was: the first entry behind it is the first that arrived. */
        stress_gain(w, w->incoming_list + 1, cqe->cap_count, &w->incoming.note);
        w->served[w->served_count].call_id = w->incoming.head.call_id;
        w->served[w->served_count++].from = w->incoming.note.from;
        return;
    }
    if (cqe->user_data >= SLOTS || !w->slots[cqe->user_data].is_used)
        rt_exit(BROKEN_OPERATION);
    struct slot *slot = &w->slots[cqe->user_data];
    if (cqe->status == CAP_OK)
        stress_gain(w, slot->list + 1 + slot->parcel.note.count, cqe->cap_count,
                    (const struct note *)slot->answer);
    stress_settle(w, &slot->parcel, cqe->status);
    slot->is_used = false;
}

static inline void stress_pump(struct worker *w, uint64_t timeout_ns)
{
    struct cap_cqe cqe;
    rt_enter(timeout_ns ? 1 : 0, w->later_count ? 0 : timeout_ns);
    while (w->later_count) {
        cqe = w->later[--w->later_count];
        stress_completed(w, &cqe);
    }
    while (ring_client_take(&w->rt->ring, &cqe))
        stress_completed(w, &cqe);
}

static inline void stress_step(struct worker *w)
{
    struct slot *slot = &w->slots[below(w, SLOTS)];
    bool is_full = w->held_count > HELD_MAX - (SLOTS + 2) * CARRY_MAX;
    uint32_t dice = below(w, 16);
    if (!w->is_receiving && w->served_count < SLOTS && !is_full)
        stress_receive(w);
    else if (w->served_count && dice < 8)
        stress_return(w);
    else if (!slot->is_used && dice < 14 && !is_full)
        stress_call(w, slot);
    else if (slot->is_used && dice == 14)
        (void)stress_sync(w,
                          (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = (uint64_t)(slot - w->slots)});
    else if (w->held_count && dice == 15 && !below(w, 4)) {
        struct held held = w->held[below(w, w->held_count)];
        if (held.badge < TOKENS || held.is_busy)
            return;
        w->tally.released[held.badge]++;
        stress_forget(w, held.cap);
        if (stress_sync(w, release_of(held.cap)))
            rt_exit(BROKEN_LOST);
    }
}

/* Nothing more begins; what is under way ends. */
static inline void stress_finish(struct worker *w)
{
    bool is_busy = true;
    while (is_busy) {
        is_busy = w->is_receiving || w->served_count || w->later_count;
        for (uint32_t i = 0; i < SLOTS; i++)
            is_busy |= w->slots[i].is_used;
        if (w->served_count)
            stress_return(w);
        stress_pump(w, MS);
    }
}

/* Calls each capability, once, with what it is taken for; then hands over the tallies, and stays until that
 * is answered. */
static inline void stress_report(struct worker *w)
{
    for (uint32_t i = 0; i < w->held_count; i++) {
        const uint64_t word = w->index | (uint64_t)w->held[i].badge << 32;
        struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                              .target = w->held[i].cap,
                              .interface_id = stress_interface(w->held[i].badge),
                              .message_addr = (uint64_t)&word,
                              .message_bytes = sizeof word};
        if (stress_sync(w, sqe))
            rt_exit(BROKEN_REPORT);
    }
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                          .target = w->report,
                          .interface_id = REPORT_ID,
                          .message_addr = (uint64_t)&w->tally,
                          .message_bytes = sizeof w->tally};
    if (stress_sync(w, sqe))
        rt_exit(BROKEN_REPORT);
}

static inline uint32_t stress_number(const char *digits)
{
    uint32_t number = 0;
    for (; *digits >= '0' && *digits <= '9'; digits++)
        number = number * 10 + (uint32_t)(*digits - '0');
    return number;
}

/* Names are a letter and a number: the worker's own, a neighbour's, a badge. */
static inline void stress_start(struct worker *w, struct rt *rt)
{
    w->rt = rt;
    w->index = stress_number(rt_process_name(rt) + 1);
    w->random.state = 0xcbf29ce484222325;
    for (const char *c = rt_process_name(rt); *c; c++)
        w->random.state = (w->random.state ^ (uint8_t)*c) * 0x100000001b3;
    for (uint32_t i = 0; i < rt->capset->count; i++) {
        const struct cap_capset_entry *entry = &rt->capset->entries[i];
        uint32_t number = stress_number(entry->name + 1);
        if (entry->interface_id == os_Endpoint_ID) {
            w->endpoint = entry->cap;
        } else if (entry->interface_id == REPORT_ID) {
            w->report = entry->cap;
        } else if (entry->interface_id == SERVED_ID) {
            w->neighbours[w->neighbour_count].index = number;
            w->neighbours[w->neighbour_count++].cap = entry->cap;
        } else {
            stress_hold(w, entry->cap, (uint16_t)number);
        }
    }
}

/* main of a worker. */
static inline int stress_work(struct rt *rt, uint32_t steps)
{
    struct worker *w = &worker;
    stress_start(w, rt);
    for (uint32_t i = 0; i < steps; i++) {
        stress_step(w);
        if (below(w, 2))
            stress_pump(w, below(w, 8) ? 0 : MS);
    }
    stress_finish(w);
    stress_report(w);
    return 0;
}
