/* Reading a message that anyone may have made.
 *
 * Invariants
 *  - No address is formed before the index that it stands for was checked, in 64 bits.
 *  - A getter never fails: what is absent, or breaks a rule, reads as its default. The first broken rule
 *    stays in the message (`rule`, `rule_word`); look at it once, at the end. A server does not depend on
 *    that: the whole-message check (wire_check.h) ran before its method.
 *  - The words are private to the reader, 8-aligned, and do not change while they are read: what others can
 *    still write is copied first.
 *  - Readers are small values that point into the words and at the message; they own nothing and are valid
 *    as long as both stay where they are.
 *
 * Sources: the Cap'n Proto encoding specification (capnproto.org/encoding.html); the rule names are those of
 * docs/spec/messages.md.
 *
 * Next: schema/wire_list.h
 */
#pragma once

#include "schema/wire_form.h"
#include "schema/wire_rule.h"

struct wire_message_reader;

/* Where a pointer leads: its segment, and the word index of what it points at. `pointer` holds the kind and
 * the sizes; `at` is the word to name if something is wrong. */
struct wire_location {
    const uint64_t *words;
    uint64_t word_count;
    uint64_t pointer;
    uint64_t target;
    uint32_t at;
};

/* One segment of a message that has several. */
struct wire_segment {
    const uint64_t *words;
    uint32_t word_count;
};

/* All segments of a message that has several, and how to follow a far pointer between them. */
struct wire_segments {
    const struct wire_segment *segments;
    uint32_t count;
    bool (*follow_far)(struct wire_message_reader *message, struct wire_location *location);
};

struct wire_message_reader {
    /* The message, or its first segment. */
    const uint64_t *words;
    uint32_t word_count;
    uint32_t cap_count; /* capabilities beside the message; a capability pointer must be below */

    uint64_t budget_words; /* what may still be traversed */

    /* The first broken rule and where: the word of the pointer in its segment. */
    enum wire_rule rule;
    uint32_t rule_word;
    uint32_t rule_segment;

    /* Where the check found the root, so that it need not be looked for again; NULL before. */
    const uint8_t *root_data;
    uint32_t root_data_bits;
    uint32_t root_pointers_at;
    uint32_t root_pointer_count;

    /* The pointer of a Text that the check found to be right, and what it leads to; NULL: none. */
    const uint64_t *text_at;
    struct wire_text text;

    const struct wire_segments *segments; /* NULL: the message is one segment */
};

/* A struct in a message. A null struct has no data and no pointers: every field reads as its default. */
struct wire_struct_reader {
    struct wire_message_reader *message; /* NULL for a default value of the schema, which is trusted */
    const uint64_t *words;               /* of its segment */
    const uint8_t *data;
    uint32_t word_count; /* of its segment */
    uint32_t data_bits;
    uint32_t pointers_at; /* word index of its first pointer */
    uint16_t pointer_count;
    uint16_t depth; /* levels that may still follow below */
};

/* A list in a message. A null list has no elements. */
struct wire_list_reader {
    struct wire_message_reader *message;
    const uint64_t *words;
    const uint8_t *data; /* of the first element */
    uint32_t word_count;
    uint32_t count;
    uint32_t stride_bits; /* from one element to the next */
    uint32_t data_bits;   /* data of one element */
    uint32_t pointers_at; /* of the first element */
    uint16_t pointer_count;
    uint8_t depth;
    uint8_t element; /* enum wire_element, as found in the message */
};

/* A pointer of any type. */
struct wire_pointer_reader {
    struct wire_message_reader *message;
    const uint64_t *words; /* NULL: null */
    uint32_t word_count;
    uint32_t at;
    uint32_t depth;
};

/* A message of one segment, without framing: `words` is private to the reader and 8-aligned. cap_count is the
 * number of capabilities that came with it. Zero words are a message whose root is null. */
static inline void wire_message_read(struct wire_message_reader *message, const uint64_t *words,
                                     uint32_t word_count, uint32_t cap_count)
{
    message->words = words;
    message->word_count = word_count;
    message->cap_count = cap_count;
    message->budget_words = (uint64_t)word_count * WIRE_BUDGET_FACTOR + WIRE_BUDGET_FLOOR_WORDS;
    message->rule = WIRE_RULE_NONE;
    message->rule_word = 0;
    message->rule_segment = 0;
    message->root_data = NULL;
    message->text_at = NULL;
    message->segments = NULL;
}

/* ---- Out of line: everything that follows a pointer, given as the word index `at` in its segment ----- */

/* Keeps the rule if it is the first. message may be NULL. */
void wire_message_flag(struct wire_message_reader *message, enum wire_rule rule, const uint64_t *words,
                       uint64_t at);

/* Takes `words` from the budget, or flags L1. */
bool wire_message_charge(struct wire_message_reader *message, uint64_t cost_words, const uint64_t *words,
                         uint64_t at);

/* Where the pointer at `at`, which is not null, leads. False: a rule was flagged. The target is not checked.
 */
bool wire_message_locate(struct wire_message_reader *message, const uint64_t *words, uint32_t word_count,
                         uint32_t at, struct wire_location *location);

/* Is the pointer at `at` a byte list inside the segment that ends with a NUL (or need not)? The quick path
 * for what is right: no rule is named and nothing is charged. size_words is what it costs. */
static inline bool wire_is_bytes(const uint64_t *words, uint32_t word_count, uint32_t at, bool is_text,
                                 struct wire_data *data, uint64_t *size_words)
{
    uint64_t pointer = words[at];
    uint64_t target = (uint64_t)at + 1 + (uint64_t)((int64_t)(int32_t)(uint32_t)pointer >> 2);
    uint32_t length = (uint32_t)(pointer >> 35);
    *size_words = ((uint64_t)length + 7) / 8;
    if ((pointer & 0x700000003) != ((uint64_t)WIRE_ELEMENT_BYTE << 32 | WIRE_KIND_LIST) ||
        target > word_count || *size_words > word_count - target)
        return false;
    data->bytes = (const uint8_t *)(words + target);
    data->length = length;
    return !is_text || (length > 0 && data->bytes[length - 1] == 0);
}

struct wire_struct_reader wire_follow_struct(struct wire_message_reader *message, const uint64_t *words,
                                             uint32_t word_count, uint32_t at, uint32_t depth);
struct wire_data wire_follow_data(struct wire_message_reader *message, const uint64_t *words,
                                  uint32_t word_count, uint32_t at);
struct wire_text wire_follow_text(struct wire_message_reader *message, const uint64_t *words,
                                  uint32_t word_count, uint32_t at);
uint32_t wire_follow_cap(struct wire_message_reader *message, const uint64_t *words, uint32_t word_count,
                         uint32_t at);

/* The same; `element` is what the schema says the elements are. */
struct wire_list_reader wire_follow_list(struct wire_pointer_reader pointer, enum wire_element element);

/* A list of whatever the message has; any element code, no charge for a mismatch. */
struct wire_list_reader wire_follow_any_list(struct wire_pointer_reader pointer);

struct wire_struct_reader wire_list_struct(struct wire_list_reader list, uint32_t index);

/* Whether a word is a pointer to a capability that came with the message. */
static inline bool wire_is_cap(uint64_t word, uint32_t cap_count)
{
    return (uint32_t)word == WIRE_KIND_OTHER && word >> 32 < cap_count;
}

/* ---- Structs ---------------------------------------------------------------------------------------- */

static inline struct wire_struct_reader wire_struct_null(struct wire_message_reader *message)
{
    return (struct wire_struct_reader){.message = message};
}

/* The quick path for a root that is right: a struct of this segment that costs no more than the budget.
 * False: look again, to name the rule. A null root and no words at all are right, too: a struct without size.
 */
static inline bool wire_message_find_root(struct wire_message_reader *message)
{
    const uint64_t *words = message->words;
    uint32_t word_count = message->word_count;
    if (word_count == 0) {
        message->root_data = (const uint8_t *)""; /* found, and of no size */
        message->root_data_bits = message->root_pointers_at = message->root_pointer_count = 0;
        return true;
    }
    uint64_t pointer = words[0];
    uint64_t target = 1 + (uint64_t)((int64_t)(int32_t)(uint32_t)pointer >> 2);
    uint32_t data_words = (uint16_t)(pointer >> 32), pointer_count = (uint32_t)(pointer >> 48);
    uint32_t size_words = data_words + pointer_count;
    if (__builtin_expect(
            (pointer & 3) != WIRE_KIND_STRUCT || target > word_count || size_words > word_count - target, 0))
        return false;
    message->root_data = (const uint8_t *)(words + target);
    message->root_data_bits = data_words * 64;
    message->root_pointers_at = (uint32_t)target + data_words;
    message->root_pointer_count = pointer_count;
    return true;
}

/* The same for the root of who has the same schema and puts it first, as every builder does: sizes that are
 * constants leave little to look at. False: look again. */
static inline bool wire_message_find_root_as(struct wire_message_reader *message, uint32_t data_words,
                                             uint32_t pointer_count)
{
    uint32_t size_words = data_words + pointer_count;
    if (size_words == 0)
        return wire_message_find_root(message);
    if (__builtin_expect(message->word_count <= size_words ||
                             message->words[0] !=
                                 ((uint64_t)pointer_count << 48 | (uint64_t)data_words << 32),
                         0))
        return false;
    message->root_data = (const uint8_t *)(message->words + 1);
    message->root_data_bits = data_words * 64;
    message->root_pointers_at = 1 + data_words;
    message->root_pointer_count = pointer_count;
    return true;
}

/* The root struct. After the check this is a few loads; before, all bounds are looked at. */
static inline struct wire_struct_reader wire_message_root(struct wire_message_reader *message)
{
    if (__builtin_expect(message->root_data != NULL, 1))
        return (struct wire_struct_reader){
            .message = message,
            .words = message->words,
            .data = message->root_data,
            .word_count = message->word_count,
            .data_bits = message->root_data_bits,
            .pointers_at = message->root_pointers_at,
            .pointer_count = (uint16_t)message->root_pointer_count,
            .depth = WIRE_DEPTH_MAX - 1,
        };
    if (message->word_count == 0)
        return wire_struct_null(message);
    return wire_follow_struct(message, message->words, message->word_count, 0, WIRE_DEPTH_MAX);
}

/* Scalars, by bit or byte offset in the data section: 0 where the message has none (V1). */

static inline bool wire_get_bool(struct wire_struct_reader s, uint32_t bit)
{
    return bit < s.data_bits && (s.data[bit / 8] >> (bit % 8) & 1);
}

static inline uint8_t wire_get_u8(struct wire_struct_reader s, uint32_t byte)
{
    return byte * 8 + 8 <= s.data_bits ? s.data[byte] : 0;
}

static inline uint16_t wire_get_u16(struct wire_struct_reader s, uint32_t byte)
{
    uint16_t value = 0;
    if (byte * 8 + 16 <= s.data_bits)
        __builtin_memcpy(&value, s.data + byte, sizeof value);
    return value;
}

static inline uint32_t wire_get_u32(struct wire_struct_reader s, uint32_t byte)
{
    uint32_t value = 0;
    if (byte * 8 + 32 <= s.data_bits)
        __builtin_memcpy(&value, s.data + byte, sizeof value);
    return value;
}

static inline uint64_t wire_get_u64(struct wire_struct_reader s, uint32_t byte)
{
    uint64_t value = 0;
    if (byte * 8 + 64 <= s.data_bits)
        __builtin_memcpy(&value, s.data + byte, sizeof value);
    return value;
}

/* True if the union's tag has this value; else the program asks for a member that is not there (V5). */
static inline bool wire_union_is(struct wire_struct_reader s, uint32_t tag_byte, uint16_t value)
{
    if (__builtin_expect(wire_get_u16(s, tag_byte) == value, 1))
        return true;
    wire_message_flag(s.message, WIRE_RULE_A2_UNION, s.words, s.pointers_at);
    return false;
}

/* The struct whose union is read: itself if the tag has this value, else a null one. */
static inline struct wire_struct_reader wire_union_select(struct wire_struct_reader s, uint32_t tag_byte,
                                                          uint16_t value)
{
    return wire_union_is(s, tag_byte, value) ? s : wire_struct_null(s.message);
}

/* A default value of the schema: `words` is a trusted message, and index 0 of the reader its root pointer.
 * Its limits are its own, and it has no message to charge (V9). */
static inline struct wire_struct_reader wire_default(const uint64_t *words, uint32_t word_count)
{
    return (struct wire_struct_reader){
        .words = words, .word_count = word_count, .pointer_count = 1, .depth = WIRE_DEPTH_MAX};
}

static inline bool wire_has_pointer(struct wire_struct_reader s, uint32_t index)
{
    return index < s.pointer_count && s.words[s.pointers_at + index] != 0;
}

static inline struct wire_pointer_reader wire_get_pointer(struct wire_struct_reader s, uint32_t index)
{
    struct wire_pointer_reader pointer = {.message = s.message};
    if (index < s.pointer_count) {
        pointer.words = s.words;
        pointer.word_count = s.word_count;
        pointer.at = s.pointers_at + index;
        pointer.depth = s.depth;
    }
    return pointer;
}

static inline struct wire_struct_reader wire_get_struct(struct wire_struct_reader s, uint32_t index)
{
    if (index >= s.pointer_count)
        return wire_struct_null(s.message);
    return wire_follow_struct(s.message, s.words, s.word_count, s.pointers_at + index, s.depth);
}

static inline struct wire_list_reader wire_get_list(struct wire_struct_reader s, uint32_t index,
                                                    enum wire_element element)
{
    return wire_follow_list(wire_get_pointer(s, index), element);
}

static inline struct wire_data wire_get_data(struct wire_struct_reader s, uint32_t index)
{
    if (index >= s.pointer_count)
        return (struct wire_data){NULL, 0};
    return wire_follow_data(s.message, s.words, s.word_count, s.pointers_at + index);
}

static inline struct wire_text wire_get_text(struct wire_struct_reader s, uint32_t index)
{
    if (index >= s.pointer_count)
        return (struct wire_text){"", 0};
    if (s.message && s.words + s.pointers_at + index == s.message->text_at)
        return s.message->text;
    return wire_follow_text(s.message, s.words, s.word_count, s.pointers_at + index);
}

static inline uint32_t wire_get_cap(struct wire_struct_reader s, uint32_t index)
{
    if (index >= s.pointer_count)
        return WIRE_CAP_NULL;
    uint32_t at = s.pointers_at + index;
    if (wire_is_cap(s.words[at], s.message ? s.message->cap_count : 0))
        return (uint32_t)(s.words[at] >> 32);
    return wire_follow_cap(s.message, s.words, s.word_count, at);
}

/* ---- Pointers of any type ---------------------------------------------------------------------------- */

static inline bool wire_pointer_is_null(struct wire_pointer_reader pointer)
{
    return !pointer.words || pointer.words[pointer.at] == 0;
}

static inline struct wire_struct_reader wire_pointer_struct(struct wire_pointer_reader pointer)
{
    if (!pointer.words)
        return wire_struct_null(pointer.message);
    return wire_follow_struct(pointer.message, pointer.words, pointer.word_count, pointer.at, pointer.depth);
}

static inline struct wire_data wire_pointer_data(struct wire_pointer_reader pointer)
{
    if (!pointer.words)
        return (struct wire_data){NULL, 0};
    return wire_follow_data(pointer.message, pointer.words, pointer.word_count, pointer.at);
}

static inline struct wire_text wire_pointer_text(struct wire_pointer_reader pointer)
{
    if (!pointer.words)
        return (struct wire_text){"", 0};
    return wire_follow_text(pointer.message, pointer.words, pointer.word_count, pointer.at);
}

static inline uint32_t wire_pointer_cap(struct wire_pointer_reader pointer)
{
    if (!pointer.words)
        return WIRE_CAP_NULL;
    return wire_follow_cap(pointer.message, pointer.words, pointer.word_count, pointer.at);
}

static inline struct wire_list_reader wire_pointer_list(struct wire_pointer_reader pointer,
                                                        enum wire_element element)
{
    return wire_follow_list(pointer, element);
}
