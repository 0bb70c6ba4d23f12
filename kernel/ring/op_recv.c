/* RECV: the process waits for a call on an endpoint.
 *
 * Next: kernel/cap/endpoint.c
 */
#include "kernel/ring/ops.h"
#include "kernel/ring/receive.h"

void op_recv(struct process *process, const struct cap_sqe *sqe)
{
    receive_start(process, sqe, (cap_id_t){sqe->target}, 0);
}
