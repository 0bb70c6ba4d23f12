/* An endpoint with two clients and two servers: every order of call, receive, return, cancellation, time
 * limit, revocation, release and death, on the kernel's own code (tests/host/kernel_world.h), against a
 * model.
 *
 * The model is a few rules about who waits for what. From the beginning on, every operation that is possible
 * is tried in every state of the model that is reached, each time in a new world that has gone the same way;
 * the completions must be those that the model says, in its order for each process, and no others: so each
 * call ends exactly once. One capability, X, is moved along with calls and answers; where it is must be as in
 * the model after each step. At the end of each world everything dies, and no frame, record, reference or
 * charge is left.
 *
 * Next: tests/host/endpoint_model.h, tests/host/kernel_world.h
 */
#include "tests/host/endpoint_model.h"
#include "tests/host/kernel_world.h"
#include "abi/transfer.h"
#include "build/gen/schema/capos.capnp.h"

#define SERVED_ID 0x5e11ed
#define X_ID      0x1234

/* ---- The real thing ------------------------------------------------------------------------------- */

static struct object x_object;
static bool x_is_destroyed;
static cap_id_t own_ids[PROCESSES], x_ids[PROCESSES];
static uint64_t served_ids[2][SERVED_MAX];

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
        .message_bytes = 16,
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
        .message_bytes = 16,
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

/* What a completion has brought goes to where the next operations look for it. */
static void learn(const struct model *m, uint32_t process, const struct cap_cqe *cqe)
{
    bool is_call = cqe->user_data < TOKEN_RECV;
    const struct cap_transfer_in *in;
    if (is_call) {
        uint32_t call = (uint32_t)cqe->user_data - TOKEN_CALL;
        uint64_t list = AT_LIST(call) + (call == 0 ? sizeof(struct cap_time_limit) : 0);
        const uint64_t *words = at(process, AT_ANSWER(call));
        EXPECT(cqe->message_bytes == 16 && words[1] >= 0x4e7);
        /* Behind what the call itself sent, if it did. */
        in = at(process, list);
        if (cqe->cap_count && in->interface_id != X_ID)
            in++;
    } else {
        const struct cap_incoming *incoming = at(process, AT_INCOMING);
        uint32_t s = process - SERVER_0, call = incoming->method_id;
        uint32_t index = m->served_count[s] - 1u;
        EXPECT_EQ(m->served[s][index].call, call);
        EXPECT_EQ(incoming->badge, 70 + owner_of(call));
        EXPECT_EQ(incoming->cap_count, cqe->cap_count);
        EXPECT_EQ(((const uint64_t *)(incoming + 1))[1], 0xca11 + call);
        served_ids[s][index] = incoming->call_id;
        uint64_t list = AT_RECEIVED + (s == 1 && cqe->user_data == TOKEN_RECV ? 16 : 0);
        if (cqe->user_data == TOKEN_RETURN_RECV)
            list = AT_SENT;
        in = at(process, list);
        if (cqe->cap_count && in->interface_id != X_ID)
            in++;
    }
    EXPECT(cqe->cap_count <= 1);
    if (cqe->cap_count) {
        EXPECT_EQ(in->interface_id, X_ID);
        x_ids[process] = (cap_id_t){in->cap};
    }
}

static void expect_x(const struct model *m)
{
    uint32_t held_count = 0, reserved_count = 0;
    for (uint32_t process = 0; process < PROCESSES; process++) {
        uint32_t cursor = 0;
        cap_id_t id;
        void *object;
        while (world[process].is_alive &&
               cap_table_next(&world[process].process.caps, &cursor, &id, &object)) {
            if (object != &x_object)
                continue;
            bool is_reserved = cap_table_slot(&world[process].process.caps, id)->state == CAP_SLOT_RESERVED;
            EXPECT_EQ(is_reserved ? X_IN_CALL : process, is_reserved ? (m->x & X_IN_CALL) : m->x);
            held_count += !is_reserved;
            reserved_count += is_reserved;
        }
    }
    EXPECT_EQ(held_count, m->x < PROCESSES);
    EXPECT_EQ(reserved_count, m->x >= X_IN_CALL && m->x != X_GONE);
    EXPECT_EQ(x_is_destroyed, m->x == X_GONE);
}

static void expect_completions(const struct model *m)
{
    for (uint32_t process = 0; process < PROCESSES; process++) {
        struct cap_cqe cqe;
        if (!m->is_alive[process])
            continue;
        for (uint32_t i = 0; i < expected_count; i++) {
            if (expected[i].process != process)
                continue;
            EXPECT(ring_client_take(&world[process].ring, &cqe));
            EXPECT_EQ(cqe.user_data, expected[i].token);
            EXPECT_EQ(cqe.status, expected[i].status);
            EXPECT_EQ(cqe.flags, expected[i].flags);
            bool has_message =
                cqe.status == CAP_OK && (cqe.user_data <= TOKEN_RECV || cqe.user_data == TOKEN_RETURN_RECV);
            if (has_message)
                learn(m, process, &cqe);
        }
        EXPECT(!ring_client_take(&world[process].ring, &cqe));
    }
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

static bool is_possible(const struct model *m, struct operation op)
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

static void play_return(struct model *m, uint32_t s, uint32_t index, bool with_recv)
{
    real_return(s, index, !with_recv && m->x == SERVER_0 + s, with_recv);
    uint8_t token = with_recv ? TOKEN_RETURN_RECV : TOKEN_RETURN;
    enum cap_err err = model_answer(m, s, index, !with_recv);
    if (err || !with_recv) {
        emit(m, SERVER_0 + s, token, err);
        expected[expected_count - 1].flags = 0;
        return;
    }
    model_recv(m, s, token);
}

static void play(struct model *m, struct operation op)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_CANCEL, .user_data = TOKEN_CANCEL};
    bool is_under_way;
    expected_count = 0;
    switch (op.verb) {
    case DO_CALL:
        real_call(op.which, m->x == owner_of(op.which));
        model_call(m, op.which);
        break;
    case DO_CANCEL:
        sqe.target = TOKEN_CALL + op.which;
        world_submit(owner_of(op.which), sqe);
        is_under_way = m->call_state[op.which] != CALL_NONE;
        if (is_under_way)
            model_give_up(m, op.which, CAP_ERR_CANCELLED);
        emit(m, owner_of(op.which), TOKEN_CANCEL, is_under_way ? CAP_OK : CAP_ERR_STALE);
        break;
    case DO_TIME_OUT:
        EXPECT(world_expire(LIMIT_CALL));
        model_give_up(m, 0, CAP_ERR_TIMED_OUT);
        break;
    case DO_RECV:
        world_submit(SERVER_0 + op.which, recv_sqe(op.which));
        model_recv(m, op.which, TOKEN_RECV);
        break;
    case DO_CANCEL_RECV:
        sqe.target = m->recv_token[op.which];
        world_submit(SERVER_0 + op.which, sqe);
        end_recv(m, op.which, CAP_ERR_CANCELLED);
        emit(m, SERVER_0 + op.which, TOKEN_CANCEL, CAP_OK);
        break;
    case DO_TIME_OUT_RECV:
        EXPECT(world_expire(LIMIT_RECV));
        end_recv(m, 1, CAP_ERR_TIMED_OUT);
        break;
    case DO_RETURN:
    case DO_RETURN_RECV:
        play_return(m, op.which / 2, op.which % 2, op.verb == DO_RETURN_RECV);
        break;
    case DO_REVOKE:
        world_submit(SERVER_0 + op.which, (struct cap_sqe){.opcode = CAP_OP_CALL,
                                                           .method_id = os_Endpoint_revokeClients_METHOD,
                                                           .user_data = TOKEN_REVOKE,
                                                           .target = own_ids[SERVER_0 + op.which].bits,
                                                           .interface_id = os_Endpoint_ID,
                                                           .buffer_addr = AT_ANSWER(3),
                                                           .buffer_bytes = 64});
        m->is_revoked = 1;
        while (m->queue_count)
            end_queued(m, m->queue[0], CAP_ERR_DISCONNECTED);
        settle(m);
        emit(m, SERVER_0 + op.which, TOKEN_REVOKE, CAP_OK);
        break;
    case DO_RELEASE:
        world_submit(op.which, (struct cap_sqe){.opcode = CAP_OP_RELEASE,
                                                .user_data = TOKEN_RELEASE,
                                                .target = own_ids[op.which].bits});
        m->has_cap[op.which] = 0;
        emit(m, op.which, TOKEN_RELEASE, CAP_OK);
        break;
    default:
        world_die(op.which);
        model_die(m, op.which);
        break;
    }
    settle(m);
    expect_completions(m);
    expect_x(m);
}

/* ---- Every state ---------------------------------------------------------------------------------- */

static struct model begin(void)
{
    struct model m = {.is_alive = {1, 1, 1, 1}, .has_cap = {1, 1, 1, 1}};
    struct object *endpoint;
    world_start();
    x_is_destroyed = false;
    object_init(&x_object, &x_ops, X_ID);
    x_ids[CLIENT_0] = world_give(CLIENT_0, &x_object);
    EXPECT_EQ(endpoint_make(&world[SERVER_0].process.account, SERVED_ID, NULL, 0, &endpoint), CAP_OK);
    own_ids[SERVER_0] = world_give(SERVER_0, endpoint);
    object_reference(endpoint);
    own_ids[SERVER_1] = world_give(SERVER_1, endpoint);
    for (uint32_t client = 0; client < 2; client++) {
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
    return m;
}

#define STATES_MAX 400000

struct state {
    struct model model;
    uint32_t from;
    uint8_t operation, depth;
};

static struct state *states;
static uint32_t *buckets, state_count;
#define BUCKETS (1u << 20)

static void see(const struct model *model, uint32_t from, uint8_t operation)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (size_t i = 0; i < sizeof *model; i++)
        hash = (hash ^ ((const uint8_t *)model)[i]) * 0x100000001b3;
    uint32_t bucket = (uint32_t)(hash ^ hash >> 32) % BUCKETS;
    for (; buckets[bucket]; bucket = (bucket + 1) % BUCKETS)
        if (memcmp(&states[buckets[bucket] - 1].model, model, sizeof *model) == 0)
            return;
    EXPECT(state_count < STATES_MAX);
    uint8_t depth = state_count ? (uint8_t)(states[from].depth + 1) : 0;
    states[state_count++] = (struct state){*model, from, operation, depth};
    buckets[bucket] = state_count;
}

/* A new world that has come to this state. */
static struct model go_to(uint32_t index)
{
    uint8_t path[256];
    uint32_t length = 0;
    for (uint32_t i = index; i; i = states[i].from)
        path[length++] = states[i].operation;
    struct model model = begin();
    while (length)
        play(&model, operations[path[--length]]);
    EXPECT_BYTES(&model, &states[index].model, sizeof model);
    return model;
}

/* The way to the latest attempt, printed at the end if it failed: verb:which of each operation. */
static uint32_t latest_index;
static uint8_t latest_operation;
static bool is_underway;

static void print_path(void)
{
    uint8_t path[256];
    uint32_t length = 0;
    if (!is_underway)
        return;
    path[length++] = latest_operation;
    for (uint32_t i = latest_index; i; i = states[i].from)
        path[length++] = states[i].operation;
    while (length--)
        printf(" %u:%u", operations[path[length]].verb, operations[path[length]].which);
    printf("\n");
}

/* ENDPOINT_DEPTH asks for more than the usual length; 255 for as much as there is. */
static uint32_t depth_or(uint32_t usual)
{
    const char *asked = getenv("ENDPOINT_DEPTH");
    return asked ? (uint32_t)atoi(asked) : usual;
}

static void explore(bool quick, uint32_t depth_max)
{
    uint64_t tried_count = 0;
    is_quick = quick;
    (void)atexit(print_path);
    if (!states) {
        states = malloc(STATES_MAX * sizeof *states);
        buckets = malloc(BUCKETS * sizeof *buckets);
    }
    EXPECT(states && buckets);
    memset(buckets, 0, BUCKETS * sizeof *buckets);
    state_count = 0;
    struct model first = begin();
    world_end();
    see(&first, 0, 0);
    uint32_t index = 0;
    for (; index < state_count && states[index].depth < depth_max; index++)
        for (uint8_t operation = 0; operation < OPERATIONS; operation++) {
            if (!is_possible(&states[index].model, operations[operation]))
                continue;
            latest_index = index;
            latest_operation = operation;
            is_underway = true;
            struct model model = go_to(index);
            play(&model, operations[operation]);
            see(&model, index, operation);
            world_end();
            is_underway = false;
            tried_count++;
        }
    printf("%s: %u states, %u of them with every operation, %" PRIu64 " ways; %s\n",
           quick ? "memory that was used" : "memory that was not used", state_count, index, tried_count,
           index == state_count ? "no other state" : "longer ones are left out");
}

TEST(every_order_of_operations_on_memory_that_was_used_before) /* 67 to 74, 86, 89 to 94, 96 */
{
    explore(true, depth_or(7));
}

TEST(every_order_of_operations_on_memory_that_was_not) /* 67 to 74, 86, 89 to 94, 96 */
{
    explore(false, depth_or(6));
}

TEST_MAIN()
