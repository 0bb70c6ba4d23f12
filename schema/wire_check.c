/* The walk of the whole-message check: depth first, with its own stack, so that no message decides how much
 * of the caller's stack is used (WIRE_DEPTH_MAX frames, 3 KiB).
 *
 * Next: schema/wire_build.h
 */
#include "schema/wire_check.h"
#include "schema/wire_list.h"

/* One struct, or the elements of one list from the current one on. */
struct frame {
    const struct wire_type *type; /* NULL: whatever is there, as bare structs and lists */
    const uint64_t *words;
    uint32_t word_count;
    uint32_t at; /* word index of the current element's pointers; its data ends there */
    uint32_t stride_words;
    uint32_t more_count; /* elements after the current one */
    uint32_t next_step;
    uint16_t data_words;
    uint16_t pointer_count;
    uint32_t depth;
};

static inline uint32_t frame_step_count(const struct frame *frame)
{
    return frame->type ? frame->type->step_count : frame->pointer_count;
}

static bool frame_tag_is(const struct frame *frame, const struct wire_step *step)
{
    uint16_t tag = 0;
    if (step->limit / 8 < frame->data_words)
        tag = (uint16_t)(frame->words[frame->at - frame->data_words + step->limit / 8] >>
                         (step->limit % 8 * 8));
    return tag == step->index;
}

/* The frame of a struct; false if there is nothing in it to look at. */
static bool enter_struct(struct wire_struct_reader s, const struct wire_type *type, struct frame *frame)
{
    if (s.pointer_count == 0)
        return false;
    frame->type = type;
    frame->words = s.words;
    frame->word_count = s.word_count;
    frame->at = s.pointers_at;
    frame->more_count = 0;
    frame->next_step = 0;
    frame->data_words = (uint16_t)(s.data_bits / 64);
    frame->pointer_count = s.pointer_count;
    frame->depth = s.depth;
    return frame_step_count(frame) > 0;
}

/* The frame of a list; false if there is nothing in it to look at. Its first element is looked at like a
 * struct, whether it is one or a pointer. */
static bool enter_list(const struct wire_list_reader *list, bool is_struct, const struct wire_type *type,
                       struct frame *frame)
{
    if (list->count == 0)
        return false;
    if (is_struct && list->depth == 0) {
        wire_message_flag(list->message, WIRE_RULE_L5_DEPTH, list->words, list->pointers_at);
        return false;
    }
    struct wire_struct_reader first = {.words = list->words,
                                       .word_count = list->word_count,
                                       .data_bits = list->data_bits,
                                       .pointers_at = list->pointers_at,
                                       .pointer_count = list->pointer_count,
                                       .depth = (uint16_t)(list->depth - is_struct)};
    if (!enter_struct(first, type, frame))
        return false;
    frame->stride_words = list->stride_bits / 64;
    frame->more_count = list->count - 1;
    return true;
}

/* Looks at one pointer that is not null. True: `frame` is what to look at next. */
static bool take_step(struct wire_pointer_reader pointer, const struct wire_step *step, struct frame *frame)
{
    const struct wire_type *type = step->type;
    struct wire_list_reader list;
    struct wire_location to;
    uint32_t kind = step->kind, length = 0;
    if (kind == WIRE_STEP_ANY) {
        static const uint8_t steps[] = {[WIRE_KIND_STRUCT] = WIRE_STEP_STRUCT,
                                        [WIRE_KIND_LIST] = WIRE_STEP_ANY,
                                        [WIRE_KIND_OTHER] = WIRE_STEP_CAP};
        if (!wire_message_locate(pointer.message, pointer.words, pointer.word_count, pointer.at, &to))
            return false;
        kind = steps[to.pointer & 3];
        type = NULL;
    }
    switch (kind) {
    case WIRE_STEP_TEXT:
        length = wire_pointer_text(pointer).length;
        break;
    case WIRE_STEP_DATA:
        length = wire_pointer_data(pointer).length;
        break;
    case WIRE_STEP_CAP:
        wire_pointer_cap(pointer);
        return false;
    case WIRE_STEP_STRUCT:
        return enter_struct(wire_pointer_struct(pointer), type, frame);
    case WIRE_STEP_LIST:
        list = wire_pointer_list(pointer, step->element);
        length = list.count;
        break;
    default:
        list = wire_follow_any_list(pointer);
        return enter_list(&list, list.element == WIRE_ELEMENT_STRUCT, NULL, frame);
    }
    if (length > step->limit)
        wire_message_flag(pointer.message, WIRE_RULE_L7_LENGTH, pointer.words, pointer.at);
    return kind == WIRE_STEP_LIST && type &&
           enter_list(&list, step->element == WIRE_ELEMENT_STRUCT, type, frame);
}

/* Walks the root from step `first` on. */
static __attribute__((cold, noinline)) void walk(struct wire_message_reader *message,
                                                 const struct wire_type *type, struct wire_struct_reader root,
                                                 uint32_t first)
{
    static const struct wire_step any_step = {.kind = WIRE_STEP_ANY, .limit = WIRE_LENGTH_ANY};
    struct frame frames[WIRE_DEPTH_MAX];
    uint32_t frame_count = enter_struct(root, type, &frames[0]);
    frames[0].next_step = first;

    while (frame_count > 0 && message->rule == WIRE_RULE_NONE) {
        struct frame *frame = &frames[frame_count - 1];
        if (frame->next_step == frame_step_count(frame)) {
            frame->at += frame->stride_words;
            frame->next_step = 0;
            if (frame->more_count-- == 0)
                frame_count--;
            continue;
        }
        const struct wire_step *step = frame->type ? &frame->type->steps[frame->next_step] : &any_step;
        uint32_t index = frame->type ? step->index : frame->next_step;
        frame->next_step++;
        if (step->kind == WIRE_STEP_CASE) {
            if (!frame_tag_is(frame, step))
                frame->next_step += (uint32_t)step->skip;
            continue;
        }
        if (index >= frame->pointer_count || frame->words[frame->at + index] == 0)
            continue;
        struct wire_pointer_reader pointer = {message, frame->words, frame->word_count, frame->at + index,
                                              frame->depth};
        frame_count += take_step(pointer, step, frame + 1);
    }
}

/* Everything that the quick path does not settle: from step `first` on, after cost_words were used. */
static __attribute__((cold, noinline)) enum cap_err check_slowly(struct wire_message_reader *message,
                                                                 const struct wire_type *type, uint32_t first,
                                                                 uint64_t cost_words)
{
    if (cost_words > message->budget_words) {
        message->root_data = NULL;
        first = 0;
    } else {
        message->budget_words -= cost_words;
    }
    struct wire_struct_reader root = wire_message_root(message);
    if (first < type->step_count && root.pointer_count > 0)
        walk(message, type, root, first);
    if (message->rule != WIRE_RULE_NONE)
        return CAP_ERR_MALFORMED;
    message->budget_words = WIRE_BUDGET_UNLIMITED;
    return CAP_OK;
}

/* Most messages are one struct with a few texts: that is all this looks at, and only at what is right. From
 * the first step that is anything else, the walk takes over. */
static __attribute__((noinline)) enum cap_err check_steps(struct wire_message_reader *message,
                                                          const struct wire_type *type)
{
    const struct wire_step *step = type->steps;
    uint32_t pointers_at = message->root_pointers_at, pointer_count = message->root_pointer_count;
    uint64_t cost_words = message->root_data_bits / 64 + pointer_count;
    for (uint32_t left = type->step_count; left > 0; left--, step++) {
        struct wire_data data;
        uint64_t size_words;
        bool is_text = step->kind == WIRE_STEP_TEXT;
        if (step->kind > WIRE_STEP_DATA)
            return check_slowly(message, type, type->step_count - left, cost_words);
        if (step->index >= pointer_count || message->words[pointers_at + step->index] == 0)
            continue;
        if (!wire_is_bytes(message->words, message->word_count, pointers_at + step->index, is_text, &data,
                           &size_words) ||
            data.length - is_text > step->limit)
            return check_slowly(message, type, type->step_count - left, cost_words);
        cost_words += size_words;
    }
    if (cost_words > message->budget_words)
        return check_slowly(message, type, 0, cost_words);
    message->budget_words = WIRE_BUDGET_UNLIMITED;
    return CAP_OK;
}

enum cap_err wire_check_root(struct wire_message_reader *message, const struct wire_type *type,
                             struct wire_struct_reader *root)
{
    if (wire_check(message, type) != CAP_OK)
        return CAP_ERR_MALFORMED;
    *root = wire_message_root(message);
    return CAP_OK;
}

__attribute__((noinline)) enum cap_err wire_check(struct wire_message_reader *message,
                                                  const struct wire_type *type)
{
    message->root_data = NULL;
    message->text_at = NULL;
    if (__builtin_expect(message->rule != WIRE_RULE_NONE || !wire_message_find_root(message), 0))
        return check_slowly(message, type, 0, 0);
    if (type->step_count > 0 && message->root_pointer_count > 0)
        return check_steps(message, type);
    message->budget_words = WIRE_BUDGET_UNLIMITED;
    return CAP_OK;
}
