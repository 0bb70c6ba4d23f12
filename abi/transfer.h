/* Capabilities that travel beside a message.
 *
 * An SQE points at one array of 16-byte entries: first send_count descriptors that the submitter
 * fills (struct cap_transfer_out), then receive_count places that the kernel fills with what arrives
 * (struct cap_transfer_in). A capability pointer in the message is an index into what was sent; the
 * same index finds it among what was received. All capabilities of a message travel, or none does.
 *
 * Next: abi/error.h
 */
#pragma once

#include "abi/base.h"

/* How a capability is handed on. */
#define CAP_TRANSFER_COPY 1 /* the sender keeps its own */
#define CAP_TRANSFER_MOVE 2 /* the sender's id is dead once the message is delivered */

#ifndef __ASSEMBLER__

/* With CAP_SQE_TIMEOUT, in front of the descriptors: after this time the operation ends with
 * CAP_ERR_TIMED_OUT. */
struct cap_time_limit {
    uint64_t timeout_ns; /* from when the SQE is taken */
    uint64_t reserved;   /* zero */
};
CAP_ASSERT_SIZE(struct cap_time_limit, 16);
CAP_ASSERT_FIELD(struct cap_time_limit, timeout_ns, 0, 8);
CAP_ASSERT_FIELD(struct cap_time_limit, reserved, 8, 8);

struct cap_transfer_out {
    uint64_t cap;  /* cap id in the sender's table */
    uint64_t mode; /* CAP_TRANSFER_COPY or CAP_TRANSFER_MOVE */
};
CAP_ASSERT_SIZE(struct cap_transfer_out, 16);
CAP_ASSERT_FIELD(struct cap_transfer_out, cap, 0, 8);
CAP_ASSERT_FIELD(struct cap_transfer_out, mode, 8, 8);

struct cap_transfer_in {
    uint64_t cap;          /* cap id in the receiver's table */
    uint64_t interface_id; /* Cap'n Proto type id of its interface */
};
CAP_ASSERT_SIZE(struct cap_transfer_in, 16);
CAP_ASSERT_FIELD(struct cap_transfer_in, cap, 0, 8);
CAP_ASSERT_FIELD(struct cap_transfer_in, interface_id, 8, 8);

#endif
