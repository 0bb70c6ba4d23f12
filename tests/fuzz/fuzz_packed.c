/* The packed form. The input is unpacked, with room for all and with less, by the decoder and by a naive one;
 * taken as words it is packed and comes back the same.
 *
 * Next: tests/fuzz/fuzz_dispatch.c
 */
#include "schema/wire_pack.h"
#include "tests/fuzz/fuzz.h"

/* Unpacks a byte at a time; the words that it makes, or -1 if the bytes are cut short. */
static int64_t unpack_naively(uint8_t *out, const uint8_t *bytes, uint64_t byte_count)
{
    uint64_t at = 0, made = 0;

    while (at < byte_count) {
        uint8_t tag = bytes[at++];
        for (unsigned bit = 0; bit < 8; bit++, made++) {
            bool is_given = tag >> bit & 1;
            if (is_given && at == byte_count)
                return -1;
            out[made] = is_given ? bytes[at++] : 0;
        }
        if (tag != 0 && tag != 0xff)
            continue;
        if (at == byte_count)
            return -1;
        uint64_t run_bytes = bytes[at++] * 8ul;
        if (tag == 0xff && run_bytes > byte_count - at)
            return -1;
        for (uint64_t i = 0; i < run_bytes; i++)
            out[made++] = tag == 0 ? 0 : bytes[at++];
    }
    return (int64_t)(made / 8);
}

static void unpack(const uint8_t *bytes, uint64_t byte_count, const uint8_t *expected, int64_t expected_words,
                   uint64_t capacity)
{
    uint64_t *words = malloc(capacity * 8 + 1);
    uint64_t word_count = 77;
    enum wire_rule rule = WIRE_RULE_NONE;
    enum cap_err err = wire_unpack(words, capacity, &word_count, bytes, byte_count, &rule);

    EXPECT_EQ(err, expected_words >= 0 && (uint64_t)expected_words <= capacity ? CAP_OK : CAP_ERR_MALFORMED);
    if (err) {
        EXPECT_EQ(word_count, 77);
        /* Of two reasons either. */
        EXPECT(rule == WIRE_RULE_K2_SIZE || (rule == WIRE_RULE_K1_TRUNCATED && expected_words < 0));
    } else {
        EXPECT_EQ(word_count, expected_words);
        EXPECT(word_count == 0 || memcmp(words, expected, word_count * 8) == 0);
    }
    free(words);
}

/* Any words come back, and what they are packed into is never longer than promised. */
static void round_trip(const uint8_t *bytes, uint64_t byte_count)
{
    uint64_t word_count = byte_count / 8, capacity = word_count * 10, packed_bytes = 77, unpacked_words = 77;
    uint64_t *words = fuzz_copy(bytes, word_count * 8), *unpacked = malloc(word_count * 8 + 1);
    uint8_t *packed = malloc(capacity + 1), *tight;
    enum wire_rule rule;

    EXPECT_EQ(wire_pack(packed, capacity, &packed_bytes, words, word_count), CAP_OK);
    EXPECT(packed_bytes <= capacity);
    EXPECT_EQ(wire_unpack(unpacked, word_count, &unpacked_words, packed, packed_bytes, &rule), CAP_OK);
    EXPECT_EQ(unpacked_words, word_count);
    EXPECT(word_count == 0 || memcmp(unpacked, bytes, word_count * 8) == 0);

    /* In room of just the size it fits; in a byte less it does not, and writes nothing outside. */
    tight = malloc(packed_bytes + 1);
    uint64_t again_bytes = 77;
    EXPECT_EQ(wire_pack(tight, packed_bytes, &again_bytes, words, word_count), CAP_OK);
    EXPECT(again_bytes == packed_bytes && memcmp(tight, packed, packed_bytes) == 0);
    free(tight);
    if (packed_bytes > 0) {
        tight = malloc(packed_bytes);
        EXPECT_EQ(wire_pack(tight, packed_bytes - 1, &again_bytes, words, word_count), CAP_ERR_TOO_BIG);
        free(tight);
    }
    free(packed);
    free(unpacked);
    free(words);
}

FUZZ(bytes, byte_count)
{
    /* Two bytes make at most 256 words. */
    uint8_t *expected = malloc((byte_count / 2 + 1) * 256 * 8);
    int64_t expected_words = unpack_naively(expected, bytes, byte_count);
    uint64_t needed = expected_words > 0 ? (uint64_t)expected_words : 0;

    unpack(bytes, byte_count, expected, expected_words, needed);
    unpack(bytes, byte_count, expected, expected_words, needed + 3);
    unpack(bytes, byte_count, expected, expected_words, needed > 0 ? needed - 1 : 0);
    unpack(bytes, byte_count, expected, expected_words, needed / 2);
    free(expected);
    round_trip(bytes, byte_count);
}
