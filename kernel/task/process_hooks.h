/* What kernel/task calls in kernel/ring, which lies above it.
 *
 * Next: kernel/ring/call.c
 */
#pragma once

struct process;

/* Ends every call that the process made, and every RECV of it: at most as many as its CQ has places. Only
 * calls that it serves refer to it afterwards. */
void process_leave_calls(struct process *process);

/* Ends one of these, out of process.serving. */
void process_end_served_call(void *call);

/* The timer tick looks at the ring of the process it has interrupted: bounded, and only what may run there.
 */
void process_poll_ring(struct process *process);

/* The end of a run: the books are right (kernel/ring/self_check.h), or the system halts with HALT_SELF_CHECK.
 */
void kernel_check_books(void);

/* The process's timeout has passed: gives its cap_enter the result. */
void process_wait_over(struct process *process);
