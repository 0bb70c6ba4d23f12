/* Packing and unpacking.
 *
 * Next: docs/spec/messages.md
 */
#include "schema/wire_pack.h"

/* The longest run that one count byte can say. */
#define RUN_WORDS_MAX 255

/* The word that a tag and the bytes behind it stand for; false: they are cut short. */
static bool unpack_word(const uint8_t **next, const uint8_t *end, uint8_t tag, uint64_t *word)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++) {
        if (!(tag >> i & 1))
            continue;
        if (*next == end)
            return false;
        value |= (uint64_t) * (*next)++ << (8 * i);
    }
    *word = value;
    return true;
}

enum cap_err wire_unpack(uint64_t *words, uint64_t word_capacity, uint64_t *word_count, const uint8_t *bytes,
                         uint64_t byte_count, enum wire_rule *rule)
{
    const uint8_t *next = bytes, *end = bytes + byte_count;
    uint64_t count = 0;
    *rule = WIRE_RULE_K1_TRUNCATED;
    while (next < end) {
        uint8_t tag = *next++;
        uint64_t word, run_words = 0;
        if (!unpack_word(&next, end, tag, &word))
            return CAP_ERR_MALFORMED;
        if (tag == 0x00 || tag == 0xff) {
            if (next == end)
                return CAP_ERR_MALFORMED;
            run_words = *next++;
        }
        if (run_words + 1 > word_capacity - count) {
            *rule = WIRE_RULE_K2_SIZE;
            return CAP_ERR_MALFORMED;
        }
        words[count++] = word;
        if (tag == 0xff && (uint64_t)(end - next) < run_words * 8)
            return CAP_ERR_MALFORMED;
        for (; run_words > 0; run_words--) {
            words[count] = 0;
            if (tag == 0xff && unpack_word(&next, end, 0xff, &word))
                words[count] = word;
            count++;
        }
    }
    *rule = WIRE_RULE_NONE;
    *word_count = count;
    return CAP_OK;
}

static uint32_t zero_byte_count(uint64_t word)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < 8; i++)
        count += (word >> (8 * i) & 0xff) == 0;
    return count;
}

/* How many words behind a tag of 00 or FF go into its run. */
static uint64_t run_length(const uint64_t *words, uint64_t word_count, uint8_t tag)
{
    uint64_t length = 0;
    while (length < word_count && length < RUN_WORDS_MAX &&
           (tag == 0 ? words[length] == 0 : zero_byte_count(words[length]) < 2))
        length++;
    return length;
}

static void store_word(uint8_t *bytes, uint64_t word)
{
    for (uint32_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(word >> (8 * i));
}

enum cap_err wire_pack(uint8_t *bytes, uint64_t byte_capacity, uint64_t *byte_count, const uint64_t *words,
                       uint64_t word_count)
{
    uint64_t used = 0;
    for (uint64_t at = 0; at < word_count;) {
        uint64_t word = words[at++];
        uint64_t begin = used++;
        uint8_t tag = 0;
        if (byte_capacity - begin < 1 + 8 - zero_byte_count(word))
            return CAP_ERR_TOO_BIG;
        for (uint32_t i = 0; i < 8; i++) {
            uint8_t byte = (uint8_t)(word >> (8 * i));
            if (byte == 0)
                continue;
            tag |= (uint8_t)(1u << i);
            bytes[used++] = byte;
        }
        bytes[begin] = tag;
        if (tag != 0x00 && tag != 0xff)
            continue;
        uint64_t run_words = run_length(words + at, word_count - at, tag);
        uint64_t literal_bytes = tag == 0xff ? run_words * 8 : 0;
        if (byte_capacity - used < 1 + literal_bytes)
            return CAP_ERR_TOO_BIG;
        bytes[used++] = (uint8_t)run_words;
        for (uint64_t i = 0; i < literal_bytes / 8; i++, used += 8)
            store_word(bytes + used, words[at + i]);
        at += run_words;
    }
    *byte_count = used;
    return CAP_OK;
}
