/* The scheduler. One processor, kernel never preempted: no locks, no lost wake-ups.
 *
 * Next: kernel/ring/enter.c
 */
#include "kernel/task/scheduler.h"
#include "kernel/log.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/object.h"
#include "kernel/panic.h"
#include "kernel/task/process_hooks.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/instructions.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/check.h"

#define SLICE_TICKS 10 /* 10 ms: TICKS_PER_SECOND is 1000 */

static struct list ready = {{&ready.head, &ready.head}};

struct process *scheduler_current(void)
{
    return cpu_this()->current;
}

void scheduler_add(struct process *process)
{
    process->state = PROCESS_READY;
    process->slice_ticks = SLICE_TICKS;
    list_push_back(&ready, &process->ready_link);
}

static void sleep_is_over(struct kernel_timer *timer)
{
    struct process *process = LIST_ENTRY(timer, struct process, sleep);
    process_wait_over(process);
    scheduler_add(process);
}

void scheduler_wait(struct process *process, uint64_t wake_ns)
{
    CHECK(process == cpu_this()->current && process->state == PROCESS_READY);
    process->state = PROCESS_WAITING;
    if (wake_ns != UINT64_MAX)
        timer_start(&process->sleep, wake_ns, sleep_is_over);
}

void scheduler_wake(struct process *process)
{
    struct cpu *cpu = cpu_this();
    CHECK(process->state == PROCESS_WAITING);
    process->state = PROCESS_READY;
    timer_stop(&process->sleep);
    if (process == cpu->current)
        return;
    /* It runs on what is left of the current slice, so that a pair that calls each other for ever
     * gets no more than one process would. */
    process->slice_ticks = cpu->current ? cpu->current->slice_ticks : SLICE_TICKS;
    /* The latest hand-off wins: it is what the current process just asked for. */
    if (cpu->handoff)
        list_push_front(&ready, &cpu->handoff->ready_link);
    cpu->handoff = process;
}

void scheduler_remove(struct process *process)
{
    struct cpu *cpu = cpu_this();
    if (list_is_linked(&process->ready_link))
        list_remove(&process->ready_link);
    timer_stop(&process->sleep);
    if (cpu->handoff == process)
        cpu->handoff = NULL;
    if (cpu->current == process) {
        cpu->current = NULL;
        /* Its tables are about to be freed. */
        cr3_write(kernel_space()->root_paddr);
    }
}

void kernel_on_timer(bool from_user)
{
    struct cpu *cpu = cpu_this();
    timer_run_due();
    object_reap();
    struct process *process = cpu->current;
    if (!from_user || !process || process->state != PROCESS_READY)
        return;
    process_poll_ring(process);
    if (process->slice_ticks > 1) {
        process->slice_ticks--;
        return;
    }
    /* The slice is over, for whom it was handed to as well: all others first. */
    if (cpu->handoff) {
        scheduler_add(cpu->handoff);
        cpu->handoff = NULL;
    }
    cpu->current = NULL;
    fpu_save(&process->fpu);
    scheduler_add(process);
}

/* Nothing but another process or a timer ever wakes a process: if none is ready and no timer runs, none
 * will ever run again. */
static void idle(void)
{
    if (!timer_is_any()) {
        log_error("sched", "all %u %s for ever, and nothing can wake one: the system stops", process_count(),
                  process_count() == 1 ? "process waits" : "processes wait");
        kernel_halt(HALT_DEADLOCK);
    }
    interrupt_wait();
}

static struct process *pick(struct cpu *cpu)
{
    while (!cpu->handoff && list_is_empty(&ready))
        idle();
    struct process *process = cpu->handoff;
    cpu->handoff = NULL;
    return process ? process : LIST_ENTRY(list_pop_front(&ready), struct process, ready_link);
}

struct context *kernel_next_context(void)
{
    struct cpu *cpu = cpu_this();
    struct process *process = cpu->current;
    if (process && process->state == PROCESS_READY)
        return &process->context;
    if (process) {
        fpu_save(&process->fpu);
        cpu->current = NULL;
    }
    process = pick(cpu);
    cpu->current = process;
    cr3_write(process->space.table.root_paddr);
    fpu_load(&process->fpu);
    cpu_set_context(&process->context);
    return &process->context;
}
