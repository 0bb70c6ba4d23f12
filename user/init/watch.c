/* Waits for all processes and all back-offs at once.
 *
 * Each service that is not down has one thing to wait for: the end of its process, or the time of its
 * restart. Each is a call that takes long. They are submitted by hand, with a small buffer each instead of a
 * struct rt_call, because 28 records of 7 KiB would not fit on the stack.
 *
 * Invariants
 *  - At most WATCHES_MAX are under way, so that init's own calls always find a place in the CQ.
 *  - With more services than that they take turns: each watch has a time limit, and whose limit has passed
 *    goes to the end of the line. What has ended meanwhile is seen at once when its turn comes. Otherwise no
 *    watch has a limit, and init sleeps until something happens.
 *
 * Next: user/init/ending.c
 */
#include "lib/check.h"
#include "user/init/init.h"

#define TURN_NS 50000000 /* with 64 services each is looked at three times in half a second */

/* In 584 years. The largest number is not a time but never, and a system in which all wait for that is dead.
 */
#define FAR_NS (UINT64_MAX - 1)

static void submit(const struct init *init, struct watch *watch, struct cap_sqe *sqe, bool has_limit)
{
    sqe->opcode = CAP_OP_CALL;
    sqe->buffer_addr = (uintptr_t)watch->answer;
    sqe->buffer_bytes = sizeof watch->answer;
    if (has_limit) {
        watch->limit = (struct cap_time_limit){.timeout_ns = TURN_NS};
        sqe->flags = CAP_SQE_TIMEOUT;
        sqe->transfers_addr = (uintptr_t)&watch->limit;
    }
    watch->is_used = true;
    rt_pending_submit(init->rt, &watch->pending, sqe, false);
}

/* No parameters: a message of no words. */
static void wait_begin(const struct init *init, struct watch *watch, struct os_ProcessHandle process,
                       bool has_limit)
{
    struct cap_sqe sqe = {
        .method_id = os_ProcessHandle_wait_METHOD,
        .target = process.handle.cap.bits,
        .interface_id = os_ProcessHandle_ID,
    };
    submit(init, watch, &sqe, has_limit);
}

static void sleep_begin(const struct init *init, struct watch *watch, uint64_t until_ns, bool has_limit)
{
    struct wire_message_builder builder;
    wire_message_build(&builder, watch->params, sizeof watch->params / sizeof watch->params[0]);
    os_Timer_sleepUntil_Params_set_nanoseconds(os_Timer_sleepUntil_Params_init_root(&builder), until_ns);
    CHECK(!builder.overflowed);
    struct cap_sqe sqe = {
        .method_id = os_Timer_sleepUntil_METHOD,
        .target = init->timer.handle.cap.bits,
        .interface_id = os_Timer_ID,
        .message_addr = (uintptr_t)watch->params,
        .message_bytes = builder.word_count * 8,
    };
    submit(init, watch, &sqe, has_limit);
}

static void watch_begin(struct init *init, struct watch *watch, uint32_t service_index, bool has_limit)
{
    struct init_service *service = &init->services[service_index];
    watch->service_index = service_index;
    service->is_watched = true;
    if (service->state == SERVICE_RUNS)
        wait_begin(init, watch, service->process, has_limit);
    else
        sleep_begin(init, watch, service->restart_at_ns, has_limit);
}

/* Of those that are not down and not watched, the one whose turn it is. */
static bool find_next(struct init *init, uint32_t *service_index)
{
    for (uint32_t i = 0; i < init->service_count; i++) {
        uint32_t index = (init->watches.next_index + i) % init->service_count;
        if (init->services[index].state == SERVICE_DOWN || init->services[index].is_watched)
            continue;
        *service_index = index;
        init->watches.next_index = (index + 1) % init->service_count;
        return true;
    }
    return false;
}

static void begin_more(struct init *init)
{
    uint32_t service_index, wanted_count = 0;

    for (uint32_t i = 0; i < init->service_count; i++)
        wanted_count += init->services[i].state != SERVICE_DOWN;
    for (uint32_t i = 0; i < WATCHES_MAX; i++) {
        struct watch *watch = &init->watches.of_services[i];
        if (!watch->is_used && find_next(init, &service_index))
            watch_begin(init, watch, service_index, wanted_count > WATCHES_MAX);
    }
}

/* Frees one watch that is done. NULL: none is. */
static struct watch *take_done(struct init *init)
{
    for (uint32_t i = 0; i < WATCHES_MAX; i++) {
        struct watch *watch = &init->watches.of_services[i];
        if (!watch->is_used || !watch->pending.is_done)
            continue;
        watch->is_used = false;
        init->services[watch->service_index].is_watched = false;
        return watch;
    }
    return NULL;
}

/* What is done about one end makes calls, and with their completions others may come in: so it only blocks
 * when none is done. */
enum cap_err watches_next(struct init *init, struct watch **next)
{
    const struct watch *run_on = &init->watches.run_on;

    for (;;) {
        begin_more(init);
        struct watch *watch = take_done(init);
        if (watch && watch->pending.cqe.status != CAP_ERR_TIMED_OUT) {
            *next = watch;
            return CAP_OK;
        }
        if (run_on->is_used && run_on->pending.is_done)
            return run_on->pending.cqe.status == CAP_OK ? CAP_ERR_TIMED_OUT : run_on->pending.cqe.status;
        if (!watch)
            rt_pending_wait_any(init->rt);
    }
}

void watches_run_on(struct init *init)
{
    sleep_begin(init, &init->watches.run_on, FAR_NS, false);
}
