/* What kernel/x86_64 calls in the rest of the kernel: its only way up.
 *
 * Each is entered on the processor's kernel stack with interrupts off and the user registers saved in the
 * current process's struct context.
 *
 * Next: kernel/task/scheduler.c
 */
#pragma once

#include "kernel/x86_64/context.h"

/* A SYSCALL instruction; returns whose registers to load next. */
struct context *kernel_on_syscall(uint64_t argument0, uint64_t argument1, uint64_t number);

/* A processor exception in user code. address is cr2 for page faults, else 0. */
void kernel_on_fault(struct context *context, uint64_t address);

/* The timer, from user code or from the idle loop. */
void kernel_on_timer(bool from_user);

/* After any of the others from user code: whose registers to load next. Idles until there is a process. */
struct context *kernel_next_context(void);
