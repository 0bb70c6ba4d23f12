/* Is this SQE well formed? The part of the answer that needs no process and no object.
 *
 * Next: lib/cap_table.h
 */
#pragma once

#include "abi/error.h"
#include "abi/ring.h"

/* An SQE as words: copied word by word, and all fields compared at once. Loops over them are unrolled by
 * request, since they are on the path of every call and gcc -O2 keeps loops. */
#define SQE_WORDS 8
struct sqe_words {
    uint64_t word[SQE_WORDS];
} __attribute__((may_alias));
_Static_assert(sizeof(struct sqe_words) == sizeof(struct cap_sqe), "all of an SQE");

/* Judges a private copy of an SQE (ring_take), in this order:
 *   CAP_ERR_BAD_OPCODE  the opcode is not one of CAP_OP_*
 *   CAP_ERR_BAD_SQE     a field that the opcode does not use is not zero; a flag is undefined or belongs
 *                       to another opcode; message_bytes is not a multiple of 8
 *   CAP_ERR_TOO_BIG     message_bytes > CAP_MESSAGE_BYTES_MAX, send_count or receive_count >
 *                       CAP_TRANSFER_MAX
 * user_data is never looked at. Cap ids, addresses, buffer_bytes, interface and method are judged by
 * those who use them; an address whose length or count is 0 is used by nobody.
 * After CAP_OK the opcode is below CAP_OP_COUNT and may index a table. */
CAP_MUST_CHECK enum cap_err sqe_check(const struct cap_sqe *sqe);
