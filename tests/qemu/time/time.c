/* Time limits and the Timer object. Next: tests/qemu/authority/authority.c */
#include "tests/qemu/raw.h"

#define SERVED_ID 0x55
#define MS        1000000ull
#define LATE_NS   (2000 * MS) /* a wake-up this late is a hang */

static struct {
    struct cap_incoming incoming;
    uint64_t words[64];
} server;
static uint64_t answers[4][8];
static uint64_t params[2];

/* What transfers_addr points at: the limit, then one descriptor. */
static struct {
    struct cap_time_limit limit;
    struct cap_transfer_out sent;
} beside;

static uint64_t now(struct raw *raw, struct os_Timer timer)
{
    uint64_t nanoseconds = 0;
    raw_expect_err(raw, os_Timer_now(timer, &nanoseconds), CAP_OK, "the time");
    return nanoseconds;
}

static void submit(struct raw *raw, struct cap_sqe sqe, uint64_t user_data)
{
    sqe.user_data = user_data;
    raw_submit(raw, &sqe);
    rt_enter(0, 0);
}

static void expect(struct raw *raw, uint64_t user_data, enum cap_err status, const char *what)
{
    rt_enter(1, LATE_NS);
    struct cap_cqe cqe = raw_take(raw);
    raw_expect_err(raw, (int64_t)cqe.user_data, (int64_t)user_data, what);
    raw_expect_err(raw, cqe.status, status, what);
}

static struct cap_sqe with_limit(struct cap_sqe sqe, uint64_t timeout_ns)
{
    beside.limit = (struct cap_time_limit){.timeout_ns = timeout_ns};
    sqe.flags |= CAP_SQE_TIMEOUT;
    sqe.transfers_addr = (uint64_t)&beside;
    return sqe;
}

static struct cap_sqe call_of(struct rt_handle client, uint32_t answer_index)
{
    return (struct cap_sqe){.opcode = CAP_OP_CALL,
                            .target = client.cap.bits,
                            .interface_id = client.interface_id,
                            .buffer_addr = (uint64_t)answers[answer_index],
                            .buffer_bytes = sizeof answers[0]};
}

static struct cap_sqe recv_on(struct os_Endpoint endpoint)
{
    return (struct cap_sqe){.opcode = CAP_OP_RECV,
                            .target = endpoint.handle.cap.bits,
                            .buffer_addr = (uint64_t)&server,
                            .buffer_bytes = sizeof server};
}

/* sleepUntil, by hand: struct { nanoseconds :UInt64 }. */
static struct cap_sqe sleep_until(struct os_Timer timer, uint64_t nanoseconds)
{
    params[0] = 1ull << 32;
    params[1] = nanoseconds;
    struct cap_sqe sqe = call_of(timer.handle, 3);
    sqe.method_id = os_Timer_sleepUntil_METHOD;
    sqe.message_addr = (uint64_t)params;
    sqe.message_bytes = sizeof params;
    return sqe;
}

static void test_sleep(struct raw *raw, struct os_Timer timer)
{
    uint64_t start = now(raw, timer);
    raw_expect_err(raw, os_Timer_sleepUntil(timer, start + 20 * MS), CAP_OK, "sleep");
    uint64_t end = now(raw, timer);
    raw_expect(raw, end >= start + 20 * MS && end < start + LATE_NS,
               "for as long as was asked, and not much longer");
    raw_expect_err(raw, os_Timer_sleepUntil(timer, start), CAP_OK,
                   "a time that has passed is not waited for");

    submit(raw, sleep_until(timer, end + 60 * MS), 1);
    submit(raw, sleep_until(timer, end + 20 * MS), 2);
    submit(raw, sleep_until(timer, end + 40 * MS), 3);
    submit(raw, sleep_until(timer, UINT64_MAX), 4);
    expect(raw, 2, CAP_OK, "sleeps end in the order of their times");
    expect(raw, 3, CAP_OK, "the second");
    expect(raw, 1, CAP_OK, "the third");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = 4}, 5);
    expect(raw, 4, CAP_ERR_CANCELLED, "the fourth is cancelled");
    expect(raw, 5, CAP_OK, "so it is");

    submit(raw, with_limit(sleep_until(timer, UINT64_MAX), 5 * MS), 6);
    expect(raw, 6, CAP_ERR_TIMED_OUT, "a time limit ends a longer sleep");
    submit(raw, with_limit(sleep_until(timer, now(raw, timer) + 5 * MS), LATE_NS), 7);
    expect(raw, 7, CAP_OK, "and does nothing to a shorter one");
}

static struct cap_sqe tick_of(struct os_Timer timer, uint64_t period, uint32_t answer_index)
{
    struct cap_sqe sqe = sleep_until(timer, period);
    sqe.method_id = os_Timer_tick_METHOD;
    sqe.buffer_addr = (uint64_t)answers[answer_index];
    return sqe;
}

static void test_ticks(struct raw *raw, struct os_Timer timer)
{
    uint64_t period = 3 * MS, start = now(raw, timer), last = 0, at = 0;
    for (uint32_t i = 0; i < 4; i++, last = at) {
        raw_expect_err(raw, os_Timer_tick(timer, period, &at), CAP_OK, "a tick");
        raw_expect(raw, at % period == 0 && at > start && now(raw, timer) >= at, "a multiple of the period");
        raw_expect(raw, at > last, "after the one before");
    }
    raw_expect_err(raw, os_Timer_tick(timer, 0, &at), CAP_ERR_INVALID, "there is no period 0");
    raw_expect_err(raw, os_Timer_tick(timer, 1, &at), CAP_OK, "the shortest period");

    submit(raw, tick_of(timer, 20 * MS, 0), 41);
    submit(raw, tick_of(timer, 20 * MS, 1), 42);
    submit(raw, tick_of(timer, UINT64_MAX, 2), 43);
    submit(raw, tick_of(timer, 1ull << 63, 3), 44);
    expect(raw, 41, CAP_OK, "two that wait for the same");
    expect(raw, 42, CAP_OK, "in the order in which they came");
    raw_expect(raw, answers[0][1] % (20 * MS) == 0 && answers[0][1] > at, "the same beat");
    raw_expect(raw, answers[1][1] % (20 * MS) == 0, "for all");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = 43}, 45);
    expect(raw, 43, CAP_ERR_CANCELLED, "a tick that never comes");
    expect(raw, 45, CAP_OK, "is cancelled");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_CANCEL, .target = 44}, 46);
    expect(raw, 44, CAP_ERR_CANCELLED, "another");
    expect(raw, 46, CAP_OK, "likewise");

    submit(raw, with_limit(tick_of(timer, LATE_NS * 100, 0), 5 * MS), 47);
    expect(raw, 47, CAP_ERR_TIMED_OUT, "a time limit ends a longer wait");
    submit(raw, with_limit(tick_of(timer, 2 * MS, 0), LATE_NS), 48);
    expect(raw, 48, CAP_OK, "and does nothing to a shorter one");
}

static void test_limits(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    submit(raw, with_limit(call_of(client, 0), 5 * MS), 10);
    expect(raw, 10, CAP_ERR_TIMED_OUT, "a call that nobody receives");
    submit(raw, with_limit(recv_on(endpoint), 5 * MS), 11);
    expect(raw, 11, CAP_ERR_TIMED_OUT, "a RECV that nobody calls; the call is gone from the queue");

    submit(raw, recv_on(endpoint), 12);
    submit(raw, with_limit(call_of(client, 0), 5 * MS), 13);
    expect(raw, 12, CAP_OK, "received");
    expect(raw, 13, CAP_ERR_TIMED_OUT, "case 88: a call that is not answered in time");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = server.incoming.call_id}, 14);
    expect(raw, 14, CAP_ERR_TIMED_OUT, "case 88: the late RETURN harms nobody");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = server.incoming.call_id}, 15);
    expect(raw, 15, CAP_ERR_STALE, "and is the last one");

    submit(raw, recv_on(endpoint), 16);
    submit(raw, with_limit(call_of(client, 0), LATE_NS), 17);
    expect(raw, 16, CAP_OK, "received");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_RETURN, .target = server.incoming.call_id}, 18);
    expect(raw, 17, CAP_OK, "an answer in time");
    expect(raw, 18, CAP_OK, "for both");
}

static void test_limit_and_move(struct raw *raw, struct os_Endpoint endpoint, struct rt_handle client)
{
    struct rt_handle moved;
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 9, &moved), CAP_OK, "another client facet");
    struct cap_sqe call = call_of(client, 0);
    call.send_count = 1;
    beside.sent = (struct cap_transfer_out){.cap = moved.cap.bits, .mode = CAP_TRANSFER_MOVE};
    submit(raw, with_limit(call, 5 * MS), 20);
    expect(raw, 20, CAP_ERR_TIMED_OUT, "case 72: a call with a moved capability");
    submit(raw, (struct cap_sqe){.opcode = CAP_OP_RELEASE, .target = moved.cap.bits}, 21);
    expect(raw, 21, CAP_OK, "case 72: which is back where it was");
}

static void test_bad_limits(struct raw *raw, struct rt_handle client)
{
    struct cap_sqe sqe = with_limit(call_of(client, 0), MS);
    beside.limit.reserved = 1;
    submit(raw, sqe, 30);
    expect(raw, 30, CAP_ERR_BAD_SQE, "a reserved word");
    sqe.transfers_addr = 0;
    submit(raw, sqe, 31);
    expect(raw, 31, CAP_ERR_FAULT, "no limit there");
    submit(raw, with_limit(call_of(client, 0), 0), 32);
    expect(raw, 32, CAP_ERR_TIMED_OUT, "no time at all");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_EndpointFactory factory;
    struct os_Timer timer;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer) ||
        os_EndpointFactory_create(factory, SERVED_ID, &endpoint) ||
        os_Endpoint_makeClient(endpoint, 1, &client))
        return 98;
    test_sleep(&raw, timer);
    test_ticks(&raw, timer);
    test_limits(&raw, endpoint, client);
    test_limit_and_move(&raw, endpoint, client);
    test_bad_limits(&raw, client);
    return raw_end(&raw);
}
