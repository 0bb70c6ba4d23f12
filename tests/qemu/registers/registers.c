/* What cap_enter leaves in the registers, on every way in and out (kernel/x86_64/entry.S).
 *
 * Next: tests/qemu/registers/painter.c
 */
#include "tests/qemu/registers/all.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x1234
#define MARK      0x3a14000000000000
#define MS        1000000ull

static void fill(void)
{
    static uint64_t round;
    round += 0x1234567;
    registers_fill(MARK + (round << 12), round & FLAGS_USED, 0x1f80 | (round & 3) << 13, 0x037f);
}

static void enter(struct raw *raw, uint64_t min_complete, uint64_t timeout_ns, int64_t wanted,
                  const char *what)
{
    fill();
    registers_call_enter(min_complete, timeout_ns);
    raw_expect_err(raw, (int64_t)registers_after.rax, wanted, what);
    raw_expect_err(raw, registers_wrong_after_enter(), 0, what);
    raw_expect_err(raw, registers_wrong_state(), 0, what);
}

static void take(struct raw *raw, uint32_t count, const char *what)
{
    for (uint32_t i = 0; i < count; i++)
        raw_expect_err(raw, raw_take(raw).status, CAP_OK, what);
}

static uint64_t now(struct raw *raw, struct os_Timer timer)
{
    uint64_t nanoseconds = 0;
    raw_expect_err(raw, os_Timer_now(timer, &nanoseconds), CAP_OK, "the time");
    return nanoseconds;
}

/* ---- In and out at once --------------------------------------------------------------------------- */

static void test_at_once(struct raw *raw)
{
    const struct cap_sqe nop = {.opcode = CAP_OP_NOP};
    for (uint32_t i = 0; i < 64; i++) {
        enter(raw, 0, 0, 0, "a poll");
        enter(raw, CAP_CQ_ENTRIES + 1, i, CAP_ERR_INVALID, "a bad argument");
        enter(raw, UINT64_MAX, UINT64_MAX, CAP_ERR_INVALID, "all bits");
        enter(raw, 1, CAP_TIMEOUT_NEVER, 0, "nothing can come");
        raw_submit(raw, &nop);
        enter(raw, 1, CAP_TIMEOUT_NEVER, 1, "a NOP");
        take(raw, 1, "a NOP");
    }
}

/* ---- Others run meanwhile ------------------------------------------------------------------------- */

static void test_waiting(struct raw *raw)
{
    for (uint32_t i = 0; i < 20; i++)
        enter(raw, 1, MS / 2 + i * 10000, 0, "a wait that times out");
}

static void test_calls(struct raw *raw, struct rt_handle client, const char *what)
{
    static uint64_t answer[8];
    const struct cap_sqe call = {.opcode = CAP_OP_CALL,
                                 .target = client.cap.bits,
                                 .interface_id = SERVED_ID,
                                 .buffer_addr = (uint64_t)answer,
                                 .buffer_bytes = sizeof answer};
    for (uint32_t i = 0; i < 200; i++) {
        raw_submit(raw, &call);
        enter(raw, 1, CAP_TIMEOUT_NEVER, 1, what);
        take(raw, 1, what);
    }
}

/* Longer than a time slice, beside a process that is always ready. */
static void test_preemption(struct raw *raw, struct os_Timer timer)
{
    uint64_t rounds = 100000;
    for (uint64_t took_ns = 0; took_ns < 40 * MS; rounds *= 2) {
        uint64_t start_ns = now(raw, timer);
        fill();
        registers_before.rounds = rounds;
        registers_spin();
        took_ns = now(raw, timer) - start_ns;
        raw_expect_err(raw, registers_wrong_after_spin(), 0, "a process that is preempted");
    }
    for (uint32_t i = 0; i < 3; i++) {
        fill();
        registers_before.rounds = rounds / 2;
        registers_spin();
        raw_expect_err(raw, registers_wrong_after_spin(), 0, "and again");
    }
}

/* ---- A drain that is cut -------------------------------------------------------------------------- */

#define LONG_CALLS 14
#define LONG_BYTES (2ull << 20)
#define DRAIN_NS   MS /* of kernel/ring/enter.c */

static struct cap_transfer_in made[LONG_CALLS];
static uint64_t answers[LONG_CALLS][2];

static void submit_long_calls(struct raw *raw, struct os_FrameAllocator allocator)
{
    static uint64_t create[2] = {1ull << 32, LONG_BYTES};
    for (uint32_t i = 0; i < LONG_CALLS; i++) {
        const struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                                    .method_id = os_FrameAllocator_create_METHOD,
                                    .receive_count = 1,
                                    .user_data = i,
                                    .target = allocator.handle.cap.bits,
                                    .interface_id = os_FrameAllocator_ID,
                                    .message_addr = (uint64_t)create,
                                    .message_bytes = sizeof create,
                                    .buffer_addr = (uint64_t)answers[i],
                                    .buffer_bytes = sizeof answers[i],
                                    .transfers_addr = (uint64_t)&made[i]};
        raw_submit(raw, &sqe);
    }
}

static void take_in_order(struct raw *raw, uint32_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct cap_cqe cqe = raw_take(raw);
        raw_expect_err(raw, (int64_t)cqe.user_data, (int64_t)i, "in order, each once");
        raw_expect_err(raw, cqe.status, CAP_OK, "and well");
    }
}

static void release_made(struct raw *raw)
{
    for (uint32_t i = 0; i < LONG_CALLS; i++) {
        const struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .user_data = i, .target = made[i].cap};
        raw_submit(raw, &sqe);
    }
    enter(raw, LONG_CALLS, CAP_TIMEOUT_NEVER, LONG_CALLS, "a drain of releases");
    take_in_order(raw, LONG_CALLS);
}

/* The drain takes so long that it is cut between its calls: nothing is lost and nothing is done twice. */
static void test_cut_drain(struct raw *raw, struct os_Timer timer, struct os_FrameAllocator allocator)
{
    uint64_t start_ns = now(raw, timer);
    submit_long_calls(raw, allocator);
    enter(raw, 0, 0, LONG_CALLS, "a long drain");
    take_in_order(raw, LONG_CALLS);
    raw_expect(raw, now(raw, timer) - start_ns > 2 * DRAIN_NS, "so long that it was cut");
    release_made(raw);
}

/* After it was cut it waits as it was asked to: for one that completes late, or for a time. */
static void test_cut_drain_waits(struct raw *raw, struct os_Timer timer, struct os_FrameAllocator allocator)
{
    static uint64_t until[2] = {1ull << 32}, answer[2];
    struct cap_sqe sleep = {.opcode = CAP_OP_CALL,
                            .method_id = os_Timer_sleepUntil_METHOD,
                            .user_data = LONG_CALLS,
                            .target = timer.handle.cap.bits,
                            .interface_id = os_Timer_ID,
                            .message_addr = (uint64_t)until,
                            .message_bytes = sizeof until,
                            .buffer_addr = (uint64_t)answer,
                            .buffer_bytes = sizeof answer};
    uint64_t start_ns = now(raw, timer);
    until[1] = start_ns + 1000 * MS; /* the others have their slices between its parts */
    raw_submit(raw, &sleep);
    submit_long_calls(raw, allocator);
    enter(raw, LONG_CALLS + 1, CAP_TIMEOUT_NEVER, LONG_CALLS + 1, "a long drain that waits for one more");
    take_in_order(raw, LONG_CALLS + 1);
    raw_expect(raw, now(raw, timer) >= until[1], "it has waited");
    release_made(raw);

    until[1] = UINT64_MAX - 1;
    start_ns = now(raw, timer);
    raw_submit(raw, &sleep);
    submit_long_calls(raw, allocator);
    enter(raw, LONG_CALLS + 1, 20 * MS, LONG_CALLS, "a long drain that waits for a time");
    take_in_order(raw, LONG_CALLS);
    const struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .target = LONG_CALLS};
    raw_submit(raw, &cancel);
    enter(raw, 2, CAP_TIMEOUT_NEVER, 2, "the end of it");
    raw_expect_err(raw, raw_take(raw).status, CAP_ERR_CANCELLED, "cancelled");
    take(raw, 1, "as asked");
    raw_expect(raw, now(raw, timer) - start_ns >= 20 * MS, "it has waited");
    release_made(raw);
}

/* ---- The start ------------------------------------------------------------------------------------ */

static void start(struct raw *raw, struct os_ProcessSpawner spawner, const char *binary,
                  struct rt_handle grant, struct os_ProcessHandle *process)
{
    raw_expect_err(raw, spawn_with(spawner, binary, "echo", grant, process), CAP_OK, binary);
}

/* The others were looked at as well: by themselves. */
static void expect_exit(struct raw *raw, struct os_ProcessHandle process, const char *what)
{
    struct rt_call call;
    struct os_ProcessEnd_reader end;
    raw_expect_err(raw, spawn_wait(&call, process, &end), CAP_OK, what);
    raw_expect(raw, os_ProcessEnd_which(end) == os_ProcessEnd_exited && os_ProcessEnd_get_exited(end) == 0,
               what);
    rt_call_end(&call);
}

static void expect_killed(struct raw *raw, struct os_ProcessHandle process, const char *what)
{
    struct rt_call call;
    struct os_ProcessEnd_reader end;
    raw_expect_err(raw, os_ProcessHandle_kill(process), CAP_OK, what);
    raw_expect_err(raw, spawn_wait(&call, process, &end), CAP_OK, what);
    raw_expect(raw, os_ProcessEnd_which(end) == os_ProcessEnd_killed, what);
    rt_call_end(&call);
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_FrameAllocator allocator;
    struct os_Timer timer;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct os_ProcessHandle server, painter;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer) ||
        os_EndpointFactory_create(factory, SERVED_ID, &endpoint) ||
        os_Endpoint_makeClient(endpoint, 1, &client))
        return 98;
    test_at_once(&raw);
    start(&raw, spawner, "server", endpoint.handle, &server);
    test_calls(&raw, client, "a call");
    start(&raw, spawner, "painter", client, &painter);
    test_waiting(&raw);
    test_calls(&raw, client, "a call beside a process that is always ready");
    test_at_once(&raw);
    test_preemption(&raw, timer);
    test_cut_drain(&raw, timer, allocator);
    test_cut_drain_waits(&raw, timer, allocator);
    expect_killed(&raw, painter, "the painter has found its own");
    rt_handle_drop(&client);
    expect_exit(&raw, server, "the server, too");
    return raw_end(&raw);
}
