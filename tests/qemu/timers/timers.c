/* Ten thousand timers at once: sleeps and cancellations among them, many that are due at the same moment, and
 * the end of processes that wait.
 *
 * Next: tests/qemu/timers/far.c
 */
#include "tests/qemu/spawn.h"
#include "tests/qemu/timers/wait.h"

#define FAR_COUNT  313 /* processes, for 10016 timers */
#define BEAT_COUNT 20  /* 640 timers due at once: ten times what one interrupt handles */

static struct os_ProcessHandle others[FAR_COUNT];

static void start(struct raw *raw, struct os_ProcessSpawner spawner, struct os_Timer timer,
                  const char *binary, uint32_t count)
{
    uint32_t failed_count = 0;
    for (uint32_t i = 0; i < count; i++)
        failed_count += spawn_with(spawner, binary, "timer", timer.handle, &others[i]) != CAP_OK;
    raw_expect(raw, failed_count == 0, "all processes start");
}

/* The others that are ready come before this one again, so they have all run to where they wait. */
static uint64_t let_others_run(struct raw *raw, struct os_Timer timer)
{
    uint64_t now_ns = 0;
    raw_expect_err(raw, os_Timer_now(timer, &now_ns), CAP_OK, "the time");
    raw_expect_err(raw, os_Timer_sleepUntil(timer, now_ns + MS), CAP_OK, "a first sleep");
    raw_expect_err(raw, os_Timer_now(timer, &now_ns), CAP_OK, "the time again");
    return now_ns;
}

/* No runtime call comes in between, so a check that fails is told later. */
static void sleep_in_order(struct raw *raw, struct os_Timer timer)
{
    uint64_t now_ns = let_others_run(raw, timer) + 200 * MS;
    uint32_t wrong_count = 0;
    for (uint64_t i = 0; i < 8; i++)
        wait_submit(raw, timer, os_Timer_sleepUntil_METHOD, now_ns + (i * 3) % 8 * MS, 1 + (i * 3) % 8);
    wait_submit(raw, timer, os_Timer_sleepUntil_METHOD, now_ns + 7200000 * MS, 9);
    rt_enter(8, CAP_TIMEOUT_NEVER);
    for (uint64_t i = 1; i <= 8; i++) {
        struct cap_cqe cqe = raw_take(raw);
        wrong_count += cqe.user_data != i || cqe.status != CAP_OK;
    }
    const struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .target = 9, .user_data = 10};
    enum cap_err far_off = raw_status(raw, &cancel), cancelled = raw_take(raw).status;
    raw_expect(raw, wrong_count == 0, "sleeps end in their order");
    raw_expect_err(raw, far_off, CAP_ERR_CANCELLED, "one that is far off is cancelled");
    raw_expect_err(raw, cancelled, CAP_OK, "so it is");
}

static bool has_exited_well(struct os_ProcessHandle process)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    bool is_well = !err && os_ProcessEnd_get_exited(os_ProcessHandle_wait_Results_get_end(results)) == 0;
    rt_call_end(&call);
    return is_well;
}

static void test_many(struct raw *raw, struct os_ProcessSpawner spawner, struct os_Timer timer)
{
    start(raw, spawner, timer, "far", FAR_COUNT);
    sleep_in_order(raw, timer);
    uint32_t failed_count = 0;
    for (uint32_t i = 0; i < FAR_COUNT; i++) {
        failed_count += os_ProcessHandle_kill(others[i * 7 % FAR_COUNT]) != CAP_OK;
        rt_handle_drop(&others[i * 7 % FAR_COUNT].handle);
    }
    raw_expect(raw, failed_count == 0, "case 117: processes that wait for timers end");
    sleep_in_order(raw, timer);
}

static void test_due_at_once(struct raw *raw, struct os_ProcessSpawner spawner, struct os_Timer timer)
{
    uint32_t failed_count = 0;
    start(raw, spawner, timer, "beat", BEAT_COUNT);
    for (uint32_t i = 0; i < BEAT_COUNT; i++) {
        failed_count += !has_exited_well(others[i]);
        rt_handle_drop(&others[i].handle);
    }
    raw_expect(raw, failed_count == 0, "every one of many timers that are due at once ends its call");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_Timer timer;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    test_many(&raw, spawner, timer);
    test_due_at_once(&raw, spawner, timer);
    return raw_end(&raw);
}
