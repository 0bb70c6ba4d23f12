/* Reading single segments: each rule by its name in docs/spec/messages.md, on words made by hand.
 *
 * Next: tests/host/test_wire_lists.c
 */
#include "tests/host/test.h"
#include "tests/host/wire_words.h"

TEST(a_message_of_zero_words_has_a_null_root)
{
    struct wire_message_reader message;
    wire_message_read(&message, NULL, 0, 0);
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_get_u64(root, 0), 0);
    EXPECT_EQ(wire_get_text(root, 0).length, 0);
    EXPECT_RULE(message, NONE);
}

TEST(f10_an_all_zero_root_is_a_null_struct)
{
    READ(message, 0);
    EXPECT_EQ(wire_get_u32(wire_message_root(&message), 0), 0);
    EXPECT_RULE(message, NONE);
}

TEST(p1_zero_is_null_before_its_kind_is_looked_at)
{
    READ(message, struct_pointer(0, 0, 3), 0, 0, 0);
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT(!wire_has_pointer(root, 0));
    EXPECT_EQ(wire_get_struct(root, 0).data_bits, 0);
    EXPECT_EQ(wire_get_list(root, 1, WIRE_ELEMENT_BYTE).count, 0);
    EXPECT_EQ(wire_get_cap(root, 2), WIRE_CAP_NULL);
    EXPECT_RULE(message, NONE);
}

TEST(p2_a_struct_may_end_where_the_segment_ends)
{
    READ(message, struct_pointer(0, 1, 1), 7, 0);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 7);
    EXPECT_RULE(message, NONE);
}

TEST(p2_a_struct_one_word_past_the_segment_is_refused)
{
    READ(message, struct_pointer(0, 2, 1), 7, 0);
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 0);
    EXPECT_RULE(message, P2_STRUCT);
    EXPECT_EQ(message.rule_word, 0);
}

TEST(p2_a_target_past_the_segment_is_refused)
{
    READ(message, struct_pointer(1, 1, 0), 7);
    wire_message_root(&message);
    EXPECT_RULE(message, P2_STRUCT);
}

TEST(p2_a_target_before_the_segment_is_refused)
{
    READ(message, struct_pointer(-2, 1, 0), 7);
    wire_message_root(&message);
    EXPECT_RULE(message, P2_STRUCT);
}

TEST(p2_the_extreme_offsets_are_refused) /* 142 */
{
    READ(lowest, struct_pointer(-(1 << 29), 1, 0), 7);
    wire_message_root(&lowest);
    EXPECT_RULE(lowest, P2_STRUCT);
    READ(highest, struct_pointer((1 << 29) - 1, 1, 0), 7);
    wire_message_root(&highest);
    EXPECT_RULE(highest, P2_STRUCT);
}

TEST(p2_an_offset_may_point_backwards_inside_the_segment)
{
    READ(message, struct_pointer(1, 0, 1), 5, struct_pointer(-2, 1, 0));
    EXPECT_EQ(wire_get_u64(wire_get_struct(wire_message_root(&message), 0), 0), 5);
    EXPECT_RULE(message, NONE);
}

TEST(p3_a_struct_of_131070_words_is_not_cut_to_16_bits)
{
    READ(message, struct_pointer(0, 0xffff, 0xffff), 7, 7);
    wire_message_root(&message);
    EXPECT_RULE(message, P2_STRUCT);
}

TEST(p4_a_struct_without_size_is_found_at_offset_minus_one)
{
    READ(message, 0xfffffffc);
    EXPECT_EQ(wire_get_u32(wire_message_root(&message), 0), 0);
    EXPECT_RULE(message, NONE);
}

TEST(p4_a_struct_without_size_outside_the_segment_is_refused)
{
    READ(message, struct_pointer(0, 0, 1), struct_pointer(1000, 0, 0) | 1ull << 30);
    wire_get_struct(wire_message_root(&message), 0);
    EXPECT_RULE(message, P2_STRUCT);
}

TEST(p5_a_list_may_end_where_the_segment_ends_and_not_a_word_later)
{
    READ(fits, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_FOUR_BYTES, 3), 1, 2);
    EXPECT_EQ(wire_get_list(wire_message_root(&fits), 0, WIRE_ELEMENT_FOUR_BYTES).count, 3);
    EXPECT_RULE(fits, NONE);
    READ(longer, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_FOUR_BYTES, 5), 1, 2);
    EXPECT_EQ(wire_get_list(wire_message_root(&longer), 0, WIRE_ELEMENT_FOUR_BYTES).count, 0);
    EXPECT_RULE(longer, P5_LIST);
    EXPECT_EQ(longer.rule_word, 1);
}

TEST(p5_the_longest_list_of_each_element_is_counted_in_64_bits)
{
    for (uint64_t element = WIRE_ELEMENT_BIT; element <= WIRE_ELEMENT_POINTER; element++) {
        READ(message, struct_pointer(0, 0, 1), list_pointer(0, element, WIRE_LIST_COUNT_MAX), 1, 2);
        EXPECT_EQ(wire_get_list(wire_message_root(&message), 0, (enum wire_element)element).count, 0);
        EXPECT_RULE(message, P5_LIST);
    }
}

TEST(p6_the_tag_of_a_struct_list_must_lie_inside)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 0));
    wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(message, P6_LIST);
}

TEST(p6_the_words_behind_the_tag_must_lie_inside)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 2), tag_word(2, 1, 0), 1);
    wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(message, P6_LIST);
}

TEST(p6_a_tag_of_another_kind_is_refused)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 1), tag_word(1, 1, 0) | 1, 1);
    wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(message, P6_TAG);
}

TEST(p6_elements_may_leave_slack_but_not_need_more)
{
    READ(slack, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 2), tag_word(1, 1, 0), 9, 9);
    EXPECT_EQ(wire_get_list(wire_message_root(&slack), 0, WIRE_ELEMENT_STRUCT).count, 1);
    EXPECT_RULE(slack, NONE);
    READ(more, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 2), tag_word(3, 1, 0), 9, 9);
    wire_get_list(wire_message_root(&more), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(more, P6_COUNT);
}

TEST(p6_count_times_stride_does_not_wrap)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 2),
         tag_word(0x10000000, 0xffff, 0xffff), 9, 9);
    wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(message, P6_COUNT);
}

TEST(p6_an_element_count_of_30_bits_is_refused)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 0),
         tag_word(0x20000000, 0, 0));
    message.budget_words = WIRE_BUDGET_UNLIMITED;
    wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(message, P6_COUNT);
}

TEST(p7_a_capability_is_an_index_below_the_number_of_capabilities) /* 148 */
{
    READ(message, struct_pointer(0, 0, 2), cap_pointer(1), cap_pointer(2));
    message.cap_count = 2;
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_get_cap(root, 0), 1);
    EXPECT_RULE(message, NONE);
    EXPECT_EQ(wire_get_cap(root, 1), WIRE_CAP_NULL);
    EXPECT_RULE(message, P7_CAP);
    EXPECT_EQ(message.rule_word, 2);
}

TEST(p7_a_capability_without_any_beside_the_message_is_refused)
{
    READ(message, struct_pointer(0, 0, 1), cap_pointer(0));
    EXPECT_EQ(wire_get_cap(wire_message_root(&message), 0), WIRE_CAP_NULL);
    EXPECT_RULE(message, P7_CAP);
}

TEST(p7_the_highest_index_does_not_look_like_null)
{
    READ(message, struct_pointer(0, 0, 1), cap_pointer(UINT32_MAX));
    message.cap_count = UINT32_MAX;
    wire_get_cap(wire_message_root(&message), 0);
    EXPECT_RULE(message, P7_CAP);
}

TEST(p7_a_reserved_pointer_is_refused)
{
    READ(message, struct_pointer(0, 0, 1), 7);
    message.cap_count = 1;
    wire_get_cap(wire_message_root(&message), 0);
    EXPECT_RULE(message, P7_OTHER);
}

TEST(p8_another_kind_than_the_schema_has_is_refused_for_each)
{
    const uint64_t is_struct = struct_pointer(-1, 0, 0), is_list = list_pointer(0, WIRE_ELEMENT_BIT, 0);
    READ(a, struct_pointer(0, 0, 1), is_list);
    EXPECT_EQ(wire_get_struct(wire_message_root(&a), 0).data_bits, 0);
    EXPECT_RULE(a, P8_STRUCT);
    READ(b, struct_pointer(0, 0, 1), is_struct);
    wire_get_list(wire_message_root(&b), 0, WIRE_ELEMENT_VOID);
    EXPECT_RULE(b, P8_LIST);
    READ(c, struct_pointer(0, 0, 1), is_struct);
    EXPECT_STR(wire_get_text(wire_message_root(&c), 0).bytes, "");
    EXPECT_RULE(c, P8_TEXT);
    READ(d, struct_pointer(0, 0, 1), is_list);
    EXPECT_EQ(wire_get_data(wire_message_root(&d), 0).length, 0);
    EXPECT_RULE(d, P8_TEXT);
    READ(e, struct_pointer(0, 0, 1), is_struct);
    wire_get_cap(wire_message_root(&e), 0);
    EXPECT_RULE(e, P8_CAP);
    READ(f, cap_pointer(0));
    f.cap_count = 1;
    wire_message_root(&f);
    EXPECT_RULE(f, P8_STRUCT);
}

TEST(p8_a_capability_is_neither_text_nor_list_whatever_its_index)
{
    for (uint64_t index = 0; index < 16; index++) {
        READ(text, struct_pointer(0, 0, 1), cap_pointer(index), 0);
        text.cap_count = 16;
        EXPECT_EQ(wire_get_data(wire_message_root(&text), 0).length, 0);
        EXPECT_RULE(text, P8_TEXT);
        READ(list, struct_pointer(0, 0, 1), cap_pointer(index), 0);
        list.cap_count = 16;
        wire_get_list(wire_message_root(&list), 0, WIRE_ELEMENT_VOID);
        EXPECT_RULE(list, P8_LIST);
    }
}

TEST(r0_a_far_pointer_in_one_segment_is_refused_wherever_it_stands)
{
    READ(root, far_pointer(0, 1, 0), struct_pointer(-1, 0, 0));
    wire_message_root(&root);
    EXPECT_RULE(root, R0_FAR);
    READ(inner, struct_pointer(0, 0, 1), far_pointer(0, 0, 0));
    wire_get_text(wire_message_root(&inner), 0);
    EXPECT_RULE(inner, R0_FAR);
    EXPECT_EQ(inner.rule_word, 1);
    READ(list, struct_pointer(0, 0, 1), far_pointer(0, 0, 1));
    wire_get_list(wire_message_root(&list), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_RULE(list, R0_FAR);
    READ(cap, struct_pointer(0, 0, 1), far_pointer(0, 0, 0));
    wire_get_cap(wire_message_root(&cap), 0);
    EXPECT_RULE(cap, R0_FAR);
}

TEST(v1_a_field_beyond_the_data_reads_as_zero_and_no_neighbour_shows_through)
{
    READ(message, struct_pointer(0, 1, 1), UINT64_MAX, 0);
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_get_u8(root, 7), 0xff);
    EXPECT_EQ(wire_get_u8(root, 8), 0);
    EXPECT_EQ(wire_get_u16(root, 6), 0xffff);
    EXPECT_EQ(wire_get_u16(root, 8), 0);
    EXPECT_EQ(wire_get_u32(root, 8), 0);
    EXPECT_EQ(wire_get_u64(root, 8), 0);
    EXPECT(wire_get_bool(root, 63));
    EXPECT(!wire_get_bool(root, 64));
    EXPECT_RULE(message, NONE);
}

TEST(v1_a_pointer_beyond_the_pointers_reads_as_null)
{
    READ(message, struct_pointer(0, 0, 1), 0, list_pointer(0, WIRE_ELEMENT_BYTE, 0));
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT(!wire_has_pointer(root, 1));
    EXPECT_EQ(wire_get_data(root, 1).length, 0);
    EXPECT_EQ(wire_get_list(root, 1, WIRE_ELEMENT_BYTE).count, 0);
    EXPECT_EQ(wire_get_struct(root, 1).pointer_count, 0);
    EXPECT_EQ(wire_get_cap(root, 1), WIRE_CAP_NULL);
    EXPECT_RULE(message, NONE);
}

TEST(v3_text_is_one_shorter_than_its_bytes_and_may_hold_nuls)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 4),
         bytes_word("a") | 'b' << 16);
    struct wire_text text = wire_get_text(wire_message_root(&message), 0);
    EXPECT_EQ(text.length, 3);
    EXPECT_BYTES(text.bytes, "a\0b", 4);
    EXPECT_RULE(message, NONE);
}

TEST(v3_text_without_nul_is_refused) /* 147 */
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 3), bytes_word("abcdefg"));
    EXPECT_EQ(wire_get_text(wire_message_root(&message), 0).length, 0);
    EXPECT_RULE(message, V3_TEXT);
}

TEST(v3_a_byte_list_without_bytes_is_data_but_not_text)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 0));
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_get_data(root, 0).length, 0);
    EXPECT(wire_get_data(root, 0).bytes != NULL);
    EXPECT_RULE(message, NONE);
    EXPECT_EQ(wire_get_text(root, 0).length, 0);
    EXPECT_RULE(message, V3_TEXT);
}

TEST(v3_null_text_and_empty_text_differ_by_has)
{
    READ(message, struct_pointer(0, 0, 2), 0, list_pointer(0, WIRE_ELEMENT_BYTE, 1), 0);
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_get_text(root, 0).length, 0);
    EXPECT_EQ(wire_get_text(root, 1).length, 0);
    EXPECT(!wire_has_pointer(root, 0));
    EXPECT(wire_has_pointer(root, 1));
    EXPECT_RULE(message, NONE);
}

TEST(v4_text_and_data_are_byte_lists_only)
{
    for (uint64_t element = WIRE_ELEMENT_VOID; element <= WIRE_ELEMENT_STRUCT; element++) {
        READ(message, struct_pointer(0, 0, 1), list_pointer(0, element, 1), tag_word(1, 1, 0), 0);
        wire_get_data(wire_message_root(&message), 0);
        EXPECT_EQ(message.rule, element == WIRE_ELEMENT_BYTE ? WIRE_RULE_NONE : WIRE_RULE_P8_TEXT);
    }
}

TEST(v5_reading_a_member_that_is_not_selected_gives_null_and_is_flagged)
{
    READ(message, struct_pointer(0, 1, 0), 3);
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(wire_union_select(root, 0, 3).data_bits, 64);
    EXPECT_RULE(message, NONE);
    EXPECT_EQ(wire_union_select(root, 0, 4).data_bits, 0);
    EXPECT_RULE(message, A2_UNION);
}

TEST(a2_asking_for_a_member_that_is_not_selected_is_flagged_and_the_selected_one_is_not)
{
    READ(message, struct_pointer(0, 1, 1), 5, 0);
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT(wire_union_is(root, 0, 5));
    EXPECT_RULE(message, NONE);
    EXPECT(!wire_union_is(root, 0, 6));
    EXPECT_RULE(message, A2_UNION);
}

TEST(v9_a_default_value_is_read_without_charging_the_message)
{
    const uint64_t words[] = {list_pointer(0, WIRE_ELEMENT_BYTE, 3), 0x6968};
    struct wire_text text = wire_get_text(wire_default(words, 2), 0);
    EXPECT_EQ(text.length, 2);
    EXPECT_BYTES(text.bytes, "hi", 3);
}

TEST(l1_reading_costs_the_words_of_the_object)
{
    READ(message, struct_pointer(0, 1, 1), 1, list_pointer(0, WIRE_ELEMENT_BYTE, 9), 0, 0);
    message.budget_words = 5;
    struct wire_struct_reader root = wire_message_root(&message);
    EXPECT_EQ(message.budget_words, 3);
    wire_get_data(root, 0);
    EXPECT_EQ(message.budget_words, 1);
    EXPECT_RULE(message, NONE);
    EXPECT_EQ(wire_get_data(root, 0).length, 0);
    EXPECT_RULE(message, L1_BUDGET);
    EXPECT_EQ(message.rule_word, 2);
}

TEST(l1_the_root_is_charged_like_any_struct)
{
    READ(message, struct_pointer(0, 2, 0), 1, 2);
    message.budget_words = 1;
    EXPECT_EQ(wire_get_u64(wire_message_root(&message), 0), 0);
    EXPECT_RULE(message, L1_BUDGET);
}

TEST(l2_elements_without_size_cost_a_word_each)
{
    READ(voids, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_VOID, 100));
    voids.budget_words = 101;
    EXPECT_EQ(wire_get_list(wire_message_root(&voids), 0, WIRE_ELEMENT_VOID).count, 100);
    EXPECT_EQ(voids.budget_words, 0);
    READ(structs, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 0), tag_word(100, 0, 0));
    structs.budget_words = 101;
    EXPECT_EQ(wire_get_list(wire_message_root(&structs), 0, WIRE_ELEMENT_STRUCT).count, 0);
    EXPECT_RULE(structs, L1_BUDGET);
}

TEST(l3_the_bounds_come_first_and_what_cannot_be_paid_is_not_returned)
{
    READ(outside, struct_pointer(0, 0, 1), list_pointer(1, WIRE_ELEMENT_EIGHT_BYTES, 2), 7);
    outside.budget_words = 1;
    EXPECT(wire_get_list(wire_message_root(&outside), 0, WIRE_ELEMENT_EIGHT_BYTES).words == NULL);
    EXPECT_RULE(outside, P5_LIST);
    EXPECT_EQ(outside.budget_words, 0);
    READ(poor, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_EIGHT_BYTES, 2), 7, 8);
    poor.budget_words = 2;
    struct wire_list_reader list = wire_get_list(wire_message_root(&poor), 0, WIRE_ELEMENT_EIGHT_BYTES);
    EXPECT_RULE(poor, L1_BUDGET);
    EXPECT_EQ(list.count, 0);
    EXPECT_EQ(wire_list_u64(list, 0), 0);
    EXPECT_EQ(poor.budget_words, 1);
}

TEST(l4_the_budget_is_eight_times_the_message_and_a_floor)
{
    struct wire_message_reader message;
    uint64_t word = 0;
    wire_message_read(&message, &word, 1, 0);
    EXPECT_EQ(message.budget_words, 8 + WIRE_BUDGET_FLOOR_WORDS);
    wire_message_read(&message, &word, UINT32_MAX, 0);
    EXPECT_EQ(message.budget_words, 8ull * UINT32_MAX + WIRE_BUDGET_FLOOR_WORDS);
}

/* A chain of structs, each with one pointer to the next. */
static unsigned chain_depth(unsigned struct_count, enum wire_rule *rule)
{
    uint64_t words[128] = {0};
    for (unsigned i = 0; i < struct_count; i++)
        words[i] = struct_pointer(0, 0, 1);
    struct wire_message_reader message;
    wire_message_read(&message, words, 128, 0);
    struct wire_struct_reader s = wire_message_root(&message);
    unsigned depth = 0;
    for (; s.pointer_count; depth++)
        s = wire_get_struct(s, 0);
    *rule = message.rule;
    return depth;
}

TEST(l5_structs_nest_64_deep_and_no_deeper)
{
    enum wire_rule rule;
    EXPECT_EQ(chain_depth(64, &rule), 64);
    EXPECT_EQ(rule, WIRE_RULE_NONE);
    EXPECT_EQ(chain_depth(65, &rule), 64);
    EXPECT_EQ(rule, WIRE_RULE_L5_DEPTH);
}

/* Struct lists of one element, each element with one pointer to the next list. */
static unsigned nested_lists(unsigned list_count, enum wire_rule *rule)
{
    uint64_t words[256] = {struct_pointer(0, 0, 1)};
    for (unsigned i = 0; i < list_count; i++) {
        words[1 + 2 * i] = list_pointer(0, WIRE_ELEMENT_STRUCT, 1);
        words[2 + 2 * i] = tag_word(1, 0, 1);
    }
    struct wire_message_reader message;
    wire_message_read(&message, words, 256, 0);
    struct wire_struct_reader s = wire_message_root(&message);
    unsigned depth = 0;
    for (; wire_has_pointer(s, 0); depth++)
        s = wire_list_struct(wire_get_list(s, 0, WIRE_ELEMENT_STRUCT), 0);
    *rule = message.rule;
    return depth;
}

TEST(l5_struct_lists_nest_31_deep_because_an_element_counts_too)
{
    enum wire_rule rule;
    EXPECT_EQ(nested_lists(31, &rule), 31);
    EXPECT_EQ(rule, WIRE_RULE_NONE);
    nested_lists(32, &rule);
    EXPECT_EQ(rule, WIRE_RULE_L5_DEPTH);
}

TEST(the_first_broken_rule_stays)
{
    READ(message, struct_pointer(0, 0, 2), struct_pointer(50, 1, 0), far_pointer(0, 0, 0));
    struct wire_struct_reader root = wire_message_root(&message);
    wire_get_struct(root, 0);
    wire_get_struct(root, 1);
    EXPECT_RULE(message, P2_STRUCT);
    EXPECT_EQ(message.rule_word, 1);
}

TEST(every_rule_has_a_text_that_begins_with_its_name)
{
    EXPECT_STR(wire_rule_text(WIRE_RULE_P2_STRUCT), "P2: a struct pointer points outside its segment");
    EXPECT_STR(wire_rule_text((enum wire_rule)1000), "unknown rule");
#define CHECK_TEXT(name, text)              \
    if (WIRE_RULE_##name != WIRE_RULE_NONE) \
        EXPECT_BYTES(wire_rule_text(WIRE_RULE_##name), #name, 2);
    WIRE_RULES(CHECK_TEXT)
}

TEST_MAIN()
