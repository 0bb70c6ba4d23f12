/* Timer: the time, and sleeping until one. A sleep is a deferred answer on the call's own timer.
 *
 * Next: kernel/task/timer.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/timer.h"
#include "kernel/x86_64/apic.h"

/* All that sleep; each is found by its own timer or its caller, the list is only where a call waits. */
static struct call_queue sleepers = {.calls = {{&sleepers.calls.head, &sleepers.calls.head}}};

static void fill_nothing(struct wire_call *wire, const void *context)
{
    (void)wire;
    (void)context;
}

static void sleep_is_over(struct kernel_timer *timer)
{
    kernel_call_answer(LIST_ENTRY(timer, struct call, timer), fill_nothing, NULL);
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
    if (deadline_ns <= clock_now_ns())
        return CAP_OK;
    struct call *call;
    enum cap_err err = kernel_call_defer(wire, &sleepers, &call);
    if (err)
        return err;
    /* A time limit that comes first stays, and ends the call as such. */
    if (timer_runs(&call->timer)) {
        if (call->timer.node.deadline_ns <= deadline_ns)
            return CAP_OK;
        timer_stop(&call->timer);
    }
    timer_start(&call->timer, deadline_ns, sleep_is_over);
    return CAP_OK;
}

static const struct os_Timer_server timer_server = {.now = timer_now, .sleepUntil = timer_sleep_until};

static enum cap_err timer_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Timer_dispatch(&timer_server, object, wire);
}

static const struct object_ops timer_ops = {
    .name = "Timer",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = timer_dispatch,
};

static struct object timer = OBJECT_STATIC(&timer_ops, os_Timer_ID);

struct object *timer_object(void)
{
    return &timer;
}
