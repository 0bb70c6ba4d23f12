/* Canonical form: which messages have it, and which rule the others break.
 *
 * Each message is also made canonical: it is its own form just if no rule is broken.
 *
 * Next: tests/host/test_wire_vectors.c
 */
#include "schema/wire_canonical.h"
#include "schema/wire_segments.h"
#include "tests/host/test.h"
#include "tests/host/wire_words.h"

#define ROOM 96

/* The judgement, which must agree with comparing the message to its canonical form. */
static enum wire_rule judge(const uint64_t *words, uint32_t word_count, uint32_t cap_count,
                            uint32_t *rule_word)
{
    struct wire_message_reader judged, from;
    uint64_t form_words[ROOM];
    struct wire_message_builder form;
    wire_message_read(&judged, words, word_count, cap_count);
    wire_message_read(&from, words, word_count, cap_count);
    wire_message_build(&form, form_words, ROOM);
    bool has_form = wire_message_canonicalize(&form, &from) == CAP_OK;
    bool is_form =
        has_form && form.word_count == word_count && memcmp(form_words, words, word_count * 8ul) == 0;
    enum cap_err error = wire_message_check_canonical(&judged);
    EXPECT_EQ(error, is_form ? CAP_OK : CAP_ERR_MALFORMED);
    *rule_word = judged.rule_word;
    return judged.rule;
}

#define EXPECT_JUDGED(name, at, ...)                                              \
    do {                                                                          \
        const uint64_t words_[] = {__VA_ARGS__};                                  \
        uint32_t word_;                                                           \
        EXPECT_EQ(judge(words_, sizeof words_ / 8, 1, &word_), WIRE_RULE_##name); \
        EXPECT_EQ(word_, at);                                                     \
    } while (0)

TEST(messages_of_every_kind_of_object_are_canonical)
{
    EXPECT_JUDGED(NONE, 0, 0);
    EXPECT_JUDGED(NONE, 0, 0xfffffffc);
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 1, 0), 1);
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 1, 2), 1, 0, list_pointer(0, WIRE_ELEMENT_BYTE, 3),
                  'h' | 'i' << 8);
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_POINTER, 2),
                  list_pointer(1, WIRE_ELEMENT_VOID, 7), 0xfffffffc);
    /* Elements first, then what hangs on each of them. */
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4),
                  tag_word(2, 1, 1), 1, list_pointer(2, WIRE_ELEMENT_BIT, 3), 2,
                  list_pointer(1, WIRE_ELEMENT_BIT, 3), 7, 5);
}

TEST(c1_a_far_pointer_or_a_second_segment_is_not_canonical)
{
    const uint64_t words[] = {struct_pointer(0, 1, 0), 1, 0};
    struct wire_segment segments[2] = {{words, 2}, {words + 2, 1}};
    struct wire_segments set;
    struct wire_message_reader message;
    wire_segments_use(&message, &set, segments, 2, 0);
    EXPECT_EQ(wire_message_check_canonical(&message), CAP_ERR_MALFORMED);
    EXPECT_RULE(message, C1_SEGMENT);
    wire_segments_use(&message, &set, segments, 1, 0);
    EXPECT_EQ(wire_message_check_canonical(&message), CAP_OK);
    EXPECT_JUDGED(C1_SEGMENT, 0, far_pointer(0, 1, 0), struct_pointer(0, 1, 0), 1);
}

TEST(c2_a_gap_another_order_or_a_shared_object_is_not_canonical)
{
    EXPECT_JUDGED(C2_ORDER, 0, struct_pointer(1, 1, 0), 0, 1);
    EXPECT_JUDGED(C2_ORDER, 1, struct_pointer(0, 0, 2), struct_pointer(2, 1, 0), struct_pointer(0, 1, 0), 1,
                  2);
    EXPECT_JUDGED(C2_ORDER, 2, struct_pointer(0, 0, 2), struct_pointer(1, 1, 0), struct_pointer(0, 1, 0), 1);
    EXPECT_JUDGED(C2_ORDER, 1, struct_pointer(0, 0, 1), list_pointer(1, WIRE_ELEMENT_BYTE, 1), 0, 1);
    /* An empty list, too, stands where it would begin. */
    EXPECT_JUDGED(C2_ORDER, 1, struct_pointer(0, 0, 1), list_pointer(-1, WIRE_ELEMENT_VOID, 7));
}

TEST(c3_the_sections_of_a_struct_end_in_what_is_needed)
{
    EXPECT_JUDGED(C3_DATA, 0, struct_pointer(0, 2, 0), 1, 0);
    EXPECT_JUDGED(C3_POINTERS, 0, struct_pointer(0, 1, 1), 1, 0);
    /* By the word, not by the byte. */
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 1, 0), 0x8000000000000000);
}

TEST(c4_a_list_of_structs_is_as_wide_as_its_widest_element)
{
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4),
                  tag_word(2, 2, 0), 0, 0, 0, 1);
    EXPECT_JUDGED(C4_DATA, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4),
                  tag_word(2, 2, 0), 1, 0, 1, 0);
    EXPECT_JUDGED(C4_POINTERS, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4),
                  tag_word(2, 1, 1), 1, 0, 1, 0);
    EXPECT_JUDGED(C4_DATA, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 0),
                  tag_word(0, 1, 0));
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 0),
                  tag_word(3, 0, 0));
}

TEST(c4_a_list_of_structs_has_no_slack)
{
    EXPECT_JUDGED(C4_COUNT, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 2),
                  tag_word(1, 1, 0), 1, 0);
    EXPECT_JUDGED(C4_COUNT, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 1),
                  tag_word(3, 0, 0), 0);
}

TEST(c5_a_capability_is_not_canonical)
{
    EXPECT_JUDGED(C5_CAP, 1, struct_pointer(0, 0, 1), cap_pointer(0));
    /* One that is wrong is refused for that. */
    EXPECT_JUDGED(P7_CAP, 1, struct_pointer(0, 0, 1), cap_pointer(1));
}

TEST(c6_the_bits_behind_a_list_are_zero)
{
    EXPECT_JUDGED(C6_BITS, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BIT, 3), 8);
    EXPECT_JUDGED(C6_BITS, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 9), 1, 0x100);
    EXPECT_JUDGED(C6_BITS, 1, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_FOUR_BYTES, 1),
                  1ull << 63);
    EXPECT_JUDGED(NONE, 0, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BIT, 64), UINT64_MAX);
}

TEST(c7_nothing_follows_the_last_object)
{
    EXPECT_JUDGED(C7_TRAILING, 0, struct_pointer(0, 1, 0), 1, 0);
    EXPECT_JUDGED(C7_TRAILING, 0, 0, 0);
}

TEST(c8_a_struct_without_size_is_at_offset_minus_one)
{
    EXPECT_JUDGED(C8_EMPTY, 1, struct_pointer(0, 0, 2), (uint32_t)(1 * 4), 0xfffffffc);
    EXPECT_JUDGED(C8_EMPTY, 1, struct_pointer(0, 0, 2), (uint32_t)(-2 * 4), 0xfffffffc);
}

TEST(f7_no_words_are_no_canonical_message)
{
    uint32_t rule_word;
    EXPECT_EQ(judge(NULL, 0, 0, &rule_word), WIRE_RULE_F7_NO_ROOT);
}

TEST(what_breaks_a_rule_for_all_messages_is_refused_for_that) /* 150 */
{
    EXPECT_JUDGED(P2_STRUCT, 0, struct_pointer(0, 2, 0), 1);
    uint64_t words[WIRE_DEPTH_MAX + 1];
    uint32_t rule_word;
    for (uint32_t i = 0; i < WIRE_DEPTH_MAX; i++)
        words[i] = struct_pointer(0, 0, 1);
    words[WIRE_DEPTH_MAX] = 0xfffffffc;
    EXPECT_EQ(judge(words, WIRE_DEPTH_MAX + 1, 0, &rule_word), WIRE_RULE_L5_DEPTH);
    EXPECT_EQ(rule_word, WIRE_DEPTH_MAX);
}

TEST_MAIN()
