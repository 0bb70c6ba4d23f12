/* The record of a RECV that waits: taking one and giving it back, inlined where RECVs begin and end.
 *
 * Next: kernel/ring/receive.c
 */
#pragma once

#include "abi/transfer.h"
#include "kernel/mm/record.h"
#include "kernel/object.h"
#include "kernel/ring/receive.h"

extern struct record_pool receive_pool;

/* The record is not zeroed: each field is set here, or by what accepts the RECV. */
static inline enum cap_err receive_take(struct process *process, const struct cap_sqe *sqe,
                                        struct object *endpoint, uint16_t cqe_flags, struct receive **made)
{
    struct receive *receive;
    enum cap_err err = ledger_charge(&process->account.ledger, LEDGER_RECORDS, 1);
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
    receive->buffer.value = sqe->buffer_addr;
    receive->buffer_bytes = sqe->buffer_bytes;
    receive->receive_count = sqe->receive_count;
    /* Behind the time limit, if there is one: set by whoever reads it. */
    receive->received.value = sqe->transfers_addr + sqe->send_count * sizeof(struct cap_transfer_out);
    receive->cqe_flags = cqe_flags;
    receive->timer.node.rank = 0; /* it does not run */
    object_reference(endpoint);
    list_push_back_new(&process->receives, &receive->process_link);
    list_node_init(&receive->queue_link);
    *made = receive;
    return CAP_OK;
}

/* Its charge stays, for the call that its process has got. */
static inline void receive_give_for_call(struct receive *receive)
{
    timer_stop(&receive->timer);
    list_unlink(&receive->process_link);
    if (list_is_linked(&receive->queue_link)) {
        list_unlink(&receive->queue_link);
        --*receive->queue_count;
    }
    object_release(receive->endpoint);
    record_give_raw(&receive_pool, receive);
}

static inline void receive_give(struct receive *receive)
{
    ledger_refund(&receive->process->account.ledger, LEDGER_RECORDS, 1);
    receive_give_for_call(receive);
}
