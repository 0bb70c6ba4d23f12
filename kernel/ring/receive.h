/* Making a receive.
 *
 * Next: kernel/ring/call.h
 */
#pragma once

#include "kernel/ring/call.h"

/* Accepts the RECV in sqe. Nothing has changed after an error: CAP_ERR_FAULT, CAP_ERR_BUFFER_TOO_SMALL
 * (no room even for struct cap_incoming), CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err receive_make(struct process *process, const struct cap_sqe *sqe,
                                         struct object *endpoint, struct receive **receive);
