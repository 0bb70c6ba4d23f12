/* The reader of many segments: the segment table against a naive one, and far pointers by the walks of
 * fuzz_reader. The input is a message in the stream framing; the bytes behind its last whole word do not
 * count, but their number is how many capabilities came with it.
 *
 * Next: tests/fuzz/fuzz_copy.c
 */
#include "schema/wire_segments.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/walk.h"

void walk_method_ran(uint64_t interface_id, uint16_t method_id)
{
    (void)interface_id, (void)method_id;
}

static uint64_t table_entry(const uint8_t *bytes, uint64_t index)
{
    uint32_t entry;
    memcpy(&entry, bytes + index * 4, sizeof entry);
    return entry;
}

/* How many words the message at `bytes` takes, 0 if it is none, in the plainest words. */
static uint64_t framed_words(const uint8_t *bytes, uint64_t word_count, uint64_t segment_max,
                             uint64_t limit_words)
{
    if (word_count == 0)
        return 0;
    uint64_t segment_count = table_entry(bytes, 0) + 1;
    uint64_t used_words = (4 + 4 * segment_count + 7) / 8, body_words = 0;
    if (segment_count > segment_max || used_words > word_count || table_entry(bytes, 1) == 0)
        return 0;
    for (uint64_t i = 1; i <= segment_count; i++)
        body_words += table_entry(bytes, i);
    used_words += body_words;
    return body_words <= limit_words && used_words <= word_count ? used_words : 0;
}

/* The segments follow each other from the table to the end. */
static void expect_segments(const struct wire_message_reader *message, const uint64_t *words,
                            uint64_t used_words)
{
    const struct wire_segments *set = message->segments;
    const uint64_t *next = words + set->count / 2 + 1;

    EXPECT(set->count >= 1 && message->words == set->segments[0].words);
    EXPECT_EQ(message->word_count, set->segments[0].word_count);
    for (uint32_t i = 0; i < set->count; i++) {
        EXPECT(set->segments[i].words == next);
        next += set->segments[i].word_count;
    }
    EXPECT(next == words + used_words);
}

static void frame(const uint64_t *words, uint64_t word_count, uint32_t capacity, uint64_t limit_words)
{
    struct wire_segment segments[4];
    struct wire_segments set;
    struct wire_message_reader message;
    uint64_t used_words = 77;
    uint64_t expected = framed_words((const uint8_t *)words, word_count, capacity, limit_words);
    enum cap_err err =
        wire_segments_read(&message, &set, segments, capacity, words, word_count, limit_words, &used_words);

    EXPECT_EQ(err, expected ? CAP_OK : CAP_ERR_MALFORMED);
    EXPECT_EQ(used_words, expected ? expected : 77);
    EXPECT(expected || (message.rule > WIRE_RULE_NONE && message.rule <= WIRE_RULE_F9_ALIGNMENT));
    if (expected)
        expect_segments(&message, words, used_words);
}

FUZZ(bytes, byte_count)
{
    static struct wire_segment segments[WIRE_SEGMENTS_MAX];
    struct wire_segments set;
    uint64_t word_count = byte_count / 8, used_words = 77;
    uint64_t *words = fuzz_copy(bytes, word_count * 8);
    struct wire_message_reader message;

    frame(words, word_count, 1, UINT64_MAX);
    frame(words, word_count, 4, 5);
    enum cap_err err = wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, word_count,
                                          UINT64_MAX, &used_words);
    uint64_t expected = framed_words(bytes, word_count, WIRE_SEGMENTS_MAX, UINT64_MAX);
    EXPECT_EQ(err, expected ? CAP_OK : CAP_ERR_MALFORMED);
    if (!err) {
        EXPECT_EQ(used_words, expected);
        expect_segments(&message, words, used_words);
        message.cap_count = byte_count % 8;
        walk_as_each_type(&message);
        walk_wild(&message);
        EXPECT(message.rule_segment < set.count);
        EXPECT(message.rule_word <= segments[message.rule_segment].word_count);
    }
    EXPECT(word_count == 0 || memcmp(words, bytes, word_count * 8) == 0);
    free(words);
}
