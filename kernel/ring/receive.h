/* RECVs that wait, and why one may be refused.
 *
 * Next: kernel/ring/receive.c
 */
#pragma once

#include "kernel/object.h"
#include "kernel/task/process.h"

/* A RECV that waits for a call. */
struct receive {
    struct process *process;
    struct list_node process_link;
    struct list_node queue_link; /* in its endpoint */
    uint32_t *queue_count;       /* how many are in that list; counted down by whoever takes it out */
    struct object *endpoint;     /* one reference */
    uint64_t user_data;
    uaddr_t buffer;
    uint32_t buffer_bytes;
    uint32_t receive_count;
    uaddr_t received;
    uint16_t cqe_flags;        /* CAP_CQE_* of its completion */
    struct kernel_timer timer; /* its time limit, if it has one */
};

/* Why a RECV or a call was refused, and for CAP_ERR_BUFFER_TOO_SMALL how much it takes. */
struct refusal {
    enum cap_err err;
    uint32_t buffer_bytes;
    uint16_t cap_count;
};

/* Ends a RECV with an error and frees it. */
void receive_finish_refused(struct receive *receive, const struct refusal *refusal);
void receive_finish_error(struct receive *receive, enum cap_err err);

/* Accepts the RECV in sqe; nothing has changed after an error: CAP_ERR_FAULT, CAP_ERR_BUFFER_TOO_SMALL (no
 * room even for struct cap_incoming), CAP_ERR_BAD_SQE, CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err receive_make(struct process *process, const struct cap_sqe *sqe,
                                         struct object *endpoint, uint16_t cqe_flags,
                                         struct receive **receive);

/* Of receive.c: the RECV in sqe completes with an error. */
void receive_refuse(struct process *process, const struct cap_sqe *sqe, uint16_t cqe_flags, enum cap_err err);

/* Starts the RECV in sqe, which completes with these flags: now, or when a call comes. Refused at once:
 * as cap_table_lookup, CAP_ERR_UNIMPLEMENTED (no server's facet), or as receive_make. */
static inline void receive_start(struct process *process, const struct cap_sqe *sqe, cap_id_t endpoint_id,
                                 uint16_t cqe_flags)
{
    void *found;
    enum cap_err err = cap_table_lookup(&process->caps, endpoint_id, &found);
    if (!err) {
        struct object *endpoint = found;
        err = endpoint->ops->receive ? endpoint->ops->receive(endpoint, process, sqe, cqe_flags)
                                     : CAP_ERR_UNIMPLEMENTED;
    }
    if (__builtin_expect(err != CAP_OK, 0))
        receive_refuse(process, sqe, cqe_flags, err);
}
