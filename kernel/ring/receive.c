/* A RECV that waits, from its acceptance to its one completion. Next: kernel/cap/endpoint.c */
#include "kernel/ring/receive_record.h"
#include "abi/syscall.h"
#include "kernel/ring/caps.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/reply.h"
#include "lib/bits.h"

struct record_pool receive_pool = RECORD_POOL(struct receive);

static void receive_time_is_up(struct kernel_timer *timer)
{
    receive_finish_error(LIST_ENTRY(timer, struct receive, timer), CAP_ERR_TIMED_OUT);
}

enum cap_err receive_make(struct process *process, const struct cap_sqe *sqe, struct object *endpoint,
                          uint16_t cqe_flags, struct receive **made)
{
    struct user_range range;
    uaddr_t received;
    uint64_t timeout_ns;
    if (sqe->buffer_bytes < sizeof(struct cap_incoming))
        return CAP_ERR_BUFFER_TOO_SMALL;
    uint64_t buffer_bytes = min_u64(sqe->buffer_bytes, sizeof(struct cap_incoming) + CAP_MESSAGE_BYTES_MAX);
    enum cap_err err = user_range_resolve(&process->space, (uaddr_t){sqe->buffer_addr}, buffer_bytes,
                                          USER_ACCESS_WRITE, &range);
    if (!err)
        err = caps_read_time_limit(process, sqe, &timeout_ns, &received);
    if (!err)
        err = reply_judge_list(process, sqe, received, &received);
    if (!err)
        err = receive_take(process, sqe, endpoint, cqe_flags, made);
    if (err)
        return err;
    (*made)->received = received;
    if (timeout_ns != CAP_TIMEOUT_NEVER)
        timer_start(&(*made)->timer, timer_deadline(timeout_ns), receive_time_is_up);
    return CAP_OK;
}

void receive_finish_refused(struct receive *receive, const struct refusal *refusal)
{
    struct process *process = receive->process;
    struct cap_cqe cqe = {
        .user_data = receive->user_data,
        .status = refusal->err,
        .message_bytes = refusal->buffer_bytes,
        .cap_count = refusal->cap_count,
        .flags = receive->cqe_flags,
    };
    account_explain(&process->account, &cqe);
    receive_give(receive);
    ring_complete(process, &cqe);
}

void receive_finish_error(struct receive *receive, enum cap_err err)
{
    const struct refusal refusal = {.err = err};
    receive_finish_refused(receive, &refusal);
}

void receive_refuse(struct process *process, const struct cap_sqe *sqe, uint16_t cqe_flags, enum cap_err err)
{
    struct cap_cqe cqe = {
        .user_data = sqe->user_data,
        .status = err,
        .message_bytes = err == CAP_ERR_BUFFER_TOO_SMALL ? sizeof(struct cap_incoming) : 0,
        .flags = cqe_flags,
    };
    account_explain(&process->account, &cqe);
    ring_complete(process, &cqe);
}
