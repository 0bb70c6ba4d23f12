/* What the model of endpoints (tests/host/endpoint_model.h) says, done to the kernel's own code and compared.
 *
 * After each operation the completions are those that the model says, in its order for each process, and no
 * others: so each call ends exactly once. One capability, X, is moved along with calls and answers; where it
 * is must be as in the model. And what the kernel remembers is the model's state: queue, RECVs, calls to
 * answer, references, charges, timers, records. So two ways that lead to one state of the model have led the
 * kernel to one state as well, and what can happen next needs to be tried behind one of them.
 *
 * What may differ then are names and places: slots, generations, indices of rings, which record of a pool.
 * None of them decides anything but in which order a server that dies lets go of two calls.
 *
 * Next: tests/host/endpoint_states.h
 */
#pragma once

#include "abi/transfer.h"
#include "build/gen/schema/capos.capnp.h"
#include "tests/host/endpoint_model.h"
#include "tests/host/kernel_world.h"

#define SERVED_ID 0x5e11ed
#define X_ID      0x1234

static struct object x_object WORLD_STATE;
static bool x_is_destroyed WORLD_STATE;
static struct endpoint *endpoint WORLD_STATE;
static cap_id_t own_ids[PROCESSES] WORLD_STATE, x_ids[PROCESSES] WORLD_STATE;
static uint64_t served_ids[2][SERVED_MAX] WORLD_STATE;

static void x_destroy(struct object *object)
{
    (void)object;
    EXPECT(!x_is_destroyed);
    x_is_destroyed = true;
}

static const struct object_ops x_ops = {
    .name = "X", .can_copy = true, .can_move = true, .destroy = x_destroy};

/* Places in a process's memory. */
#define AT_MESSAGE(n) (ARENA + 0x000 + (n)*64)
#define AT_ANSWER(n)  (ARENA + 0x200 + (n)*64)
#define AT_LIST(n)    (ARENA + 0x400 + (n)*64)
#define AT_INCOMING   (ARENA + 0x800)
#define AT_RECEIVED   (ARENA + 0xa00)
#define AT_RETURN     (ARENA + 0xb00)
#define AT_SENT       (ARENA + 0xb80)
#define MESSAGE_BYTES 16
#define LIMIT_CALL    100
#define LIMIT_RECV    200

static void *at(uint32_t process, uint64_t address)
{
    return world[process].arena + (address - ARENA);
}

static void real_call(uint32_t call, bool has_x)
{
    uint32_t process = owner_of(call);
    uint64_t *message = at(process, AT_MESSAGE(call)), list = AT_LIST(call);
    struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .method_id = (uint16_t)call,
        .receive_count = 1,
        .user_data = TOKEN_CALL + call,
        .target = own_ids[process].bits,
        .interface_id = SERVED_ID,
        .message_addr = AT_MESSAGE(call),
        .message_bytes = MESSAGE_BYTES,
        .buffer_addr = AT_ANSWER(call),
        .buffer_bytes = 64,
        .transfers_addr = list,
    };
    message[1] = 0xca11 + call;
    if (call == 0) {
        sqe.flags = CAP_SQE_TIMEOUT;
        *(struct cap_time_limit *)at(process, list) = (struct cap_time_limit){.timeout_ns = LIMIT_CALL};
        list += sizeof(struct cap_time_limit);
    }
    if (has_x) {
        sqe.send_count = 1;
        *(struct cap_transfer_out *)at(process, list) =
            (struct cap_transfer_out){x_ids[process].bits, CAP_TRANSFER_MOVE};
    }
    world_submit(process, sqe);
}

static struct cap_sqe recv_sqe(uint32_t s)
{
    struct cap_sqe sqe = {
        .opcode = CAP_OP_RECV,
        .receive_count = 1,
        .user_data = TOKEN_RECV,
        .target = own_ids[SERVER_0 + s].bits,
        .buffer_addr = AT_INCOMING,
        .buffer_bytes = 96,
        .transfers_addr = AT_RECEIVED,
    };
    if (s == 1) {
        sqe.flags = CAP_SQE_TIMEOUT;
        *(struct cap_time_limit *)at(SERVER_1, AT_RECEIVED) =
            (struct cap_time_limit){.timeout_ns = LIMIT_RECV};
    }
    return sqe;
}

static void real_return(uint32_t s, uint32_t index, bool has_x, bool with_recv)
{
    uint32_t process = SERVER_0 + s;
    struct cap_sqe sqe = {
        .opcode = CAP_OP_RETURN,
        .user_data = TOKEN_RETURN,
        .target = served_ids[s][index],
        .message_addr = AT_RETURN,
        .message_bytes = MESSAGE_BYTES,
    };
    if (with_recv) {
        sqe.opcode = CAP_OP_RETURN_RECV;
        sqe.user_data = TOKEN_RETURN_RECV;
        sqe.endpoint = own_ids[process].bits;
        sqe.buffer_addr = AT_INCOMING;
        sqe.buffer_bytes = 96;
        sqe.receive_count = 1;
        sqe.transfers_addr = AT_SENT;
    }
    ((uint64_t *)at(process, AT_RETURN))[1] = 0x4e7 + served_ids[s][index];
    if (has_x) {
        sqe.send_count = 1;
        sqe.transfers_addr = AT_SENT;
        *(struct cap_transfer_out *)at(process, AT_SENT) =
            (struct cap_transfer_out){x_ids[process].bits, CAP_TRANSFER_MOVE};
    }
    for (uint32_t i = index; i + 1 < SERVED_MAX; i++)
        served_ids[s][i] = served_ids[s][i + 1];
    world_submit(process, sqe);
}

/* ---- What completes -------------------------------------------------------------------------------- */

/* What a completion has brought goes to where the next operations look for it. */
static void learn(const struct model *m, uint32_t process, const struct cap_cqe *cqe)
{
    const struct cap_transfer_in *in;
    if (cqe->user_data < TOKEN_RECV) {
        uint32_t call = (uint32_t)cqe->user_data - TOKEN_CALL;
        const uint64_t *words = at(process, AT_ANSWER(call));
        EXPECT(cqe->message_bytes == 16 && words[1] >= 0x4e7);
        in = at(process, AT_LIST(call) + (call == 0 ? sizeof(struct cap_time_limit) : 0));
    } else {
        const struct cap_incoming *incoming = at(process, AT_INCOMING);
        uint32_t s = process - SERVER_0, call = incoming->method_id;
        uint32_t index = m->served_count[s] - 1u;
        EXPECT_EQ(m->served[s][index].call, call);
        EXPECT_EQ(incoming->badge, 70 + owner_of(call));
        EXPECT_EQ(incoming->cap_count, cqe->cap_count);
        EXPECT_EQ(((const uint64_t *)(incoming + 1))[1], 0xca11 + call);
        served_ids[s][index] = incoming->call_id;
        bool has_limit = s == 1 && cqe->user_data == TOKEN_RECV;
        in = at(process, cqe->user_data == TOKEN_RETURN_RECV ? AT_SENT : AT_RECEIVED + (has_limit ? 16 : 0));
    }
    EXPECT(cqe->cap_count <= 1);
    if (!cqe->cap_count)
        return;
    /* Behind what the operation itself sent, if it did. */
    if (in->interface_id != X_ID)
        in++;
    EXPECT_EQ(in->interface_id, X_ID);
    x_ids[process] = (cap_id_t){in->cap};
}

/* The completion that is the next one for this process. */
static const struct completion *expected_for(uint32_t process, const struct cap_cqe *cqe, uint32_t *seen)
{
    for (uint32_t i = 0; i < expected_count; i++) {
        bool is_it = expected[i].process == process && !(*seen >> i & 1);
        if (!is_it || (is_any_order && expected[i].token != cqe->user_data))
            continue;
        *seen |= 1u << i;
        return &expected[i];
    }
    return NULL;
}

static void expect_completions(const struct model *m)
{
    struct cap_cqe cqe;
    uint32_t seen = 0;
    for (uint32_t process = 0; process < PROCESSES; process++) {
        while (m->is_alive[process] && ring_client_take(&world[process].ring, &cqe)) {
            const struct completion *wanted = expected_for(process, &cqe, &seen);
            EXPECT(wanted);
            EXPECT_EQ(cqe.user_data, wanted->token);
            EXPECT_EQ(cqe.status, wanted->status);
            EXPECT_EQ(cqe.flags, wanted->flags);
            bool has_message =
                cqe.status == CAP_OK && (cqe.user_data < TOKEN_RETURN || cqe.user_data == TOKEN_RETURN_RECV);
            if (has_message)
                learn(m, process, &cqe);
        }
    }
    EXPECT_EQ(seen, (1u << expected_count) - 1);
}

/* X has as many owners as it should, one, and that is the right one. */
static void expect_x(const struct model *m)
{
    uint32_t count = 0;
    for (uint32_t process = 0; process < PROCESSES; process++) {
        uint32_t cursor = 0, own_count = m->has_cap[process];
        cap_id_t id;
        void *object;
        if (!m->is_alive[process])
            continue;
        while (cap_table_next(&world[process].process.caps, &cursor, &id, &object)) {
            if (object != &x_object)
                continue;
            bool is_reserved = cap_table_slot(&world[process].process.caps, id)->state == CAP_SLOT_RESERVED;
            EXPECT_EQ(id.bits, x_ids[process].bits);
            if (is_reserved)
                EXPECT(m->x >= X_IN_CALL && m->x != X_GONE && owner_of(m->x - X_IN_CALL) == process);
            else
                EXPECT_EQ(m->x, process);
            own_count++;
            count++;
        }
        EXPECT_EQ(cap_table_used_count(&world[process].process.caps), own_count);
    }
    EXPECT_EQ(count, m->x != X_GONE);
    EXPECT_EQ(x_is_destroyed, m->x == X_GONE);
    EXPECT_EQ(x_object.reference_count, m->x != X_GONE);
}

/* ---- What the kernel remembers -------------------------------------------------------------------- */

static uint32_t facets_alive(const struct model *m)
{
    return facet_is_alive(m, CLIENT_0) + (uint32_t)facet_is_alive(m, CLIENT_1);
}

/* The endpoint's record stays while a facet refers to it. */
static bool endpoint_is_there(const struct model *m)
{
    return !m->is_closed || facets_alive(m) > 0;
}

static void expect_endpoint(const struct model *m)
{
    uint32_t call_count = 0, receiver_count = 0;
    if (!endpoint_is_there(m))
        return;
    EXPECT_EQ(endpoint->is_closed, m->is_closed);
    EXPECT_EQ(endpoint->facet_count, facets_alive(m));
    EXPECT_EQ(endpoint->live_count, m->is_revoked ? 0 : facets_alive(m));
    EXPECT_EQ(endpoint->object.reference_count,
              m->has_cap[SERVER_0] + m->has_cap[SERVER_1] + m->receiver_count);
    LIST_FOR_EACH(node, &endpoint->calls.calls)
    {
        EXPECT(call_count < m->queue_count);
        EXPECT_EQ(LIST_ENTRY(node, struct call, queue_link)->method_id, m->queue[call_count]);
        call_count++;
    }
    EXPECT(call_count == m->queue_count && endpoint->calls.count == call_count);
    LIST_FOR_EACH(node, &endpoint->receives)
    {
        EXPECT(receiver_count < m->receiver_count);
        const struct process *process = LIST_ENTRY(node, struct receive, queue_link)->process;
        EXPECT_EQ(process - &world[SERVER_0 + m->receivers[receiver_count]].process, 0);
        receiver_count++;
    }
    EXPECT_EQ(receiver_count, m->receiver_count);
}

/* What a client has under way, and what it pays for that. */
static void expect_client(const struct model *m, uint32_t client)
{
    const struct process *process = &world[client].process;
    uint32_t count = 0, queued_count = 0, wanted_count = 0;
    LIST_FOR_EACH(node, &process->calls)
    {
        const struct call *call = LIST_ENTRY(node, struct call, caller_link);
        uint32_t number = call->method_id;
        bool is_queued = call->state == CALL_WAITING;
        EXPECT(number < CALLS && owner_of(number) == client && call->caller == process);
        EXPECT_EQ(m->call_state[number], is_queued ? CALL_QUEUED : CALL_AT_SERVER);
        EXPECT_EQ(transfer_is_prepared(&call->transfer), m->x == X_IN_CALL + number);
        EXPECT_EQ(timer_runs(&call->timer), number == 0);
        queued_count += is_queued;
        count++;
    }
    for (uint32_t call = 0; call < CALLS; call++)
        wanted_count += owner_of(call) == client && m->call_state[call] != CALL_NONE;
    EXPECT_EQ(count, wanted_count);
    EXPECT_EQ(process->ring.cq_reserved, count);
    EXPECT_EQ(ledger_own(&process->account.ledger, LEDGER_CALLS), count);
    EXPECT_EQ(ledger_own(&process->account.ledger, LEDGER_QUEUED_CALLS), queued_count);
    EXPECT_EQ(ledger_own(&process->account.ledger, LEDGER_QUEUED_BYTES), queued_count * MESSAGE_BYTES);
    EXPECT_EQ(ledger_own(&process->account.ledger, LEDGER_RECORDS), 0);
}

/* What a server has to answer and waits for, and what it pays for that; server 0 has made the endpoint and
 * the facets. */
static void expect_server(const struct model *m, uint32_t s)
{
    const struct process *process = &world[SERVER_0 + s].process;
    const struct list_node *node = list_first(&process->receives);
    for (uint32_t i = 0; i < m->served_count[s]; i++) {
        void *found;
        EXPECT_EQ(cap_table_lookup(&process->serving, (cap_id_t){served_ids[s][i]}, &found), CAP_OK);
        const struct call *call = found;
        enum cap_err abandoned = (enum cap_err)m->served[s][i].abandoned;
        EXPECT(call->state == CALL_SERVED && call->server == process);
        EXPECT_EQ(call->method_id, m->served[s][i].call);
        EXPECT_EQ(call->caller == NULL, abandoned != CAP_OK);
        EXPECT(!abandoned || call->abandoned == abandoned);
    }
    EXPECT_EQ(cap_table_used_count(&process->serving), m->served_count[s]);
    EXPECT_EQ(node != NULL, m->recv_token[s] != 0);
    if (node) {
        const struct receive *receive = LIST_ENTRY(node, struct receive, process_link);
        EXPECT_EQ(receive->user_data, m->recv_token[s]);
        EXPECT_EQ(timer_runs(&receive->timer), s == 1 && m->recv_token[s] == TOKEN_RECV);
        EXPECT(node->next == &process->receives.head);
    }
    EXPECT_EQ(process->ring.cq_reserved, node != NULL);
    uint32_t objects = s == 0 ? endpoint_is_there(m) + facets_alive(m) : 0;
    EXPECT_EQ(ledger_own(&process->account.ledger, LEDGER_RECORDS),
              m->served_count[s] + (node != NULL) + objects);
    EXPECT_EQ(ledger_own(&process->account.ledger, LEDGER_CALLS), 0);
}

/* The kernel's state says the same as the model's, so that every way to a state of the model is as good as
 * any other, and nothing is left of what is over. */
static void expect_kernel(const struct model *m)
{
    uint32_t records = facets_alive(m) + endpoint_is_there(m) + m->receiver_count + m->queue_count;
    expect_endpoint(m);
    for (uint32_t i = 0; i < 2; i++) {
        if (m->is_alive[i])
            expect_client(m, i);
        if (m->is_alive[SERVER_0 + i])
            expect_server(m, i);
        records += m->served_count[i];
    }
    EXPECT_EQ(record_totals().record_count, records);
    EXPECT_EQ(running_count, (m->call_state[0] != CALL_NONE) + (m->recv_token[1] == TOKEN_RECV));
}

/* ---- Operations ----------------------------------------------------------------------------------- */

static void real_cancel(uint32_t process, uint64_t token)
{
    world_submit(process,
                 (struct cap_sqe){.opcode = CAP_OP_CANCEL, .user_data = TOKEN_CANCEL, .target = token});
}

static void real_revoke(uint32_t server)
{
    world_submit(server, (struct cap_sqe){.opcode = CAP_OP_CALL,
                                          .method_id = os_Endpoint_revokeClients_METHOD,
                                          .user_data = TOKEN_REVOKE,
                                          .target = own_ids[server].bits,
                                          .interface_id = os_Endpoint_ID,
                                          .buffer_addr = AT_ANSWER(3),
                                          .buffer_bytes = 64});
}

/* In this state of the model. */
static void real_play(const struct model *m, struct operation op)
{
    uint32_t s = op.which / 2, index = op.which % 2;
    switch (op.verb) {
    case DO_CALL:
        real_call(op.which, m->x == owner_of(op.which));
        break;
    case DO_CANCEL:
        real_cancel(owner_of(op.which), TOKEN_CALL + op.which);
        break;
    case DO_TIME_OUT:
        EXPECT(world_expire(LIMIT_CALL));
        break;
    case DO_RECV:
        world_submit(SERVER_0 + op.which, recv_sqe(op.which));
        break;
    case DO_CANCEL_RECV:
        real_cancel(SERVER_0 + op.which, m->recv_token[op.which]);
        break;
    case DO_TIME_OUT_RECV:
        EXPECT(world_expire(LIMIT_RECV));
        break;
    case DO_RETURN:
        real_return(s, index, m->x == SERVER_0 + s, false);
        break;
    case DO_RETURN_RECV:
        real_return(s, index, false, true);
        break;
    case DO_REVOKE:
        real_revoke(SERVER_0 + op.which);
        break;
    case DO_RELEASE:
        world_submit(op.which, (struct cap_sqe){.opcode = CAP_OP_RELEASE,
                                                .user_data = TOKEN_RELEASE,
                                                .target = own_ids[op.which].bits});
        break;
    default:
        world_die(op.which);
        break;
    }
}

/* Both carry the operation out, and agree on what completes and on what is left. */
static inline void play(struct model *m, struct operation op)
{
    real_play(m, op);
    model_play(m, op);
    expect_completions(m);
    expect_x(m);
    expect_kernel(m);
}

/* ---- The beginning -------------------------------------------------------------------------------- */

static void give_facet(uint32_t client)
{
    uint64_t *params = at(SERVER_0, AT_MESSAGE(0));
    struct cap_cqe cqe;
    void *facet;
    params[0] = 1ull << 32;
    params[1] = 70 + client;
    world_submit(SERVER_0, (struct cap_sqe){.opcode = CAP_OP_CALL,
                                            .method_id = os_Endpoint_makeClient_METHOD,
                                            .receive_count = 1,
                                            .target = own_ids[SERVER_0].bits,
                                            .interface_id = os_Endpoint_ID,
                                            .message_addr = AT_MESSAGE(0),
                                            .message_bytes = 16,
                                            .buffer_addr = AT_ANSWER(0),
                                            .buffer_bytes = 64,
                                            .transfers_addr = AT_LIST(0)});
    EXPECT(ring_client_take(&world[SERVER_0].ring, &cqe) && cqe.status == CAP_OK && cqe.cap_count == 1);
    cap_id_t made = {((const struct cap_transfer_in *)at(SERVER_0, AT_LIST(0)))->cap};
    EXPECT_EQ(cap_table_remove(&world[SERVER_0].process.caps, made, &facet), CAP_OK);
    own_ids[client] = world_give(client, facet);
}

/* Everybody is there, client 0 has X, nothing has happened. */
static inline struct model begin(void)
{
    struct model m = {.is_alive = {1, 1, 1, 1}, .has_cap = {1, 1, 1, 1}};
    struct object *made;
    world_start();
    x_is_destroyed = false;
    object_init(&x_object, &x_ops, X_ID);
    x_ids[CLIENT_0] = world_give(CLIENT_0, &x_object);
    EXPECT_EQ(endpoint_make(&world[SERVER_0].process.account, SERVED_ID, NULL, 0, &made), CAP_OK);
    endpoint = LIST_ENTRY(made, struct endpoint, object);
    own_ids[SERVER_0] = world_give(SERVER_0, made);
    object_reference(made);
    own_ids[SERVER_1] = world_give(SERVER_1, made);
    give_facet(CLIENT_0);
    give_facet(CLIENT_1);
    return m;
}
