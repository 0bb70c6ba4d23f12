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
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/bits.h"
#include "lib/sqe.h"

/* After this time a drain is cut: the process returns to its syscall instruction, with its arguments as they
 * were, and enters again, unless others are to run first. */
#define DRAIN_NS      1000000
#define SYSCALL_BYTES 2

/* SQEs that one tick runs at most. */
#define POLL_MAX 4

/* What the timer tick may run. A CALL it may run too if its object says so (kernel/object.h). */
static const bool is_op_timer_safe[CAP_OP_COUNT] = {
    [CAP_OP_NOP] = true,     [CAP_OP_CALL] = false,  [CAP_OP_RECV] = true,        [CAP_OP_RETURN] = true,
    [CAP_OP_RELEASE] = true, [CAP_OP_CANCEL] = true, [CAP_OP_RETURN_RECV] = true,
};

void process_wait_over(struct process *process)
{
    process->context.rax = ring_cqe_unread(&process->ring);
}

void ring_complete_status(struct process *process, uint64_t user_data, enum cap_err status)
{
    const struct cap_cqe cqe = {.user_data = user_data, .status = status};
    ring_complete(process, &cqe);
}

void ring_complete_refused(struct process *process, uint64_t user_data, enum cap_err status)
{
    struct cap_cqe cqe = {.user_data = user_data, .status = status};
    account_explain(&process->account, &cqe);
    ring_complete(process, &cqe);
}

/* Inlined with constants, so that the check of an opcode is what its row of the table leaves of it. */
static inline __attribute__((always_inline)) void
run_as(struct process *process, const struct cap_sqe *sqe, uint8_t opcode,
       void (*op)(struct process *process, const struct cap_sqe *sqe))
{
    enum cap_err err = sqe_check_as(sqe, opcode);
    if (__builtin_expect(err != CAP_OK, 0))
        ring_complete_status(process, sqe->user_data, err);
    else
        op(process, sqe);
}

static inline void op_nop(struct process *process, const struct cap_sqe *sqe)
{
    const struct cap_cqe cqe = {.user_data = sqe->user_data};
    ring_post(&process->ring, &cqe); /* whoever submits does not wait */
}

static inline bool run_nop(struct process *process, const struct cap_sqe *sqe)
{
    if (sqe->opcode != CAP_OP_NOP)
        return false;
    run_as(process, sqe, CAP_OP_NOP, op_nop);
    return true;
}

/* All but NOP. */
static inline __attribute__((always_inline)) void run_operation(struct process *process,
                                                                const struct cap_sqe *sqe)
{
    switch (sqe->opcode) {
    case CAP_OP_CALL:
        run_as(process, sqe, CAP_OP_CALL, op_call);
        break;
    case CAP_OP_RECV:
        run_as(process, sqe, CAP_OP_RECV, op_recv);
        break;
    case CAP_OP_RETURN:
        run_as(process, sqe, CAP_OP_RETURN, op_return);
        break;
    case CAP_OP_RETURN_RECV:
        run_as(process, sqe, CAP_OP_RETURN_RECV, op_return_recv);
        break;
    case CAP_OP_RELEASE:
        run_as(process, sqe, CAP_OP_RELEASE, op_release);
        break;
    case CAP_OP_CANCEL:
        run_as(process, sqe, CAP_OP_CANCEL, op_cancel);
        break;
    default:
        ring_complete_status(process, sqe->user_data, CAP_ERR_BAD_OPCODE);
        break;
    }
    object_reap();
}

/* Whether it may have taken long: a method of the kernel, or the end of objects. */
static inline bool was_long(const struct cap_sqe *sqe)
{
    return sqe->opcode == CAP_OP_CALL || sqe->opcode == CAP_OP_RELEASE || sqe->flags & CAP_SQE_RELEASE_PARAMS;
}

/* Runs what is pending; at most CAP_SQ_ENTRIES, since that many is all that ring_observe can have seen.
 * False: time was up before the SQ was empty. */
static inline bool drain(struct process *process)
{
    struct ring *ring = &process->ring;
    struct cap_sqe sqe;
    uint32_t left = ring_sqe_takeable(ring);
    uint64_t end_ns = left > 1 ? clock_now_ns() + DRAIN_NS : 0;
    for (; left > 0; left--) {
        ring_copy_sqe(ring, &sqe);
        ring_advance(ring);
        if (run_nop(process, &sqe))
            continue;
        run_operation(process, &sqe);
        if (left > 1 && was_long(&sqe) && clock_now_ns() >= end_ns)
            return false;
    }
    return true;
}

/* Whether the timer tick may run this SQE: by its opcode, or for a CALL by its object. */
static bool is_timer_safe(const struct process *process, const struct cap_sqe *sqe)
{
    void *target;
    if (sqe_check(sqe) || is_op_timer_safe[sqe->opcode])
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
        if (!run_nop(process, &sqe))
            run_operation(process, &sqe);
    }
}

/* The process enters again, as if it had not yet. */
static void enter_again(struct context *context, uint64_t min_complete, uint64_t timeout_ns)
{
    context->rax = CAP_SYSCALL_ENTER;
    context->rdi = min_complete;
    context->rsi = timeout_ns;
    context->rip -= SYSCALL_BYTES;
    context->vector = VECTOR_NONE;
}

static void wait(struct process *process, uint64_t min_complete, uint64_t timeout_ns)
{
    uint32_t unread = ring_cqe_unread(&process->ring);
    /* What cannot arrive is not waited for without end. */
    if (timeout_ns == CAP_TIMEOUT_NEVER)
        min_complete = min_u64(min_complete, ring_cqe_reachable(&process->ring));
    if (unread >= min_complete || timeout_ns == 0) {
        process->context.rax = unread;
        return;
    }
    process->wait_count = (uint32_t)min_complete;
    if (timeout_ns == CAP_TIMEOUT_NEVER)
        scheduler_wait(process);
    else
        scheduler_wait_until(process, timer_deadline(timeout_ns));
}

static void enter(struct process *process, uint64_t min_complete, uint64_t timeout_ns)
{
    enum cap_err err = min_complete > CAP_CQ_ENTRIES ? CAP_ERR_INVALID : ring_observe(&process->ring);
    if (err)
        process->context.rax = (uint64_t)err;
    else if (!drain(process))
        enter_again(&process->context, min_complete, timeout_ns);
    else
        wait(process, min_complete, timeout_ns);
    if (process->is_killed)
        process_end(process, &(struct process_end){.kind = PROCESS_KILLED});
}

struct context *kernel_on_syscall(uint64_t argument0, uint64_t argument1, uint64_t number)
{
    struct process *process = scheduler_current();
    if (__builtin_expect(number == CAP_SYSCALL_ENTER, 1))
        enter(process, argument0, argument1);
    else if (number == CAP_SYSCALL_EXIT)
        process_end(process, &(struct process_end){.code = (int32_t)argument0});
    else
        process_fault(process, os_Fault_Kind_badSystemCall, number);
    return kernel_next_context();
}
