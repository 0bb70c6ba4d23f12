/* Lists: every wire form read as every type of the schema, and their elements.
 *
 * Next: tests/host/test_wire_check.c
 */
#include "tests/host/test.h"
#include "tests/host/wire_words.h"

/* Which element codes a list of the schema's element may be read from (V4). */
static const bool readable[8][8] = {
    /*                    void bit 1 2 4 8 ptr struct   as found in the message */
    [WIRE_ELEMENT_VOID] = {1, 0, 1, 1, 1, 1, 1, 1},
    [WIRE_ELEMENT_BIT] = {0, 1, 1, 1, 1, 1, 0, 0},
    [WIRE_ELEMENT_BYTE] = {0, 0, 1, 1, 1, 1, 0, 1},
    [WIRE_ELEMENT_TWO_BYTES] = {0, 0, 0, 1, 1, 1, 0, 1},
    [WIRE_ELEMENT_FOUR_BYTES] = {0, 0, 0, 0, 1, 1, 0, 1},
    [WIRE_ELEMENT_EIGHT_BYTES] = {0, 0, 0, 0, 0, 1, 0, 1},
    [WIRE_ELEMENT_POINTER] = {0, 0, 0, 0, 0, 0, 1, 1},
    [WIRE_ELEMENT_STRUCT] = {1, 0, 1, 1, 1, 1, 1, 1},
};

TEST(v4_each_wire_form_reads_as_each_type_or_is_refused) /* 145, 146 */
{
    for (unsigned schema = 0; schema < 8; schema++)
        for (unsigned found = 0; found < 8; found++) {
            READ(message, struct_pointer(0, 0, 1),
                 list_pointer(0, found, found == WIRE_ELEMENT_STRUCT ? 4 : 2), tag_word(2, 1, 1), 1, 0, 2, 0);
            struct wire_list_reader list =
                wire_get_list(wire_message_root(&message), 0, (enum wire_element)schema);
            EXPECT_EQ(list.count, readable[schema][found] ? 2 : 0);
            EXPECT_EQ(message.rule, readable[schema][found] ? WIRE_RULE_NONE : WIRE_RULE_V4_ELEMENT);
        }
}

TEST(v4_struct_elements_need_a_data_word_or_a_pointer_to_be_read_as_such)
{
    READ(no_data, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 1), tag_word(1, 0, 1), 0);
    wire_get_list(wire_message_root(&no_data), 0, WIRE_ELEMENT_BYTE);
    EXPECT_RULE(no_data, V4_ELEMENT);
    READ(no_pointer, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 1), tag_word(1, 1, 0), 0);
    wire_get_list(wire_message_root(&no_pointer), 0, WIRE_ELEMENT_POINTER);
    EXPECT_RULE(no_pointer, V4_ELEMENT);
}

TEST(v4_structs_read_as_scalars_keep_their_stride)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 6), tag_word(3, 1, 1), 10, 0,
         20, 0, 30, 0);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_FOUR_BYTES);
    EXPECT_EQ(wire_list_u32(list, 0), 10);
    EXPECT_EQ(wire_list_u32(list, 1), 20);
    EXPECT_EQ(wire_list_u32(list, 2), 30);
    EXPECT_RULE(message, NONE);
}

TEST(v4_structs_read_as_texts_keep_the_place_of_their_pointers)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4), tag_word(2, 1, 1), 10,
         list_pointer(2, WIRE_ELEMENT_BYTE, 2), 20, list_pointer(1, WIRE_ELEMENT_BYTE, 2), 'a', 'b');
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_POINTER);
    EXPECT_STR(wire_list_text(list, 0).bytes, "a");
    EXPECT_STR(wire_list_text(list, 1).bytes, "b");
    EXPECT_RULE(message, NONE);
}

TEST(v4_bytes_read_as_structs_have_eight_bits_of_data)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 3), 0x030201);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    EXPECT_EQ(wire_get_u8(wire_list_struct(list, 0), 0), 1);
    EXPECT_EQ(wire_get_u8(wire_list_struct(list, 2), 0), 3);
    EXPECT_EQ(wire_get_u16(wire_list_struct(list, 0), 0), 0);
    EXPECT_EQ(wire_get_u8(wire_list_struct(list, 0), 1), 0);
    EXPECT(wire_get_bool(wire_list_struct(list, 0), 0));
    EXPECT(!wire_get_bool(wire_list_struct(list, 0), 8));
}

TEST(v4_pointers_read_as_structs_have_one_pointer_and_no_data)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_POINTER, 2), 0,
         list_pointer(0, WIRE_ELEMENT_BYTE, 2), 'x');
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_STRUCT);
    struct wire_struct_reader s = wire_list_struct(list, 1);
    EXPECT_EQ(wire_get_u8(s, 0), 0);
    EXPECT_STR(wire_get_text(s, 0).bytes, "x");
    EXPECT_EQ(wire_get_text(s, 1).length, 0);
    EXPECT_RULE(message, NONE);
}

TEST(v4_wider_scalars_read_as_bools_bit_by_bit)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 3), 0x000005);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_BIT);
    EXPECT(wire_list_bool(list, 0));
    EXPECT(!wire_list_bool(list, 1));
    EXPECT(wire_list_bool(list, 2));
}

TEST(v8_a_void_list_is_its_count) /* 144 */
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_VOID, 5));
    EXPECT_EQ(wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_VOID).count, 5);
    EXPECT_RULE(message, NONE);
}

TEST(bits_are_counted_from_the_low_end_across_words)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BIT, 66), 1ull << 63, 2);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_BIT);
    EXPECT(!wire_list_bool(list, 62));
    EXPECT(wire_list_bool(list, 63));
    EXPECT(!wire_list_bool(list, 64));
    EXPECT(wire_list_bool(list, 65));
}

TEST(a1_an_element_beyond_the_end_is_the_default_and_flagged)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_EIGHT_BYTES, 1), 7);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_EIGHT_BYTES);
    EXPECT_EQ(wire_list_u64(list, 0), 7);
    EXPECT_RULE(message, NONE);
    EXPECT_EQ(wire_list_u64(list, 1), 0);
    EXPECT_RULE(message, A1_INDEX);
}

TEST(a1_a_wider_read_than_the_elements_is_refused_even_inside_the_list)
{
    READ(message, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 8), UINT64_MAX);
    struct wire_list_reader list = wire_get_list(wire_message_root(&message), 0, WIRE_ELEMENT_BYTE);
    EXPECT_EQ(wire_list_u32(list, 0), 0);
    EXPECT_RULE(message, A1_INDEX);
}

TEST(lists_of_lists_and_of_capabilities)
{
    READ(message, struct_pointer(0, 0, 2), list_pointer(1, WIRE_ELEMENT_POINTER, 2),
         list_pointer(2, WIRE_ELEMENT_POINTER, 2), list_pointer(3, WIRE_ELEMENT_TWO_BYTES, 3), 0,
         cap_pointer(1), 0, 0x000300020001);
    message.cap_count = 2;
    struct wire_struct_reader root = wire_message_root(&message);
    struct wire_list_reader lists = wire_get_list(root, 0, WIRE_ELEMENT_POINTER);
    EXPECT_EQ(wire_list_list(lists, 0, WIRE_ELEMENT_TWO_BYTES).count, 3);
    EXPECT_EQ(wire_list_u16(wire_list_list(lists, 0, WIRE_ELEMENT_TWO_BYTES), 2), 3);
    EXPECT_EQ(wire_list_list(lists, 1, WIRE_ELEMENT_TWO_BYTES).count, 0);
    struct wire_list_reader caps = wire_get_list(root, 1, WIRE_ELEMENT_POINTER);
    EXPECT_EQ(wire_list_cap(caps, 0), 1);
    EXPECT_EQ(wire_list_cap(caps, 1), WIRE_CAP_NULL);
    EXPECT_RULE(message, NONE);
}

TEST_MAIN()
