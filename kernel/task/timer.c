/* The kernel's timer queue, and the alarm that follows it. Next: kernel/task/scheduler.c */
#include "kernel/task/timer.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/clock.h"
#include "lib/alarm.h"
#include "lib/bits.h"
#include "lib/list.h"

#define TICK_NS 1000000

/* What one interrupt lets expire at most, and the time that is left to others before the next. */
#define DUE_MAX      64
#define DUE_PAUSE_NS 100000

static struct timer_queue queue;
static struct alarm alarm = ALARM_IDLE(TICK_NS);
static uint64_t earliest_ns; /* of the next interrupt */
static struct timer_statistics statistics;
static struct kernel_timer measurement;

static void measurement_is_due(struct kernel_timer *timer)
{
    (void)timer;
    clock_measure_again();
}

void timer_init(void)
{
    timer_start(&measurement, CLOCK_AGAIN_NS, measurement_is_due);
    timer_tick_start();
}

uint64_t timer_deadline(uint64_t timeout_ns)
{
    uint64_t deadline_ns;
    return u64_add(clock_now_ns(), timeout_ns, &deadline_ns) ? UINT64_MAX : deadline_ns;
}

void timer_start(struct kernel_timer *timer, uint64_t deadline_ns, void (*expire)(struct kernel_timer *timer))
{
    if (deadline_ns == UINT64_MAX)
        return;
    timer->expire = expire;
    timer_queue_insert(&queue, &timer->node, deadline_ns);
    statistics.timers_max = max_u64(statistics.timers_max, queue.count);
    if (alarm_is_sooner(&alarm, deadline_ns))
        timer_set();
}

void timer_remove(struct kernel_timer *timer)
{
    timer_queue_remove(&queue, &timer->node);
}

bool timer_is_any(void)
{
    return queue.count != 0;
}

bool timer_run_due(void)
{
    uint64_t now_ns = clock_now_ns();
    bool is_tick = alarm_rang(&alarm, now_ns);
    statistics.interrupt_count++;
    earliest_ns = 0;
    for (uint32_t i = 0;; i++) {
        struct timer_node *node = timer_queue_first(&queue);
        if (!node || node->deadline_ns > now_ns)
            return is_tick;
        if (i == DUE_MAX) {
            earliest_ns = now_ns + DUE_PAUSE_NS;
            return is_tick;
        }
        struct kernel_timer *timer = LIST_ENTRY(node, struct kernel_timer, node);
        timer_queue_remove(&queue, node);
        timer->expire(timer);
    }
}

void timer_tick_start(void)
{
    alarm_tick_start(&alarm, clock_now_ns());
    timer_set();
}

void timer_tick_stop(void)
{
    alarm_tick_stop(&alarm);
}

/* The timer may stay set for a deadline that is gone: such an interrupt finds nothing to do. */
void timer_set(void)
{
    struct timer_node *first = timer_queue_first(&queue);
    uint64_t at_ns = alarm_set(&alarm, first ? first->deadline_ns : ALARM_NEVER, earliest_ns);
    uint64_t now_ns = clock_now_ns();
    if (at_ns != ALARM_NEVER)
        apic_timer_set(at_ns > now_ns ? at_ns - now_ns : 0);
}

const struct timer_statistics *timer_statistics(void)
{
    return &statistics;
}
