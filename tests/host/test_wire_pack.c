/* Packing: limits, and what is cut short. tests/host/test_wire_vectors.c compares with the reference's bytes.
 *
 * Next: tests/host/test_wire_vectors.c
 */
#include "schema/wire_pack.h"
#include "schema/wire_segments.h"
#include "tests/host/test.h"

#define UNPACK(capacity, ...)               \
    const uint8_t packed[] = {__VA_ARGS__}; \
    uint64_t words[(capacity) + 1];         \
    uint64_t count = 99;                    \
    enum wire_rule rule;                    \
    memset(words, 0xa5, sizeof words);      \
    enum cap_err error = wire_unpack(words, capacity, &count, packed, sizeof packed, &rule)

TEST(k1_every_prefix_that_ends_inside_a_word_or_run_is_refused) /* 151 */
{
    const uint8_t packed[] = {0x03, 1, 2, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 1, 9, 9, 9, 9, 9, 9, 9, 9, 0x00, 2};
    for (uint64_t length = 0; length <= sizeof packed; length++) {
        uint64_t words[8], count = 99;
        enum wire_rule rule;
        bool is_whole = length == 0 || length == 3 || length == 21 || length == 23;
        EXPECT_EQ(wire_unpack(words, 8, &count, packed, length, &rule),
                  is_whole ? CAP_OK : CAP_ERR_MALFORMED);
        EXPECT_EQ(rule, is_whole ? WIRE_RULE_NONE : WIRE_RULE_K1_TRUNCATED);
        EXPECT(is_whole || count == 99);
    }
}

TEST(k2_more_words_than_there_is_room_for_are_refused_before_they_are_written)
{
    UNPACK(4, 0x00, 4);
    EXPECT_EQ(error, CAP_ERR_MALFORMED);
    EXPECT_EQ(rule, WIRE_RULE_K2_SIZE);
    EXPECT_EQ(words[4], 0xa5a5a5a5a5a5a5a5);
    EXPECT_EQ(count, 99);
}

TEST(k2_a_message_that_fills_the_room_is_unpacked)
{
    UNPACK(4, 0x00, 3);
    EXPECT_EQ(error, CAP_OK);
    EXPECT_EQ(count, 4);
    EXPECT_EQ(words[3], 0);
}

TEST(k3_a_run_may_reach_from_the_segment_table_into_the_message)
{
    /* Two segments of one word and none: half of the table and the root are zero, in one run. */
    struct wire_message_reader message;
    struct wire_segments set;
    struct wire_segment segments[2];
    uint64_t used_words;
    UNPACK(4, 0x11, 1, 1, 0x00, 1);
    EXPECT_EQ(error, CAP_OK);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(wire_segments_read(&message, &set, segments, 2, words, count, 4, &used_words), CAP_OK);
    EXPECT_EQ(used_words, 3);
    EXPECT_EQ(segments[0].words[0], 0);
}

TEST(k3_literal_words_may_reach_from_the_segment_table_into_the_message)
{
    UNPACK(4, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0);
    EXPECT_EQ(error, CAP_OK);
    EXPECT_EQ(count, 2);
    EXPECT_EQ(words[1], 0xfffffffc);
}

TEST(k3_what_follows_the_message_must_be_packed_words)
{
    UNPACK(4, 0x10, 1, 0x00, 0, 0x07, 1);
    EXPECT_EQ(error, CAP_ERR_MALFORMED);
    EXPECT_EQ(rule, WIRE_RULE_K1_TRUNCATED);
}

TEST(k4_encodings_that_a_packer_would_not_choose_are_legal)
{
    /* A zero byte that has a bit in the tag, FF for bytes that are zero, and runs that could be longer. */
    UNPACK(8, 0x03, 1, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x00, 0, 0x00, 0, 0xff, 1, 1, 1, 1, 1, 1, 1, 1, 1,
           0, 0, 0, 0, 0, 0, 0, 0);
    EXPECT_EQ(error, CAP_OK);
    EXPECT_EQ(count, 6);
    const uint64_t expected[] = {1, 2ull << 56, 0, 0, 0x0101010101010101, 0};
    EXPECT_BYTES(words, expected, sizeof expected);
}

TEST(k4_no_bytes_are_no_words)
{
    const uint8_t none = 0;
    uint64_t words[1] = {7}, count = 99;
    enum wire_rule rule;
    EXPECT_EQ(wire_unpack(words, 0, &count, &none, 0, &rule), CAP_OK);
    EXPECT_EQ(count, 0);
    EXPECT_EQ(words[0], 7);
}

TEST(packing_reports_that_there_is_no_room_at_every_size)
{
    const uint64_t words[] = {0, 0, 0x0102, 0x1122334455667788, 0x1122334455667788, 0};
    uint8_t bytes[64], again[64];
    uint64_t full = 0, count = 0;
    EXPECT_EQ(wire_pack(bytes, sizeof bytes, &full, words, 6), CAP_OK);
    for (uint64_t room = 0; room < full; room++) {
        memset(again, 0xa5, sizeof again);
        EXPECT_EQ(wire_pack(again, room, &count, words, 6), CAP_ERR_TOO_BIG);
        EXPECT_EQ(again[room], 0xa5);
    }
    EXPECT_EQ(wire_pack(again, full, &count, words, 6), CAP_OK);
}

TEST(any_words_come_back_from_packing)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (unsigned round = 0; round < 2000; round++) {
        uint64_t words[600], again[600], count = 0, packed_count = 0;
        uint8_t packed[6001];
        uint64_t length = state % 600;
        for (uint64_t i = 0; i < length; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            uint64_t kind = state >> 60;
            words[i] = kind < 6 ? 0 : kind < 10 ? state | 0x0101010101010101 : state & (state << 13);
            if (round % 3 == 0)
                words[i] = 0;
        }
        EXPECT_EQ(wire_pack(packed, sizeof packed, &packed_count, words, length), CAP_OK);
        EXPECT(packed_count <= length * 10);
        enum wire_rule rule;
        EXPECT_EQ(wire_unpack(again, 600, &count, packed, packed_count, &rule), CAP_OK);
        EXPECT_EQ(count, length);
        EXPECT_BYTES(words, again, length * 8);
        state = state * 6364136223846793005u + round;
    }
}

TEST_MAIN()
