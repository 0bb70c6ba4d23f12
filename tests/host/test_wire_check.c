/* The whole-message check, on types described by hand.
 *
 * Next: tests/host/test_wire_build.c
 */
#include "tests/host/test.h"
#include "tests/host/wire_words.h"

#define ANY_LENGTH .limit = WIRE_LENGTH_ANY

/* A tree: text, data, cap, next tree, list of trees, texts, and something of any type. */
static const struct wire_type tree_type;
static const struct wire_step text_step[] = {{.kind = WIRE_STEP_TEXT, ANY_LENGTH}};
static const struct wire_type text_elements = {text_step, 1};
static const struct wire_step tree_steps[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = 4},
    {.kind = WIRE_STEP_DATA, .index = 1, .limit = 4},
    {.kind = WIRE_STEP_CAP, .index = 2, ANY_LENGTH},
    {.kind = WIRE_STEP_STRUCT, .index = 3, ANY_LENGTH, .type = &tree_type},
    {.kind = WIRE_STEP_LIST, .index = 4, .limit = 2, .element = WIRE_ELEMENT_STRUCT, .type = &tree_type},
    {.kind = WIRE_STEP_LIST, .index = 5, ANY_LENGTH, .element = WIRE_ELEMENT_POINTER, .type = &text_elements},
    {.kind = WIRE_STEP_ANY, .index = 6, ANY_LENGTH},
};
static const struct wire_type tree_type = {tree_steps, 7};
static const struct wire_type scalars_only = {NULL, 0};

/* Checks the words as the schema's tree, and names the word of the first broken rule. */
#define CHECK_TREE(message, ...) \
    READ(message, __VA_ARGS__);  \
    enum cap_err message##_error = wire_check(&message, &tree_type)
#define EXPECT_REFUSED(message, name, word)            \
    do {                                               \
        EXPECT_EQ(message##_error, CAP_ERR_MALFORMED); \
        EXPECT_RULE(message, name);                    \
        EXPECT_EQ((message).rule_word, word);          \
    } while (0)

TEST(a_null_root_and_a_message_of_zero_words_pass)
{
    CHECK_TREE(message, 0);
    EXPECT_EQ(message_error, CAP_OK);
    struct wire_message_reader empty;
    wire_message_read(&empty, NULL, 0, 0);
    EXPECT_EQ(wire_check(&empty, &tree_type), CAP_OK);
}

TEST(a_root_without_pointers_is_still_checked)
{
    READ(message, struct_pointer(0, 3, 0), 0);
    EXPECT_EQ(wire_check(&message, &scalars_only), CAP_ERR_MALFORMED);
    EXPECT_RULE(message, P2_STRUCT);
}

TEST(each_kind_of_field_is_checked)
{
    CHECK_TREE(text, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 2), 0x6161);
    EXPECT_REFUSED(text, V3_TEXT, 1);
    CHECK_TREE(data, struct_pointer(0, 0, 2), 0, list_pointer(0, WIRE_ELEMENT_BYTE, 9), 0);
    EXPECT_REFUSED(data, P5_LIST, 2);
    CHECK_TREE(cap, struct_pointer(0, 0, 3), 0, 0, cap_pointer(0));
    EXPECT_REFUSED(cap, P7_CAP, 3);
    CHECK_TREE(next, struct_pointer(0, 0, 4), 0, 0, 0, struct_pointer(0, 1, 0));
    EXPECT_REFUSED(next, P2_STRUCT, 4);
    CHECK_TREE(list, struct_pointer(0, 0, 5), 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_BIT, 1), 1);
    EXPECT_REFUSED(list, V4_ELEMENT, 5);
    CHECK_TREE(texts, struct_pointer(0, 0, 6), 0, 0, 0, 0, 0, struct_pointer(-1, 0, 0));
    EXPECT_REFUSED(texts, P8_LIST, 6);
    CHECK_TREE(any, struct_pointer(0, 0, 7), 0, 0, 0, 0, 0, 0, 7);
    EXPECT_REFUSED(any, P7_OTHER, 7);
}

TEST(every_element_of_a_list_is_checked_and_not_only_the_first)
{
    CHECK_TREE(structs, struct_pointer(0, 0, 5), 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_STRUCT, 2),
               tag_word(2, 0, 1), 0, list_pointer(0, WIRE_ELEMENT_BYTE, 0));
    EXPECT_REFUSED(structs, V3_TEXT, 8);
    CHECK_TREE(texts, struct_pointer(0, 0, 6), 0, 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_POINTER, 3), 0, 0,
               list_pointer(0, WIRE_ELEMENT_BYTE, 0));
    EXPECT_REFUSED(texts, V3_TEXT, 9);
}

TEST(texts_upgraded_to_structs_are_checked_where_their_pointers_are)
{
    CHECK_TREE(message, struct_pointer(0, 0, 6), 0, 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_STRUCT, 4),
               tag_word(2, 1, 1), 99, 0, 99, list_pointer(0, WIRE_ELEMENT_BYTE, 0));
    EXPECT_REFUSED(message, V3_TEXT, 11);
}

TEST(what_comes_after_a_subtree_is_checked_too)
{
    CHECK_TREE(message, struct_pointer(0, 0, 7), 0, 0, 0, struct_pointer(3, 0, 1), 0, 0, 7, 0);
    EXPECT_REFUSED(message, P7_OTHER, 7);
}

TEST(fields_that_the_schema_does_not_know_are_not_looked_at)
{
    CHECK_TREE(message, struct_pointer(0, 1, 8), 5, 0, 0, 0, 0, 0, 0, 0, far_pointer(9, 9, 9));
    EXPECT_EQ(message_error, CAP_OK);
}

TEST(an_older_struct_with_fewer_pointers_passes)
{
    CHECK_TREE(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 3), bytes_word("ab"));
    EXPECT_EQ(message_error, CAP_OK);
}

TEST(l7_lengths_of_text_data_and_list_end_at_the_maximum)
{
    CHECK_TREE(text_4, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 5), bytes_word("abcd"));
    EXPECT_EQ(text_4_error, CAP_OK);
    CHECK_TREE(text_5, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 6), bytes_word("abcde"));
    EXPECT_REFUSED(text_5, L7_LENGTH, 1);
    CHECK_TREE(data_4, struct_pointer(0, 0, 2), 0, list_pointer(0, WIRE_ELEMENT_BYTE, 4), 1);
    EXPECT_EQ(data_4_error, CAP_OK);
    CHECK_TREE(data_5, struct_pointer(0, 0, 2), 0, list_pointer(0, WIRE_ELEMENT_BYTE, 5), 1);
    EXPECT_REFUSED(data_5, L7_LENGTH, 2);
    CHECK_TREE(list_2, struct_pointer(0, 0, 5), 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_STRUCT, 0),
               tag_word(2, 0, 0));
    EXPECT_EQ(list_2_error, CAP_OK);
    CHECK_TREE(list_3, struct_pointer(0, 0, 5), 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_STRUCT, 0),
               tag_word(3, 0, 0));
    EXPECT_REFUSED(list_3, L7_LENGTH, 5);
}

/* A union with tag 5 (text) or 6 (a group: cap, and in it a union with tag 1: data) at byte 2 and byte 4. */
static const struct wire_step union_steps[] = {
    {.kind = WIRE_STEP_CASE, .index = 5, .limit = 2, .skip = 1},
    {.kind = WIRE_STEP_TEXT, .index = 0, ANY_LENGTH},
    {.kind = WIRE_STEP_CASE, .index = 6, .limit = 2, .skip = 3},
    {.kind = WIRE_STEP_CAP, .index = 0, ANY_LENGTH},
    {.kind = WIRE_STEP_CASE, .index = 1, .limit = 4, .skip = 1},
    {.kind = WIRE_STEP_DATA, .index = 1, ANY_LENGTH},
    {.kind = WIRE_STEP_CAP, .index = 2, ANY_LENGTH},
};
static const struct wire_type union_type = {union_steps, 7};

static enum cap_err check_union(uint64_t data, uint64_t first, uint64_t second, uint64_t third)
{
    READ(message, struct_pointer(0, 1, 3), data, first, second, third, bytes_word("a"));
    message.cap_count = 1;
    return wire_check(&message, &union_type);
}

TEST(only_the_selected_member_of_a_union_is_checked)
{
    const uint64_t text = list_pointer(2, WIRE_ELEMENT_BYTE, 2), cap = cap_pointer(0);
    const uint64_t data = list_pointer(1, WIRE_ELEMENT_BYTE, 8), wrong = 7;
    EXPECT_EQ(check_union(5ull << 16, text, wrong, 0), CAP_OK);
    EXPECT_EQ(check_union(5ull << 16, cap, wrong, 0), CAP_ERR_MALFORMED);
    EXPECT_EQ(check_union(6ull << 16, cap, wrong, 0), CAP_OK);
    EXPECT_EQ(check_union(6ull << 16, text, wrong, 0), CAP_ERR_MALFORMED);
    EXPECT_EQ(check_union(6ull << 16 | 1ull << 32, cap, data, 0), CAP_OK);
    EXPECT_EQ(check_union(6ull << 16 | 1ull << 32, cap, wrong, 0), CAP_ERR_MALFORMED);
}

TEST(v5_a_tag_that_the_schema_does_not_know_passes_and_what_follows_is_checked)
{
    EXPECT_EQ(check_union(99ull << 16, 7, 7, 0), CAP_OK);
    EXPECT_EQ(check_union(99ull << 16, 7, 7, cap_pointer(0)), CAP_OK);
    EXPECT_EQ(check_union(99ull << 16, 7, 7, cap_pointer(1)), CAP_ERR_MALFORMED);
}

TEST(a_tag_beyond_the_data_is_zero)
{
    static const struct wire_step steps[] = {
        {.kind = WIRE_STEP_CASE, .index = 0, .limit = 8, .skip = 1},
        {.kind = WIRE_STEP_TEXT, .index = 0, ANY_LENGTH},
    };
    static const struct wire_type type = {steps, 2};
    READ(message, struct_pointer(0, 1, 1), UINT64_MAX, 7);
    EXPECT_EQ(wire_check(&message, &type), CAP_ERR_MALFORMED);
}

TEST(what_an_any_pointer_leads_to_is_walked_to_its_leaves)
{
    CHECK_TREE(good, struct_pointer(0, 0, 7), 0, 0, 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_POINTER, 3),
               struct_pointer(2, 1, 1), list_pointer(3, WIRE_ELEMENT_BYTE, 3), 0, 5, 0, 0xffffff);
    EXPECT_EQ(good_error, CAP_OK);
    CHECK_TREE(bad, struct_pointer(0, 0, 7), 0, 0, 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_POINTER, 3),
               struct_pointer(2, 1, 1), list_pointer(3, WIRE_ELEMENT_BYTE, 3), 0, 5, far_pointer(0, 0, 0),
               0xffffff);
    EXPECT_REFUSED(bad, R0_FAR, 12);
}

TEST(structs_in_a_list_of_any_type_are_walked)
{
    CHECK_TREE(message, struct_pointer(0, 0, 7), 0, 0, 0, 0, 0, 0, list_pointer(0, WIRE_ELEMENT_STRUCT, 4),
               tag_word(2, 1, 1), 0, 0, 0, cap_pointer(0));
    EXPECT_REFUSED(message, P7_CAP, 12);
}

/* A list of `count` pointers, each to the list below it; the lowest holds nulls. Visits: count^levels. */
static enum wire_rule check_amplified(unsigned levels, unsigned count)
{
    uint64_t words[256] = {struct_pointer(0, 0, 7)};
    unsigned next = 8;
    words[7] = list_pointer(0, WIRE_ELEMENT_POINTER, count);
    for (unsigned level = 1; level < levels; level++, next += count)
        for (unsigned i = 0; i < count; i++)
            words[next + i] = list_pointer(count - 1 - i, WIRE_ELEMENT_POINTER, count);
    struct wire_message_reader message;
    wire_message_read(&message, words, 256, 0);
    enum cap_err error = wire_check(&message, &tree_type);
    EXPECT_EQ(error, message.rule ? CAP_ERR_MALFORMED : CAP_OK);
    return message.rule;
}

TEST(l6_objects_that_are_shared_many_times_end_at_the_traversal_limit)
{
    EXPECT_EQ(check_amplified(3, 8), WIRE_RULE_NONE);
    EXPECT_EQ(check_amplified(12, 8), WIRE_RULE_L1_BUDGET);
}

/* A struct with 40 text fields that all point at one text of 200 words, and what the check says of `count`.
 */
static enum wire_rule check_shared_text(unsigned count)
{
    static struct wire_step steps[40];
    const struct wire_type type = {steps, 40};
    uint64_t words[1 + 40 + 200] = {struct_pointer(0, 0, 40)};
    for (unsigned i = 0; i < 40; i++) {
        steps[i] = (struct wire_step){.kind = WIRE_STEP_TEXT, .index = (uint16_t)i, ANY_LENGTH};
        if (i < count)
            words[1 + i] = list_pointer(39 - i, WIRE_ELEMENT_BYTE, 1600);
    }
    struct wire_message_reader message;
    wire_message_read(&message, words, 1 + 40 + 200, 0);
    enum cap_err error = wire_check(&message, &type);
    EXPECT_EQ(error, message.rule ? CAP_ERR_MALFORMED : CAP_OK);
    return message.rule;
}

TEST(l6_a_text_that_many_fields_share_is_charged_for_each)
{
    EXPECT_EQ(check_shared_text(14), WIRE_RULE_NONE); /* 40 + 14 x 200 of 8 x 241 + 1024 words */
    EXPECT_EQ(check_shared_text(15), WIRE_RULE_L1_BUDGET);
}

TEST(l5_a_chain_of_any_type_ends_at_the_depth_limit)
{
    uint64_t words[80] = {struct_pointer(0, 0, 7)};
    for (unsigned i = 7; i < 80; i++)
        words[i] = struct_pointer(0, 0, 1);
    struct wire_message_reader message;
    wire_message_read(&message, words, 80, 0);
    EXPECT_EQ(wire_check(&message, &tree_type), CAP_ERR_MALFORMED);
    EXPECT_RULE(message, L5_DEPTH);
    words[7 + 63] = 0;
    wire_message_read(&message, words, 80, 0);
    EXPECT_EQ(wire_check(&message, &tree_type), CAP_OK);
}

TEST(l5_a_struct_that_points_at_itself_ends_at_the_depth_limit) /* 143 */
{
    CHECK_TREE(message, struct_pointer(0, 0, 4), 0, 0, 0, struct_pointer(-4, 0, 4));
    EXPECT_REFUSED(message, L5_DEPTH, 4);
}

TEST(l5_lists_of_structs_nest_31_deep)
{
    uint64_t words[256] = {struct_pointer(0, 0, 5)};
    words[5] = list_pointer(0, WIRE_ELEMENT_STRUCT, 5);
    for (unsigned i = 0; i < 40; i++) {
        words[6 + 6 * i] = tag_word(1, 0, 5);
        words[6 + 6 * i + 5] = list_pointer(0, WIRE_ELEMENT_STRUCT, 5);
    }
    for (unsigned last = 30; last <= 31; last++) {
        uint64_t kept = words[6 + 6 * last + 5];
        words[6 + 6 * last + 5] = 0;
        struct wire_message_reader message;
        wire_message_read(&message, words, 256, 0);
        enum cap_err error = wire_check(&message, &tree_type);
        EXPECT_EQ(error, last == 30 ? CAP_OK : CAP_ERR_MALFORMED);
        EXPECT_EQ(message.rule, last == 30 ? WIRE_RULE_NONE : WIRE_RULE_L5_DEPTH);
        words[6 + 6 * last + 5] = kept;
    }
}

TEST(l5_lists_of_structs_of_any_type_nest_as_deep_as_those_of_the_schema)
{
    uint64_t words[256] = {struct_pointer(0, 0, 7)};
    words[7] = list_pointer(0, WIRE_ELEMENT_STRUCT, 1);
    for (unsigned i = 0; i < 40; i++) {
        words[8 + 2 * i] = tag_word(1, 0, 1);
        words[9 + 2 * i] = list_pointer(0, WIRE_ELEMENT_STRUCT, 1);
    }
    for (unsigned last = 30; last <= 31; last++) {
        uint64_t kept = words[9 + 2 * last];
        words[9 + 2 * last] = 0;
        struct wire_message_reader message;
        wire_message_read(&message, words, 256, 0);
        EXPECT_EQ(wire_check(&message, &tree_type), last == 30 ? CAP_OK : CAP_ERR_MALFORMED);
        EXPECT_EQ(message.rule, last == 30 ? WIRE_RULE_NONE : WIRE_RULE_L5_DEPTH);
        words[9 + 2 * last] = kept;
    }
}

TEST(an_older_struct_at_the_end_of_the_segment_is_not_read_beyond)
{
    for (unsigned pointer_count = 0; pointer_count < 7; pointer_count++) {
        struct wire_message_reader message;
        uint64_t words[8] = {7, 7, 7, 7, 7, 7, 7, 7}; /* a reserved pointer, where there is none */
        memset(words, 0, (pointer_count + 1) * 8);
        words[0] = struct_pointer(0, 0, pointer_count);
        wire_message_read(&message, words, pointer_count + 1, 0);
        EXPECT_EQ(wire_check(&message, &tree_type), CAP_OK);
    }
}

TEST(after_the_check_reading_is_free)
{
    CHECK_TREE(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 3), bytes_word("ab"));
    EXPECT_EQ(message_error, CAP_OK);
    for (unsigned i = 0; i < 100000; i++)
        EXPECT_EQ(wire_get_text(wire_message_root(&message), 0).length, 2);
    EXPECT_RULE(message, NONE);
}

TEST(a_message_in_which_a_rule_was_broken_before_does_not_pass)
{
    READ(message, struct_pointer(0, 1, 0), 0);
    wire_message_flag(&message, WIRE_RULE_P2_STRUCT, message.words, 0);
    EXPECT_EQ(wire_check(&message, &scalars_only), CAP_ERR_MALFORMED);
}

TEST_MAIN()
