/* The ends of the kernel: clean halt, refusal to boot, panic.
 *
 * Each writes its reason and then a code to QEMU's isa-debug-exit device (QEMU exits with 2 * code + 1);
 * where there is no such device, the processor halts for ever.
 *
 * Next: kernel/panic.c
 */
#pragma once

#include "abi/base.h"

struct context;

#define HALT_CLEAN        0x10 /* init exited with code 0 */
#define HALT_INIT_FAILED  0x11 /* init exited with another code */
#define HALT_INIT_FAULTED 0x12
#define HALT_BOOT_REFUSED 0x13
#define HALT_PANIC        0x14
/* 0x7e is the loader's: it could not start the kernel. */
#define HALT_DEADLOCK     0x16 /* every process waits for ever */
#define HALT_SELF_CHECK   0x17 /* the kernel's books were wrong at the end of the run */

_Noreturn void kernel_halt(uint8_t code);

/* Logs "refusing to boot: ..." and halts with HALT_BOOT_REFUSED. */
_Noreturn void boot_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A broken promise inside the kernel: logs the reason and a backtrace with names, and halts. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void panic_at(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
