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
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/instructions.h"
#include "kernel/x86_64/serial.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/check.h"

/* How long the ends of processes go on whenever the next ready process is chosen: 2 % of a slice. */
#define ENDINGS_NS 200000

#define SLICE_TICKS 10 /* 10 ms: see kernel/task/timer.h */

static struct list ready = {{&ready.head, &ready.head}};

void scheduler_add(struct process *process)
{
    process->state = PROCESS_READY;
    list_push_back(&ready, &process->ready_link);
}

static void sleep_is_over(struct kernel_timer *timer)
{
    struct process *process = LIST_ENTRY(timer, struct process, sleep);
    process_wait_over(process);
    scheduler_add(process);
}

void scheduler_wait_until(struct process *process, uint64_t wake_ns)
{
    scheduler_wait(process);
    timer_start(&process->sleep, wake_ns, sleep_is_over);
}

void scheduler_wake(struct process *process, uint64_t result)
{
    struct cpu *cpu = cpu_this();
    CHECK(process->state == PROCESS_WAITING);
    process->context.rax = result;
    timer_stop(&process->sleep);
    process->state = PROCESS_READY;
    if (process == cpu->current)
        return;
    /* What a timer wakes, nobody handed off to. */
    if (cpu->is_in_tick) {
        scheduler_add(process);
        return;
    }
    /* The latest hand-off wins: it is what the current process just asked for. */
    if (__builtin_expect(cpu->handoff != NULL, 0))
        scheduler_add(cpu->handoff);
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
    if (cpu->current == process)
        cpu->current = NULL;
    /* Its tables are about to be freed. Those of who ran last stay loaded while it waits, too. */
    if (cr3_read() == process->space.table.root_paddr)
        cr3_write(kernel_space()->root_paddr);
}

void kernel_on_timer(bool from_user)
{
    struct cpu *cpu = cpu_this();
    serial_drain();
    cpu->is_in_tick = true;
    bool is_tick = timer_run_due();
    object_reap();
    cpu->is_in_tick = false;
    struct process *process = cpu->current;
    /* The idle loop sets the timer itself. */
    if (!from_user)
        return;
    timer_set();
    if (!is_tick || !process || process->state != PROCESS_READY)
        return;
    process_poll_ring(process);
    if (cpu->slice_ticks > 1) {
        cpu->slice_ticks--;
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

/* Whom this wakes, nobody handed off to. */
static bool end_step(struct cpu *cpu)
{
    cpu->is_in_tick = true;
    bool was_any = process_end_step();
    cpu->is_in_tick = false;
    return was_any;
}

static void end_steps(struct cpu *cpu)
{
    uint64_t end_ns = clock_now_ns() + ENDINGS_NS;
    while (end_step(cpu) && clock_now_ns() < end_ns) {}
}

/* Nothing but another process or a timer ever wakes a process: if none is ready and no timer runs, none
 * will ever run again. */
static void idle(struct cpu *cpu)
{
    if (end_step(cpu)) {
        timer_set();
        interrupt_window();
        return;
    }
    if (!timer_is_any()) {
        log_error("sched", "all %u %s for ever, and nothing can wake one: the system stops", process_count(),
                  process_count() == 1 ? "process waits" : "processes wait");
        kernel_check_books();
        kernel_halt(HALT_DEADLOCK);
    }
    /* A tick only if the port has not taken everything yet. */
    if (serial_is_drained())
        timer_tick_stop();
    timer_set();
    interrupt_wait();
}

/* A hand-off goes on with the slice that is running, so that processes that call each other for ever get no
 * more than one process would; who comes out of the queue begins a new one. */
static struct process *pick(struct cpu *cpu)
{
    struct process *process = cpu->handoff;
    if (__builtin_expect(process != NULL, 1)) {
        cpu->handoff = NULL;
        return process;
    }
    if (list_is_empty(&ready)) {
        do
            idle(cpu);
        while (!cpu->handoff && list_is_empty(&ready));
        timer_tick_start();
    }
    if (cpu->handoff)
        return pick(cpu);
    if (process_is_any_ending() || object_is_any_left())
        end_steps(cpu);
    cpu->slice_ticks = SLICE_TICKS;
    return LIST_ENTRY(list_pop_front(&ready), struct process, ready_link);
}

/* A null selector in fs makes its base 0 on some processors, and leaves it alone on others (AMD APM vol. 2,
 * 4.5.3): it is written for whoever has one, and once more for who comes after. */
static void load_thread_pointer(struct cpu *cpu, const struct process *process)
{
    if (__builtin_expect((process->thread_pointer | cpu->thread_pointer) == 0, 1))
        return;
    msr_write(MSR_FS_BASE, process->thread_pointer);
    cpu->thread_pointer = process->thread_pointer;
}

static struct context *switch_process(struct cpu *cpu)
{
    if (cpu->current) {
        fpu_save(&cpu->current->fpu);
        cpu->current = NULL;
    }
    struct process *process = pick(cpu);
    cpu->current = process;
    cr3_write(process->space.table.root_paddr);
    segments_clear();
    load_thread_pointer(cpu, process);
    fpu_load(&process->fpu);
    cpu_set_context(&process->context);
    return &process->context;
}

struct context *kernel_next_context(void)
{
    struct cpu *cpu = cpu_this();
    struct process *process = cpu->current;
    if (__builtin_expect(process && process->state == PROCESS_READY, 1))
        return &process->context;
    return switch_process(cpu);
}
