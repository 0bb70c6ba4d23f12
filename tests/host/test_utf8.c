/* What may go to a terminal: every character, every malformed form. Next: tests/host/test_fmt.c */
#include "tests/host/test.h"

#include "lib/utf8.h"

/* The encoding by the definition (Unicode 15.0, table 3-6), for any value: also those that are not
 * characters. */
static uint32_t encode(uint32_t character, uint32_t length, char *bytes)
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (length == 1) {
        bytes[0] = (char)character;
        return 1;
    }
    for (uint32_t i = length; i-- > 1; character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3f));
    bytes[0] = (char)(lead[length] | character);
    return length;
}

static uint32_t shortest(uint32_t character)
{
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

static bool is_shown(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
        return false;
    return c != 0x200e && c != 0x200f && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

TEST(every_value_in_its_shortest_form_is_shown_or_not_as_the_header_says)
{
    for (uint32_t c = 0; c < 0x200000; c++) {
        char bytes[4];
        uint32_t length = encode(c, shortest(c), bytes);
        EXPECT_EQ(utf8_visible_length(bytes, length), is_shown(c) ? length : 0);
    }
}

TEST(longer_forms_are_not_well_formed)
{
    for (uint32_t c = 0; c < 0x10000; c++) {
        for (uint32_t length = shortest(c) + 1; length <= 4; length++) {
            char bytes[4];
            encode(c, length, bytes);
            EXPECT_EQ(utf8_visible_length(bytes, length), 0);
        }
    }
}

TEST(a_cut_sequence_is_not_shown)
{
    for (uint32_t c = 0xa0; c < 0x110000; c += 7) {
        char bytes[4];
        uint32_t length = encode(c, shortest(c), bytes);
        for (uint32_t count = 0; count < length; count++)
            EXPECT_EQ(utf8_visible_length(bytes, count), 0);
    }
}

TEST(every_pair_of_bytes_alone_is_shown_only_if_it_is_one_character)
{
    for (uint32_t first = 0x80; first < 0x100; first++) {
        for (uint32_t second = 0; second < 0x100; second++) {
            char bytes[2] = {(char)first, (char)second};
            bool is_good = first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf &&
                           ((first & 0x1f) << 6 | (second & 0x3f)) >= 0xa0;
            EXPECT_EQ(utf8_visible_length(bytes, 2), is_good ? 2 : 0);
        }
    }
}

TEST_MAIN()
