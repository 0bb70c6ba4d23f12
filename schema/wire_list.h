/* The elements of a list, which may be wider in the message than the schema says (V4).
 *
 * An element beyond the end reads as its default, and is flagged as a mistake of the program (A1).
 *
 * Next: schema/wire_read.c
 */
#pragma once

#include "schema/wire_read.h"

/* True if the list has an element `index` with `bits` of data; else the program reads beyond it (A1). */
static inline bool wire_list_has(struct wire_list_reader list, uint32_t index, uint32_t bits)
{
    if (__builtin_expect(index < list.count && bits <= list.data_bits, 1))
        return true;
    wire_message_flag(list.message, WIRE_RULE_A1_INDEX, list.words, list.pointers_at);
    return false;
}

static inline const uint8_t *wire_list_element(struct wire_list_reader list, uint32_t index)
{
    return list.data + (uint64_t)index * list.stride_bits / 8;
}

/* Bits follow each other, in wider elements too (V4): as the C++ library reads them. */
static inline bool wire_list_bool(struct wire_list_reader list, uint32_t index)
{
    return wire_list_has(list, index, 1) && (list.data[index / 8] >> (index % 8) & 1);
}

static inline uint8_t wire_list_u8(struct wire_list_reader list, uint32_t index)
{
    return wire_list_has(list, index, 8) ? *wire_list_element(list, index) : 0;
}

static inline uint16_t wire_list_u16(struct wire_list_reader list, uint32_t index)
{
    uint16_t value = 0;
    if (wire_list_has(list, index, 16))
        __builtin_memcpy(&value, wire_list_element(list, index), sizeof value);
    return value;
}

static inline uint32_t wire_list_u32(struct wire_list_reader list, uint32_t index)
{
    uint32_t value = 0;
    if (wire_list_has(list, index, 32))
        __builtin_memcpy(&value, wire_list_element(list, index), sizeof value);
    return value;
}

static inline uint64_t wire_list_u64(struct wire_list_reader list, uint32_t index)
{
    uint64_t value = 0;
    if (wire_list_has(list, index, 64))
        __builtin_memcpy(&value, wire_list_element(list, index), sizeof value);
    return value;
}

/* The pointer of an element of a list of pointers. */
static inline struct wire_pointer_reader wire_list_pointer(struct wire_list_reader list, uint32_t index)
{
    struct wire_pointer_reader pointer = {.message = list.message};
    if (wire_list_has(list, index, 0) && list.pointer_count) {
        pointer.words = list.words;
        pointer.word_count = list.word_count;
        pointer.at = (uint32_t)(list.pointers_at + (uint64_t)index * list.stride_bits / 64);
        pointer.depth = list.depth;
    }
    return pointer;
}

static inline struct wire_text wire_list_text(struct wire_list_reader list, uint32_t index)
{
    return wire_pointer_text(wire_list_pointer(list, index));
}

static inline struct wire_data wire_list_data(struct wire_list_reader list, uint32_t index)
{
    return wire_pointer_data(wire_list_pointer(list, index));
}

static inline uint32_t wire_list_cap(struct wire_list_reader list, uint32_t index)
{
    return wire_pointer_cap(wire_list_pointer(list, index));
}

static inline struct wire_list_reader wire_list_list(struct wire_list_reader list, uint32_t index,
                                                     enum wire_element element)
{
    return wire_pointer_list(wire_list_pointer(list, index), element);
}
