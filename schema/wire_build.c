/* Making objects at the end of the message, and zeroing those that are replaced.
 *
 * Next: schema/dispatch.h
 */
#include "schema/wire_build.h"

/* `size_words` words at the end of the message; NULL: no room, and the message says so from now on. */
static uint64_t *reserve(struct wire_message_builder *message, uint64_t size_words)
{
    if (size_words > message->word_capacity - message->word_count) {
        message->overflowed = true;
        return NULL;
    }
    uint64_t *words = message->words + message->word_count;
    message->word_count += (uint32_t)size_words;
    return words;
}

/* Makes room for what `pointer` will lead to; clears what it leads to now. */
static __attribute__((noinline)) uint64_t *reserve_for(struct wire_pointer_builder pointer,
                                                       uint64_t size_words)
{
    if (!pointer.word)
        return NULL;
    if (*pointer.word)
        wire_pointer_clear(pointer);
    return reserve(pointer.message, size_words);
}

/* The same, zeroed. */
static __attribute__((noinline)) uint64_t *allocate_for(struct wire_pointer_builder pointer,
                                                        uint64_t size_words)
{
    uint64_t *words = reserve_for(pointer, size_words);
    for (uint64_t i = 0; words && i < size_words; i++)
        words[i] = 0;
    return words;
}

/* The offset part of a pointer at `from` to `to`; both are in one message, `to` behind `from`. */
static inline uint64_t offset_between(const uint64_t *from, const uint64_t *to)
{
    return (uint64_t)(to - from) - 1;
}

static inline uint64_t list_pointer(const uint64_t *from, const uint64_t *to, enum wire_element element,
                                    uint64_t count)
{
    return offset_between(from, to) << 2 | WIRE_KIND_LIST | (uint64_t)element << 32 | count << 35;
}

struct wire_struct_builder wire_pointer_init_struct(struct wire_pointer_builder pointer, uint32_t data_words,
                                                    uint32_t pointer_count)
{
    uint64_t *words = allocate_for(pointer, data_words + pointer_count);
    if (words)
        *pointer.word = wire_struct_pointer(offset_between(pointer.word, words), data_words, pointer_count);
    return (struct wire_struct_builder){pointer.message, words};
}

/* The last 1 to 7 of `length` bytes as a word with zeros behind them. Little-endian, like the encoding. */
static inline uint64_t tail_word(const uint8_t *bytes, uint32_t length)
{
    uint32_t tail = length % 8;
    uint64_t word = 0;
    if (length > 8) {
        __builtin_memcpy(&word, bytes + length - 8, 8);
        return word >> (64 - tail * 8);
    }
    for (uint32_t i = tail; i-- > 0;)
        word = word << 8 | bytes[i];
    return word;
}

/* Copies whole words. */
static inline void copy_words(uint64_t *to, const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        __builtin_memcpy(to + i, bytes + (size_t)i * 8, 8);
}

/* A short Text and its NUL; the bytes behind them are zeroed. */
void wire_copy_text(uint64_t *to, const uint8_t *bytes, uint32_t length)
{
    copy_words(to, bytes, length / 8);
    to[length / 8] = length % 8 ? tail_word(bytes, length) : 0;
}

/* Makes room for a byte list of `count` bytes; NULL: there is none. */
static __attribute__((noinline)) uint64_t *reserve_bytes(struct wire_pointer_builder pointer, uint64_t count)
{
    uint64_t *to = reserve_for(pointer, count > WIRE_LIST_COUNT_MAX ? UINT64_MAX : (count + 7) / 8);
    if (to)
        *pointer.word = list_pointer(pointer.word, to, WIRE_ELEMENT_BYTE, count);
    return to;
}

/* The last word first, so that what follows the bytes in it is zero. */
static enum cap_err set_bytes(struct wire_pointer_builder pointer, const void *bytes, uint32_t length,
                              uint64_t count)
{
    uint64_t *to = reserve_bytes(pointer, count);
    if (!to)
        return CAP_ERR_TOO_BIG;
    if (count)
        to[(count - 1) / 8] = 0;
    if (length)
        __builtin_memcpy(to, bytes, length);
    return CAP_OK;
}

enum cap_err wire_pointer_set_text_slowly(struct wire_pointer_builder pointer, struct wire_text text)
{
    return set_bytes(pointer, text.bytes, text.length, (uint64_t)text.length + 1);
}

enum cap_err wire_pointer_set_data(struct wire_pointer_builder pointer, struct wire_data data)
{
    return set_bytes(pointer, data.bytes, data.length, data.length);
}

uint8_t *wire_pointer_init_data(struct wire_pointer_builder pointer, uint32_t length)
{
    uint64_t *to = reserve_bytes(pointer, length);
    if (to)
        __builtin_memset(to, 0, ((size_t)length + 7) / 8 * 8);
    return (uint8_t *)to;
}

struct wire_list_builder wire_pointer_init_list(struct wire_pointer_builder pointer,
                                                enum wire_element element, uint32_t count)
{
    static const uint8_t bits[] = {0, 1, 8, 16, 32, 64, 64, 64};
    uint64_t size_words = ((uint64_t)count * bits[element & 7] + 63) / 64;
    if (count > WIRE_LIST_COUNT_MAX)
        size_words = UINT64_MAX;
    uint64_t *words = allocate_for(pointer, size_words);
    if (!words)
        return (struct wire_list_builder){pointer.message, NULL, 0, 0};
    *pointer.word = list_pointer(pointer.word, words, element, count);
    return (struct wire_list_builder){pointer.message, words, count, 1};
}

struct wire_list_builder wire_pointer_init_struct_list(struct wire_pointer_builder pointer,
                                                       uint32_t data_words, uint32_t pointer_count,
                                                       uint32_t count)
{
    uint32_t stride_words = data_words + pointer_count;
    uint64_t body_words = (uint64_t)count * stride_words;
    /* The maximum is all ones: both are below it, or something sticks out. */
    bool is_too_long = (body_words | count) > WIRE_LIST_COUNT_MAX;
    uint64_t *words = allocate_for(pointer, is_too_long ? UINT64_MAX : body_words + 1);
    if (!words)
        return (struct wire_list_builder){pointer.message, NULL, 0, 0};
    *pointer.word = list_pointer(pointer.word, words, WIRE_ELEMENT_STRUCT, body_words);
    words[0] =
        (uint64_t)count << 2 | WIRE_KIND_STRUCT | (uint64_t)data_words << 32 | (uint64_t)pointer_count << 48;
    return (struct wire_list_builder){pointer.message, words + 1, count, stride_words};
}

/* ---- Clearing ---------------------------------------------------------------------------------------- */

/* What a pointer of the builder's own leads to: where it starts, its words, and where its pointers are. */
struct object {
    uint64_t *words;
    uint64_t size_words;
    uint64_t group_count; /* structs in it, each data_words then pointer_count pointers */
    uint32_t data_words;
    uint32_t pointer_count;
    uint64_t *groups;
};

static __attribute__((cold)) struct object object_at(uint64_t *word)
{
    static const uint8_t bits[] = {0, 1, 8, 16, 32, 64, 64, 64};
    uint64_t pointer = *word, shape = pointer;
    uint64_t *target = word + 1 + ((int32_t)(uint32_t)pointer >> 2);
    uint32_t element = pointer >> 32 & 7;
    struct object object = {.words = target, .groups = target};
    if ((pointer & 3) == WIRE_KIND_STRUCT) {
        object.group_count = 1;
        object.size_words = (uint16_t)(pointer >> 32) + (pointer >> 48);
    } else if ((pointer & 3) == WIRE_KIND_LIST) {
        uint64_t count = pointer >> 35;
        object.size_words = (count * bits[element] + 63) / 64;
        shape = (uint64_t)1 << 48;
        if (element == WIRE_ELEMENT_POINTER)
            object.group_count = count;
        if (element == WIRE_ELEMENT_STRUCT) {
            shape = *target;
            object.group_count = (uint32_t)shape >> 2;
            object.groups++;
            object.size_words++;
        }
    }
    object.data_words = (uint16_t)(shape >> 32);
    object.pointer_count = (uint32_t)(shape >> 48);
    return object;
}

/* A pointer inside the object that is not null; NULL if there is none. */
static __attribute__((cold)) uint64_t *object_child(const struct object *object)
{
    uint64_t *group = object->groups;
    for (uint64_t i = 0; i < object->group_count; i++) {
        group += object->data_words;
        for (uint32_t j = 0; j < object->pointer_count; j++)
            if (group[j])
                return &group[j];
        group += object->pointer_count;
    }
    return NULL;
}

/* Goes down from the top to an object without children, zeroes it, and starts again: no stack is needed, and
 * every round removes one object. Only what this builder wrote is followed. */
__attribute__((cold)) void wire_pointer_clear(struct wire_pointer_builder pointer)
{
    while (pointer.word && *pointer.word) {
        uint64_t *word, *child = pointer.word;
        struct object object;
        do {
            word = child;
            object = object_at(word);
            child = object_child(&object);
        } while (child);
        for (uint64_t i = 0; i < object.size_words; i++)
            object.words[i] = 0;
        *word = 0;
    }
}
