/* cap_enter: drain what is submitted, then return or wait.
 *
 * One drain takes at most CAP_SQ_ENTRIES SQEs, each of which is bounded work, and is cut when they take long:
 * a process that submits without end is preempted like any other.
 *
 * Next: kernel/ring/op_call.c
 */
#include "kernel/ring/enter.h"
#include "abi/syscall.h"
#include "build/gen/schema/capos.capnp.h"
#include "kernel/object.h"
#include "kernel/ring/ops.h"
#include "kernel/task/fault.h"
#include "kernel/task/process_hooks.h"
#include "kernel/task/scheduler.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/bits.h"
#include "lib/sqe.h"

/* After this time a drain is cut: the process returns to its syscall instruction, with its registers as they
 * were, and enters again, unless others are to run first. */
#define DRAIN_NS      1000000
#define SYSCALL_BYTES 2

/* SQEs that one tick runs at most. */
#define POLL_MAX 4

void process_wait_over(struct process *process)
{
    process->context.rax = ring_cqe_unread(&process->ring);
}

void ring_complete(struct process *process, const struct cap_cqe *cqe)
{
    ring_post(&process->ring, cqe);
    if (process->state == PROCESS_WAITING && ring_cqe_unread(&process->ring) >= process->wait_count) {
        process_wait_over(process);
        scheduler_wake(process);
    }
}

void ring_complete_status(struct process *process, uint64_t user_data, enum cap_err status)
{
    const struct cap_cqe cqe = {.user_data = user_data, .status = status};
    ring_complete(process, &cqe);
}

/* Inlined: it is on the path of every operation. */
static inline __attribute__((always_inline)) void run(struct process *process, const struct cap_sqe *sqe)
{
    enum cap_err err = sqe_check(sqe);
    if (err)
        ring_complete_status(process, sqe->user_data, err);
    else
        ring_ops[sqe->opcode].run(process, sqe);
    object_reap();
}

/* *is_cut: time was up before the SQ was empty. */
static enum cap_err drain(struct process *process, bool *is_cut)
{
    enum cap_err err = ring_observe(&process->ring);
    if (err)
        return err;
    uint64_t end_ns = clock_now_ns() + DRAIN_NS;
    struct cap_sqe sqe;
    for (uint32_t i = 0; i < CAP_SQ_ENTRIES && ring_take(&process->ring, &sqe); i++) {
        run(process, &sqe);
        *is_cut = ring_sqe_pending(&process->ring) && clock_now_ns() >= end_ns;
        if (*is_cut)
            break;
    }
    return CAP_OK;
}

/* Whether the timer tick may run this SQE: by its opcode, or for a CALL by its object. */
static bool is_timer_safe(const struct process *process, const struct cap_sqe *sqe)
{
    void *target;
    if (sqe_check(sqe) || ring_ops[sqe->opcode].is_timer_safe)
        return true;
    return sqe->opcode == CAP_OP_CALL &&
           !cap_table_lookup(&process->caps, (cap_id_t){sqe->target}, &target) &&
           ((struct object *)target)->ops->is_timer_safe;
}

/* In order: the first SQE that has to wait for cap_enter stops it. A bad index is cap_enter's to report. */
void process_poll_ring(struct process *process)
{
    struct cap_sqe sqe;
    if (ring_observe(&process->ring))
        return;
    for (uint32_t i = 0; i < POLL_MAX && ring_peek(&process->ring, &sqe) && is_timer_safe(process, &sqe);
         i++) {
        ring_advance(&process->ring);
        run(process, &sqe);
    }
}

void ring_enter(struct process *process, uint64_t min_complete, uint64_t timeout_ns)
{
    if (min_complete > CAP_CQ_ENTRIES) {
        process->context.rax = (uint64_t)CAP_ERR_INVALID;
        return;
    }
    bool is_cut = false;
    enum cap_err err = drain(process, &is_cut);
    if (is_cut) {
        process->context.rip -= SYSCALL_BYTES;
        return;
    }
    if (err) {
        process->context.rax = (uint64_t)err;
        return;
    }
    uint32_t unread = ring_cqe_unread(&process->ring);
    /* What cannot arrive is not waited for without end. */
    if (timeout_ns == CAP_TIMEOUT_NEVER)
        min_complete = min_u64(min_complete, ring_cqe_reachable(&process->ring));
    if (unread >= min_complete || timeout_ns == 0) {
        process->context.rax = unread;
        return;
    }
    process->wait_count = (uint32_t)min_complete;
    scheduler_wait(process, timer_deadline(timeout_ns));
}

void kernel_on_syscall(struct context *context)
{
    struct process *process = scheduler_current();
    switch (context->rax) {
    case CAP_SYSCALL_ENTER:
        ring_enter(process, context->rdi, context->rsi);
        if (process->is_killed)
            process_end(process, &(struct process_end){.kind = PROCESS_KILLED});
        break;
    case CAP_SYSCALL_EXIT:
        process_end(process, &(struct process_end){.code = (int32_t)context->rdi});
        break;
    default:
        process_fault(process, os_Fault_Kind_badSystemCall, context->rax);
        break;
    }
}
