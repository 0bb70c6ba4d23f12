/* sqe_check: each bit of each field for each opcode, against a second table written from the manual.
 * Numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_cap_table.c
 */
#include "lib/sqe.h"
#include "tests/host/manual.h"
#include "tests/host/test.h"

#include <stdlib.h>

struct field {
    const char *name;
    uint32_t offset_bytes;
    uint32_t bits;
    const char *used_by; /* letters of the opcodes, see below */
};

/* "Fields that an opcode uses" in docs/spec/ring.md, which a test below compares. opcode and flags have tests
 * of their own. */
static const struct field fields[] = {
    {"method_id", 2, 16, "C"},       {"send_count", 4, 16, "CNR"},       {"receive_count", 6, 16, "CVR"},
    {"user_data", 8, 64, "_CVNEXR"}, {"target", 16, 64, "CVNEXR"},       {"interface_id", 24, 64, "CR"},
    {"message_addr", 32, 64, "CNR"}, {"buffer_addr", 40, 64, "CVR"},     {"message_bytes", 48, 32, "CNR"},
    {"buffer_bytes", 52, 32, "CVR"}, {"transfers_addr", 56, 64, "CVNR"},
};
#define FIELDS (sizeof fields / sizeof *fields)

static const char opcode_letters[CAP_OP_COUNT] = {
    [CAP_OP_NOP] = '_',     [CAP_OP_CALL] = 'C',   [CAP_OP_RECV] = 'V',        [CAP_OP_RETURN] = 'N',
    [CAP_OP_RELEASE] = 'E', [CAP_OP_CANCEL] = 'X', [CAP_OP_RETURN_RECV] = 'R',
};

static bool opcode_uses(int opcode, const struct field *field)
{
    return strchr(field->used_by, opcode_letters[opcode]) != NULL;
}

static void bit_flip(struct cap_sqe *sqe, const struct field *field, uint32_t bit)
{
    ((uint8_t *)sqe)[field->offset_bytes + bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* What a used field with only this bit set gives. */
static enum cap_err bit_expected(const struct field *field, uint32_t bit)
{
    if (strcmp(field->name, "message_bytes") == 0) {
        if (bit < 3)
            return CAP_ERR_BAD_SQE;
        return 1ull << bit > CAP_MESSAGE_BYTES_MAX ? CAP_ERR_TOO_BIG : CAP_OK;
    }
    if (strstr(field->name, "_count"))
        return 1u << bit > CAP_TRANSFER_MAX ? CAP_ERR_TOO_BIG : CAP_OK;
    return CAP_OK;
}

TEST(the_fields_above_cover_the_whole_sqe)
{
    uint32_t at_bytes = 2;
    for (size_t i = 0; i < FIELDS; i++) {
        EXPECT_EQ(fields[i].offset_bytes, at_bytes);
        at_bytes += fields[i].bits / 8;
    }
    EXPECT_EQ(at_bytes, sizeof(struct cap_sqe));
}

TEST(the_manual_has_the_same_table)
{
    const char *manual = manual_read("docs/spec/ring.md");
    for (size_t i = 0; i < FIELDS; i++) {
        char row[160];
        int length = snprintf(row, sizeof row, "\n| `%s` | %u | %u |", fields[i].name, fields[i].offset_bytes,
                              fields[i].bits / 8);
        for (int opcode = 1; opcode < CAP_OP_COUNT; opcode++)
            length += snprintf(row + length, sizeof row - (size_t)length, " %s |",
                               opcode_uses(opcode, &fields[i]) ? "used" : "0");
        if (!strstr(manual, row))
            printf("docs/spec/ring.md has no row%s\n", row);
        EXPECT(strstr(manual, row));
    }
}

TEST(an_opcode_alone_is_well_formed)
{
    for (int opcode = 1; opcode < CAP_OP_COUNT; opcode++)
        EXPECT_EQ(sqe_check(&(struct cap_sqe){.opcode = (uint8_t)opcode}), CAP_OK);
}

TEST(every_unknown_opcode_is_one_error_whatever_else_is_wrong) /* 15, 19 */
{
    for (int opcode = 0; opcode < 256; opcode++) {
        struct cap_sqe sqe = {.opcode = (uint8_t)opcode};
        bool is_known = opcode >= CAP_OP_NOP && opcode <= CAP_OP_RETURN_RECV;
        EXPECT_EQ(sqe_check(&sqe), is_known ? CAP_OK : CAP_ERR_BAD_OPCODE);
        memset((uint8_t *)&sqe + 1, 0xff, sizeof sqe - 1);
        EXPECT_EQ(sqe_check(&sqe), is_known ? CAP_ERR_BAD_SQE : CAP_ERR_BAD_OPCODE);
    }
}

TEST(every_bit_of_a_field_that_the_opcode_does_not_use_is_refused) /* 16 */
{
    for (int opcode = 1; opcode < CAP_OP_COUNT; opcode++) {
        for (size_t i = 0; i < FIELDS; i++) {
            for (uint32_t bit = 0; bit < fields[i].bits; bit++) {
                struct cap_sqe sqe = {.opcode = (uint8_t)opcode};
                bit_flip(&sqe, &fields[i], bit);
                enum cap_err expected =
                    opcode_uses(opcode, &fields[i]) ? bit_expected(&fields[i], bit) : CAP_ERR_BAD_SQE;
                if (sqe_check(&sqe) != expected)
                    printf("opcode %d, %s, bit %u\n", opcode, fields[i].name, bit);
                EXPECT_EQ(sqe_check(&sqe), expected);
            }
        }
    }
}

TEST(a_flag_is_accepted_only_by_its_own_opcode) /* 17, 20 */
{
    for (int opcode = 1; opcode < CAP_OP_COUNT; opcode++) {
        for (int flags = 0; flags < 256; flags++) {
            struct cap_sqe sqe = {.opcode = (uint8_t)opcode, .flags = (uint8_t)flags};
            bool is_answer = opcode == CAP_OP_RETURN || opcode == CAP_OP_RETURN_RECV;
            int own = is_answer ? CAP_SQE_EXCEPTION | CAP_SQE_RELEASE_PARAMS
                      : opcode == CAP_OP_CALL || opcode == CAP_OP_RECV ? CAP_SQE_TIMEOUT
                                                                       : 0;
            bool is_legal = (flags & ~own) == 0;
            EXPECT_EQ(sqe_check(&sqe), is_legal ? CAP_OK : CAP_ERR_BAD_SQE);
        }
    }
}

TEST(user_data_is_anything) /* 18 */
{
    static const uint64_t values[] = {0, 1, 0x8000000000000000, UINT64_MAX};
    for (int opcode = 1; opcode < CAP_OP_COUNT; opcode++) {
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            EXPECT_EQ(sqe_check(&(struct cap_sqe){.opcode = (uint8_t)opcode, .user_data = values[i]}),
                      CAP_OK);
    }
}

TEST(capability_counts_have_their_limit) /* 25 */
{
    for (uint32_t count = 0; count <= UINT16_MAX; count++) {
        enum cap_err expected = count <= CAP_TRANSFER_MAX ? CAP_OK : CAP_ERR_TOO_BIG;
        struct cap_sqe call_send = {.opcode = CAP_OP_CALL, .send_count = (uint16_t)count};
        struct cap_sqe call_receive = {.opcode = CAP_OP_CALL, .receive_count = (uint16_t)count};
        struct cap_sqe recv = {.opcode = CAP_OP_RECV, .receive_count = (uint16_t)count};
        struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .send_count = (uint16_t)count};
        struct cap_sqe both = {.opcode = CAP_OP_RETURN_RECV, .receive_count = (uint16_t)count};
        struct cap_sqe both_send = {.opcode = CAP_OP_RETURN_RECV, .send_count = (uint16_t)count};
        EXPECT_EQ(sqe_check(&call_send), expected);
        EXPECT_EQ(sqe_check(&call_receive), expected);
        EXPECT_EQ(sqe_check(&recv), expected);
        EXPECT_EQ(sqe_check(&answer), expected);
        EXPECT_EQ(sqe_check(&both), expected);
        EXPECT_EQ(sqe_check(&both_send), expected);
    }
}

TEST(messages_are_whole_words_up_to_the_limit) /* 41 */
{
    static const uint32_t huge[] = {1u << 31, UINT32_MAX - 7, UINT32_MAX};
    static const uint8_t opcodes[] = {CAP_OP_CALL, CAP_OP_RETURN, CAP_OP_RETURN_RECV};
    for (size_t k = 0; k < sizeof opcodes; k++) {
        uint8_t opcode = opcodes[k];
        for (uint32_t bytes = 0; bytes < 2 * CAP_MESSAGE_BYTES_MAX; bytes++) {
            struct cap_sqe sqe = {.opcode = opcode, .message_bytes = bytes};
            enum cap_err expected = bytes % 8 != 0                  ? CAP_ERR_BAD_SQE
                                    : bytes > CAP_MESSAGE_BYTES_MAX ? CAP_ERR_TOO_BIG
                                                                    : CAP_OK;
            EXPECT_EQ(sqe_check(&sqe), expected);
        }
        for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
            struct cap_sqe sqe = {.opcode = opcode, .message_bytes = huge[i]};
            EXPECT_EQ(sqe_check(&sqe), huge[i] % 8 ? CAP_ERR_BAD_SQE : CAP_ERR_TOO_BIG);
        }
    }
}

TEST(the_malformed_is_told_before_the_too_big)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL, .flags = 1, .send_count = UINT16_MAX};
    EXPECT_EQ(sqe_check(&sqe), CAP_ERR_BAD_SQE);
    sqe.flags = 0;
    EXPECT_EQ(sqe_check(&sqe), CAP_ERR_TOO_BIG);
}

TEST(a_check_changes_nothing)
{
    srand(1);
    for (uint32_t i = 0; i < 20000; i++) {
        struct cap_sqe sqe;
        for (size_t k = 0; k < sizeof sqe; k++)
            ((uint8_t *)&sqe)[k] = (uint8_t)(rand() >> 8);
        sqe.opcode %= CAP_OP_COUNT + 1;
        struct cap_sqe before = sqe;
        enum cap_err err = sqe_check(&sqe);
        EXPECT(err == CAP_ERR_BAD_OPCODE || err == CAP_ERR_BAD_SQE || err == CAP_ERR_TOO_BIG);
        EXPECT_BYTES(&sqe, &before, sizeof sqe);
    }
}

TEST_MAIN()
