/* RECV: the process waits for a call on an endpoint.
 *
 * Next: kernel/cap/endpoint.c
 */
#include "kernel/object.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/ops.h"
#include "kernel/ring/receive.h"

static enum cap_err start(struct process *process, const struct cap_sqe *sqe)
{
    void *found;
    enum cap_err err = cap_table_lookup(&process->caps, (cap_id_t){sqe->target}, &found);
    if (err)
        return err;
    struct object *endpoint = found;
    if (!endpoint->ops->receive)
        return CAP_ERR_UNIMPLEMENTED;
    struct receive *receive;
    err = receive_make(process, sqe, endpoint, &receive);
    if (err)
        return err;
    err = endpoint->ops->receive(endpoint, receive);
    if (err)
        receive_finish_error(receive, err);
    return CAP_OK;
}

void op_recv(struct process *process, const struct cap_sqe *sqe)
{
    struct cap_cqe cqe = {.user_data = sqe->user_data, .status = start(process, sqe)};
    if (cqe.status == CAP_ERR_BUFFER_TOO_SMALL)
        cqe.message_bytes = sizeof(struct cap_incoming);
    if (cqe.status)
        ring_complete(process, &cqe);
}
