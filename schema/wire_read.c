/* Following pointers: every bound, kind, depth and budget is checked here, once.
 *
 * Next: schema/wire_check.h
 */
#include "schema/wire_read.h"
#include "schema/wire_list.h"

__attribute__((cold, noinline)) void wire_message_flag(struct wire_message_reader *message,
                                                       enum wire_rule rule, const uint64_t *words,
                                                       uint64_t at)
{
    if (!message || message->rule != WIRE_RULE_NONE)
        return;
    message->rule = rule;
    message->rule_word = (uint32_t)at;
    for (uint32_t i = 0; message->segments && i < message->segments->count; i++)
        if (message->segments->segments[i].words == words)
            message->rule_segment = i;
}

bool wire_message_charge(struct wire_message_reader *message, uint64_t cost_words, const uint64_t *words,
                         uint64_t at)
{
    if (!message)
        return true;
    if (cost_words > message->budget_words) {
        wire_message_flag(message, WIRE_RULE_L1_BUDGET, words, at);
        return false;
    }
    message->budget_words -= cost_words;
    return true;
}

/* A default value of the schema is one trusted segment without far pointers. */
static __attribute__((cold, noinline)) bool follow_far(struct wire_message_reader *message,
                                                       struct wire_location *location)
{
    if (message && message->segments)
        return message->segments->follow_far(message, location);
    wire_message_flag(message, WIRE_RULE_R0_FAR, location->words, location->at);
    return false;
}

bool wire_message_locate(struct wire_message_reader *message, const uint64_t *words, uint32_t word_count,
                         uint32_t at, struct wire_location *location)
{
    uint64_t pointer = words[at];
    location->words = words;
    location->word_count = word_count;
    location->pointer = pointer;
    location->target = (uint64_t)at + 1 + (uint64_t)((int64_t)(int32_t)(uint32_t)pointer >> 2);
    location->at = at;
    if (__builtin_expect((pointer & 3) == WIRE_KIND_FAR, 0))
        return follow_far(message, location);
    return true;
}

/* Is [target, target + size) inside the segment? Written so that nothing can wrap around. */
static inline bool is_inside(const struct wire_location *location, uint64_t size_words)
{
    return location->target <= location->word_count && size_words <= location->word_count - location->target;
}

struct wire_struct_reader wire_follow_struct(struct wire_message_reader *message, const uint64_t *words,
                                             uint32_t word_count, uint32_t at, uint32_t depth)
{
    struct wire_location to;
    enum wire_rule rule = WIRE_RULE_P8_STRUCT;
    if (words[at] == 0 || !wire_message_locate(message, words, word_count, at, &to))
        return wire_struct_null(message);
    if ((to.pointer & 3) != WIRE_KIND_STRUCT)
        goto refuse;
    uint32_t data_words = (uint16_t)(to.pointer >> 32);
    uint32_t pointer_count = (uint32_t)(to.pointer >> 48);
    rule = WIRE_RULE_P2_STRUCT;
    if (!is_inside(&to, data_words + pointer_count))
        goto refuse;
    rule = WIRE_RULE_L5_DEPTH;
    if (depth == 0)
        goto refuse;
    if (!wire_message_charge(message, data_words + pointer_count, to.words, to.at))
        return wire_struct_null(message);
    return (struct wire_struct_reader){
        .message = message,
        .words = to.words,
        .data = (const uint8_t *)(to.words + to.target),
        .word_count = (uint32_t)to.word_count,
        .data_bits = data_words * 64,
        .pointers_at = (uint32_t)to.target + data_words,
        .pointer_count = (uint16_t)pointer_count,
        .depth = (uint16_t)(depth - 1),
    };
refuse:
    wire_message_flag(message, rule, to.words, to.at);
    return wire_struct_null(message);
}

/* The byte list at a pointer, or the rule that it breaks; bytes is NULL if there is none. */
static __attribute__((cold, noinline)) struct wire_data follow_bytes(struct wire_message_reader *message,
                                                                     const uint64_t *words,
                                                                     uint32_t word_count, uint32_t at,
                                                                     bool is_text)
{
    struct wire_data none = {NULL, 0};
    struct wire_location to;
    enum wire_rule rule = WIRE_RULE_P8_TEXT;
    if (words[at] == 0 || !wire_message_locate(message, words, word_count, at, &to))
        return none;
    if ((to.pointer & 3) != WIRE_KIND_LIST || (to.pointer >> 32 & 7) != WIRE_ELEMENT_BYTE)
        goto refuse;
    uint32_t length = (uint32_t)(to.pointer >> 35);
    uint64_t size_words = ((uint64_t)length + 7) / 8;
    rule = WIRE_RULE_P5_LIST;
    if (!is_inside(&to, size_words))
        goto refuse;
    const uint8_t *bytes = (const uint8_t *)(to.words + to.target);
    rule = WIRE_RULE_V3_TEXT;
    if (is_text && (length == 0 || bytes[length - 1] != 0))
        goto refuse;
    if (!wire_message_charge(message, size_words, to.words, to.at))
        return none;
    return (struct wire_data){bytes, length};
refuse:
    wire_message_flag(message, rule, to.words, to.at);
    return none;
}

/* What is right takes this path; the rest is looked at again, to name the rule. */
static inline bool take_bytes(struct wire_message_reader *message, const uint64_t *words, uint32_t word_count,
                              uint32_t at, bool is_text, struct wire_data *data)
{
    uint64_t size_words;
    if (__builtin_expect(!message || !wire_is_bytes(words, word_count, at, is_text, data, &size_words) ||
                             size_words > message->budget_words,
                         0))
        return false;
    message->budget_words -= size_words;
    return true;
}

struct wire_data wire_follow_data(struct wire_message_reader *message, const uint64_t *words,
                                  uint32_t word_count, uint32_t at)
{
    struct wire_data data;
    if (take_bytes(message, words, word_count, at, false, &data))
        return data;
    return follow_bytes(message, words, word_count, at, false);
}

static __attribute__((cold, noinline)) struct wire_text
follow_text(struct wire_message_reader *message, const uint64_t *words, uint32_t word_count, uint32_t at)
{
    struct wire_data data = follow_bytes(message, words, word_count, at, true);
    if (!data.bytes)
        return (struct wire_text){"", 0};
    return (struct wire_text){(const char *)data.bytes, data.length - 1};
}

struct wire_text wire_follow_text(struct wire_message_reader *message, const uint64_t *words,
                                  uint32_t word_count, uint32_t at)
{
    struct wire_data data;
    if (take_bytes(message, words, word_count, at, true, &data))
        return (struct wire_text){(const char *)data.bytes, data.length - 1};
    return follow_text(message, words, word_count, at);
}

uint32_t wire_follow_cap(struct wire_message_reader *message, const uint64_t *words, uint32_t word_count,
                         uint32_t at)
{
    struct wire_location to;
    if (words[at] == 0 || !wire_message_locate(message, words, word_count, at, &to))
        return WIRE_CAP_NULL;
    enum wire_rule rule = WIRE_RULE_NONE;
    if ((to.pointer & 3) != WIRE_KIND_OTHER)
        rule = WIRE_RULE_P8_CAP;
    else if ((uint32_t)to.pointer != WIRE_KIND_OTHER)
        rule = WIRE_RULE_P7_OTHER;
    else if (!message || to.pointer >> 32 >= message->cap_count)
        rule = WIRE_RULE_P7_CAP;
    if (rule == WIRE_RULE_NONE)
        return (uint32_t)(to.pointer >> 32);
    wire_message_flag(message, rule, to.words, to.at);
    return WIRE_CAP_NULL;
}

/* Bits of data of an element, by element code; pointers and structs have their own. */
static uint32_t element_data_bits(enum wire_element element)
{
    static const uint8_t bits[] = {0, 1, 8, 16, 32, 64, 0, 0};
    return bits[element & 7];
}

/* A list whose elements are structs with a tag before them. Its words, tag included, are size_words. */
static enum wire_rule read_tagged_list(const struct wire_location *to, struct wire_list_reader *list,
                                       uint64_t *cost_words)
{
    uint64_t body_words = to->pointer >> 35;
    if (!is_inside(to, body_words + 1))
        return WIRE_RULE_P6_LIST;
    uint64_t tag = to->words[to->target];
    if ((tag & 3) != WIRE_KIND_STRUCT)
        return WIRE_RULE_P6_TAG;
    uint32_t data_words = (uint16_t)(tag >> 32);
    uint32_t stride_words = data_words + (uint32_t)(tag >> 48);
    uint64_t count = (uint32_t)tag >> 2;
    if (count > WIRE_LIST_COUNT_MAX || count * stride_words > body_words)
        return WIRE_RULE_P6_COUNT;
    list->data = (const uint8_t *)(to->words + to->target + 1);
    list->count = (uint32_t)count;
    list->stride_bits = stride_words * 64;
    list->data_bits = data_words * 64;
    list->pointers_at = (uint32_t)to->target + 1 + data_words;
    list->pointer_count = (uint16_t)(tag >> 48);
    *cost_words = body_words + 1 + (stride_words == 0 ? count : 0);
    return WIRE_RULE_NONE;
}

/* A list of scalars or pointers. Elements without size cost a word each, or they would be free to visit. */
static enum wire_rule read_plain_list(const struct wire_location *to, struct wire_list_reader *list,
                                      uint64_t *cost_words)
{
    uint64_t count = to->pointer >> 35;
    list->data_bits = element_data_bits(list->element);
    list->pointer_count = list->element == WIRE_ELEMENT_POINTER;
    list->stride_bits = list->pointer_count ? 64 : list->data_bits;
    uint64_t size_words = (count * list->stride_bits + 63) / 64;
    if (!is_inside(to, size_words))
        return WIRE_RULE_P5_LIST;
    list->data = (const uint8_t *)(to->words + to->target);
    list->count = (uint32_t)count;
    list->pointers_at = (uint32_t)to->target;
    *cost_words = list->stride_bits == 0 ? count : size_words;
    return WIRE_RULE_NONE;
}

struct wire_list_reader wire_follow_any_list(struct wire_pointer_reader pointer)
{
    struct wire_list_reader none = {.message = pointer.message};
    struct wire_list_reader list = none;
    struct wire_location to;
    if (wire_pointer_is_null(pointer) ||
        !wire_message_locate(pointer.message, pointer.words, pointer.word_count, pointer.at, &to))
        return none;
    enum wire_rule rule = WIRE_RULE_P8_LIST;
    if ((to.pointer & 3) != WIRE_KIND_LIST)
        goto refuse;
    rule = WIRE_RULE_L5_DEPTH;
    if (pointer.depth == 0)
        goto refuse;
    list.words = to.words;
    list.word_count = (uint32_t)to.word_count;
    list.depth = (uint8_t)(pointer.depth - 1);
    list.element = to.pointer >> 32 & 7;
    uint64_t cost_words = 0;
    rule = list.element == WIRE_ELEMENT_STRUCT ? read_tagged_list(&to, &list, &cost_words)
                                               : read_plain_list(&to, &list, &cost_words);
    if (rule != WIRE_RULE_NONE)
        goto refuse;
    if (!wire_message_charge(pointer.message, cost_words, to.words, to.at))
        return none;
    return list;
refuse:
    wire_message_flag(pointer.message, rule, to.words, to.at);
    return none;
}

/* May a list found as it is be read as a list of `element`? Wider as narrower, structs by their first field,
 * anything but bits as structs or as Void; never the reverse (V4). */
static bool is_readable_as(const struct wire_list_reader *list, enum wire_element element)
{
    switch (element) {
    case WIRE_ELEMENT_BIT:
        return list->element != WIRE_ELEMENT_STRUCT && list->data_bits > 0;
    case WIRE_ELEMENT_POINTER:
        return list->pointer_count > 0;
    case WIRE_ELEMENT_VOID:
    case WIRE_ELEMENT_STRUCT:
        return list->element != WIRE_ELEMENT_BIT;
    default:
        return list->data_bits >= element_data_bits(element);
    }
}

struct wire_list_reader wire_follow_list(struct wire_pointer_reader pointer, enum wire_element element)
{
    struct wire_list_reader list = wire_follow_any_list(pointer);
    if (!list.words || is_readable_as(&list, element))
        return list;
    wire_message_flag(pointer.message, WIRE_RULE_V4_ELEMENT, pointer.words, pointer.at);
    return (struct wire_list_reader){.message = pointer.message};
}

struct wire_struct_reader wire_list_struct(struct wire_list_reader list, uint32_t index)
{
    if (!wire_list_has(list, index, 0))
        return wire_struct_null(list.message);
    if (list.depth == 0) {
        wire_message_flag(list.message, WIRE_RULE_L5_DEPTH, list.words, list.pointers_at);
        return wire_struct_null(list.message);
    }
    return (struct wire_struct_reader){
        .message = list.message,
        .words = list.words,
        .data = wire_list_element(list, index),
        .word_count = list.word_count,
        .data_bits = list.data_bits,
        .pointers_at = (uint32_t)(list.pointers_at + (uint64_t)index * list.stride_bits / 64),
        .pointer_count = list.pointer_count,
        .depth = (uint16_t)(list.depth - 1),
    };
}
