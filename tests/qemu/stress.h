/* Stress: 24 processes exchange capabilities at random, by calls and answers, copies and moves, with time
 * limits and cancellations; some are killed. For stress, and for stress-all, which does it on demand and for
 * long.
 *
 * What travels are client facets of two endpoints of init's: tokens, which are only moved, and others, which
 * are also copied and released. Each process keeps a list of what it holds, by the rules of
 * docs/spec/ring.md, and in the end calls each of them once; the badge tells init which one that was. Then
 *  - whatever a process believes to hold, it holds;
 *  - no token is held twice, and none is missing in a round without kills;
 *  - when all have ended, nobody holds any, and the kernel's own books are right.
 *
 * Next: tests/qemu/stress/stress.c
 */
#pragma once

#include "tests/qemu/cases.h"
#include "tests/qemu/random.h"

#define TOKEN_ID 0x70ce
#define OTHER_ID 0x07e4

#define WORKERS     24
#define NEIGHBOURS  6
#define TOKENS_EACH 3
#define TOKENS      (WORKERS * TOKENS_EACH)
#define MS          1000000ull
#define STRESS_SEED 0x57e55

/* ---- A worker ------------------------------------------------------------------------------------- */

#define HELD_MAX   64
#define SLOTS      4 /* calls under way, and calls being served */
#define CARRY_MAX  3
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
    bool is_token;
    bool is_busy; /* on its way with a call */
};

struct slot {
    bool is_used;
    uint32_t moved_count;
    uint64_t moved[CARRY_MAX];
    union cap_entry list[1 + 2 * CARRY_MAX];
    uint32_t sent_count;
    uint64_t answer[8];
};

struct worker {
    struct rt *rt;
    struct random random;
    uint64_t endpoint, neighbours[NEIGHBOURS];
    uint32_t neighbour_count;
    struct held held[HELD_MAX];
    uint32_t held_count;
    struct slot slots[SLOTS];
    bool is_receiving;
    uint64_t served[SLOTS];
    uint32_t served_count;
    struct cap_cqe later[CAP_CQ_ENTRIES]; /* completions that came while another one was waited for */
    uint32_t later_count;
    struct {
        struct cap_incoming head;
        uint64_t words[8];
    } incoming;
    union cap_entry incoming_list[1 + CARRY_MAX];
};

static struct worker worker;

static inline uint32_t below(struct worker *w, uint32_t limit)
{
    return random_below(&w->random, limit);
}

static inline void stress_submit(struct worker *w, struct cap_sqe *sqe)
{
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

static inline void stress_gain(struct worker *w, const union cap_entry *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (w->held_count == HELD_MAX)
            rt_exit(BROKEN_TOO_MANY);
        w->held[w->held_count++] = (struct held){list[i].in.cap, list[i].in.interface_id == TOKEN_ID, false};
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

/* Chooses what goes along, and writes the descriptors. Tokens are moved, others as it comes. */
static inline uint32_t stress_choose(struct worker *w, struct slot *slot, union cap_entry *list,
                                     uint32_t count)
{
    uint32_t chosen_count = 0;
    slot->moved_count = 0;
    while (count-- > 0 && w->held_count) {
        struct held *held = &w->held[below(w, w->held_count)];
        bool is_move = held->is_token || below(w, 2) || w->held_count > HELD_MAX / 2;
        bool is_named = held->is_busy;
        for (uint32_t i = 0; i < chosen_count; i++)
            is_named |= list[i].out.cap == held->cap;
        if (is_named)
            continue;
        list[chosen_count++].out =
            (struct cap_transfer_out){held->cap, is_move ? CAP_TRANSFER_MOVE : CAP_TRANSFER_COPY};
        if (is_move) {
            slot->moved[slot->moved_count++] = held->cap;
            held->is_busy = true;
        }
    }
    return chosen_count;
}

/* What was to be moved has left, or is here: as the status says, where it says one of both. */
static inline void stress_settle(struct worker *w, const struct slot *slot, enum cap_err status)
{
    bool has_left = status == CAP_OK || status == CAP_ERR_PEER_DEAD;
    bool is_open =
        status == CAP_ERR_TIMED_OUT || status == CAP_ERR_CANCELLED || status == CAP_ERR_BUFFER_TOO_SMALL;
    for (uint32_t i = 0; i < slot->moved_count; i++) {
        bool is_here = stress_has(w, slot->moved[i]);
        if (!is_open && is_here == has_left)
            rt_exit(is_here ? BROKEN_DOUBLED : BROKEN_LOST);
        if (is_here)
            stress_find(w, slot->moved[i])->is_busy = false;
        else
            stress_forget(w, slot->moved[i]);
    }
}

static inline void stress_call(struct worker *w, struct slot *slot)
{
    slot->list[0].limit = (struct cap_time_limit){.timeout_ns = (1 + below(w, 20)) * MS};
    slot->sent_count = stress_choose(w, slot, slot->list + 1, below(w, CARRY_MAX + 1));
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                          .flags = CAP_SQE_TIMEOUT,
                          .send_count = (uint16_t)slot->sent_count,
                          .receive_count = CARRY_MAX,
                          .user_data = (uint64_t)(slot - w->slots),
                          .target = w->neighbours[below(w, w->neighbour_count)],
                          .interface_id = SERVED_ID,
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
    struct slot slot;
    uint32_t index = below(w, w->served_count);
    struct cap_sqe sqe = {.opcode = CAP_OP_RETURN, .target = w->served[index]};
    sqe.send_count = (uint16_t)stress_choose(w, &slot, slot.list, below(w, CARRY_MAX));
    sqe.transfers_addr = sqe.send_count ? (uint64_t)slot.list : 0;
    w->served[index] = w->served[--w->served_count];
    enum cap_err err = stress_sync(w, sqe);
    /* Whenever the answer has not arrived, all is here. */
    if (err && err != CAP_ERR_PEER_DEAD && err != CAP_ERR_TIMED_OUT && err != CAP_ERR_CANCELLED)
        rt_exit(BROKEN_STATUS);
    stress_settle(w, &slot, err ? CAP_ERR_DISCONNECTED : CAP_OK);
}

static inline void stress_completed(struct worker *w, const struct cap_cqe *cqe)
{
    if (cqe->user_data == RECV_TOKEN) {
        w->is_receiving = false;
        if (cqe->status)
            return;
        stress_gain(w, w->incoming_list + 1, cqe->cap_count);
        /* The list lies where the time limit was: the first entry behind it is the first that arrived. */
        w->served[w->served_count++] = w->incoming.head.call_id;
        return;
    }
    if (cqe->user_data >= SLOTS || !w->slots[cqe->user_data].is_used)
        rt_exit(BROKEN_OPERATION);
    struct slot *slot = &w->slots[cqe->user_data];
    if (cqe->status == CAP_OK)
        stress_gain(w, slot->list + 1 + slot->sent_count, cqe->cap_count);
    stress_settle(w, slot, cqe->status);
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
        if (held.is_token || held.is_busy)
            return;
        stress_forget(w, held.cap);
        if (stress_sync(w, release_of(held.cap)))
            rt_exit(BROKEN_LOST);
    }
}

/* Nothing more begins; what is under way ends. Then each capability is called, once. */
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
    for (uint32_t i = 0; i < w->held_count; i++) {
        struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                              .target = w->held[i].cap,
                              .interface_id = w->held[i].is_token ? TOKEN_ID : OTHER_ID,
                              .buffer_addr = (uint64_t)w->slots[0].answer,
                              .buffer_bytes = sizeof w->slots[0].answer};
        if (stress_sync(w, sqe))
            rt_exit(BROKEN_REPORT);
    }
}

/* main of a worker. */
static inline int stress_work(struct rt *rt, uint32_t steps)
{
    struct worker *w = &worker;
    w->rt = rt;
    w->random.state = STRESS_SEED;
    for (const char *c = rt_process_name(rt); *c; c++)
        w->random.state = (w->random.state ^ (uint8_t)*c) * 0x100000001b3;
    for (uint32_t i = 0; i < rt->capset->count; i++) {
        const struct cap_capset_entry *entry = &rt->capset->entries[i];
        if (entry->interface_id == os_Endpoint_ID)
            w->endpoint = entry->cap;
        else if (entry->interface_id == SERVED_ID)
            w->neighbours[w->neighbour_count++] = entry->cap;
        else
            w->held[w->held_count++] = (struct held){entry->cap, entry->interface_id == TOKEN_ID, false};
    }
    for (uint32_t i = 0; i < steps; i++) {
        stress_step(w);
        if (below(w, 2))
            stress_pump(w, below(w, 8) ? 0 : MS);
    }
    stress_finish(w);
    return 0;
}
