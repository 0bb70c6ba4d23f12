/* What cases-quota and its peers agree on: what is carried, and what an exit code says.
 *
 * Next: tests/qemu/cases-quota/peer.c
 */
#pragma once

#include "tests/qemu/cases.h"

#define MS 1000000ull

#define CARRIED      16 /* 15 copies, then a move */
#define WORD_BYTES   16
#define LONG_BYTES   136 /* too long for the record of a call: it takes a frame */
#define CALLS_BEFORE 3   /* that wait already when the one with capabilities comes */

/* Facets that a server has made before it receives. */
#define FACETS_BEFORE 2

/* Answers that together fill more than the first step of a table. */
#define ANSWERS          9
#define ANSWERED_CARRIED 30

/* Exit codes besides 0: it was carried out, and 1 to 99: checks that failed. */
#define CODE_NO_SLOT    101
#define CODE_NOT_CALLED 102 /* the time for a RECV has passed */
#define CODE_OTHER      103
/* ERR_QUOTA: the number of the kind, and below it the limit, if that was told. */
#define CODE_KIND       1000

/* So long it stays as it is before it ends, for the kernel to look at its books. */
#define HOLD_NS (30 * MS)

/* 15 copies of one capability and a move of another. */
static inline struct cap_sqe loaded(struct cap_sqe sqe, uint64_t copied, uint64_t moved, uint32_t count)
{
    uint64_t caps[CAP_TRANSFER_MAX];
    for (uint32_t i = 0; i < count; i++)
        caps[i] = copied;
    sqe = carrying(sqe, CAP_TRANSFER_COPY, caps, count);
    call_list[count - 1].out = (struct cap_transfer_out){moved, CAP_TRANSFER_MOVE};
    sqe.receive_count = 0;
    return sqe;
}

static inline struct cap_sqe with_long_message(struct cap_sqe sqe)
{
    static uint64_t message[LONG_BYTES / 8] = {1ull << 32};
    sqe.message_addr = (uint64_t)message;
    sqe.message_bytes = sizeof message;
    return sqe;
}
