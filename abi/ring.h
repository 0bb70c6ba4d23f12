/* The capability ring: how a process asks for anything.
 *
 * One page at CAP_RING_ADDRESS holds a header, the submission queue and the completion queue. The
 * program writes an SQE, then publishes it by advancing sq_tail (release order), then calls cap_enter.
 * The kernel copies each SQE once, judges the copy, and posts exactly one CQE for it.
 *
 *   0x000  struct cap_ring_header          0x400  SQE[16], 64 bytes each
 *   0x800  CQE[32], 32 bytes each          0xc00  reserved, zero
 *
 * Invariants
 *  - The program writes only sq_tail, cq_head and SQEs. What it writes elsewhere the kernel ignores: it
 *    keeps its own indices and treats the shared ones as output.
 *  - Indices run freely over 32 bits and are masked on use.
 *  - A CQ slot is reserved before an SQE is taken, so no completion is ever lost or overwritten. With
 *    no free CQ slot the SQ is not drained: take some CQEs and enter again.
 *  - An impossible index (more than the queue holds) makes cap_enter return CAP_ERR_BAD_RING with
 *    nothing consumed; a correct one makes the ring work again.
 *
 * Next: user/hello/main.c
 */
#pragma once

#include "abi/base.h"
#include "abi/limits.h"

/* Operations. 0 is not one, so that an empty SQE is an error. */
#define CAP_OP_NOP         1 /* completes with CAP_OK */
#define CAP_OP_CALL        2 /* call method of target; completes with the answer */
#define CAP_OP_RECV        3 /* wait for a call on target, an endpoint's server facet */
#define CAP_OP_RETURN      4 /* answer a call; target is the call id from struct cap_incoming */
#define CAP_OP_RELEASE     5 /* give up the capability target */
#define CAP_OP_CANCEL      6 /* stop waiting for the CALL or RECV whose user_data is target */
#define CAP_OP_RETURN_RECV 7 /* RETURN, and if that works RECV on endpoint: one completion */
#define CAP_OP_COUNT       8

/* SQE flags. */
#define CAP_SQE_EXCEPTION 0x01 /* RETURN, RETURN_RECV: the message is a CapException */
#define CAP_SQE_TIMEOUT   0x02 /* CALL, RECV: a struct cap_time_limit comes first at transfers_addr */
#define CAP_SQE_RELEASE_PARAMS                                                                               \
    0x04 /* RETURN, RETURN_RECV: once the call is over, what came along with it is released, as far as it is \
            still where it came */
#define CAP_SQE_FLAGS_ALL 0x07

/* CQE flags. */
#define CAP_CQE_RETURNED 0x01 /* RETURN_RECV: the answer has arrived; all else is about the RECV */

#define CAP_RING_MAGIC   0x50414352 /* "RCAP" */
#define CAP_RING_VERSION 1

#ifndef __ASSEMBLER__

struct cap_sqe {
    uint8_t opcode;         /* CAP_OP_* */
    uint8_t flags;          /* CAP_SQE_* */
    uint16_t method_id;     /* CALL: ordinal of the method in interface_id */
    uint16_t send_count;    /* CALL, RETURN, RETURN_RECV: capabilities that go with the message */
    uint16_t receive_count; /* CALL, RECV, RETURN_RECV: room for capabilities that arrive */
    uint64_t user_data;     /* returned in the CQE, never looked at */
    uint64_t target;        /* CALL, RECV, RELEASE: cap id; RETURN, RETURN_RECV: call id; CANCEL: user_data */
    union {
        uint64_t interface_id; /* CALL: Cap'n Proto type id of the interface that has the method */
        uint64_t endpoint;     /* RETURN_RECV: cap id of the endpoint to receive on */
    };
    uint64_t message_addr; /* CALL: parameters; RETURN, RETURN_RECV: results; one segment, without framing */
    uint64_t buffer_addr; /* CALL: where the answer goes; RECV, RETURN_RECV: where struct cap_incoming goes */
    uint32_t message_bytes; /* a multiple of 8, at most CAP_MESSAGE_BYTES_MAX */
    uint32_t buffer_bytes;  /* room at buffer_addr */
    uint64_t
        transfers_addr; /* [cap_time_limit,] send_count cap_transfer_out, receive_count cap_transfer_in */
};
CAP_ASSERT_SIZE(struct cap_sqe, 64);
CAP_ASSERT_FIELD(struct cap_sqe, opcode, 0, 1);
CAP_ASSERT_FIELD(struct cap_sqe, flags, 1, 1);
CAP_ASSERT_FIELD(struct cap_sqe, method_id, 2, 2);
CAP_ASSERT_FIELD(struct cap_sqe, send_count, 4, 2);
CAP_ASSERT_FIELD(struct cap_sqe, receive_count, 6, 2);
CAP_ASSERT_FIELD(struct cap_sqe, user_data, 8, 8);
CAP_ASSERT_FIELD(struct cap_sqe, target, 16, 8);
CAP_ASSERT_FIELD(struct cap_sqe, interface_id, 24, 8);
CAP_ASSERT_FIELD(struct cap_sqe, endpoint, 24, 8);
CAP_ASSERT_FIELD(struct cap_sqe, message_addr, 32, 8);
CAP_ASSERT_FIELD(struct cap_sqe, buffer_addr, 40, 8);
CAP_ASSERT_FIELD(struct cap_sqe, message_bytes, 48, 4);
CAP_ASSERT_FIELD(struct cap_sqe, buffer_bytes, 52, 4);
CAP_ASSERT_FIELD(struct cap_sqe, transfers_addr, 56, 8);

struct cap_cqe {
    uint64_t user_data;     /* from the SQE */
    int32_t status;         /* enum cap_err */
    uint32_t message_bytes; /* bytes of message written; CAP_ERR_BUFFER_TOO_SMALL: buffer_bytes needed;
                               CAP_ERR_QUOTA: the limit */
    uint16_t cap_count;     /* capabilities received; CAP_ERR_BUFFER_TOO_SMALL: receive_count needed;
                               CAP_ERR_QUOTA: CAP_LIMIT_... (abi/limits.h) */
    uint16_t flags;         /* CAP_CQE_* */
    uint16_t reserved[6];   /* zero */
};
CAP_ASSERT_SIZE(struct cap_cqe, 32);
CAP_ASSERT_FIELD(struct cap_cqe, user_data, 0, 8);
CAP_ASSERT_FIELD(struct cap_cqe, status, 8, 4);
CAP_ASSERT_FIELD(struct cap_cqe, message_bytes, 12, 4);
CAP_ASSERT_FIELD(struct cap_cqe, cap_count, 16, 2);
CAP_ASSERT_FIELD(struct cap_cqe, flags, 18, 2);
CAP_ASSERT_FIELD(struct cap_cqe, reserved, 20, 12);

/* What a completed RECV finds at its buffer: who calls what. The parameters follow at once. */
struct cap_incoming {
    uint64_t call_id;       /* for the RETURN; of this process only */
    uint64_t badge;         /* of the client facet that was called */
    uint64_t interface_id;  /* as in the caller's SQE */
    uint16_t method_id;     /* as in the caller's SQE */
    uint16_t cap_count;     /* capabilities that came along, listed at transfers_addr */
    uint32_t message_bytes; /* bytes of parameters that follow */
};
CAP_ASSERT_SIZE(struct cap_incoming, 32);
CAP_ASSERT_FIELD(struct cap_incoming, call_id, 0, 8);
CAP_ASSERT_FIELD(struct cap_incoming, badge, 8, 8);
CAP_ASSERT_FIELD(struct cap_incoming, interface_id, 16, 8);
CAP_ASSERT_FIELD(struct cap_incoming, method_id, 24, 2);
CAP_ASSERT_FIELD(struct cap_incoming, cap_count, 26, 2);
CAP_ASSERT_FIELD(struct cap_incoming, message_bytes, 28, 4);

struct cap_ring_header {
    /* Written by the kernel when the process starts; information only. */
    uint32_t magic;
    uint32_t version;
    uint32_t sq_entries;
    uint32_t cq_entries;
    uint32_t reserved0[12];
    /* Written by the program. */
    uint32_t sq_tail; /* SQEs published */
    uint32_t cq_head; /* CQEs taken */
    uint32_t reserved1[14];
    /* Written by the kernel. */
    uint32_t sq_head; /* SQEs taken */
    uint32_t cq_tail; /* CQEs posted */
    uint32_t reserved2[14];
};
CAP_ASSERT_SIZE(struct cap_ring_header, 192);
CAP_ASSERT_FIELD(struct cap_ring_header, magic, 0, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, version, 4, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, sq_entries, 8, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, cq_entries, 12, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, sq_tail, 64, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, cq_head, 68, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, sq_head, 128, 4);
CAP_ASSERT_FIELD(struct cap_ring_header, cq_tail, 132, 4);

struct cap_ring {
    struct cap_ring_header header;
    uint8_t reserved0[0x400 - sizeof(struct cap_ring_header)];
    struct cap_sqe sqes[CAP_SQ_ENTRIES];
    struct cap_cqe cqes[CAP_CQ_ENTRIES];
    uint8_t reserved1[0x400];
};
CAP_ASSERT_SIZE(struct cap_ring, CAP_PAGE_BYTES);
CAP_ASSERT_FIELD(struct cap_ring, header, 0, 192);
CAP_ASSERT_FIELD(struct cap_ring, sqes, 0x400, 0x400);
CAP_ASSERT_FIELD(struct cap_ring, cqes, 0x800, 0x400);

#endif
