/* Is this SQE well formed? The part of the answer that needs no process and no object.
 *
 * A table says which bits each opcode may set; what has no row, or is missing in one, may not be set:
 * forgetting fails closed. docs/spec/ring.md shows the same table.
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

#define SQE_ANY_8  0xff
#define SQE_ANY_16 0xffff
#define SQE_ANY_32 0xffffffff
#define SQE_ANY_64 0xffffffffffffffff

/* A message is whole words of 8 bytes; how many is judged after the table. */
#define SQE_WHOLE_WORDS 0xfffffff8

/* A row is an SQE in which every bit that the opcode may set is set. */
static const struct cap_sqe sqe_may_set[] = {
    [CAP_OP_NOP] = {.opcode = SQE_ANY_8, .user_data = SQE_ANY_64},
    [CAP_OP_CALL] = {.opcode = SQE_ANY_8,
                     .flags = CAP_SQE_TIMEOUT,
                     .method_id = SQE_ANY_16,
                     .send_count = SQE_ANY_16,
                     .receive_count = SQE_ANY_16,
                     .user_data = SQE_ANY_64,
                     .target = SQE_ANY_64,
                     .interface_id = SQE_ANY_64,
                     .message_addr = SQE_ANY_64,
                     .buffer_addr = SQE_ANY_64,
                     .message_bytes = SQE_WHOLE_WORDS,
                     .buffer_bytes = SQE_ANY_32,
                     .transfers_addr = SQE_ANY_64},
    [CAP_OP_RECV] = {.opcode = SQE_ANY_8,
                     .flags = CAP_SQE_TIMEOUT,
                     .receive_count = SQE_ANY_16,
                     .user_data = SQE_ANY_64,
                     .target = SQE_ANY_64,
                     .buffer_addr = SQE_ANY_64,
                     .buffer_bytes = SQE_ANY_32,
                     .transfers_addr = SQE_ANY_64},
    [CAP_OP_RETURN] = {.opcode = SQE_ANY_8,
                       .flags = CAP_SQE_EXCEPTION | CAP_SQE_RELEASE_PARAMS,
                       .send_count = SQE_ANY_16,
                       .user_data = SQE_ANY_64,
                       .target = SQE_ANY_64,
                       .message_addr = SQE_ANY_64,
                       .message_bytes = SQE_WHOLE_WORDS,
                       .transfers_addr = SQE_ANY_64},
    [CAP_OP_RELEASE] = {.opcode = SQE_ANY_8, .user_data = SQE_ANY_64, .target = SQE_ANY_64},
    [CAP_OP_CANCEL] = {.opcode = SQE_ANY_8, .user_data = SQE_ANY_64, .target = SQE_ANY_64},
    [CAP_OP_RETURN_RECV] = {.opcode = SQE_ANY_8,
                            .flags = CAP_SQE_EXCEPTION | CAP_SQE_RELEASE_PARAMS,
                            .send_count = SQE_ANY_16,
                            .receive_count = SQE_ANY_16,
                            .user_data = SQE_ANY_64,
                            .target = SQE_ANY_64,
                            .endpoint = SQE_ANY_64,
                            .message_addr = SQE_ANY_64,
                            .buffer_addr = SQE_ANY_64,
                            .message_bytes = SQE_WHOLE_WORDS,
                            .buffer_bytes = SQE_ANY_32,
                            .transfers_addr = SQE_ANY_64},
};
_Static_assert(sizeof sqe_may_set / sizeof *sqe_may_set == CAP_OP_COUNT, "a row for each opcode");
_Static_assert(CAP_OP_COUNT == 8, "a new opcode has a row here and in docs/spec/ring.md");
_Static_assert(CAP_SQE_FLAGS_ALL == (CAP_SQE_EXCEPTION | CAP_SQE_TIMEOUT | CAP_SQE_RELEASE_PARAMS),
               "a new flag is in the row of an opcode");

/* The bits that are set in `sqe` and not in `may_set`. */
static inline __attribute__((always_inline)) uint64_t sqe_excess(const struct cap_sqe *sqe,
                                                                 const struct cap_sqe *may_set)
{
    const struct sqe_words *is = (const struct sqe_words *)sqe;
    const struct sqe_words *may = (const struct sqe_words *)may_set;
    uint64_t excess = 0;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < SQE_WORDS; i++)
        excess |= is->word[i] & ~may->word[i];
    return excess;
}

/* Judges a private copy of an SQE (ring_take) whose opcode is `opcode`, in this order:
 *   CAP_ERR_BAD_SQE     a field that the opcode does not use is not zero; a flag is undefined or belongs
 *                       to another opcode; message_bytes is not a multiple of 8
 *   CAP_ERR_TOO_BIG     message_bytes > CAP_MESSAGE_BYTES_MAX, send_count or receive_count >
 *                       CAP_TRANSFER_MAX
 * user_data is never looked at. Cap ids, addresses, buffer_bytes, interface and method are judged by
 * those who use them; an address whose length or count is 0 is used by nobody.
 * Inlined, with a constant opcode: what is left of the table then is a few instructions. */
CAP_MUST_CHECK static inline __attribute__((always_inline)) enum cap_err
sqe_check_as(const struct cap_sqe *sqe, uint8_t opcode)
{
    const struct cap_sqe *may_set = &sqe_may_set[opcode];
    if (sqe_excess(sqe, may_set) != 0)
        return CAP_ERR_BAD_SQE;
    if ((may_set->message_bytes && sqe->message_bytes > CAP_MESSAGE_BYTES_MAX) ||
        (may_set->send_count && sqe->send_count > CAP_TRANSFER_MAX) ||
        (may_set->receive_count && sqe->receive_count > CAP_TRANSFER_MAX))
        return CAP_ERR_TOO_BIG;
    return CAP_OK;
}

/* For any opcode: CAP_ERR_BAD_OPCODE if it is not one of CAP_OP_*, else as sqe_check_as. After CAP_OK the
 * opcode is below CAP_OP_COUNT and may index a table. */
CAP_MUST_CHECK enum cap_err sqe_check(const struct cap_sqe *sqe);
