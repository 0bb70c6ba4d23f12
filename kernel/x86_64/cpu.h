/* One processor: its private data and its set-up.
 *
 * Per-processor data is reached only through cpu_this(). Kernel code runs on one stack per processor,
 * with interrupts off, and never blocks: what waits is a record in a queue, not a stack.
 *
 * Next: kernel/x86_64/cpu.c
 */
#pragma once

#include "kernel/x86_64/context.h"

struct process;

struct cpu {
    /* Read by entry code at fixed offsets. */
    struct cpu *self;
    struct context *context; /* where entry from user code saves */
    uint8_t *stack_top;
    /* Of kernel/task/scheduler.c. */
    struct process *current;
    struct process *handoff;
    uint32_t slice_ticks;    /* left of the slice that current, and whom it hands off to, run on */
    uint64_t thread_pointer; /* FS base of current, or of who was it last */
    bool is_in_tick;
};
CAP_ASSERT_FIELD(struct cpu, self, CPU_SELF, 8);
CAP_ASSERT_FIELD(struct cpu, context, CPU_CONTEXT, 8);
CAP_ASSERT_FIELD(struct cpu, stack_top, CPU_STACK_TOP, 8);

static inline struct cpu *cpu_this(void)
{
    struct cpu *cpu;
    __asm__("mov %%gs:0, %0" : "=r"(cpu));
    return cpu;
}

/* Registers of the FXSAVE area (Intel SDM vol. 1, 10.5.1). */
struct fpu_state {
    uint8_t bytes[512];
} __attribute__((aligned(16)));

/* Loads GDT, TSS, IDT and %gs, and turns on what protects the kernel from user code: NX, WP, SMEP,
 * SMAP, UMIP (those that the processor has). Call once per processor, first of all. */
void cpu_init(void);

/* The page below the kernel stack, to be unmapped. */
uint64_t cpu_stack_guard(void);

/* The set of protections that are on, as text for the log. */
const char *cpu_protections(void);

/* Entries from user code save into *context from now on; its FPU registers are fpu. */
void cpu_set_context(struct context *context);

void fpu_init(struct fpu_state *fpu);

static inline void fpu_save(struct fpu_state *fpu)
{
    __asm__ volatile("fxsave64 %0" : "=m"(*fpu));
}

/* Some processors leave the pointers of the last x87 exception where they are unless one is pending
 * (AMD APM vol. 2, 11.4.4): an instruction of our own overwrites them first. */
static inline void fpu_load(const struct fpu_state *fpu)
{
    uint32_t zero = 0;
    __asm__ volatile("fnclex; emms; fildl %0; fstp %%st(0)" : : "m"(zero));
    __asm__ volatile("fxrstor64 %0" : : "m"(*fpu));
}
