/* A RECV that waits, from its acceptance to its one completion. Next: kernel/cap/endpoint.c */
#include "kernel/ring/receive.h"
#include "abi/syscall.h"
#include "kernel/mm/record.h"
#include "kernel/ring/caps.h"
#include "kernel/ring/enter.h"
#include "lib/bits.h"

static struct record_pool receive_pool = RECORD_POOL(struct receive);

static void receive_time_is_up(struct kernel_timer *timer)
{
    receive_finish_error(LIST_ENTRY(timer, struct receive, timer), CAP_ERR_TIMED_OUT);
}

static enum cap_err make(struct process *process, const struct cap_sqe *sqe, struct object *endpoint,
                         struct receive **made)
{
    struct user_range range;
    if (sqe->buffer_bytes < sizeof(struct cap_incoming))
        return CAP_ERR_BUFFER_TOO_SMALL;
    uint64_t buffer_bytes = min_u64(sqe->buffer_bytes, sizeof(struct cap_incoming) + CAP_MESSAGE_BYTES_MAX);
    enum cap_err err = user_range_resolve(&process->space, (uaddr_t){sqe->buffer_addr}, buffer_bytes,
                                          USER_ACCESS_WRITE, &range);
    uaddr_t received;
    uint64_t timeout_ns;
    if (!err)
        err = caps_read_time_limit(process, sqe, &timeout_ns, &received);
    if (!err && sqe->receive_count)
        err =
            user_range_resolve(&process->space, received, sqe->receive_count * sizeof(struct cap_transfer_in),
                               USER_ACCESS_WRITE, &range);
    struct receive *receive;
    if (!err)
        err = ledger_charge(&process->account.ledger, LEDGER_RECORDS, 1);
    if (err)
        return err;
    err = record_take_raw(&receive_pool, (void **)&receive);
    if (err) {
        ledger_refund(&process->account.ledger, LEDGER_RECORDS, 1);
        return err;
    }
    receive->process = process;
    receive->endpoint = endpoint;
    receive->user_data = sqe->user_data;
    receive->buffer = (uaddr_t){sqe->buffer_addr};
    receive->buffer_bytes = sqe->buffer_bytes;
    receive->receive_count = sqe->receive_count;
    receive->received = received;
    receive->cqe_flags = 0;
    receive->timer.node.rank = 0; /* it does not run */
    if (timeout_ns != CAP_TIMEOUT_NEVER)
        timer_start(&receive->timer, timer_deadline(timeout_ns), receive_time_is_up);
    object_reference(endpoint);
    list_node_init(&receive->process_link);
    list_push_back(&process->receives, &receive->process_link);
    list_node_init(&receive->queue_link);
    *made = receive;
    return CAP_OK;
}

inline void receive_free(struct receive *receive)
{
    timer_stop(&receive->timer);
    list_remove(&receive->process_link);
    if (list_is_linked(&receive->queue_link))
        list_remove(&receive->queue_link);
    object_release(receive->endpoint);
    ledger_refund(&receive->process->account.ledger, LEDGER_RECORDS, 1);
    record_give_raw(&receive_pool, receive);
}

void receive_finish(struct receive *receive, struct cap_cqe *cqe)
{
    struct process *process = receive->process;
    cqe->user_data = receive->user_data;
    cqe->flags = receive->cqe_flags;
    receive_free(receive);
    ring_complete(process, cqe);
}

void receive_finish_refused(struct receive *receive, const struct refusal *refusal)
{
    struct cap_cqe cqe = {
        .status = refusal->err, .message_bytes = refusal->buffer_bytes, .cap_count = refusal->cap_count};
    receive_finish(receive, &cqe);
}

void receive_finish_error(struct receive *receive, enum cap_err err)
{
    const struct refusal refusal = {.err = err};
    receive_finish_refused(receive, &refusal);
}

static enum cap_err start(struct process *process, const struct cap_sqe *sqe, cap_id_t endpoint_id,
                          uint16_t cqe_flags)
{
    void *found;
    enum cap_err err = cap_table_lookup(&process->caps, endpoint_id, &found);
    if (err)
        return err;
    struct object *endpoint = found;
    if (!endpoint->ops->receive)
        return CAP_ERR_UNIMPLEMENTED;
    struct receive *receive;
    err = make(process, sqe, endpoint, &receive);
    if (err)
        return err;
    receive->cqe_flags = cqe_flags;
    err = endpoint->ops->receive(endpoint, receive);
    if (err)
        receive_finish_error(receive, err);
    return CAP_OK;
}

void receive_start(struct process *process, const struct cap_sqe *sqe, cap_id_t endpoint_id,
                   uint16_t cqe_flags)
{
    enum cap_err err = start(process, sqe, endpoint_id, cqe_flags);
    if (!err)
        return;
    const struct cap_cqe cqe = {
        .user_data = sqe->user_data,
        .status = err,
        .message_bytes = err == CAP_ERR_BUFFER_TOO_SMALL ? sizeof(struct cap_incoming) : 0,
        .flags = cqe_flags,
    };
    ring_complete(process, &cqe);
}
