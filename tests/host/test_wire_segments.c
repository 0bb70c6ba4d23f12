/* Several segments: the table, and far pointers.
 *
 * Next: tests/host/test_wire_pack.c
 */
#include "tests/host/test.h"
#include "schema/wire_segments.h"
#include "tests/host/wire_words.h"

/* A framed message that may be refused; the table's u32 entries are given in pairs, low half first. */
#define TRY_FRAMED(message, ...)                                                                             \
    const uint64_t message##_words[] = {__VA_ARGS__};                                                        \
    struct wire_segment message##_segments[WIRE_SEGMENTS_MAX];                                               \
    struct wire_segments message##_set;                                                                      \
    struct wire_message_reader message;                                                                      \
    uint64_t message##_used = 0;                                                                             \
    enum cap_err message##_error =                                                                           \
        wire_segments_read(&message, &message##_set, message##_segments, WIRE_SEGMENTS_MAX, message##_words, \
                           sizeof message##_words / 8, 1 << 20, &message##_used)

/* One whose table is right. */
#define FRAMED(message, ...)          \
    TRY_FRAMED(message, __VA_ARGS__); \
    EXPECT_EQ(message##_error, CAP_OK)

#define TABLE(low, high) ((uint64_t)(high) << 32 | (uint32_t)(low))

#define EXPECT_REFUSED(message, name)                  \
    do {                                               \
        EXPECT_EQ(message##_error, CAP_ERR_MALFORMED); \
        EXPECT_RULE(message, name);                    \
        EXPECT_EQ(message##_used, 0);                  \
        EXPECT_EQ((message).word_count, 0);            \
    } while (0)

TEST(one_segment_behind_its_table)
{
    FRAMED(message, TABLE(0, 2), struct_pointer(0, 1, 0), 7);
    EXPECT_EQ(message_used, 3);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 7);
}

TEST(f1_a_count_that_wraps_around_is_refused) /* 139 */
{
    TRY_FRAMED(message, TABLE(0xffffffff, 1), 0);
    EXPECT_REFUSED(message, F1_COUNT);
}

TEST(f2_511_segments_are_read_and_512_are_not) /* 139 */
{
    static uint64_t words[1 + 256 + 1];
    struct wire_segment segments[WIRE_SEGMENTS_MAX];
    struct wire_segments set;
    struct wire_message_reader message;
    uint64_t used;
    words[0] = TABLE(510, 1);
    EXPECT_EQ(wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, 258, 1000, &used),
              CAP_OK);
    EXPECT_EQ(used, 257);
    words[0] = TABLE(511, 1);
    EXPECT_EQ(wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, 258, 1000, &used),
              CAP_ERR_MALFORMED);
    EXPECT_RULE(message, F2_SEGMENTS);
}

TEST(f2_more_segments_than_the_caller_has_room_for_are_refused)
{
    const uint64_t words[] = {TABLE(1, 1), TABLE(0, 0), 0};
    struct wire_segment segments[1];
    struct wire_segments set;
    struct wire_message_reader message;
    uint64_t used;
    EXPECT_EQ(wire_segments_read(&message, &set, segments, 1, words, 3, 1000, &used), CAP_ERR_MALFORMED);
    EXPECT_RULE(message, F2_SEGMENTS);
}

TEST(f3_a_table_that_is_cut_short_is_refused_and_its_padding_is_ignored)
{
    TRY_FRAMED(message, TABLE(1, 1));
    EXPECT_REFUSED(message, F3_HEADER);
    struct wire_segments set;
    struct wire_message_reader empty;
    struct wire_segment segment;
    uint64_t used;
    EXPECT_EQ(wire_segments_read(&empty, &set, &segment, 1, NULL, 0, 1000, &used), CAP_ERR_MALFORMED);
    EXPECT_RULE(empty, F3_HEADER);
    FRAMED(padded, TABLE(1, 1), TABLE(1, 0xdeadbeef), far_pointer(1, 0, 0), struct_pointer(-1, 0, 0));
    EXPECT_EQ(padded_used, 4);
}

TEST(f4_segments_longer_than_the_bytes_are_refused) /* 140 */
{
    TRY_FRAMED(longer, TABLE(0, 3), 0, 0);
    EXPECT_REFUSED(longer, F4_BODY);
    TRY_FRAMED(wrapping, TABLE(2, 0xffffffff), TABLE(0xffffffff, 2), 0, 0);
    EXPECT_EQ(wrapping_error, CAP_ERR_MALFORMED);
}

TEST(f5_a_message_over_the_limit_is_refused_before_its_bytes_are_looked_for)
{
    TRY_FRAMED(message, TABLE(0, (1 << 20) + 1), 0);
    EXPECT_REFUSED(message, F5_SIZE);
}

TEST(f6_words_behind_the_message_belong_to_the_next_one)
{
    FRAMED(message, TABLE(0, 1), 0, 12345);
    EXPECT_EQ(message_used, 2);
}

TEST(f7_a_first_segment_without_words_has_no_root)
{
    TRY_FRAMED(message, TABLE(0, 0));
    EXPECT_REFUSED(message, F7_NO_ROOT);
}

TEST(f8_another_segment_may_be_empty)
{
    FRAMED(message, TABLE(1, 1), TABLE(0, 0), far_pointer(1, 0, 0));
    EXPECT_EQ(wire_message_root(&message).data_bits, 0);
    EXPECT_RULE(message, R1_PAD);
}

TEST(a_far_pointer_leads_to_a_struct_in_another_segment)
{
    FRAMED(message, TABLE(1, 1), TABLE(3, 0), far_pointer(1, 1, 0), 99, struct_pointer(0, 1, 0), 7);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 7);
    EXPECT_RULE(message, NONE);
}

TEST(r1_a_far_pointer_may_stay_in_its_own_segment)
{
    FRAMED(message, TABLE(0, 3), far_pointer(0, 1, 0), struct_pointer(0, 1, 0), 7);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 7);
    EXPECT_RULE(message, NONE);
}

TEST(r1_a_segment_that_does_not_exist_is_refused) /* 141 */
{
    FRAMED(message, TABLE(1, 1), TABLE(1, 0), far_pointer(2, 0, 0), 0);
    EXPECT_EQ(wire_message_root(&message).data_bits, 0);
    EXPECT_RULE(message, R1_SEGMENT);
}

TEST(r1_the_content_of_a_double_far_pointer_must_be_in_a_segment_that_exists)
{
    FRAMED(message, TABLE(1, 1), TABLE(2, 0), far_pointer(1, 0, 1), far_pointer(2, 0, 0),
           struct_pointer(0, 1, 0));
    EXPECT_EQ(wire_message_root(&message).data_bits, 0);
    EXPECT_RULE(message, R1_SEGMENT);
}

TEST(r1_a_pad_must_lie_inside_with_both_its_words)
{
    FRAMED(single, TABLE(1, 1), TABLE(1, 0), far_pointer(1, 1, 0), struct_pointer(-1, 0, 0));
    EXPECT_EQ(wire_message_root(&single).data_bits, 0);
    EXPECT_RULE(single, R1_PAD);
    FRAMED(twice, TABLE(1, 1), TABLE(1, 0), far_pointer(1, 0, 1), far_pointer(0, 0, 0));
    EXPECT_EQ(wire_message_root(&twice).data_bits, 0);
    EXPECT_RULE(twice, R1_PAD);
    FRAMED(highest, TABLE(1, 1), TABLE(1, 0), far_pointer(1, 0x1fffffff, 1), 0);
    EXPECT_EQ(wire_message_root(&highest).data_bits, 0);
    EXPECT_RULE(highest, R1_PAD);
}

TEST(r2_far_pointers_do_not_chain)
{
    FRAMED(message, TABLE(1, 1), TABLE(2, 0), far_pointer(1, 0, 0), far_pointer(1, 1, 0),
           struct_pointer(-1, 0, 0));
    EXPECT_EQ(wire_message_root(&message).data_bits, 0);
    EXPECT_RULE(message, R2_CHAIN);
    EXPECT_EQ(message.rule_segment, 1);
    EXPECT_EQ(message.rule_word, 0);
}

TEST(r2_the_pads_own_offset_counts_from_the_pad)
{
    FRAMED(message, TABLE(1, 1), TABLE(4, 0), far_pointer(1, 0, 0), struct_pointer(1, 1, 0), 5, 6, 7);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 6);
}

TEST(a_double_far_pointer_leads_to_content_in_a_third_segment)
{
    FRAMED(message, TABLE(2, 1), TABLE(2, 3), far_pointer(1, 0, 1), far_pointer(2, 1, 0),
           struct_pointer(0, 1, 1), 1, 2, list_pointer(-2, WIRE_ELEMENT_BYTE, 2));
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_get_u64(root, 0), 2);
    EXPECT_EQ(wire_get_data(root, 0).length, 2);
    EXPECT_EQ(wire_get_data(root, 0).bytes[0], 2);
    EXPECT_RULE(message, NONE);
}

TEST(r3_the_tags_own_offset_and_the_inner_double_bit_count_for_nothing)
{
    FRAMED(message, TABLE(2, 1), TABLE(2, 1), far_pointer(1, 0, 1), far_pointer(2, 0, 1),
           struct_pointer(1000, 1, 0), 7);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 7);
}

TEST(r3_the_first_word_must_be_far_and_the_second_a_struct_or_list)
{
    FRAMED(first, TABLE(1, 1), TABLE(2, 0), far_pointer(1, 0, 1), struct_pointer(0, 1, 0),
           struct_pointer(0, 1, 0));
    EXPECT_EQ(wire_message_root(&first).data_bits, 0);
    EXPECT_RULE(first, R3_FAR);
    FRAMED(second, TABLE(1, 1), TABLE(2, 0), far_pointer(1, 0, 1), far_pointer(0, 0, 0),
           far_pointer(0, 0, 0));
    EXPECT_EQ(wire_message_root(&second).data_bits, 0);
    EXPECT_RULE(second, R3_TAG);
}

TEST(r3_the_content_of_a_double_far_pointer_is_bounded_by_its_segment)
{
    FRAMED(message, TABLE(2, 1), TABLE(2, 1), far_pointer(1, 0, 1), far_pointer(2, 0, 0),
           struct_pointer(0, 2, 0), 7);
    wire_message_root(&message);
    EXPECT_RULE(message, P2_STRUCT);
    FRAMED(tagged, TABLE(2, 2), TABLE(2, 1), struct_pointer(0, 0, 1), far_pointer(1, 0, 1),
           far_pointer(2, 1, 0), list_pointer(0, WIRE_ELEMENT_STRUCT, 0), 7);
    wire_get_list(wire_message_root(&tagged), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(tagged, P6_LIST);
}

TEST(r3_the_tag_of_a_struct_list_stands_with_the_content)
{
    FRAMED(message, TABLE(2, 2), TABLE(2, 3), struct_pointer(0, 0, 1), far_pointer(1, 0, 1),
           far_pointer(2, 0, 0), list_pointer(0, WIRE_ELEMENT_STRUCT, 2), tag_word(2, 1, 0), 5, 6, 0);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_EQ(wire_get_u64(wire_list_struct(list, 1), 0), 6);
    EXPECT_RULE(message, NONE);
}

TEST(r4_a_null_pad_is_refused)
{
    FRAMED(message, TABLE(1, 1), TABLE(1, 0), far_pointer(1, 0, 0), 0);
    EXPECT_EQ(wire_message_root(&message).data_bits, 0);
    EXPECT_RULE(message, R4_NULL);
}

TEST(a_capability_may_stand_in_a_pad)
{
    FRAMED(message, TABLE(1, 2), TABLE(1, 0), struct_pointer(0, 0, 1), far_pointer(1, 0, 0), cap_pointer(2));
    message.cap_count = 3;
    EXPECT_EQ(wire_get_cap(wire_message_root(&message), 0), 2);
    EXPECT_RULE(message, NONE);
}

TEST(l1_landing_pads_are_charged)
{
    FRAMED(single, TABLE(1, 1), TABLE(2, 0), far_pointer(1, 0, 0), struct_pointer(0, 1, 0), 7);
    single.budget_words = 10;
    wire_message_root(&single);
    EXPECT_EQ(single.budget_words, 8);
    FRAMED(twice, TABLE(2, 1), TABLE(2, 1), far_pointer(1, 0, 1), far_pointer(2, 0, 0),
           struct_pointer(0, 1, 0), 7);
    twice.budget_words = 10;
    wire_message_root(&twice);
    EXPECT_EQ(twice.budget_words, 7);
}

TEST(l4_the_budget_counts_all_segments)
{
    uint64_t words[1000] = {0};
    const struct wire_segment segments[] = {{words, 1000}, {words, 1000}};
    struct wire_segments set;
    struct wire_message_reader message;
    wire_segments_use(&message, &set, segments, 2, 0);
    EXPECT_EQ(message.budget_words, 8 * 2000 + WIRE_BUDGET_FLOOR_WORDS);
}

TEST_MAIN()
