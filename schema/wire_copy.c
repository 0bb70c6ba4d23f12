/* Copying from a reader into a builder, whatever the form of the source: several segments, upgraded lists.
 *
 * Depth first, with its own stack. The limits of the source hold: budget, depth, kinds, bounds. Order of the
 * copy is the order of the source's pointers; a copied list keeps its element code, and a copied struct its
 * sizes, so data that only a newer schema knows survives.
 *
 * Next: schema/wire_canonical.h
 */
#include "schema/wire_build.h"
#include "schema/wire_canonical.h"
#include "schema/wire_list.h"

/* Pointers that are still to be copied, one behind another in the source and in the copy. */
struct copy_frame {
    const uint64_t *words; /* of the source's segment */
    uint32_t word_count;
    uint32_t at;            /* next pointer of the source */
    uint64_t *to;           /* its place in the copy */
    uint32_t pointers_left; /* in this struct */
    uint32_t pointer_count; /* of each struct */
    uint32_t structs_left;  /* after this one */
    uint32_t source_skip;   /* words from the last pointer of a struct to the first of the next */
    uint32_t copy_skip;
    uint32_t depth;
};

/* Copies the data of a struct. A struct from an upgraded list of small scalars has less than a word. */
static void copy_data(uint64_t *to, const uint8_t *data, uint32_t data_bits)
{
    uint32_t bytes = data_bits / 8;
    for (uint32_t i = 0; i < bytes; i++)
        ((uint8_t *)to)[i] = data[i];
}

static uint32_t data_words_of(uint32_t data_bits)
{
    return (data_bits + 63) / 64;
}

/* How much of a struct the copy holds: all of it, or, for the canonical form, what is not zero at the end. */
struct shape {
    uint32_t data_words;
    uint32_t pointer_count;
};

static struct shape trimmed_shape(struct wire_struct_reader from)
{
    struct shape shape = {data_words_of(from.data_bits), from.pointer_count};
    while (shape.data_words > 0 && wire_get_u64(from, shape.data_words * 8 - 8) == 0)
        shape.data_words--;
    while (shape.pointer_count > 0 && !wire_has_pointer(from, shape.pointer_count - 1))
        shape.pointer_count--;
    return shape;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* One struct; false: no room. */
static bool copy_struct(struct wire_pointer_builder pointer, struct wire_struct_reader from,
                        bool is_canonical, struct copy_frame *frame)
{
    struct shape shape = {data_words_of(from.data_bits), from.pointer_count};
    if (is_canonical)
        shape = trimmed_shape(from);
    struct wire_struct_builder s = wire_pointer_init_struct(pointer, shape.data_words, shape.pointer_count);
    *frame = (struct copy_frame){0};
    if (!s.data)
        return false;
    copy_data(s.data, from.data, smaller(from.data_bits, shape.data_words * 64));
    frame->words = from.words;
    frame->word_count = from.word_count;
    frame->at = from.pointers_at;
    frame->to = s.data + shape.data_words;
    frame->pointers_left = shape.pointer_count;
    frame->depth = from.depth;
    return true;
}

/* The shape that every element of a struct list has room in. */
static struct shape widest_shape(struct wire_list_reader from)
{
    struct shape widest = {0, 0};
    for (uint32_t i = 0; i < from.count && from.stride_bits > 0; i++) {
        struct shape shape = trimmed_shape(wire_list_struct(from, i));
        if (shape.data_words > widest.data_words)
            widest.data_words = shape.data_words;
        if (shape.pointer_count > widest.pointer_count)
            widest.pointer_count = shape.pointer_count;
    }
    return widest;
}

/* A list of structs, each with its data and then its pointers. */
static bool copy_struct_list(struct wire_pointer_builder pointer, struct wire_list_reader from,
                             bool is_canonical, struct copy_frame *frame)
{
    struct shape shape = {from.data_bits / 64, from.pointer_count};
    if (is_canonical)
        shape = widest_shape(from);
    struct wire_list_builder list =
        wire_pointer_init_struct_list(pointer, shape.data_words, shape.pointer_count, from.count);
    if (!list.words)
        return false;
    if (from.count == 0 || list.stride_words == 0)
        return true;
    for (uint32_t i = 0; i < from.count; i++)
        copy_data(list.words + (size_t)i * list.stride_words, wire_list_element(from, i),
                  shape.data_words * 64);
    frame->to = list.words + shape.data_words;
    frame->at = from.pointers_at;
    frame->pointer_count = shape.pointer_count;
    frame->pointers_left = shape.pointer_count;
    frame->structs_left = shape.pointer_count > 0 ? from.count - 1 : 0;
    frame->source_skip = from.stride_bits / 64 - shape.pointer_count;
    frame->copy_skip = shape.data_words;
    return true;
}

static bool copy_list(struct wire_pointer_builder pointer, struct wire_list_reader from, bool is_canonical,
                      struct copy_frame *frame)
{
    *frame = (struct copy_frame){
        .words = from.words,
        .word_count = from.word_count,
        .pointer_count = from.pointer_count,
        .depth = from.depth,
    };
    if (from.element == WIRE_ELEMENT_STRUCT) {
        frame->depth -= from.depth > 0;
        return copy_struct_list(pointer, from, is_canonical, frame);
    }
    struct wire_list_builder list = wire_pointer_init_list(pointer, from.element, from.count);
    if (!list.words)
        return false;
    if (from.element == WIRE_ELEMENT_POINTER) {
        frame->to = list.words;
        frame->at = from.pointers_at;
        frame->pointers_left = from.count;
        return true;
    }
    uint64_t bits = (uint64_t)from.count * from.stride_bits;
    uint8_t *bytes = (uint8_t *)list.words;
    for (uint64_t i = 0; i < bits / 8; i++)
        bytes[i] = from.data[i];
    if (bits % 8)
        bytes[bits / 8] = (uint8_t)(from.data[bits / 8] & ((1u << bits % 8) - 1));
    return true;
}

/* One pointer of the source. False: no room, or a rule is broken, which the source's message tells apart. */
static bool copy_pointer(struct wire_pointer_builder pointer, struct wire_pointer_reader from,
                         bool is_canonical, struct copy_frame *frame)
{
    struct wire_location location;
    *frame = (struct copy_frame){0};
    if (!wire_message_locate(from.message, from.words, from.word_count, from.at, &location))
        return false;
    switch (location.pointer & 3) {
    case WIRE_KIND_STRUCT: {
        struct wire_struct_reader s = wire_pointer_struct(from);
        return s.words && copy_struct(pointer, s, is_canonical, frame);
    }
    case WIRE_KIND_LIST: {
        struct wire_list_reader list = wire_follow_any_list(from);
        if (list.words && list.element == WIRE_ELEMENT_STRUCT && list.count > 0 && list.depth == 0)
            wire_list_struct(list, 0); /* flags the depth */
        bool is_too_deep = list.element == WIRE_ELEMENT_STRUCT && list.count > 0 && list.depth == 0;
        return list.words && !is_too_deep && copy_list(pointer, list, is_canonical, frame);
    }
    default: {
        uint32_t cap_index = wire_pointer_cap(from);
        if (is_canonical)
            wire_message_flag(from.message, WIRE_RULE_C5_CAP, from.words, from.at);
        return !is_canonical && cap_index != WIRE_CAP_NULL &&
               wire_pointer_set_cap(pointer, cap_index) == CAP_OK;
    }
    }
}

/* Copies what the pointers of frames[0] lead to. */
static bool copy_below(struct wire_message_builder *builder, struct wire_message_reader *message,
                       bool is_canonical, struct copy_frame *frames)
{
    uint32_t frame_count = 1;
    while (frame_count > 0) {
        struct copy_frame *frame = &frames[frame_count - 1];
        if (frame->pointers_left == 0) {
            if (frame->structs_left == 0) {
                frame_count--;
                continue;
            }
            frame->structs_left--;
            frame->pointers_left = frame->pointer_count;
            frame->at += frame->source_skip;
            frame->to += frame->copy_skip;
            continue;
        }
        struct wire_pointer_builder pointer = {builder, frame->to++};
        struct wire_pointer_reader from = {message, frame->words, frame->word_count, frame->at++,
                                           frame->depth};
        frame->pointers_left--;
        if (from.words[from.at] == 0)
            continue;
        if (!copy_pointer(pointer, from, is_canonical, frame + 1))
            return false;
        frame_count += frame[1].pointers_left > 0;
    }
    return true;
}

/* Ends a copy: on failure the pointer is null again, and nothing half copied stays readable. */
static enum cap_err finish(struct wire_pointer_builder pointer, bool is_done)
{
    if (is_done)
        return CAP_OK;
    if (!pointer.word || pointer.message->overflowed) {
        wire_pointer_clear(pointer);
        return CAP_ERR_TOO_BIG;
    }
    wire_pointer_clear(pointer);
    return CAP_ERR_MALFORMED;
}

static enum cap_err copy_any(struct wire_pointer_builder pointer, struct wire_pointer_reader from,
                             bool is_canonical)
{
    struct copy_frame frames[WIRE_DEPTH_MAX + 2];
    wire_pointer_clear(pointer);
    if (wire_pointer_is_null(from))
        return pointer.word ? CAP_OK : CAP_ERR_TOO_BIG;
    bool is_done = pointer.word && copy_pointer(pointer, from, is_canonical, &frames[0]) &&
                   copy_below(pointer.message, from.message, is_canonical, frames);
    return finish(pointer, is_done);
}

enum cap_err wire_pointer_copy(struct wire_pointer_builder pointer, struct wire_pointer_reader from)
{
    return copy_any(pointer, from, false);
}

enum cap_err wire_message_canonicalize(struct wire_message_builder *to, struct wire_message_reader *from)
{
    struct wire_pointer_reader root = {from, from->words, from->word_count, 0, WIRE_DEPTH_MAX};
    if (to->word_capacity == 0) {
        to->overflowed = true;
        return CAP_ERR_TOO_BIG;
    }
    to->word_count = 1;
    to->words[0] = 0;
    if (from->word_count == 0)
        return CAP_OK;
    return copy_any((struct wire_pointer_builder){to, to->words}, root, true);
}

enum cap_err wire_pointer_copy_struct(struct wire_pointer_builder pointer, struct wire_struct_reader from)
{
    struct copy_frame frames[WIRE_DEPTH_MAX + 2];
    wire_pointer_clear(pointer);
    bool is_done = pointer.word && copy_struct(pointer, from, false, &frames[0]) &&
                   copy_below(pointer.message, from.message, false, frames);
    return finish(pointer, is_done);
}

enum cap_err wire_pointer_copy_list(struct wire_pointer_builder pointer, struct wire_list_reader from)
{
    struct copy_frame frames[WIRE_DEPTH_MAX + 2];
    wire_pointer_clear(pointer);
    if (!from.words)
        return pointer.word ? CAP_OK : CAP_ERR_TOO_BIG;
    if (from.element == WIRE_ELEMENT_STRUCT && from.count > 0 && from.depth == 0) {
        wire_list_struct(from, 0); /* flags the depth */
        return CAP_ERR_MALFORMED;
    }
    bool is_done = pointer.word && copy_list(pointer, from, false, &frames[0]) &&
                   copy_below(pointer.message, from.message, false, frames);
    return finish(pointer, is_done);
}
