/* The two system calls. There will be no third: new operations are SQE opcodes or methods of objects.
 *
 *   rax  number, on return the result          rdi, rsi  arguments
 *   rbx, rbp, rsp, r12 to r15, rflags and the SSE registers are preserved, as a C function preserves them;
 *   rcx, r11  destroyed by the instruction     rdx, rsi, rdi, r8 to r10  zero, or as they were
 *
 * cap_enter(min_complete, timeout_ns) -> CQEs available, or a negative enum cap_err
 *   Drains the pending SQEs, then returns as soon as at least min_complete CQEs are available or the
 *   timeout has passed. timeout_ns 0 polls; CAP_TIMEOUT_NEVER waits for ever. A wait without a timeout
 *   for more completions than can still arrive waits only for those that can.
 *   CAP_ERR_INVALID  min_complete > CAP_CQ_ENTRIES      CAP_ERR_BAD_RING  see abi/ring.h
 * exit(code) ends the process; its ProcessHandle reports the low 32 bits of code, signed.
 * Any other number ends the process with a fault that the kernel logs.
 *
 * Next: abi/ring.h
 */
#pragma once

#include "abi/base.h"

#define CAP_SYSCALL_ENTER 1
#define CAP_SYSCALL_EXIT  2

#define CAP_TIMEOUT_NEVER 0xffffffffffffffff
