/* For systems that show hostile cases by number (docs/design/hostile-cases.md): a list of cases, both ends of
 * an endpoint played by hand, peers in processes of their own, and ways to see where a capability is.
 *
 * Each case prints one line, `case NUMBER: what it shows`, if all of its checks held.
 *
 * Next: tests/qemu/cases-transfer/cases-transfer.c
 */
#pragma once

#include "abi/transfer.h"
#include "build/gen/schema/capos.client.h"
#include "lib/mem.h"
#include "tests/qemu/inspect.h"
#include "tests/qemu/limits.h"
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x5e11ed

struct cases {
    struct raw raw;
    struct os_EndpointFactory endpoints;
    struct os_FacetFactory facets;
    struct os_ProcessSpawner spawner;
    struct os_Inspector inspector; /* null for peers */
    struct limits peer_limits;     /* of the peers that are started from now on */
};

/* ---- The list of cases ---------------------------------------------------------------------------- */

struct hostile_case {
    uint32_t number;
    const char *shows;
    void (*run)(struct cases *cases);
};

static inline struct cases cases_start(struct rt *rt)
{
    struct cases cases = {.raw = raw_start(rt)};
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &cases.endpoints) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &cases.facets) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &cases.spawner))
        rt_exit(98);
    if (RT_CAPSET(rt, "inspector", os_Inspector, &cases.inspector))
        cases.inspector.handle = (struct rt_handle){.rt = rt};
    return cases;
}

/* Invariants I2 and I4 of the list: references and ledgers are what there is. */
static inline void check_books(struct cases *cases)
{
    if (!rt_handle_is_null(cases->inspector.handle))
        inspect(&cases->raw, cases->inspector, "the kernel's books are right");
}

/* The exit code of main. */
static inline int cases_run(struct cases *cases, const struct hostile_case *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t failed_before = cases->raw.failed_count;
        list[i].run(cases);
        rt_flush(cases->raw.rt);
        check_books(cases);
        bool is_shown = cases->raw.failed_count == failed_before;
        print(cases->raw.console, "case %u: %s%s", list[i].number,
              is_shown ? "" : "NOT SHOWN: ", list[i].shows);
    }
    return raw_end(&cases->raw);
}
#define CASES_RUN(cases, list) cases_run((cases), (list), sizeof(list) / sizeof(list)[0])

/* ---- SQEs ----------------------------------------------------------------------------------------- */

union cap_entry {
    struct cap_time_limit limit;
    struct cap_transfer_out out;
    struct cap_transfer_in in;
};

/* What a RECV fills, what an answer fills, and the lists beside them. */
static struct {
    struct cap_incoming head;
    uint64_t words[CAP_MESSAGE_BYTES_MAX / 8];
} incoming;
static uint64_t answer[CAP_MESSAGE_BYTES_MAX / 8];
static struct cap_transfer_in received[CAP_TRANSFER_MAX];
static union cap_entry call_list[1 + 2 * CAP_TRANSFER_MAX];

static inline struct cap_sqe call_of(struct rt_handle client)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .target = client.cap.bits,
                            .interface_id = client.interface_id,
                            .buffer_addr = (uint64_t)answer,
                            .buffer_bytes = sizeof answer};
}

/* A CALL or RETURN that carries `count` copies or moves of the same kind, and room for one capability in
 * the answer to a CALL. */
static inline struct cap_sqe carrying(struct cap_sqe sqe, uint64_t mode, const uint64_t *caps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        call_list[i].out = (struct cap_transfer_out){caps[i], mode};
    sqe.transfers_addr = (uint64_t)call_list;
    sqe.send_count = (uint16_t)count;
    sqe.receive_count = sqe.opcode == CAP_OP_CALL;
    return sqe;
}

static inline struct cap_sqe moving(struct cap_sqe sqe, uint64_t cap)
{
    return carrying(sqe, CAP_TRANSFER_MOVE, &cap, 1);
}

static inline struct cap_sqe copying(struct cap_sqe sqe, uint64_t cap)
{
    return carrying(sqe, CAP_TRANSFER_COPY, &cap, 1);
}

/* With a time limit in front of whatever the list holds. */
static inline struct cap_sqe limited(struct cap_sqe sqe, uint64_t timeout_ns)
{
    for (uint32_t i = sqe.send_count; i > 0; i--)
        call_list[i] = call_list[i - 1];
    call_list[0].limit = (struct cap_time_limit){.timeout_ns = timeout_ns};
    sqe.flags |= CAP_SQE_TIMEOUT;
    sqe.transfers_addr = (uint64_t)call_list;
    return sqe;
}

static inline struct cap_sqe recv_on(struct os_Endpoint endpoint)
{
    return (struct cap_sqe){.opcode = CAP_OP_RECV,
                            .receive_count = CAP_TRANSFER_MAX,
                            .target = endpoint.handle.cap.bits,
                            .buffer_addr = (uint64_t)&incoming,
                            .buffer_bytes = sizeof incoming,
                            .transfers_addr = (uint64_t)received};
}

static inline struct cap_sqe return_to(uint64_t call_id)
{
    return (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = call_id};
}

static inline struct cap_sqe cancel_of(uint64_t token)
{
    return (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = token};
}

static inline struct cap_sqe release_of(uint64_t cap)
{
    return (struct cap_sqe){.opcode = CAP_OP_RELEASE, .target = cap};
}

/* A word beside which nothing travels. */
static inline struct cap_sqe with_word(struct cap_sqe sqe, uint64_t word)
{
    static uint64_t message[2];
    message[0] = 1ull << 32;
    message[1] = word;
    sqe.message_addr = (uint64_t)message;
    sqe.message_bytes = sizeof message;
    return sqe;
}

/* ---- Playing them --------------------------------------------------------------------------------- */

static inline void submit(struct cases *cases, struct cap_sqe sqe, uint64_t token)
{
    sqe.user_data = token;
    raw_submit(&cases->raw, &sqe);
    rt_enter(0, 0);
}

/* The next completion is this one, now or soon. */
static inline struct cap_cqe expect(struct cases *cases, uint64_t token, enum cap_err status,
                                    const char *what)
{
    rt_enter(1, 5000000000);
    struct cap_cqe cqe = raw_take(&cases->raw);
    raw_expect_err(&cases->raw, (int64_t)cqe.user_data, (int64_t)token, what);
    raw_expect_err(&cases->raw, cqe.status, status, what);
    return cqe;
}

struct ending {
    uint64_t token;
    enum cap_err status;
};

/* The next completions are these, in any order. */
static inline void expect_each(struct cases *cases, const struct ending *endings, uint32_t count,
                               const char *what)
{
    uint64_t seen = 0;
    for (uint32_t i = 0; i < count; i++) {
        rt_enter(1, 5000000000);
        struct cap_cqe cqe = raw_take(&cases->raw);
        uint32_t k = 0;
        while (k < count && (endings[k].token != cqe.user_data || seen >> k & 1))
            k++;
        raw_expect(&cases->raw, k < count, what);
        if (k == count)
            return;
        seen |= 1ull << k;
        raw_expect_err(&cases->raw, cqe.status, endings[k].status, what);
    }
}

static inline void expect_nothing(struct cases *cases, const char *what)
{
    raw_expect_err(&cases->raw, rt_enter(0, 0), 0, what);
}

static inline void expect_release(struct cases *cases, uint64_t cap, const char *what)
{
    struct cap_sqe sqe = release_of(cap);
    raw_expect_err(&cases->raw, raw_status(&cases->raw, &sqe), CAP_OK, what);
}

/* CAP_OK if the id names a capability, else why not; changes nothing. No interface has the id 1. */
static inline enum cap_err id_state(struct cases *cases, uint64_t cap)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL, .target = cap, .interface_id = 1};
    enum cap_err err = raw_status(&cases->raw, &sqe);
    return err == CAP_ERR_WRONG_INTERFACE ? CAP_OK : err;
}

static inline void expect_id(struct cases *cases, uint64_t cap, enum cap_err wanted, const char *what)
{
    raw_expect_err(&cases->raw, id_state(cases, cap), wanted, what);
}

/* ---- Endpoints ------------------------------------------------------------------------------------ */

struct pair {
    struct os_Endpoint endpoint;
    struct rt_handle client;
};

static inline struct pair pair_make(struct cases *cases, uint64_t badge)
{
    struct pair pair = {0};
    raw_expect_err(&cases->raw, os_EndpointFactory_create(cases->endpoints, SERVED_ID, &pair.endpoint),
                   CAP_OK, "an endpoint");
    raw_expect_err(&cases->raw, os_Endpoint_makeClient(pair.endpoint, badge, &pair.client), CAP_OK,
                   "a client facet");
    return pair;
}

static inline void pair_drop(struct cases *cases, struct pair *pair)
{
    rt_handle_drop(&pair->client);
    rt_handle_drop(&pair->endpoint.handle);
    rt_flush(cases->raw.rt);
}

/* Where the one client facet of a pair is cannot be seen, but whether there is one can: a RECV on its
 * endpoint waits as long as there is, and ends when it is gone. */
static inline void expect_facet_lives(struct cases *cases, const struct pair *pair, const char *what)
{
    submit(cases, recv_on(pair->endpoint), 91);
    expect_nothing(cases, what);
    submit(cases, cancel_of(91), 92);
    expect(cases, 91, CAP_ERR_CANCELLED, what);
    expect(cases, 92, CAP_OK, what);
}

static inline void expect_facet_gone(struct cases *cases, const struct pair *pair, const char *what)
{
    submit(cases, recv_on(pair->endpoint), 93);
    expect(cases, 93, CAP_ERR_DISCONNECTED, what);
}

/* ---- Processes ------------------------------------------------------------------------------------ */

struct grant {
    const char *name;
    struct rt_handle handle;
    uint64_t mode;
};

/* Why the latest start ended as it did. */
static char peer_reason[256];

/* name is what the program goes by. Moved handles are forgotten if the process starts. */
static inline enum cap_err peer_try(struct cases *cases, const char *binary, const char *name,
                                    const struct grant *grants, uint32_t count,
                                    struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, cases->spawner);
    enum cap_err err = os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(binary));
    if (!err)
        err = os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(name));
    limits_set(params, cases->peer_limits);
    struct os_NamedCap_list_builder list = os_ProcessSpawner_spawn_Params_init_grants(params, count);
    for (uint32_t i = 0; !err && i < count; i++) {
        struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(list, i);
        err = os_NamedCap_set_name(grant, wire_text_of(grants[i].name));
        if (!err)
            err = os_NamedCap_set_cap(grant, rt_call_attach(&call, grants[i].handle, grants[i].mode));
    }
    if (!err)
        err = spawn_finish(&call, process);
    struct wire_text reason = rt_call_reason(&call, err);
    memcpy(peer_reason, reason.bytes, reason.length);
    peer_reason[reason.length] = 0;
    err = raw_quota_of(&call, err);
    rt_call_end(&call);
    return err;
}

static inline struct os_ProcessHandle peer_start(struct cases *cases, const char *binary, const char *name,
                                                 const struct grant *grants, uint32_t count)
{
    struct os_ProcessHandle process = {{.rt = cases->raw.rt}};
    raw_expect_err(&cases->raw, peer_try(cases, binary, name, grants, count, &process), CAP_OK, name);
    return process;
}

/* Waits for the end and drops the handle: the exit code, or 1000 + enum os_ProcessEnd for other ends. */
static inline int64_t peer_end(struct cases *cases, struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    int64_t code = -1;
    os_ProcessHandle_wait_begin(&call, *process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(&cases->raw, err, CAP_OK, "the handle reports the end");
    if (!err) {
        struct os_ProcessEnd_reader end = os_ProcessHandle_wait_Results_get_end(results);
        bool is_exit = os_ProcessEnd_which(end) == os_ProcessEnd_exited;
        code = is_exit ? os_ProcessEnd_get_exited(end) : 1000 + os_ProcessEnd_which(end);
    }
    rt_call_end(&call);
    rt_handle_drop(&process->handle);
    rt_flush(cases->raw.rt);
    return code;
}
#define PEER_FAULTED (1000 + os_ProcessEnd_faulted)
#define PEER_KILLED  (1000 + os_ProcessEnd_killed)

static inline void peer_kill(struct cases *cases, struct os_ProcessHandle *process)
{
    raw_expect_err(&cases->raw, os_ProcessHandle_kill(*process), CAP_OK, "a kill");
    raw_expect_err(&cases->raw, peer_end(cases, process), PEER_KILLED, "it was killed");
}

/* The same while raw operations are under way, which end with it or before: these, in any order. */
static inline void peer_kill_and_expect(struct cases *cases, struct os_ProcessHandle *process,
                                        struct ending first, struct ending second, const char *what)
{
    struct cap_sqe kill = call_of(process->handle);
    kill.method_id = os_ProcessHandle_kill_METHOD;
    struct ending endings[] = {first, second, {94, CAP_OK}};
    bool is_one = first.token == second.token;
    submit(cases, kill, 94);
    if (is_one)
        endings[1] = endings[2];
    expect_each(cases, endings, is_one ? 2 : 3, what);
    raw_expect_err(&cases->raw, peer_end(cases, process), PEER_KILLED, "it was killed");
}

/* A peer tells its parent a word, and goes on when the parent has heard it. The peer's side: */
static inline enum cap_err tell(struct cases *cases, struct rt_handle parent, uint64_t word)
{
    struct cap_sqe sqe = with_word(call_of(parent), word);
    return raw_status(&cases->raw, &sqe);
}

/* The parent's side; the peer goes on at once, or with let_go. */
static inline uint64_t hear_and_hold(struct cases *cases, struct os_Endpoint endpoint, const char *what)
{
    incoming.words[1] = UINT64_MAX;
    submit(cases, recv_on(endpoint), 95);
    expect(cases, 95, CAP_OK, what);
    return incoming.words[1];
}

static inline void let_go(struct cases *cases, uint64_t call_id)
{
    submit(cases, return_to(call_id), 96);
    expect(cases, 96, CAP_OK, "the peer goes on");
}

/* Answers a call that this process made itself, whose token that is. */
static inline void answer_own(struct cases *cases, uint64_t call_id, uint64_t token, const char *what)
{
    submit(cases, return_to(call_id), 96);
    expect(cases, token, CAP_OK, what);
    expect(cases, 96, CAP_OK, what);
}

static inline uint64_t hear(struct cases *cases, struct os_Endpoint endpoint, const char *what)
{
    uint64_t word = hear_and_hold(cases, endpoint, what);
    let_go(cases, incoming.head.call_id);
    return word;
}

/* ---- A full table --------------------------------------------------------------------------------- */

struct filling {
    uint32_t count;
    uint64_t caps[CAP_SLOTS_MAX];
};

/* Sends copies of a client facet through it to this process itself, until its table has `left` free slots. */
static inline void table_fill(struct cases *cases, const struct pair *pair, uint32_t left,
                              struct filling *filling)
{
    static uint64_t copies[CAP_TRANSFER_MAX];
    for (uint32_t i = 0; i < CAP_TRANSFER_MAX; i++)
        copies[i] = pair->client.cap.bits;
    filling->count = 0;
    submit(cases, recv_on(pair->endpoint), 97);
    for (uint32_t count = CAP_TRANSFER_MAX; count > 0;) {
        struct cap_sqe call = carrying(call_of(pair->client), CAP_TRANSFER_COPY, copies, count);
        call.receive_count = 0;
        submit(cases, call, 98);
        struct cap_cqe cqe = raw_take(&cases->raw);
        if (cqe.user_data == 98 && cqe.status == CAP_ERR_NO_SLOT) {
            count /= 2;
            continue;
        }
        raw_expect(&cases->raw, cqe.user_data == 97 && cqe.status == CAP_OK, "copies arrive");
        for (uint32_t i = 0; i < cqe.cap_count && filling->count < CAP_SLOTS_MAX; i++)
            filling->caps[filling->count++] = received[i].cap;
        submit(cases, return_to(incoming.head.call_id), 99);
        expect(cases, 98, CAP_OK, "delivered");
        expect(cases, 99, CAP_OK, "returned");
        submit(cases, recv_on(pair->endpoint), 97);
    }
    submit(cases, cancel_of(97), 99);
    expect(cases, 97, CAP_ERR_CANCELLED, "the last RECV");
    expect(cases, 99, CAP_OK, "is cancelled");
    while (left-- > 0 && filling->count > 0)
        expect_release(cases, filling->caps[--filling->count], "a slot is left free");
}

static inline void table_empty(struct cases *cases, struct filling *filling)
{
    while (filling->count > 0)
        expect_release(cases, filling->caps[--filling->count], "the table is emptied");
}

/* ---- Peers ---------------------------------------------------------------------------------------- */

/* What a peer was granted, under these names; what is missing is null. Its part is its name. */
struct peer {
    struct cases cases;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct rt_handle parent; /* a client facet of the parent's endpoint */
    struct rt_handle cap;    /* to be handed on */
    struct rt_handle timer;
};

struct part {
    const char *name;
    void (*play)(struct peer *peer);
};

static inline struct peer *peer_self(struct rt *rt)
{
    static struct peer peer;
    peer.cases.raw.rt = rt;
    /* Without a console, what fails is told by the exit code alone. */
    peer.cases.raw.console.handle.rt = rt;
    (void)!RT_CAPSET(rt, "console", os_Console, &peer.cases.raw.console);
    (void)!RT_CAPSET(rt, "endpoint", os_Endpoint, &peer.endpoint);
    (void)!rt_capset_find(rt, "client", SERVED_ID, &peer.client);
    (void)!rt_capset_find(rt, "parent", SERVED_ID, &peer.parent);
    (void)!rt_capset_find(rt, "cap", SERVED_ID, &peer.cap);
    (void)!rt_capset_find(rt, "timer", os_Timer_ID, &peer.timer);
    (void)!RT_CAPSET(rt, "spawner", os_ProcessSpawner, &peer.cases.spawner);
    return &peer;
}

/* The exit code of main: how many checks failed, or 99 for a part that is not listed. */
static inline int peer_play(struct rt *rt, const struct part *parts, uint32_t count)
{
    struct peer *peer = peer_self(rt);
    for (uint32_t i = 0; i < count; i++) {
        if (!wire_text_equal(wire_text_of(parts[i].name), wire_text_of(rt_process_name(rt))))
            continue;
        parts[i].play(peer);
        return (int)peer->cases.raw.failed_count;
    }
    return 99;
}
#define PEER_PLAY(rt, parts) peer_play((rt), (parts), sizeof(parts) / sizeof(parts)[0])

/* Calls its client facet until somebody ends it, as often as the ring takes, and never waits. */
static inline void peer_push(struct peer *peer)
{
    struct cap_sqe call = call_of(peer->client);
    for (;;) {
        struct cap_cqe cqe;
        while (ring_client_take(&peer->cases.raw.rt->ring, &cqe)) {}
        while (!ring_client_submit(&peer->cases.raw.rt->ring, &call)) {}
        rt_enter(0, 0);
    }
}

/* Until somebody ends it. */
static inline void stay(void)
{
    for (;;)
        rt_enter(CAP_CQ_ENTRIES, 1000000000);
}

static inline struct grant copy_of(const char *name, struct rt_handle handle)
{
    return (struct grant){name, handle, CAP_TRANSFER_COPY};
}

static inline struct grant move_of(const char *name, struct rt_handle handle)
{
    return (struct grant){name, handle, CAP_TRANSFER_MOVE};
}
