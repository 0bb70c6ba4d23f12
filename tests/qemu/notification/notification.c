/* Notifications: a counter that some count up and others wait for. Next: tests/qemu/authority/authority.c */
#include "tests/qemu/memory.h"
#include "tests/qemu/spawn.h"

#define MS         1000000ull
#define RECORDS    1024 /* of one process, kernel/task/process.c */
#define ROUNDS_MAX 2000000000ull

struct test {
    struct raw raw;
    struct os_NotificationFactory factory;
    struct os_ProcessSpawner spawner;
    struct os_Notification notification;
    struct os_Signal signal;
};

/* Of raw calls: results of up to four waits at once. */
static uint64_t answers[4][2];
static struct cap_time_limit limit;

static void make(struct test *test)
{
    raw_expect_err(&test->raw,
                   os_NotificationFactory_create(test->factory, &test->notification, &test->signal), CAP_OK,
                   "a notification");
}

static void drop(struct test *test)
{
    rt_handle_drop(&test->notification.handle);
    rt_handle_drop(&test->signal.handle);
    rt_flush(test->raw.rt);
}

static void expect_count(struct test *test, uint64_t wanted, const char *what)
{
    uint64_t count = 0;
    raw_expect_err(&test->raw, os_Notification_wait(test->notification, &count), CAP_OK, what);
    raw_expect(&test->raw, count == wanted, what);
}

/* ---- Calls by hand -------------------------------------------------------------------------------- */

/* `slot` is which of the answers, and the user_data. */
static struct cap_sqe wait_of(const struct test *test, uint32_t slot)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .user_data = slot,
                            .target = test->notification.handle.cap.bits,
                            .interface_id = os_Notification_ID,
                            .method_id = os_Notification_wait_METHOD,
                            .buffer_addr = (uint64_t)answers[slot],
                            .buffer_bytes = sizeof answers[slot]};
}

/* Without parameters: the schema's default, one. */
static struct cap_sqe signal_of(const struct test *test, uint64_t user_data)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .user_data = user_data,
                            .target = test->signal.handle.cap.bits,
                            .interface_id = os_Signal_ID,
                            .method_id = os_Signal_signal_METHOD};
}

static void submit(struct test *test, struct cap_sqe sqe)
{
    raw_submit(&test->raw, &sqe);
    rt_enter(0, 0);
}

static void expect(struct test *test, uint64_t user_data, enum cap_err status, const char *what)
{
    rt_enter(1, 2000 * MS);
    struct cap_cqe cqe = raw_take(&test->raw);
    raw_expect_err(&test->raw, (int64_t)cqe.user_data, (int64_t)user_data, what);
    raw_expect_err(&test->raw, cqe.status, status, what);
}

/* The results are one struct with one word of data. */
static void expect_answer(struct test *test, uint32_t slot, uint64_t wanted, const char *what)
{
    expect(test, slot, CAP_OK, what);
    raw_expect(&test->raw, answers[slot][1] == wanted, what);
}

/* ---- The count ------------------------------------------------------------------------------------ */

static void test_count(struct test *test)
{
    struct raw *raw = &test->raw;
    make(test);
    raw_expect_err(raw, os_Signal_signal(test->signal, 1), CAP_OK, "a signal");
    expect_count(test, 1, "a wait after it completes at once");
    for (uint64_t i = 1; i <= 100; i++)
        raw_expect_err(raw, os_Signal_signal(test->signal, i), CAP_OK, "a hundred signals");
    expect_count(test, 5050, "are one number");

    submit(test, wait_of(test, 1));
    submit(test, signal_of(test, 7));
    expect_answer(test, 1, 1, "a wait before it completes with it; no parameters mean one");
    expect(test, 7, CAP_OK, "and then the signal is done");

    raw_expect_err(raw, os_Signal_signal(test->signal, 0), CAP_ERR_INVALID, "nothing cannot be signalled");
    raw_expect_err(raw, os_Signal_signal(test->signal, UINT64_MAX), CAP_OK, "the counter holds 2^64 - 1");
    raw_expect_err(raw, os_Signal_signal(test->signal, 1), CAP_ERR_AGAIN, "and not one more");
    expect_count(test, UINT64_MAX, "and a refused signal has changed nothing");
    drop(test);
}

static void test_room(struct test *test)
{
    make(test);
    struct cap_sqe wait = wait_of(test, 0);
    wait.buffer_bytes = 8;
    submit(test, signal_of(test, 7));
    expect(test, 7, CAP_OK, "one signal");
    raw_submit(&test->raw, &wait);
    rt_enter(1, 2000 * MS);
    struct cap_cqe cqe = raw_take(&test->raw);
    raw_expect_err(&test->raw, cqe.status, CAP_ERR_BUFFER_TOO_SMALL, "a wait without room for its answer");
    raw_expect(&test->raw, cqe.message_bytes == 16 && cqe.cap_count == 0, "is told how much it takes");
    expect_count(test, 1, "and has taken nothing");
    submit(test, wait);
    expect(test, 0, CAP_ERR_BUFFER_TOO_SMALL, "also if there is nothing yet");
    drop(test);
}

/* Whoever waits first has nowhere to put it any more: the next one gets it, and nothing is lost. */
static void test_room_that_went(struct test *test, struct rt *rt)
{
    struct memory_test memory = {.raw = test->raw};
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &memory.allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &memory.space))
        rt_exit(98);
    struct os_MemoryObject page = memory_new(&memory, PAGE);
    uint64_t at = memory_map_any(&memory, page, READ_WRITE);
    test->raw = memory.raw;
    make(test);
    struct cap_sqe gone = wait_of(test, 0);
    gone.buffer_addr = at;
    submit(test, gone);
    struct cap_sqe unmap = {.opcode = CAP_OP_CALL,
                            .user_data = 9,
                            .target = memory.space.handle.cap.bits,
                            .interface_id = os_VirtualMemory_ID,
                            .method_id = os_VirtualMemory_unmap_METHOD};
    uint64_t message[2] = {1ull << 32, at};
    unmap.message_addr = (uint64_t)message;
    unmap.message_bytes = sizeof message;
    unmap.buffer_addr = (uint64_t)answers[3];
    unmap.buffer_bytes = sizeof answers[3];
    submit(test, unmap);
    expect(test, 9, CAP_OK, "the buffer goes");
    submit(test, wait_of(test, 1));
    submit(test, signal_of(test, 7));
    expect(test, 0, CAP_ERR_FAULT, "who waited first is told");
    expect_answer(test, 1, 1, "the next one has the signal");
    expect(test, 7, CAP_OK, "which is done");
    submit(test, gone); /* the page is not even there */
    expect(test, 0, CAP_ERR_FAULT, "a wait that is refused at once");
    submit(test, signal_of(test, 7));
    expect(test, 7, CAP_OK, "takes nothing");
    expect_count(test, 1, "and it is counted");
    rt_handle_drop(&page.handle);
    rt_handle_drop(&memory.allocator.handle);
    rt_handle_drop(&memory.space.handle);
    drop(test);
}

static void test_several_waiters(struct test *test)
{
    make(test);
    for (uint32_t slot = 0; slot < 3; slot++)
        submit(test, wait_of(test, slot));
    submit(test, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = 0, .user_data = 8});
    expect(test, 0, CAP_ERR_CANCELLED, "a wait is cancelled");
    expect(test, 8, CAP_OK, "at once");
    submit(test, signal_of(test, 7));
    expect_answer(test, 1, 1, "the oldest wait that is left gets the signal");
    expect(test, 7, CAP_OK, "and nobody else");
    raw_expect_err(&test->raw, rt_enter(0, 0), 0, "the youngest still waits");
    submit(test, signal_of(test, 7));
    expect_answer(test, 2, 1, "until the next one");
    expect(test, 7, CAP_OK, "which ends well");

    limit = (struct cap_time_limit){.timeout_ns = 2 * MS};
    struct cap_sqe wait = wait_of(test, 0);
    wait.flags = CAP_SQE_TIMEOUT;
    wait.transfers_addr = (uint64_t)&limit;
    submit(test, wait);
    expect(test, 0, CAP_ERR_TIMED_OUT, "a wait with a time limit");
    submit(test, signal_of(test, 7));
    expect(test, 7, CAP_OK, "a signal after that");
    expect_count(test, 1, "is kept");
    drop(test);
}

/* ---- The timer tick ------------------------------------------------------------------------------- */

/* Spins until a completion is there, without entering the kernel. */
static bool spin_for_completion(struct test *test)
{
    struct cap_cqe cqe;
    for (uint64_t i = 0; i < ROUNDS_MAX; i++) {
        if (ring_client_peek(&test->raw.rt->ring, &cqe))
            return true;
        __asm__ volatile("" : : : "memory");
    }
    return false;
}

static void test_tick(struct test *test)
{
    struct raw *raw = &test->raw;
    make(test);
    submit(test, wait_of(test, 1));
    struct cap_sqe sqe = signal_of(test, 7);
    raw_submit(raw, &sqe);
    raw_expect(raw, spin_for_completion(test), "the timer tick runs a CALL on a signal");
    expect_answer(test, 1, 1, "which tells who waits");
    raw_expect(raw, spin_for_completion(test), "and is done");
    expect(test, 7, CAP_OK, "well");

    sqe = signal_of(test, 8);
    sqe.interface_id = os_Notification_ID;
    raw_submit(raw, &sqe);
    raw_expect(raw, spin_for_completion(test), "the tick refuses what cap_enter would refuse");
    expect(test, 8, CAP_ERR_WRONG_INTERFACE, "a signal cannot be waited for");
    sqe = signal_of(test, 9);
    sqe.method_id = 1;
    submit(test, sqe);
    expect(test, 9, CAP_ERR_UNIMPLEMENTED, "nor has it another method");
    drop(test);
}

/* ---- Ends ----------------------------------------------------------------------------------------- */

static void test_ends(struct test *test)
{
    struct raw *raw = &test->raw;
    make(test);
    submit(test, wait_of(test, 1));
    struct os_Signal second;
    submit(test, signal_of(test, 7));
    expect_answer(test, 1, 1, "a signal is told");
    expect(test, 7, CAP_OK, "and done");
    raw_expect_err(raw, os_Signal_signal(test->signal, 4), CAP_OK, "another");
    rt_handle_drop(&test->signal.handle);
    rt_flush(raw->rt);
    expect_count(test, 4, "is kept when the last capability to the signal goes");
    uint64_t count;
    raw_expect_err(raw, os_Notification_wait(test->notification, &count), CAP_ERR_DISCONNECTED,
                   "then there is nothing to wait for");
    rt_handle_drop(&test->notification.handle);
    make(test);
    submit(test, wait_of(test, 1));
    submit(test, wait_of(test, 2));
    submit(test, (struct cap_sqe){
                     .opcode = CAP_OP_RELEASE, .target = test->signal.handle.cap.bits, .user_data = 7});
    expect(test, 7, CAP_OK, "the last capability to the signal goes");
    expect(test, 1, CAP_ERR_DISCONNECTED, "who waits is told");
    expect(test, 2, CAP_ERR_DISCONNECTED, "everybody");
    rt_handle_drop(&test->notification.handle);
    make(test);
    second = test->signal;
    submit(test, wait_of(test, 1));
    rt_handle_drop(&test->notification.handle);
    rt_flush(raw->rt);
    submit(test, signal_of(test, 7));
    expect_answer(test, 1, 1, "a wait under way keeps the notification");
    expect(test, 7, CAP_OK, "alive");
    raw_expect_err(raw, os_Signal_signal(second, 1), CAP_ERR_DISCONNECTED, "it closes with its last holder");
    rt_handle_drop(&second.handle);
}

/* ---- Other processes ------------------------------------------------------------------------------ */

static void spawn(struct test *test, const char *binary, struct rt_handle grant,
                  struct os_ProcessHandle *process)
{
    raw_expect_err(&test->raw, spawn_with(test->spawner, binary, "grant", grant, process), CAP_OK,
                   "it starts");
}

static void await_end(struct test *test, struct os_ProcessHandle *process, uint16_t wanted)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, *process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(&test->raw, err, CAP_OK, "it has ended");
    if (!err)
        raw_expect_err(&test->raw, os_ProcessEnd_which(os_ProcessHandle_wait_Results_get_end(results)),
                       wanted, "as it should");
    rt_call_end(&call);
    rt_handle_drop(&process->handle);
}

static void test_processes(struct test *test, struct os_Timer timer)
{
    struct raw *raw = &test->raw;
    struct os_ProcessHandle process;
    uint64_t now = 0;
    make(test);
    spawn(test, "caller", test->signal.handle, &process);
    await_end(test, &process, os_ProcessEnd_exited);
    expect_count(test, 6, "what a process signalled outlives it");

    spawn(test, "waiter", test->notification.handle, &process);
    raw_expect_err(raw, os_Timer_now(timer, &now), CAP_OK, "the time");
    raw_expect_err(raw, os_Timer_sleepUntil(timer, now + 20 * MS), CAP_OK, "it waits by now");
    uint16_t state = UINT16_MAX;
    raw_expect_err(raw, os_ProcessHandle_state(process, &state), CAP_OK, "its state");
    raw_expect_err(raw, state, os_ProcessHandle_State_waiting, "says so");
    raw_expect_err(raw, os_ProcessHandle_kill(process), CAP_OK, "it is killed while it waits");
    await_end(test, &process, os_ProcessEnd_killed);
    raw_expect_err(raw, os_Signal_signal(test->signal, 2), CAP_OK, "a signal after that");
    expect_count(test, 2, "is for who waits next");

    spawn(test, "caller", test->signal.handle, &process);
    rt_handle_drop(&test->signal.handle);
    rt_flush(raw->rt);
    await_end(test, &process, os_ProcessEnd_exited);
    expect_count(test, 6, "the last who could signal has ended: first what it said");
    uint64_t count;
    raw_expect_err(raw, os_Notification_wait(test->notification, &count), CAP_ERR_DISCONNECTED,
                   "then that it is gone");
    rt_handle_drop(&test->notification.handle);
}

/* ---- Quota ---------------------------------------------------------------------------------------- */

/* Every second of these refusals hits the second record of a pair. */
static void test_quota(struct test *test)
{
    static struct rt_handle held[2 * RECORDS];
    struct raw *raw = &test->raw;
    for (uint32_t odd = 0; odd < 2; odd++) {
        uint32_t count = 0;
        enum cap_err err = CAP_OK;
        while (!err && count + 2 <= 2 * RECORDS) {
            err = os_NotificationFactory_create(test->factory, &test->notification, &test->signal);
            if (err)
                break;
            held[count++] = test->notification.handle;
            held[count++] = test->signal.handle;
        }
        raw_expect_overloaded(raw, err, "records: ", "notifications are charged to who makes them");
        raw_expect(raw, count > RECORDS / 2, "and many may be made");
        while (count > odd)
            rt_handle_drop(&held[--count]);
        rt_flush(raw->rt);
        make(test);
        raw_expect_err(raw, os_Signal_signal(test->signal, 1), CAP_OK, "they come back");
        drop(test);
    }
    rt_handle_drop(&held[0]);
}

int main(struct rt *rt)
{
    struct test test = {.raw = raw_start(rt)};
    struct os_Timer timer;
    if (RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &test.factory) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    test_count(&test);
    test_room(&test);
    test_room_that_went(&test, rt);
    test_several_waiters(&test);
    test_tick(&test);
    test_ends(&test);
    test_processes(&test, timer);
    test_quota(&test);
    return raw_end(&test.raw);
}
