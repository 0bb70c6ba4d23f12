/* The reader of one segment. The input is a message; the bytes behind its last whole word do not count, but
 * their number is how many capabilities came with it.
 *
 * A walk by what the pointers say ends, in bounds, whatever they say. Each struct of the schemas is checked:
 * where its check passes no getter breaks a rule, and no Text, Data or list is longer than the schema allows;
 * where it refuses, a getter finds what is wrong.
 *
 * Next: tests/fuzz/fuzz_segments.c
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/walk.h"

void walk_method_ran(uint64_t interface_id, uint16_t method_id)
{
    (void)interface_id, (void)method_id;
}

FUZZ(bytes, byte_count)
{
    uint32_t word_count = (uint32_t)(byte_count / 8);
    uint64_t *words = fuzz_copy(bytes, word_count * 8ul);
    struct wire_message_reader message;

    wire_message_read(&message, words, word_count, byte_count % 8);
    walk_wild(&message);
    EXPECT(message.rule <= WIRE_RULE_A2_UNION && message.rule_word <= word_count);
    EXPECT_EQ(message.rule_segment, 0);

    wire_message_read(&message, words, word_count, byte_count % 8);
    walk_as_each_type(&message);
    EXPECT(byte_count == 0 || memcmp(words, bytes, word_count * 8ul) == 0);
    free(words);
}
