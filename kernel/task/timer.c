/* The kernel's timer queue. Next: kernel/task/scheduler.c */
#include "kernel/task/timer.h"
#include "kernel/x86_64/apic.h"
#include "lib/bits.h"
#include "lib/list.h"

#define DUE_PER_TICK_MAX 64

static struct timer_queue queue;

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
}

void timer_remove(struct kernel_timer *timer)
{
    timer_queue_remove(&queue, &timer->node);
}

bool timer_is_any(void)
{
    return queue.count != 0;
}

void timer_run_due(void)
{
    uint64_t now_ns = clock_now_ns();
    for (uint32_t i = 0; i < DUE_PER_TICK_MAX; i++) {
        struct timer_node *node = timer_queue_first(&queue);
        if (!node || node->deadline_ns > now_ns)
            return;
        struct kernel_timer *timer = LIST_ENTRY(node, struct kernel_timer, node);
        timer_queue_remove(&queue, node);
        timer->expire(timer);
    }
}
