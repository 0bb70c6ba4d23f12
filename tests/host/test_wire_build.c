/* Building: the bytes that come out, what does not fit, what is replaced, and copies.
 *
 * Next: tests/host/test_wire_segments.c
 */
#include "schema/wire_canonical.h"
#include "tests/host/test.h"
#include "tests/host/wire_words.h"

#define ROOM 96

/* A builder over `capacity` words that are full of rubbish. */
#define BUILD(message, capacity)                           \
    uint64_t message##_words[ROOM + 1];                    \
    memset(message##_words, 0xa5, sizeof message##_words); \
    struct wire_message_builder message;                   \
    wire_message_build(&message, message##_words, capacity)

#define EXPECT_WORDS(message, ...)                            \
    do {                                                      \
        const uint64_t expected[] = {__VA_ARGS__};            \
        EXPECT_EQ((message).word_count, sizeof expected / 8); \
        for (unsigned i_ = 0; i_ < sizeof expected / 8; i_++) \
            EXPECT_EQ((message).words[i_], expected[i_]);     \
    } while (0)

TEST(an_unused_builder_is_a_message_of_zero_words)
{
    BUILD(message, ROOM);
    EXPECT_EQ(message.word_count, 0);
    EXPECT(!message.overflowed);
}

TEST(b1_scalars_land_in_zeroed_data)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 2, 0);
    wire_set_u64(root, 0, 0x1122334455667788);
    wire_set_u32(root, 8, 0xaabbccdd);
    wire_set_u8(root, 15, 0xee);
    wire_set_bool(root, 96, true);
    EXPECT_WORDS(message, struct_pointer(0, 2, 0), 0x1122334455667788, 0xee000001aabbccdd);
    wire_set_bool(root, 96, false);
    wire_set_u16(root, 14, 0);
    EXPECT_EQ(message.words[2], 0xaabbccdd);
}

TEST(p4_a_struct_without_size_is_written_with_offset_minus_one)
{
    BUILD(message, ROOM);
    wire_message_init_root(&message, 0, 0);
    EXPECT_WORDS(message, 0xfffffffc);
    wire_message_init_root(&message, 0, 1);
    wire_pointer_init_struct(wire_pointer_at((struct wire_struct_builder){&message, message.words + 1}, 0), 0,
                             0);
    EXPECT_WORDS(message, struct_pointer(0, 0, 1), 0xfffffffc);
}

TEST(b1_text_of_each_length_has_its_nul_and_zero_padding)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    for (uint32_t length = 0; length <= 17; length++) {
        BUILD(message, ROOM);
        struct wire_struct_builder root = wire_message_init_root(&message, 0, 1);
        EXPECT_EQ(wire_pointer_set_text(wire_pointer_at(root, 0), (struct wire_text){letters, length}),
                  CAP_OK);
        char expected[24] = {0};
        memcpy(expected, letters, length);
        EXPECT_EQ(message.words[1], list_pointer(0, WIRE_ELEMENT_BYTE, length + 1));
        EXPECT_EQ(message.word_count, 2 + (length + 8) / 8);
        EXPECT_BYTES(&message.words[2], expected, (length + 8) / 8 * 8);
    }
}

TEST(b1_data_of_each_length_has_zero_padding)
{
    for (uint32_t length = 0; length <= 17; length++) {
        BUILD(message, ROOM);
        uint8_t bytes[24];
        memset(bytes, 0xff, sizeof bytes);
        struct wire_struct_builder root = wire_message_init_root(&message, 0, 1);
        EXPECT_EQ(wire_pointer_set_data(wire_pointer_at(root, 0), (struct wire_data){bytes, length}), CAP_OK);
        memset(bytes + length, 0, sizeof bytes - length);
        EXPECT_EQ(message.words[1], list_pointer(0, WIRE_ELEMENT_BYTE, length));
        EXPECT_EQ(message.word_count, 2 + (length + 7) / 8);
        EXPECT_BYTES(&message.words[2], bytes, (length + 7) / 8 * 8);
    }
}

TEST(lists_of_each_element)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 0, 6);
    struct wire_list_builder bits = wire_pointer_init_list(wire_pointer_at(root, 0), WIRE_ELEMENT_BIT, 65);
    wire_list_set_bool(bits, 0, true);
    wire_list_set_bool(bits, 64, true);
    struct wire_list_builder bytes = wire_pointer_init_list(wire_pointer_at(root, 1), WIRE_ELEMENT_BYTE, 3);
    wire_list_set_u8(bytes, 2, 9);
    struct wire_list_builder twos =
        wire_pointer_init_list(wire_pointer_at(root, 2), WIRE_ELEMENT_TWO_BYTES, 5);
    wire_list_set_u16(twos, 4, 7);
    struct wire_list_builder fours =
        wire_pointer_init_list(wire_pointer_at(root, 3), WIRE_ELEMENT_FOUR_BYTES, 1);
    wire_list_set_u32(fours, 0, 6);
    struct wire_list_builder eights =
        wire_pointer_init_list(wire_pointer_at(root, 4), WIRE_ELEMENT_EIGHT_BYTES, 1);
    wire_list_set_u64(eights, 0, 5);
    wire_pointer_init_list(wire_pointer_at(root, 5), WIRE_ELEMENT_VOID, 4);
    EXPECT_WORDS(message, struct_pointer(0, 0, 6), list_pointer(5, WIRE_ELEMENT_BIT, 65),
                 list_pointer(6, WIRE_ELEMENT_BYTE, 3), list_pointer(6, WIRE_ELEMENT_TWO_BYTES, 5),
                 list_pointer(7, WIRE_ELEMENT_FOUR_BYTES, 1), list_pointer(7, WIRE_ELEMENT_EIGHT_BYTES, 1),
                 list_pointer(7, WIRE_ELEMENT_VOID, 4), 1, 1, 9ull << 16, 0, 7, 6, 5);
}

TEST(lists_of_structs_have_a_tag_and_pointer_lists_hold_pointers)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 0, 2);
    struct wire_list_builder structs = wire_pointer_init_struct_list(wire_pointer_at(root, 0), 1, 1, 2);
    wire_set_u64(wire_list_struct_at(structs, 1), 0, 3);
    wire_pointer_set_text(wire_pointer_at(wire_list_struct_at(structs, 1), 1), wire_text_of("x"));
    struct wire_list_builder caps = wire_pointer_init_list(wire_pointer_at(root, 1), WIRE_ELEMENT_POINTER, 2);
    EXPECT_EQ(wire_list_set_cap(caps, 0, 4), CAP_OK);
    EXPECT_EQ(wire_list_set_cap(caps, 1, WIRE_CAP_NULL), CAP_OK);
    EXPECT_WORDS(message, struct_pointer(0, 0, 2), list_pointer(1, WIRE_ELEMENT_STRUCT, 4),
                 list_pointer(6, WIRE_ELEMENT_POINTER, 2), tag_word(2, 1, 1), 0, 0, 3,
                 list_pointer(0, WIRE_ELEMENT_BYTE, 2), 'x', cap_pointer(4), 0);
}

TEST(setting_beyond_the_end_of_a_list_does_nothing)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 0, 2);
    struct wire_list_builder list =
        wire_pointer_init_list(wire_pointer_at(root, 0), WIRE_ELEMENT_EIGHT_BYTES, 1);
    wire_list_set_u64(list, 1, 9);
    wire_list_set_u32(list, 1, 9);
    wire_list_set_u16(list, 1, 9);
    wire_list_set_u8(list, 1, 9);
    wire_list_set_bool(list, 1, true);
    EXPECT_EQ(wire_list_set_text(list, 1, wire_text_of("a")), CAP_ERR_TOO_BIG);
    struct wire_list_builder structs = wire_pointer_init_struct_list(wire_pointer_at(root, 1), 1, 0, 1);
    wire_set_u64(wire_list_struct_at(structs, 1), 0, 9);
    EXPECT_WORDS(message, struct_pointer(0, 0, 2), list_pointer(1, WIRE_ELEMENT_EIGHT_BYTES, 1),
                 list_pointer(1, WIRE_ELEMENT_STRUCT, 1), 0, tag_word(1, 1, 0), 0);
}

TEST(b3_what_does_not_fit_is_not_begun_and_everything_after_it_is_harmless)
{
    BUILD(message, 4);
    struct wire_struct_builder root = wire_message_init_root(&message, 1, 1);
    EXPECT_EQ(wire_pointer_set_text(wire_pointer_at(root, 1), wire_text_of("12345678")), CAP_ERR_TOO_BIG);
    EXPECT(message.overflowed);
    EXPECT_EQ(message.word_count, 3);
    EXPECT_EQ(message.words[2], 0);
    EXPECT_EQ(wire_pointer_set_text(wire_pointer_at(root, 1), wire_text_of("1234567")), CAP_OK);
    EXPECT(message.overflowed);
    EXPECT_EQ(message_words[4], 0xa5a5a5a5a5a5a5a5);
}

TEST(b3_what_fits_to_the_last_word_touches_nothing_behind_it)
{
    const uint8_t full[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    READ(from, list_pointer(0, WIRE_ELEMENT_BYTE, 8), UINT64_MAX, UINT64_MAX);
    for (unsigned way = 0; way < 4; way++) {
        BUILD(message, 3);
        struct wire_struct_builder root = wire_message_init_root(&message, 0, 1);
        struct wire_pointer_builder pointer = wire_pointer_at(root, 0);
        struct wire_struct_reader source = wire_default(from_words, 3);
        switch (way) {
        case 0:
            wire_pointer_init_struct(pointer, 1, 0);
            break;
        case 1:
            wire_pointer_init_list(pointer, WIRE_ELEMENT_BYTE, 8);
            break;
        case 2:
            EXPECT_EQ(wire_pointer_set_data(pointer, (struct wire_data){full, 8}), CAP_OK);
            break;
        default:
            EXPECT_EQ(wire_pointer_copy(pointer, wire_get_pointer(source, 0)), CAP_OK);
        }
        EXPECT(!message.overflowed);
        EXPECT_EQ(message.word_count, 3);
        EXPECT_EQ(message_words[3], 0xa5a5a5a5a5a5a5a5);
    }
}

TEST(b3_builders_after_an_overflow_are_null_and_setters_on_them_do_nothing)
{
    BUILD(message, 1);
    struct wire_struct_builder root = wire_message_init_root(&message, 1, 1);
    EXPECT(message.overflowed);
    EXPECT_EQ(message.word_count, 0);
    wire_set_u64(root, 0, 1);
    wire_set_bool(root, 0, true);
    EXPECT_EQ(wire_pointer_set_text(wire_pointer_at(root, 1), wire_text_of("a")), CAP_ERR_TOO_BIG);
    EXPECT_EQ(wire_pointer_set_data(wire_pointer_at(root, 1), (struct wire_data){NULL, 0}), CAP_ERR_TOO_BIG);
    EXPECT_EQ(wire_pointer_set_cap(wire_pointer_at(root, 1), 1), CAP_ERR_TOO_BIG);
    struct wire_struct_builder inner = wire_pointer_init_struct(wire_pointer_at(root, 1), 1, 1);
    EXPECT(inner.data == NULL);
    struct wire_list_builder list = wire_pointer_init_struct_list(wire_pointer_at(root, 1), 1, 1, 3);
    EXPECT_EQ(list.count, 0);
    wire_set_u64(wire_list_struct_at(list, 0), 0, 1);
    EXPECT(wire_pointer_init_data(wire_pointer_at(root, 1), 3) == NULL);
    wire_pointer_clear(wire_pointer_at(root, 1));
    EXPECT_EQ(message_words[0], 0xa5a5a5a5a5a5a5a5);
}

TEST(b2_sizes_beyond_29_bits_are_refused_before_they_are_multiplied)
{
    BUILD(message, ROOM);
    message.word_capacity = UINT32_MAX;
    struct wire_struct_builder root = wire_message_init_root(&message, 0, 1);
    struct wire_pointer_builder pointer = wire_pointer_at(root, 0);
    EXPECT_EQ(wire_pointer_init_list(pointer, WIRE_ELEMENT_BIT, WIRE_LIST_COUNT_MAX + 1).count, 0);
    EXPECT(message.overflowed);
    message.overflowed = false;
    EXPECT_EQ(wire_pointer_init_struct_list(pointer, 0xffff, 0xffff, 0x10000000).count, 0);
    EXPECT(message.overflowed);
    message.overflowed = false;
    EXPECT_EQ(wire_pointer_init_struct_list(pointer, 2, 0, 0x10000000).count, 0);
    EXPECT(message.overflowed);
    message.overflowed = false;
    struct wire_text text = {"", WIRE_LIST_COUNT_MAX};
    EXPECT_EQ(wire_pointer_set_text(pointer, text), CAP_ERR_TOO_BIG);
    EXPECT(message.overflowed);
    EXPECT_EQ(message.word_count, 2);
}

TEST(b4_replacing_a_text_zeroes_the_old_one)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 0, 1);
    wire_pointer_set_text(wire_pointer_at(root, 0), wire_text_of("password"));
    wire_pointer_set_text(wire_pointer_at(root, 0), wire_text_of("x"));
    EXPECT_WORDS(message, struct_pointer(0, 0, 1), list_pointer(2, WIRE_ELEMENT_BYTE, 2), 0, 0, 'x');
}

TEST(b4_replacing_a_tree_zeroes_all_that_hung_on_it)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 0, 2);
    wire_pointer_set_text(wire_pointer_at(root, 1), wire_text_of("stays"));
    struct wire_struct_builder tree = wire_pointer_init_struct(wire_pointer_at(root, 0), 1, 4);
    wire_set_u64(tree, 0, 77);
    wire_pointer_set_text(wire_pointer_at(tree, 1), wire_text_of("secret"));
    struct wire_list_builder structs = wire_pointer_init_struct_list(wire_pointer_at(tree, 2), 1, 1, 2);
    wire_pointer_set_text(wire_pointer_at(wire_list_struct_at(structs, 1), 1), wire_text_of("secret"));
    struct wire_list_builder texts =
        wire_pointer_init_list(wire_pointer_at(tree, 3), WIRE_ELEMENT_POINTER, 2);
    wire_list_set_text(texts, 1, wire_text_of("secret"));
    struct wire_list_builder scalars = wire_pointer_init_struct_list(wire_pointer_at(tree, 4), 1, 0, 2);
    wire_set_u64(wire_list_struct_at(scalars, 1), 0, UINT64_MAX);
    uint32_t word_count = message.word_count;
    EXPECT_EQ(wire_pointer_set_cap(wire_pointer_at(root, 0), 3), CAP_OK);
    EXPECT_EQ(message.word_count, word_count);
    EXPECT_EQ(message.words[1], cap_pointer(3));
    EXPECT_EQ(message.words[3], bytes_word("stays"));
    for (uint32_t i = 4; i < word_count; i++)
        EXPECT_EQ(message.words[i], 0);
}

TEST(s2_what_the_buffer_held_before_changes_nothing)
{
    uint64_t clean[ROOM] = {0}, dirty[ROOM];
    uint32_t counts[2];
    /* Pointers everywhere, to look at if anybody would. */
    for (uint32_t i = 0; i < ROOM; i++)
        dirty[i] = struct_pointer(-1, 1, 1);
    for (uint32_t i = 0; i < 2; i++) {
        struct wire_message_builder message;
        wire_message_build(&message, i ? dirty : clean, ROOM);
        struct wire_struct_builder root = wire_message_init_root(&message, 1, 3);
        wire_pointer_set_text(wire_pointer_at(root, 1), wire_text_of("text"));
        wire_pointer_init_struct_list(wire_pointer_at(root, 2), 1, 1, 2);
        wire_pointer_init_data(wire_pointer_at(root, 3), 5);
        wire_pointer_set_text(wire_pointer_at(root, 1), wire_text_of("another"));
        counts[i] = message.word_count;
    }
    EXPECT_EQ(counts[0], counts[1]);
    EXPECT_BYTES(clean, dirty, counts[0] * 8ul);
}

/* Sets field `index` of a struct of 4 pointers: a text, a list of lists, a list of structs, a struct. */
static void set_field(struct wire_struct_builder root, uint32_t index)
{
    struct wire_pointer_builder pointer = wire_pointer_at(root, index);
    struct wire_list_builder list;
    switch (index) {
    case 0:
        wire_pointer_set_text(pointer, wire_text_of("some text"));
        break;
    case 1:
        list = wire_pointer_init_list(pointer, WIRE_ELEMENT_POINTER, 2);
        wire_list_set_bool(wire_pointer_init_list(wire_list_pointer_at(list, 1), WIRE_ELEMENT_BIT, 3), 2,
                           true);
        wire_list_set_u8(wire_pointer_init_list(wire_list_pointer_at(list, 0), WIRE_ELEMENT_BYTE, 1), 0, 7);
        break;
    case 2:
        list = wire_pointer_init_struct_list(pointer, 1, 1, 2);
        wire_pointer_set_text(wire_pointer_at(wire_list_struct_at(list, 1), 1), wire_text_of("b"));
        wire_set_u64(wire_list_struct_at(list, 0), 0, 9);
        break;
    default:
        wire_set_u64(wire_pointer_init_struct(pointer, 1, 0), 0, 5);
    }
}

TEST(b6_fields_set_in_any_order_leave_no_gap_and_say_the_same)
{
    static uint64_t first[ROOM];
    uint32_t first_count = 0;
    for (uint32_t order = 0; order < 256; order++) {
        uint32_t at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6};
        if ((1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) != 15)
            continue;
        BUILD(message, ROOM);
        struct wire_struct_builder root = wire_message_init_root(&message, 0, 4);
        for (uint32_t i = 0; i < 4; i++)
            set_field(root, at[i]);
        EXPECT_EQ(message.word_count, 1 + 4 + 2 + (2 + 1 + 1) + (1 + 4 + 1) + 1);
        uint64_t form_words[ROOM];
        struct wire_message_builder form;
        struct wire_message_reader from;
        wire_message_read(&from, message.words, message.word_count, 0);
        wire_message_build(&form, form_words, ROOM);
        EXPECT_EQ(wire_message_canonicalize(&form, &from), CAP_OK);
        /* Nothing is lost in a message without gaps. */
        EXPECT_EQ(form.word_count, message.word_count);
        if (first_count == 0)
            memcpy(first, form_words, (first_count = form.word_count) * 8ul);
        EXPECT_EQ(form.word_count, first_count);
        EXPECT_BYTES(form_words, first, first_count * 8ul);
    }
}

TEST(a_second_root_replaces_the_message)
{
    BUILD(message, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&message, 2, 0);
    wire_set_u64(root, 0, 1);
    wire_message_init_root(&message, 1, 0);
    EXPECT_WORDS(message, struct_pointer(0, 1, 0), 0);
}

/* ---- Copies ------------------------------------------------------------------------------------------- */

static enum cap_err copy_root(struct wire_message_builder *to, struct wire_message_reader *from)
{
    struct wire_struct_reader source = {.message = from,
                                        .words = from->words,
                                        .word_count = from->word_count,
                                        .pointer_count = 1,
                                        .depth = WIRE_DEPTH_MAX};
    to->word_count = 1;
    to->words[0] = 0;
    return wire_pointer_copy((struct wire_pointer_builder){to, to->words}, wire_get_pointer(source, 0));
}

TEST(a_copy_holds_everything_that_a_pointer_leads_to)
{
    const uint64_t words[] = {struct_pointer(1, 1, 4),
                              0xdead,
                              5,
                              list_pointer(3, WIRE_ELEMENT_STRUCT, 4),
                              list_pointer(7, WIRE_ELEMENT_BYTE, 3),
                              cap_pointer(1),
                              list_pointer(6, WIRE_ELEMENT_POINTER, 2),
                              tag_word(2, 1, 1),
                              1,
                              0,
                              2,
                              list_pointer(3, WIRE_ELEMENT_BIT, 3),
                              bytes_word("hi"),
                              struct_pointer(-1, 0, 0),
                              0,
                              0xff};
    struct wire_message_reader source;
    wire_message_read(&source, words, sizeof words / 8, 2);
    BUILD(to, ROOM);
    EXPECT_EQ(copy_root(&to, &source), CAP_OK);
    EXPECT_WORDS(to, struct_pointer(0, 1, 4), 5, list_pointer(3, WIRE_ELEMENT_STRUCT, 4),
                 list_pointer(8, WIRE_ELEMENT_BYTE, 3), cap_pointer(1),
                 list_pointer(7, WIRE_ELEMENT_POINTER, 2), tag_word(2, 1, 1), 1, 0, 2,
                 list_pointer(0, WIRE_ELEMENT_BIT, 3), 7, bytes_word("hi"), 0xfffffffc, 0);
}

TEST(b5_a_copy_keeps_the_limits_of_its_source)
{
    READ(far, struct_pointer(0, 0, 2), list_pointer(1, WIRE_ELEMENT_BYTE, 3), far_pointer(0, 0, 0),
         bytes_word("hi"));
    BUILD(to, ROOM);
    EXPECT_EQ(copy_root(&to, &far), CAP_ERR_MALFORMED);
    EXPECT_RULE(far, R0_FAR);
    EXPECT_EQ(to.words[0], 0);
    for (uint32_t i = 0; i < to.word_count; i++)
        EXPECT_EQ(to.words[i], 0);
    READ(loop, struct_pointer(-1, 0, 1), 0);
    EXPECT_EQ(copy_root(&to, &loop), CAP_ERR_MALFORMED);
    EXPECT_RULE(loop, L5_DEPTH);
    READ(poor, struct_pointer(0, 2, 0), 0, 0);
    poor.budget_words = 1;
    EXPECT_EQ(copy_root(&to, &poor), CAP_ERR_MALFORMED);
    EXPECT_RULE(poor, L1_BUDGET);
}

TEST(b5_a_copy_of_nested_struct_lists_ends_at_the_depth_limit)
{
    uint64_t words[256] = {list_pointer(0, WIRE_ELEMENT_STRUCT, 1)};
    for (unsigned i = 0; i < 100; i++) {
        words[1 + 2 * i] = tag_word(1, 0, 1);
        words[2 + 2 * i] = list_pointer(0, WIRE_ELEMENT_STRUCT, 1);
    }
    struct wire_message_reader source;
    wire_message_read(&source, words, 256, 0);
    uint64_t to_words[256];
    struct wire_message_builder to;
    wire_message_build(&to, to_words, 256);
    EXPECT_EQ(copy_root(&to, &source), CAP_ERR_MALFORMED);
    EXPECT_RULE(source, L5_DEPTH);
}

TEST(a_copy_that_does_not_fit_leaves_null)
{
    READ(from, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_BYTE, 8), bytes_word("abcdefg"));
    BUILD(to, 2);
    EXPECT_EQ(copy_root(&to, &from), CAP_ERR_TOO_BIG);
    EXPECT_EQ(to.words[0], 0);
}

TEST(copies_of_upgraded_elements_keep_their_data)
{
    READ(from, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_TWO_BYTES, 3), 0x000300020001);
    struct wire_list_reader list = wire_get_list(wire_message_root(&from), 0, WIRE_ELEMENT_STRUCT);
    BUILD(to, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&to, 0, 2);
    EXPECT_EQ(wire_pointer_copy_struct(wire_pointer_at(root, 0), wire_list_struct(list, 1)), CAP_OK);
    EXPECT_EQ(wire_pointer_copy_list(wire_pointer_at(root, 1), list), CAP_OK);
    EXPECT_WORDS(to, struct_pointer(0, 0, 2), struct_pointer(1, 1, 0),
                 list_pointer(1, WIRE_ELEMENT_TWO_BYTES, 3), 2, 0x000300020001);
}

TEST(a_copied_list_of_structs_touches_nothing_behind_it)
{
    READ(from, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 1), tag_word(1, 1, 0), 5,
         UINT64_MAX);
    BUILD(to, 4);
    EXPECT_EQ(copy_root(&to, &from), CAP_OK);
    EXPECT_WORDS(to, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 1), tag_word(1, 1, 0), 5);
    EXPECT_EQ(to_words[4], 0xa5a5a5a5a5a5a5a5);
}

TEST(a_list_of_structs_is_copied_from_its_reader)
{
    READ(from, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4), tag_word(2, 1, 1), 1,
         list_pointer(2, WIRE_ELEMENT_BYTE, 1), 2, 0, 0xff);
    struct wire_list_reader list = wire_get_list(wire_message_root(&from), 0, WIRE_ELEMENT_STRUCT);
    BUILD(to, ROOM);
    struct wire_struct_builder root = wire_message_init_root(&to, 0, 1);
    EXPECT_EQ(wire_pointer_copy_list(wire_pointer_at(root, 0), list), CAP_OK);
    EXPECT_WORDS(to, struct_pointer(0, 0, 1), list_pointer(0, WIRE_ELEMENT_STRUCT, 4), tag_word(2, 1, 1), 1,
                 list_pointer(2, WIRE_ELEMENT_BYTE, 1), 2, 0, 0xff);
    list.depth = 0;
    EXPECT_EQ(wire_pointer_copy_list(wire_pointer_at(root, 0), list), CAP_ERR_MALFORMED);
    EXPECT_RULE(from, L5_DEPTH);
}

TEST_MAIN()
