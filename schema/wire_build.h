/* Building a message in the caller's buffer, front to back.
 *
 * Invariants
 *  - Each object is zeroed when it is made; bytes beyond `word_count` are never part of the message, so the
 *    buffer need not be zeroed.
 *  - What does not fit is not begun: `overflowed` is set, stays set, and the builder that is returned is
 * null, on which every setter does nothing. Look at `overflowed` once, at the end; setters of text and the
 * like also return CAP_ERR_TOO_BIG at once.
 *  - The buffer is private to the builder and 8-aligned. Setting a pointer again zeroes what it pointed at
 *    (all of it, so that nothing travels that is no longer meant); the space is not used again.
 *  - A struct builder knows no sizes: the generated setters do. It must come from the init function of the
 *    same struct.
 *
 * Next: schema/wire_build.c
 */
#pragma once

#include "abi/error.h"
#include "schema/wire_read.h"

struct wire_message_builder {
    uint64_t *words;
    uint32_t word_capacity;
    uint32_t word_count; /* words of the message so far */
    bool overflowed;
};

/* A struct being built; data is NULL for a null builder. Its pointers follow its data. */
struct wire_struct_builder {
    struct wire_message_builder *message;
    uint64_t *data;
};

/* A list being built: `words` is its first element. */
struct wire_list_builder {
    struct wire_message_builder *message;
    uint64_t *words;
    uint32_t count;
    uint32_t stride_words; /* of struct elements; 1 for pointers */
};

/* A pointer being set; `word` is NULL for a null builder. */
struct wire_pointer_builder {
    struct wire_message_builder *message;
    uint64_t *word;
};

static inline void wire_message_build(struct wire_message_builder *message, uint64_t *words,
                                      uint32_t word_capacity)
{
    message->words = words;
    message->word_capacity = word_capacity;
    message->word_count = 0;
    message->overflowed = false;
}

static inline uint64_t wire_struct_pointer(uint64_t offset, uint32_t data_words, uint32_t pointer_count)
{
    if (data_words + pointer_count == 0)
        offset = 0x3fffffff; /* -1: a struct without size, where the pointer is */
    return offset << 2 | WIRE_KIND_STRUCT | (uint64_t)data_words << 32 | (uint64_t)pointer_count << 48;
}

/* The root struct, zeroed. A second root replaces the message. The sizes are constants of the schema. */
static inline struct wire_struct_builder wire_message_init_root(struct wire_message_builder *message,
                                                                uint32_t data_words, uint32_t pointer_count)
{
    uint32_t total_words = 1 + data_words + pointer_count;
    uint64_t *words = message->words;
    if (__builtin_expect(total_words > message->word_capacity, 0)) {
        message->overflowed = true;
        return (struct wire_struct_builder){message, NULL};
    }
    words[0] = wire_struct_pointer(0, data_words, pointer_count);
    __builtin_memset(words + 1, 0, (size_t)(data_words + pointer_count) * 8);
    message->word_count = total_words;
    return (struct wire_struct_builder){message, words + 1};
}

/* The root of parameters or results: a struct without size is a message of no words, which reads the same and
 * costs nothing. */
static inline struct wire_struct_builder
wire_message_init_payload(struct wire_message_builder *message, uint32_t data_words, uint32_t pointer_count)
{
    if (data_words + pointer_count == 0)
        return (struct wire_struct_builder){message, NULL};
    return wire_message_init_root(message, data_words, pointer_count);
}

/* ---- Out of line ------------------------------------------------------------------------------------- */

/* Zeroes everything below a pointer, then the pointer. */
void wire_pointer_clear(struct wire_pointer_builder pointer);

struct wire_struct_builder wire_pointer_init_struct(struct wire_pointer_builder pointer, uint32_t data_words,
                                                    uint32_t pointer_count);

/* The usual case of setting a Text is inline, below; these are its parts. A longer Text than this is copied
 * by memcpy. */
#define WIRE_TEXT_SHORT_BYTES 64
enum cap_err wire_pointer_set_text_slowly(struct wire_pointer_builder pointer, struct wire_text text);
void wire_copy_text(uint64_t *to, const uint8_t *bytes, uint32_t length);

/* CAP_ERR_TOO_BIG: no room. The bytes are copied and may not lie in the message's own free space. */
enum cap_err wire_pointer_set_data(struct wire_pointer_builder pointer, struct wire_data data);

/* The same for a Text: its pointer is null and there is room, or it is looked at again. */
static inline enum cap_err wire_pointer_set_text(struct wire_pointer_builder pointer, struct wire_text text)
{
    struct wire_message_builder *message = pointer.message;
    if (__builtin_expect(!pointer.word || *pointer.word != 0 || text.length > WIRE_TEXT_SHORT_BYTES, 0))
        return wire_pointer_set_text_slowly(pointer, text);
    uint32_t begin = message->word_count, size_words = text.length / 8 + 1;
    if (__builtin_expect(size_words > message->word_capacity - begin, 0))
        return wire_pointer_set_text_slowly(pointer, text);
    uint64_t *to = message->words + begin;
    message->word_count = begin + size_words;
    *pointer.word = (uint64_t)(to - pointer.word - 1) << 2 | WIRE_KIND_LIST |
                    (uint64_t)WIRE_ELEMENT_BYTE << 32 | (uint64_t)(text.length + 1) << 35;
    wire_copy_text(to, (const uint8_t *)text.bytes, text.length);
    return CAP_OK;
}

/* `length` zero bytes to fill in; NULL: no room. */
uint8_t *wire_pointer_init_data(struct wire_pointer_builder pointer, uint32_t length);

/* A list of scalars or of pointers. */
struct wire_list_builder wire_pointer_init_list(struct wire_pointer_builder pointer,
                                                enum wire_element element, uint32_t count);

struct wire_list_builder wire_pointer_init_struct_list(struct wire_pointer_builder pointer,
                                                       uint32_t data_words, uint32_t pointer_count,
                                                       uint32_t count);

/* Copies whatever `from` leads to, with all limits of its message. CAP_ERR_MALFORMED: it breaks a rule;
 * CAP_ERR_TOO_BIG: no room. The pointer is null then. Capability indices are copied as they are. */
enum cap_err wire_pointer_copy(struct wire_pointer_builder pointer, struct wire_pointer_reader from);
enum cap_err wire_pointer_copy_struct(struct wire_pointer_builder pointer, struct wire_struct_reader from);
enum cap_err wire_pointer_copy_list(struct wire_pointer_builder pointer, struct wire_list_reader from);

/* Index of a capability that goes with the message, or WIRE_CAP_NULL. */
static inline enum cap_err wire_pointer_set_cap(struct wire_pointer_builder pointer, uint32_t cap_index)
{
    if (!pointer.word)
        return CAP_ERR_TOO_BIG;
    if (*pointer.word)
        wire_pointer_clear(pointer);
    *pointer.word = cap_index == WIRE_CAP_NULL ? 0 : (uint64_t)cap_index << 32 | WIRE_KIND_OTHER;
    return CAP_OK;
}

/* ---- Structs: scalars by byte offset (bits for bool), pointers by their word from the start of the data
 * ---- */

static inline void wire_set_bool(struct wire_struct_builder s, uint32_t bit, bool value)
{
    if (s.data) {
        uint64_t mask = (uint64_t)1 << (bit % 64);
        s.data[bit / 64] = value ? s.data[bit / 64] | mask : s.data[bit / 64] & ~mask;
    }
}

static inline void wire_set_u8(struct wire_struct_builder s, uint32_t byte, uint8_t value)
{
    if (s.data)
        *((uint8_t *)s.data + byte) = value;
}

static inline void wire_set_u16(struct wire_struct_builder s, uint32_t byte, uint16_t value)
{
    if (s.data)
        __builtin_memcpy((uint8_t *)s.data + byte, &value, sizeof value);
}

static inline void wire_set_u32(struct wire_struct_builder s, uint32_t byte, uint32_t value)
{
    if (s.data)
        __builtin_memcpy((uint8_t *)s.data + byte, &value, sizeof value);
}

static inline void wire_set_u64(struct wire_struct_builder s, uint32_t byte, uint64_t value)
{
    if (s.data)
        __builtin_memcpy((uint8_t *)s.data + byte, &value, sizeof value);
}

static inline struct wire_pointer_builder wire_pointer_at(struct wire_struct_builder s, uint32_t word)
{
    return (struct wire_pointer_builder){s.message, s.data ? s.data + word : NULL};
}

/* ---- Lists: setters beyond the end do nothing --------------------------------------------------------- */

static inline void wire_list_set_bool(struct wire_list_builder list, uint32_t index, bool value)
{
    if (index < list.count)
        wire_set_bool((struct wire_struct_builder){list.message, list.words}, index, value);
}

static inline void wire_list_set_u8(struct wire_list_builder list, uint32_t index, uint8_t value)
{
    if (index < list.count)
        ((uint8_t *)list.words)[index] = value;
}

static inline void wire_list_set_u16(struct wire_list_builder list, uint32_t index, uint16_t value)
{
    if (index < list.count)
        __builtin_memcpy((uint8_t *)list.words + (size_t)index * 2, &value, sizeof value);
}

static inline void wire_list_set_u32(struct wire_list_builder list, uint32_t index, uint32_t value)
{
    if (index < list.count)
        __builtin_memcpy((uint8_t *)list.words + (size_t)index * 4, &value, sizeof value);
}

static inline void wire_list_set_u64(struct wire_list_builder list, uint32_t index, uint64_t value)
{
    if (index < list.count)
        list.words[index] = value;
}

/* The pointer of an element of a list of pointers; null beyond the end. */
static inline struct wire_pointer_builder wire_list_pointer_at(struct wire_list_builder list, uint32_t index)
{
    return (struct wire_pointer_builder){list.message, index < list.count ? list.words + index : NULL};
}

static inline enum cap_err wire_list_set_text(struct wire_list_builder list, uint32_t index,
                                              struct wire_text text)
{
    return wire_pointer_set_text(wire_list_pointer_at(list, index), text);
}

static inline enum cap_err wire_list_set_data(struct wire_list_builder list, uint32_t index,
                                              struct wire_data data)
{
    return wire_pointer_set_data(wire_list_pointer_at(list, index), data);
}

static inline enum cap_err wire_list_set_cap(struct wire_list_builder list, uint32_t index,
                                             uint32_t cap_index)
{
    return wire_pointer_set_cap(wire_list_pointer_at(list, index), cap_index);
}

/* An element of a list of structs; null beyond the end. */
static inline struct wire_struct_builder wire_list_struct_at(struct wire_list_builder list, uint32_t index)
{
    return (struct wire_struct_builder){
        list.message, index < list.count ? list.words + (size_t)index * list.stride_words : NULL};
}
