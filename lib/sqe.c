/* The table of what each opcode may set, and the check against it.
 *
 * A row is an SQE in which every bit that the opcode may set is set. What has no row, or is missing in
 * one, may not be set: forgetting fails closed. docs/spec/ring.md shows the same table.
 *
 * Next: lib/cap_table.h
 */
#include "lib/sqe.h"

#define ANY_8  0xff
#define ANY_16 0xffff
#define ANY_32 0xffffffff
#define ANY_64 0xffffffffffffffff

/* A message is whole words of 8 bytes; how many is judged after the table. */
#define WHOLE_WORDS 0xfffffff8

static const struct cap_sqe sqe_may_set[] = {
    [CAP_OP_NOP] = {.opcode = ANY_8, .user_data = ANY_64},
    [CAP_OP_CALL] = {.opcode = ANY_8,
                     .flags = CAP_SQE_TIMEOUT,
                     .method_id = ANY_16,
                     .send_count = ANY_16,
                     .receive_count = ANY_16,
                     .user_data = ANY_64,
                     .target = ANY_64,
                     .interface_id = ANY_64,
                     .message_addr = ANY_64,
                     .buffer_addr = ANY_64,
                     .message_bytes = WHOLE_WORDS,
                     .buffer_bytes = ANY_32,
                     .transfers_addr = ANY_64},
    [CAP_OP_RECV] = {.opcode = ANY_8,
                     .flags = CAP_SQE_TIMEOUT,
                     .receive_count = ANY_16,
                     .user_data = ANY_64,
                     .target = ANY_64,
                     .buffer_addr = ANY_64,
                     .buffer_bytes = ANY_32,
                     .transfers_addr = ANY_64},
    [CAP_OP_RETURN] = {.opcode = ANY_8,
                       .flags = CAP_SQE_EXCEPTION,
                       .send_count = ANY_16,
                       .user_data = ANY_64,
                       .target = ANY_64,
                       .message_addr = ANY_64,
                       .message_bytes = WHOLE_WORDS,
                       .transfers_addr = ANY_64},
    [CAP_OP_RELEASE] = {.opcode = ANY_8, .user_data = ANY_64, .target = ANY_64},
    [CAP_OP_CANCEL] = {.opcode = ANY_8, .user_data = ANY_64, .target = ANY_64},
};
_Static_assert(sizeof sqe_may_set / sizeof *sqe_may_set == CAP_OP_COUNT, "a row for each opcode");
_Static_assert(CAP_OP_COUNT == 7, "a new opcode has a row here and in docs/spec/ring.md");
_Static_assert(CAP_SQE_FLAGS_ALL == (CAP_SQE_EXCEPTION | CAP_SQE_TIMEOUT),
               "a new flag is in the row of an opcode");

/* The bits that are set in `sqe` and not in `may_set`. */
static uint64_t sqe_excess(const struct cap_sqe *sqe, const struct cap_sqe *may_set)
{
    const struct sqe_words *is = (const struct sqe_words *)sqe;
    const struct sqe_words *may = (const struct sqe_words *)may_set;
    uint64_t excess = 0;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < SQE_WORDS; i++)
        excess |= is->word[i] & ~may->word[i];
    return excess;
}

enum cap_err sqe_check(const struct cap_sqe *sqe)
{
    if (sqe->opcode == 0 || sqe->opcode >= CAP_OP_COUNT)
        return CAP_ERR_BAD_OPCODE;
    if (sqe_excess(sqe, &sqe_may_set[sqe->opcode]) != 0)
        return CAP_ERR_BAD_SQE;
    if (sqe->message_bytes > CAP_MESSAGE_BYTES_MAX || sqe->send_count > CAP_TRANSFER_MAX ||
        sqe->receive_count > CAP_TRANSFER_MAX)
        return CAP_ERR_TOO_BIG;
    return CAP_OK;
}
