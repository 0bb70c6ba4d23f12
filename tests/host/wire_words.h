/* Writing messages by hand, pointer by pointer, for the tests of schema/wire.
 *
 * Next: tests/host/test_wire_read.c
 */
#pragma once

#include "schema/wire.h"

static inline uint64_t struct_pointer(int64_t offset, uint64_t data_words, uint64_t pointer_count)
{
    return (uint32_t)(offset * 4) | data_words << 32 | pointer_count << 48;
}

static inline uint64_t list_pointer(int64_t offset, uint64_t element, uint64_t count)
{
    return (uint32_t)(offset * 4 + 1) | element << 32 | count << 35;
}

static inline uint64_t tag_word(uint64_t count, uint64_t data_words, uint64_t pointer_count)
{
    return (uint32_t)(count * 4) | data_words << 32 | pointer_count << 48;
}

static inline uint64_t cap_pointer(uint64_t index)
{
    return 3 | index << 32;
}

static inline uint64_t far_pointer(uint64_t segment, uint64_t offset, uint64_t is_double)
{
    return 2 | is_double << 2 | (uint32_t)(offset * 8) | segment << 32;
}

static inline uint64_t bytes_word(const char *text)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8 && text[i]; i++)
        word |= (uint64_t)(uint8_t)text[i] << (8 * i);
    return word;
}

/* A message of exactly these words, to be read without capabilities. */
#define READ(message, ...)                            \
    const uint64_t message##_words[] = {__VA_ARGS__}; \
    struct wire_message_reader message;               \
    wire_message_read(&message, message##_words, sizeof message##_words / 8, 0)

#define EXPECT_RULE(message, name) EXPECT_EQ((message).rule, WIRE_RULE_##name)
