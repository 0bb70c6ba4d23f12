/* Timer: the time, and waiting for one. A sleep or a tick is a deferred answer on the call's own timer.
 *
 * Next: kernel/task/timer.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/self_check.h"
#include "kernel/task/timer.h"
#include "kernel/x86_64/clock.h"
#include "lib/bits.h"

/* All that wait; each is found by its own timer or its caller, the list is only where a call waits. */
static struct call_queue waiters = {.calls = {{&waiters.calls.head, &waiters.calls.head}}};

static void fill_nothing(struct wire_call *wire, const void *context)
{
    (void)wire;
    (void)context;
}

static void sleep_is_over(struct kernel_timer *timer)
{
    kernel_call_answer(LIST_ENTRY(timer, struct call, timer), fill_nothing, NULL);
}

static void fill_tick(struct wire_call *wire, const void *context)
{
    const struct kernel_timer *timer = context;
    struct os_Timer_tick_Results_builder results = os_Timer_tick_Results_init(wire);
    os_Timer_tick_Results_set_nanoseconds(results, timer->node.deadline_ns);
}

static void tick_has_come(struct kernel_timer *timer)
{
    kernel_call_answer(LIST_ENTRY(timer, struct call, timer), fill_tick, timer);
}

/* A time limit that comes first stays, and ends the call as such. */
static enum cap_err call_wait_until(struct wire_call *wire, uint64_t deadline_ns,
                                    void (*expire)(struct kernel_timer *timer))
{
    struct call *call;
    enum cap_err err = kernel_call_defer(wire, &waiters, &call);
    if (err || (timer_runs(&call->timer) && call->timer.node.deadline_ns <= deadline_ns))
        return err;
    timer_stop(&call->timer);
    timer_start(&call->timer, deadline_ns, expire);
    return CAP_OK;
}

static enum cap_err timer_now(void *self, struct wire_call *wire, struct os_Timer_now_Params_reader params)
{
    (void)self;
    (void)params;
    struct os_Timer_now_Results_builder results = os_Timer_now_Results_init(wire);
    os_Timer_now_Results_set_nanoseconds(results, clock_now_ns());
    return CAP_OK;
}

static enum cap_err timer_sleep_until(void *self, struct wire_call *wire,
                                      struct os_Timer_sleepUntil_Params_reader params)
{
    (void)self;
    uint64_t deadline_ns = os_Timer_sleepUntil_Params_get_nanoseconds(params);
    return deadline_ns <= clock_now_ns() ? CAP_OK : call_wait_until(wire, deadline_ns, sleep_is_over);
}

/* A multiple that does not fit is a time that never comes. */
static enum cap_err timer_tick(void *self, struct wire_call *wire, struct os_Timer_tick_Params_reader params)
{
    (void)self;
    uint64_t period_ns = os_Timer_tick_Params_get_periodNanoseconds(params), deadline_ns;
    if (period_ns == 0)
        return CAP_ERR_INVALID;
    uint64_t now_ns = clock_now_ns();
    if (u64_add(now_ns - now_ns % period_ns, period_ns, &deadline_ns))
        deadline_ns = UINT64_MAX;
    return call_wait_until(wire, deadline_ns, tick_has_come);
}

static const struct os_Timer_server timer_server = {
    .now = timer_now, .sleepUntil = timer_sleep_until, .tick = timer_tick};

static enum cap_err timer_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Timer_dispatch(&timer_server, object, wire);
}

static void timer_check(struct object *object, struct books *books)
{
    (void)object;
    if (books)
        self_check_queue(books, "Timer", &waiters);
}

static const struct object_ops timer_ops = {
    .name = "Timer",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = timer_dispatch,
    .check = timer_check,
};

static struct object timer = OBJECT_STATIC(&timer_ops, os_Timer_ID);

struct object *timer_object(void)
{
    return &timer;
}
