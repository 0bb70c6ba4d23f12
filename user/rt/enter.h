/* The two system calls, as C sees them. Programs do not call these: rt_call and rt_serve do.
 *
 * Next: user/rt/enter.S
 */
#pragma once

#include "abi/syscall.h"

/* Drains the SQ and waits: see abi/syscall.h. The number of CQEs available, or a negative enum cap_err. */
int64_t rt_enter(uint64_t min_complete, uint64_t timeout_ns);

_Noreturn void rt_exit(int code);
