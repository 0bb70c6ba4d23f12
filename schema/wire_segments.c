/* The segment table and far pointers.
 *
 * Next: schema/wire_pack.h
 */
#include "schema/wire_segments.h"

/* A landing pad of `pad_words` that a far pointer leads to: its segment, or NULL and a flagged rule. */
static const struct wire_segment *find_pad(struct wire_message_reader *message, uint64_t far_pointer,
                                           uint32_t pad_words, const struct wire_location *from)
{
    uint32_t segment_index = (uint32_t)(far_pointer >> 32);
    uint32_t offset = (uint32_t)far_pointer >> 3;
    if (segment_index >= message->segments->count) {
        wire_message_flag(message, WIRE_RULE_R1_SEGMENT, from->words, from->at);
        return NULL;
    }
    const struct wire_segment *segment = &message->segments->segments[segment_index];
    if (offset > segment->word_count || pad_words > segment->word_count - offset) {
        wire_message_flag(message, WIRE_RULE_R1_PAD, from->words, from->at);
        return NULL;
    }
    if (!wire_message_charge(message, pad_words, from->words, from->at))
        return NULL;
    return segment;
}

/* Two words: a far pointer to the content, and the pointer that describes it, whose own offset counts for
 * nothing. As in the C++ library the first word's own double bit counts for nothing either (R3). */
static bool follow_double_pad(struct wire_message_reader *message, const struct wire_segment *pad,
                              uint32_t offset, struct wire_location *location)
{
    uint64_t content = pad->words[offset], tag = pad->words[offset + 1];
    enum wire_rule rule = WIRE_RULE_NONE;
    if ((content & 3) != WIRE_KIND_FAR)
        rule = WIRE_RULE_R3_FAR;
    else if ((tag & 3) != WIRE_KIND_STRUCT && (tag & 3) != WIRE_KIND_LIST)
        rule = WIRE_RULE_R3_TAG;
    if (rule != WIRE_RULE_NONE) {
        wire_message_flag(message, rule, pad->words, offset);
        return false;
    }
    const struct wire_segment *segment = find_pad(message, content, 0, location);
    if (!segment)
        return false;
    location->words = segment->words;
    location->word_count = segment->word_count;
    location->pointer = tag;
    location->target = (uint32_t)content >> 3;
    location->at = (uint32_t)location->target;
    return true;
}

static bool follow_far(struct wire_message_reader *message, struct wire_location *location)
{
    uint64_t far_pointer = location->pointer;
    bool is_double = far_pointer & 4;
    uint32_t offset = (uint32_t)far_pointer >> 3;
    const struct wire_segment *pad = find_pad(message, far_pointer, is_double ? 2 : 1, location);
    if (!pad)
        return false;
    if (is_double)
        return follow_double_pad(message, pad, offset, location);
    uint64_t pointer = pad->words[offset];
    if (pointer == 0 || (pointer & 3) == WIRE_KIND_FAR) {
        wire_message_flag(message, pointer == 0 ? WIRE_RULE_R4_NULL : WIRE_RULE_R2_CHAIN, pad->words, offset);
        return false;
    }
    location->words = pad->words;
    location->word_count = pad->word_count;
    location->pointer = pointer;
    location->target = (uint64_t)offset + 1 + (uint64_t)((int64_t)(int32_t)(uint32_t)pointer >> 2);
    location->at = offset;
    return true;
}

void wire_segments_use(struct wire_message_reader *message, struct wire_segments *set,
                       const struct wire_segment *segments, uint32_t segment_count, uint32_t cap_count)
{
    uint64_t total_words = 0;
    for (uint32_t i = 0; i < segment_count; i++)
        total_words += segments[i].word_count;
    wire_message_read(message, segments[0].words, segments[0].word_count, cap_count);
    message->budget_words = total_words * WIRE_BUDGET_FACTOR + WIRE_BUDGET_FLOOR_WORDS;
    *set = (struct wire_segments){segments, segment_count, follow_far};
    message->segments = set;
}

/* The u32 at `index` in the table: words are little-endian, so the even ones are low halves. */
static uint32_t table_entry(const uint64_t *words, uint64_t index)
{
    return (uint32_t)(words[index / 2] >> (index % 2 * 32));
}

static enum wire_rule read_table(struct wire_segment *segments, uint32_t segment_capacity,
                                 const uint64_t *words, uint64_t word_count, uint64_t limit_words,
                                 uint64_t *used_words)
{
    if (word_count == 0)
        return WIRE_RULE_F3_HEADER;
    uint64_t segment_count = (uint64_t)table_entry(words, 0) + 1;
    if (segment_count > UINT32_MAX)
        return WIRE_RULE_F1_COUNT;
    if (segment_count > WIRE_SEGMENTS_MAX || segment_count > segment_capacity)
        return WIRE_RULE_F2_SEGMENTS;
    uint64_t next_word = segment_count / 2 + 1;
    if (next_word > word_count)
        return WIRE_RULE_F3_HEADER;
    uint64_t total_words = 0;
    for (uint32_t i = 0; i < segment_count; i++)
        total_words += table_entry(words, i + 1);
    if (total_words > limit_words)
        return WIRE_RULE_F5_SIZE;
    if (total_words > word_count - next_word)
        return WIRE_RULE_F4_BODY;
    if (table_entry(words, 1) == 0)
        return WIRE_RULE_F7_NO_ROOT;
    for (uint32_t i = 0; i < segment_count; i++) {
        segments[i] = (struct wire_segment){words + next_word, table_entry(words, i + 1)};
        next_word += segments[i].word_count;
    }
    *used_words = next_word;
    return WIRE_RULE_NONE;
}

enum cap_err wire_segments_read(struct wire_message_reader *message, struct wire_segments *set,
                                struct wire_segment *segments, uint32_t segment_capacity,
                                const uint64_t *words, uint64_t word_count, uint64_t limit_words,
                                uint64_t *used_words)
{
    enum wire_rule rule = read_table(segments, segment_capacity, words, word_count, limit_words, used_words);
    if (rule != WIRE_RULE_NONE) {
        wire_message_read(message, words, 0, 0);
        message->rule = rule;
        return CAP_ERR_MALFORMED;
    }
    wire_segments_use(message, set, segments, (uint32_t)((uint64_t)table_entry(words, 0) + 1), 0);
    return CAP_OK;
}
