/* A model of one endpoint with two clients and two servers: who waits for what, and what completes when. Each
 * function is one rule of docs/spec/ring.md; what must complete is left in `expected`. At the end is the
 * table of operations.
 *
 * Next: tests/host/endpoint_world.h
 */
#pragma once

#include "abi/error.h"
#include "abi/ring.h"
#include "tests/host/test.h"

enum {
    CLIENT_0,
    CLIENT_1,
    SERVER_0,
    SERVER_1,
    PROCESSES
};

/* Calls 0 and 1 are client 0's, call 2 is client 1's. Call 0 has a time limit, and so has server 1's RECV. */
#define CALLS      3
#define SERVED_MAX 2

static uint32_t owner_of(uint32_t call)
{
    return call < 2 ? CLIENT_0 : CLIENT_1;
}

enum {
    TOKEN_CALL = 1, /* and the next two */
    TOKEN_RECV = 10,
    TOKEN_RETURN,
    TOKEN_RETURN_RECV,
    TOKEN_CANCEL,
    TOKEN_REVOKE,
    TOKEN_RELEASE,
};

/* ---- The model ------------------------------------------------------------------------------------ */

enum {
    CALL_NONE,
    CALL_QUEUED,
    CALL_AT_SERVER
};

/* Where X is, besides in the table of a process. */
#define X_IN_CALL 8 /* and the number of the call */
#define X_GONE    15

struct model {
    uint8_t is_alive[PROCESSES];
    uint8_t has_cap[PROCESSES]; /* clients: a facet of their own; servers: the endpoint */
    uint8_t call_state[CALLS];
    uint8_t queue[CALLS], queue_count;
    uint8_t receivers[2], receiver_count;
    uint8_t recv_token[2]; /* of the RECV of a server that waits, by server */
    struct {
        uint8_t call;
        int8_t abandoned; /* enum cap_err: nobody waits for the answer any more */
    } served[2][SERVED_MAX];
    uint8_t served_count[2];
    uint8_t is_closed, is_revoked, x;
};

/* What must complete, in order. */
struct completion {
    uint32_t process;
    uint64_t token;
    int32_t status;
    uint16_t flags;
};
static struct completion expected[16];
static uint32_t expected_count;
static bool is_any_order; /* of what completes for one process: a server has died, and in which order the
                             calls that it had to answer end the manual leaves open */

static void emit(struct model *m, uint32_t process, uint64_t token, enum cap_err status)
{
    if (!m->is_alive[process])
        return;
    uint16_t flags = token == TOKEN_RETURN_RECV ? CAP_CQE_RETURNED : 0;
    EXPECT(expected_count < 16);
    expected[expected_count++] = (struct completion){process, token, status, flags};
}

static void remove_at(uint8_t *list, uint8_t *count, uint8_t value)
{
    uint8_t kept = 0;
    for (uint8_t i = 0; i < *count; i++)
        if (list[i] != value)
            list[kept++] = list[i];
    for (uint8_t i = kept; i < *count; i++)
        list[i] = 0;
    *count = kept;
}

static bool facet_is_alive(const struct model *m, uint32_t client)
{
    bool is_alive = m->has_cap[client];
    for (uint32_t call = 0; call < CALLS; call++)
        is_alive |= owner_of(call) == client && m->call_state[call] == CALL_QUEUED;
    for (uint32_t s = 0; s < 2; s++)
        for (uint32_t i = 0; i < m->served_count[s]; i++)
            is_alive |= owner_of(m->served[s][i].call) == client;
    return is_alive;
}

static void end_queued(struct model *m, uint32_t call, enum cap_err why)
{
    remove_at(m->queue, &m->queue_count, (uint8_t)call);
    m->call_state[call] = CALL_NONE;
    if (m->x == X_IN_CALL + call)
        m->x = (uint8_t)owner_of(call);
    emit(m, owner_of(call), TOKEN_CALL + call, why);
}

static void end_recv(struct model *m, uint32_t s, enum cap_err why)
{
    remove_at(m->receivers, &m->receiver_count, (uint8_t)s);
    emit(m, SERVER_0 + s, m->recv_token[s], why);
    m->recv_token[s] = 0;
}

/* What follows from what happened: no client is left, no server is left. */
static void settle(struct model *m)
{
    bool has_client = !m->is_revoked && (facet_is_alive(m, CLIENT_0) || facet_is_alive(m, CLIENT_1));
    while (!has_client && m->receiver_count)
        end_recv(m, m->receivers[0], CAP_ERR_DISCONNECTED);
    if (!m->has_cap[SERVER_0] && !m->has_cap[SERVER_1] && m->receiver_count == 0)
        m->is_closed = 1;
    while (m->is_closed && m->queue_count)
        end_queued(m, m->queue[0], CAP_ERR_DISCONNECTED);
}

static void deliver(struct model *m, uint32_t call, uint32_t s)
{
    m->call_state[call] = CALL_AT_SERVER;
    m->served[s][m->served_count[s]].call = (uint8_t)call;
    m->served[s][m->served_count[s]++].abandoned = 0;
    if (m->x == X_IN_CALL + call)
        m->x = (uint8_t)(SERVER_0 + s);
    end_recv(m, s, CAP_OK);
}

static void model_call(struct model *m, uint32_t call)
{
    if (m->is_closed || m->is_revoked) {
        emit(m, owner_of(call), TOKEN_CALL + call, CAP_ERR_DISCONNECTED);
        return;
    }
    if (m->x == owner_of(call))
        m->x = (uint8_t)(X_IN_CALL + call);
    if (m->receiver_count) {
        deliver(m, call, m->receivers[0]);
        return;
    }
    m->call_state[call] = CALL_QUEUED;
    m->queue[m->queue_count++] = (uint8_t)call;
}

static void model_recv(struct model *m, uint32_t s, uint8_t token)
{
    m->recv_token[s] = token;
    m->receivers[m->receiver_count++] = (uint8_t)s;
    if (!m->queue_count)
        return;
    uint32_t call = m->queue[0];
    remove_at(m->queue, &m->queue_count, (uint8_t)call);
    deliver(m, call, s);
}

static void model_give_up(struct model *m, uint32_t call, enum cap_err why)
{
    if (m->call_state[call] == CALL_QUEUED) {
        end_queued(m, call, why);
        return;
    }
    for (uint32_t s = 0; s < 2; s++)
        for (uint32_t i = 0; i < m->served_count[s]; i++)
            if (m->served[s][i].call == call && !m->served[s][i].abandoned)
                m->served[s][i].abandoned = (int8_t)why;
    m->call_state[call] = CALL_NONE;
    emit(m, owner_of(call), TOKEN_CALL + call, why);
}

static void served_remove(struct model *m, uint32_t s, uint32_t index)
{
    for (uint32_t i = index; i + 1 < SERVED_MAX; i++)
        m->served[s][i] = m->served[s][i + 1];
    memset(&m->served[s][SERVED_MAX - 1], 0, sizeof m->served[0][0]);
    m->served_count[s]--;
}

/* Why the answer did not arrive. It moves X along if it can: RETURN_RECV carries no capabilities. */
static enum cap_err model_answer(struct model *m, uint32_t s, uint32_t index, bool can_carry)
{
    uint32_t call = m->served[s][index].call;
    enum cap_err abandoned = (enum cap_err)m->served[s][index].abandoned;
    served_remove(m, s, index);
    if (abandoned)
        return abandoned;
    m->call_state[call] = CALL_NONE;
    if (can_carry && m->x == SERVER_0 + s)
        m->x = (uint8_t)owner_of(call);
    emit(m, owner_of(call), TOKEN_CALL + call, CAP_OK);
    return CAP_OK;
}

static void model_die(struct model *m, uint32_t process)
{
    m->is_alive[process] = 0;
    for (uint32_t call = 0; call < CALLS; call++)
        if (owner_of(call) == process && m->call_state[call] != CALL_NONE)
            model_give_up(m, call, CAP_ERR_PEER_DEAD);
    if (process >= SERVER_0) {
        uint32_t s = process - SERVER_0;
        is_any_order = true;
        if (m->recv_token[s])
            end_recv(m, s, CAP_ERR_PEER_DEAD);
        while (m->served_count[s]) {
            uint32_t call = m->served[s][0].call;
            bool is_waited_for = !m->served[s][0].abandoned;
            served_remove(m, s, 0);
            if (!is_waited_for)
                continue;
            m->call_state[call] = CALL_NONE;
            emit(m, owner_of(call), TOKEN_CALL + call, CAP_ERR_PEER_DEAD);
        }
    }
    m->has_cap[process] = 0;
    if (m->x == process)
        m->x = X_GONE;
}

/* ---- Operations ----------------------------------------------------------------------------------- */

enum verb {
    DO_CALL,        /* which: call */
    DO_CANCEL,      /* call */
    DO_TIME_OUT,    /* call 0 */
    DO_RECV,        /* server */
    DO_CANCEL_RECV, /* server */
    DO_TIME_OUT_RECV,
    DO_RETURN,      /* server * 2 + index */
    DO_RETURN_RECV, /* likewise */
    DO_REVOKE,      /* server */
    DO_RELEASE,     /* process */
    DO_DIE,         /* process */
};

/* A line of the table is all that says that there is an operation; what it does is in model_play and in
 * real_play (tests/host/endpoint_world.h). */

static const struct operation {
    uint8_t verb, which;
} operations[] = {
    {DO_CALL, 0},        {DO_CALL, 1},          {DO_CALL, 2},        {DO_CANCEL, 0},      {DO_CANCEL, 1},
    {DO_CANCEL, 2},      {DO_TIME_OUT, 0},      {DO_RECV, 0},        {DO_RECV, 1},        {DO_CANCEL_RECV, 0},
    {DO_CANCEL_RECV, 1}, {DO_TIME_OUT_RECV, 1}, {DO_RETURN, 0},      {DO_RETURN, 1},      {DO_RETURN, 2},
    {DO_RETURN, 3},      {DO_RETURN_RECV, 0},   {DO_RETURN_RECV, 1}, {DO_RETURN_RECV, 2}, {DO_RETURN_RECV, 3},
    {DO_REVOKE, 0},      {DO_REVOKE, 1},        {DO_RELEASE, 0},     {DO_RELEASE, 1},     {DO_RELEASE, 2},
    {DO_RELEASE, 3},     {DO_DIE, 0},           {DO_DIE, 1},         {DO_DIE, 2},         {DO_DIE, 3},
};
#define OPERATIONS (sizeof operations / sizeof operations[0])

static bool can_receive(const struct model *m, uint32_t s)
{
    return m->is_alive[SERVER_0 + s] && !m->recv_token[s] && m->served_count[s] < SERVED_MAX;
}

static inline bool is_possible(const struct model *m, struct operation op)
{
    uint32_t s = op.which / 2;
    switch (op.verb) {
    case DO_CALL:
        return m->is_alive[owner_of(op.which)] && m->has_cap[owner_of(op.which)] &&
               m->call_state[op.which] == CALL_NONE;
    case DO_CANCEL:
        return m->is_alive[owner_of(op.which)];
    case DO_TIME_OUT:
        return m->call_state[0] != CALL_NONE;
    case DO_RECV:
        return m->has_cap[SERVER_0 + op.which] && can_receive(m, op.which);
    case DO_CANCEL_RECV:
        return m->is_alive[SERVER_0 + op.which] && m->recv_token[op.which];
    case DO_TIME_OUT_RECV:
        return m->recv_token[1] == TOKEN_RECV;
    case DO_RETURN:
        return op.which % 2 < m->served_count[s];
    case DO_RETURN_RECV:
        return op.which % 2 < m->served_count[s] && m->has_cap[SERVER_0 + s] && !m->recv_token[s];
    case DO_REVOKE:
        return m->has_cap[SERVER_0 + op.which] && !m->is_revoked;
    case DO_RELEASE:
        return m->has_cap[op.which];
    default:
        return m->is_alive[op.which];
    }
}

static void model_return(struct model *m, uint32_t s, uint32_t index, bool with_recv)
{
    uint8_t token = with_recv ? TOKEN_RETURN_RECV : TOKEN_RETURN;
    enum cap_err err = model_answer(m, s, index, !with_recv);
    if (err || !with_recv) {
        emit(m, SERVER_0 + s, token, err);
        expected[expected_count - 1].flags = 0;
        return;
    }
    model_recv(m, s, token);
}

static void model_cancel(struct model *m, uint32_t call)
{
    bool is_under_way = m->call_state[call] != CALL_NONE;
    if (is_under_way)
        model_give_up(m, call, CAP_ERR_CANCELLED);
    emit(m, owner_of(call), TOKEN_CANCEL, is_under_way ? CAP_OK : CAP_ERR_STALE);
}

static void model_revoke(struct model *m, uint32_t s)
{
    m->is_revoked = 1;
    while (m->queue_count)
        end_queued(m, m->queue[0], CAP_ERR_DISCONNECTED);
    settle(m);
    emit(m, SERVER_0 + s, TOKEN_REVOKE, CAP_OK);
}

/* The next state; what completes on the way is in `expected`. */
static inline void model_play(struct model *m, struct operation op)
{
    expected_count = 0;
    is_any_order = false;
    switch (op.verb) {
    case DO_CALL:
        model_call(m, op.which);
        break;
    case DO_CANCEL:
        model_cancel(m, op.which);
        break;
    case DO_TIME_OUT:
        model_give_up(m, 0, CAP_ERR_TIMED_OUT);
        break;
    case DO_RECV:
        model_recv(m, op.which, TOKEN_RECV);
        break;
    case DO_CANCEL_RECV:
        end_recv(m, op.which, CAP_ERR_CANCELLED);
        emit(m, SERVER_0 + op.which, TOKEN_CANCEL, CAP_OK);
        break;
    case DO_TIME_OUT_RECV:
        end_recv(m, 1, CAP_ERR_TIMED_OUT);
        break;
    case DO_RETURN:
    case DO_RETURN_RECV:
        model_return(m, op.which / 2, op.which % 2, op.verb == DO_RETURN_RECV);
        break;
    case DO_REVOKE:
        model_revoke(m, op.which);
        break;
    case DO_RELEASE:
        m->has_cap[op.which] = 0;
        emit(m, op.which, TOKEN_RELEASE, CAP_OK);
        break;
    default:
        model_die(m, op.which);
        break;
    }
    settle(m);
}
