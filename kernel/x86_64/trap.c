/* Interrupts and exceptions, sorted: the timer, faults of the current process, bugs of the kernel.
 *
 * Next: kernel/task/fault.c
 */
#include "kernel/x86_64/trap.h"
#include "kernel/panic.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/instructions.h"
#include "kernel/x86_64/upcalls.h"

#define VECTOR_PAGE_FAULT 14
#define VECTOR_EXCEPTIONS 32

/* The timer is the only interrupt that the kernel asks for. What else arrives, a spurious one or one that
 * firmware left switched on, is acknowledged and ignored. */
static void on_interrupt(uint64_t vector, bool from_user)
{
    if (vector != VECTOR_SPURIOUS)
        apic_end_of_interrupt();
    if (vector == VECTOR_TIMER)
        kernel_on_timer(from_user);
}

void trap_from_user(struct context *context)
{
    if (context->vector >= VECTOR_EXCEPTIONS)
        on_interrupt(context->vector, true);
    else
        kernel_on_fault(context, context->vector == VECTOR_PAGE_FAULT ? cr2_read() : 0);
}

void trap_in_kernel(struct context *context)
{
    if (context->vector >= VECTOR_EXCEPTIONS)
        on_interrupt(context->vector, false);
    else
        trap_unrecoverable(context);
}

_Noreturn void trap_unrecoverable(struct context *context)
{
    static const char *const names[VECTOR_EXCEPTIONS] = {
        [0] = "divide error",        [1] = "debug",           [2] = "non-maskable interrupt",
        [3] = "breakpoint",          [6] = "invalid opcode",  [8] = "double fault",
        [10] = "invalid TSS",        [11] = "segment absent", [12] = "stack fault",
        [13] = "general protection", [14] = "page fault",     [17] = "alignment check",
        [18] = "machine check",
    };
    const char *name = context->vector < VECTOR_EXCEPTIONS ? names[context->vector] : NULL;
    panic_at(context, "%s in the kernel (vector %llu, error 0x%llx, cr2 0x%llx)", name ? name : "interrupt",
             (unsigned long long)context->vector, (unsigned long long)context->error,
             (unsigned long long)cr2_read());
}
