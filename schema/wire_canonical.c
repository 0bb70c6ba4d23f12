/* Judging whether a message is canonical: one walk in preorder, which knows where the next object must be.
 *
 * Next: schema/wire_segments.h
 */
#include "schema/wire_canonical.h"
#include "schema/wire_list.h"

/* Pointers that are still to be looked at, of one struct, or of the structs of a list. */
struct canonical_frame {
    uint32_t at; /* the next pointer */
    uint32_t pointers_left;
    uint32_t pointer_count; /* of each struct */
    uint32_t structs_left;  /* after this one */
    uint32_t data_words;    /* before the pointers of the next */
    uint32_t depth;
};

/* Does anything need the last word of data, or the last pointer, that a struct has room for? */
struct canonical_use {
    bool data;
    bool pointers;
};

static struct canonical_use use_of(struct wire_struct_reader s)
{
    return (struct canonical_use){
        .data = s.data_bits == 0 || wire_get_u64(s, s.data_bits / 8 - 8) != 0,
        .pointers = s.pointer_count == 0 || wire_has_pointer(s, s.pointer_count - 1u),
    };
}

static enum wire_rule judge_struct(struct wire_struct_reader s, struct wire_location to, uint64_t *next,
                                   struct canonical_frame *frame)
{
    struct canonical_use use = use_of(s);
    if (to.pointer >> 32 == 0)
        return (uint32_t)to.pointer == 0xfffffffc ? WIRE_RULE_NONE : WIRE_RULE_C8_EMPTY;
    if (to.target != *next)
        return WIRE_RULE_C2_ORDER;
    if (!use.data)
        return WIRE_RULE_C3_DATA;
    if (!use.pointers)
        return WIRE_RULE_C3_POINTERS;
    *next += s.data_bits / 64 + s.pointer_count;
    frame->at = s.pointers_at;
    frame->pointers_left = s.pointer_count;
    frame->depth = s.depth;
    return WIRE_RULE_NONE;
}

static enum wire_rule judge_structs(struct wire_list_reader list, uint64_t body_words, uint64_t *next,
                                    struct canonical_frame *frame)
{
    uint32_t stride_words = list.stride_bits / 64;
    struct canonical_use use = {list.data_bits == 0, list.pointer_count == 0};
    if (body_words != (uint64_t)list.count * stride_words)
        return WIRE_RULE_C4_COUNT;
    for (uint32_t i = 0; i < list.count && !(use.data && use.pointers); i++) {
        struct canonical_use one = use_of(wire_list_struct(list, i));
        use.data |= one.data;
        use.pointers |= one.pointers;
    }
    if (!use.data)
        return WIRE_RULE_C4_DATA;
    if (!use.pointers)
        return WIRE_RULE_C4_POINTERS;
    *next += body_words + 1;
    frame->at = list.pointers_at;
    frame->pointers_left = list.pointer_count;
    frame->pointer_count = list.pointer_count;
    frame->structs_left = list.pointer_count > 0 ? list.count - 1 : 0;
    frame->data_words = list.data_bits / 64;
    frame->depth = list.depth - (list.depth > 0);
    return WIRE_RULE_NONE;
}

static enum wire_rule judge_list(struct wire_list_reader list, struct wire_location to, uint64_t *next,
                                 struct canonical_frame *frame)
{
    uint64_t bits = (uint64_t)list.count * list.stride_bits, size_words = (bits + 63) / 64;
    if (to.target != *next)
        return WIRE_RULE_C2_ORDER;
    if (list.element == WIRE_ELEMENT_STRUCT)
        return judge_structs(list, to.pointer >> 35, next, frame);
    if (bits % 64 && to.words[to.target + size_words - 1] >> bits % 64)
        return WIRE_RULE_C6_BITS;
    *next += size_words;
    if (list.element == WIRE_ELEMENT_POINTER) {
        frame->at = list.pointers_at;
        frame->pointers_left = list.count;
        frame->depth = list.depth;
    }
    return WIRE_RULE_NONE;
}

/* One pointer that is not null; `frame` becomes the pointers below it. */
static void judge_pointer(struct wire_pointer_reader from, uint64_t *next, struct canonical_frame *frame)
{
    struct wire_message_reader *message = from.message;
    struct wire_location to;
    enum wire_rule rule = WIRE_RULE_C1_SEGMENT;
    *frame = (struct canonical_frame){0};
    if ((from.words[from.at] & 3) == WIRE_KIND_FAR) {
        wire_message_flag(message, rule, from.words, from.at);
        return;
    }
    if (!wire_message_locate(message, from.words, from.word_count, from.at, &to))
        return;
    if ((to.pointer & 3) == WIRE_KIND_STRUCT) {
        struct wire_struct_reader s = wire_pointer_struct(from);
        rule = s.words ? judge_struct(s, to, next, frame) : WIRE_RULE_NONE;
    } else if ((to.pointer & 3) == WIRE_KIND_LIST) {
        struct wire_list_reader list = wire_follow_any_list(from);
        if (list.words && list.element == WIRE_ELEMENT_STRUCT && list.count > 0)
            wire_list_struct(list, 0); /* flags the depth */
        rule = list.words ? judge_list(list, to, next, frame) : WIRE_RULE_NONE;
    } else {
        wire_pointer_cap(from); /* flags an index that is wrong */
        rule = WIRE_RULE_C5_CAP;
    }
    if (rule != WIRE_RULE_NONE)
        wire_message_flag(message, rule, from.words, from.at);
}

/* Depth first from the root. Where the last object ends. */
static uint64_t judge_all(struct wire_message_reader *message)
{
    struct canonical_frame frames[WIRE_DEPTH_MAX + 2] = {{.pointers_left = 1, .depth = WIRE_DEPTH_MAX}};
    uint32_t frame_count = 1;
    uint64_t next = 1;
    while (frame_count > 0 && message->rule == WIRE_RULE_NONE) {
        struct canonical_frame *frame = &frames[frame_count - 1];
        if (frame->pointers_left == 0) {
            frame_count -= frame->structs_left == 0;
            if (frame->structs_left > 0) {
                frame->structs_left--;
                frame->pointers_left = frame->pointer_count;
                frame->at += frame->data_words;
            }
            continue;
        }
        struct wire_pointer_reader from = {message, message->words, message->word_count, frame->at++,
                                           frame->depth};
        frame->pointers_left--;
        if (wire_pointer_is_null(from))
            continue;
        judge_pointer(from, &next, frame + 1);
        frame_count += frame[1].pointers_left > 0;
    }
    return next;
}

enum cap_err wire_message_check_canonical(struct wire_message_reader *message)
{
    if (message->segments && message->segments->count > 1)
        wire_message_flag(message, WIRE_RULE_C1_SEGMENT, message->words, 0);
    else if (message->word_count == 0)
        wire_message_flag(message, WIRE_RULE_F7_NO_ROOT, message->words, 0);
    else if (judge_all(message) < message->word_count)
        wire_message_flag(message, WIRE_RULE_C7_TRAILING, message->words, 0);
    return message->rule == WIRE_RULE_NONE ? CAP_OK : CAP_ERR_MALFORMED;
}
