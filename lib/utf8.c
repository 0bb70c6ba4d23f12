/* UTF-8, judged by its table of well-formed sequences. Next: kernel/cap/console.c */
#include "lib/utf8.h"

#include <stdbool.h>

/* A row of Unicode's table 3-7: for these first bytes, how long the sequence is and what the second byte may
 * be. Further bytes are 80 to BF. */
struct utf8_row {
    uint8_t first_min, first_max, length, second_min, second_max;
};

static const struct utf8_row utf8_rows[] = {
    {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
    {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static bool is_visible(uint32_t character)
{
    return character >= 0xa0 && character != 0x200e && character != 0x200f &&
           !(character >= 0x2028 && character <= 0x202e) && !(character >= 0x2066 && character <= 0x2069);
}

/* The length of the sequence if it is well formed, else 0. */
static uint32_t sequence_length(const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < sizeof utf8_rows / sizeof utf8_rows[0]; i++) {
        const struct utf8_row *row = &utf8_rows[i];
        if (bytes[0] < row->first_min || bytes[0] > row->first_max)
            continue;
        if (count < row->length || bytes[1] < row->second_min || bytes[1] > row->second_max)
            return 0;
        for (uint32_t k = 2; k < row->length; k++)
            if ((bytes[k] & 0xc0) != 0x80)
                return 0;
        return row->length;
    }
    return 0;
}

uint32_t utf8_visible_length(const char *text, uint32_t count)
{
    const uint8_t *bytes = (const uint8_t *)text;
    if (count == 0)
        return 0;
    if (bytes[0] < 0x80)
        return bytes[0] >= 0x20 && bytes[0] != 0x7f;
    uint32_t length = sequence_length(bytes, count);
    if (length == 0)
        return 0;
    uint32_t character = bytes[0] & (0x7fu >> length);
    for (uint32_t k = 1; k < length; k++)
        character = character << 6 | (bytes[k] & 0x3f);
    return is_visible(character) ? length : 0;
}
