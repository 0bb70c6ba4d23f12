/* Copy, fill and compare, fast for the few bytes of a message and for whole pages.
 *
 * Up to 16 bytes are moved by two loads and two stores that may overlap each other. More go by 8-byte
 * words, then one last word that overlaps those before it. From REP_BYTES_MIN on the string
 * instructions take over (Intel Optimization Reference Manual, "Enhanced REP MOVSB and STOSB"): by words
 * they are as fast as by bytes on hardware and eight times faster in an emulator.
 *
 * Every loop holds a barrier: without it a compiler may recognise the loop as memcpy or memset and
 * replace it by a call of the very function that it is in.
 *
 * Next: lib/fmt.c
 */
#include "lib/mem.h"

#include <stdint.h>

/* Starting a string instruction costs about as much as this many bytes of the loop. */
#define REP_BYTES_MIN 512

#define LOOP_BARRIER() __asm__ volatile("" ::: "memory")

struct word16 {
    uint16_t value;
} __attribute__((packed, may_alias));
struct word32 {
    uint32_t value;
} __attribute__((packed, may_alias));
struct word64 {
    uint64_t value;
} __attribute__((packed, may_alias));

static inline uint64_t load64(const uint8_t *from)
{
    return ((const struct word64 *)from)->value;
}

static inline void store64(uint8_t *to, uint64_t value)
{
    ((struct word64 *)to)->value = value;
}

static inline void store32(uint8_t *to, uint32_t value)
{
    ((struct word32 *)to)->value = value;
}

static inline void store16(uint8_t *to, uint16_t value)
{
    ((struct word16 *)to)->value = value;
}

/* Up to 16 bytes. Everything is loaded before anything is stored, so the ranges may overlap. */
static inline void copy_small(uint8_t *to, const uint8_t *from, size_t bytes)
{
    if (bytes >= 8) {
        uint64_t first = load64(from), last = load64(from + bytes - 8);
        store64(to, first);
        store64(to + bytes - 8, last);
    } else if (bytes >= 4) {
        uint32_t first = ((const struct word32 *)from)->value;
        uint32_t last = ((const struct word32 *)(from + bytes - 4))->value;
        store32(to, first);
        store32(to + bytes - 4, last);
    } else if (bytes >= 2) {
        uint16_t first = ((const struct word16 *)from)->value;
        uint16_t last = ((const struct word16 *)(from + bytes - 2))->value;
        store16(to, first);
        store16(to + bytes - 2, last);
    } else if (bytes == 1) {
        *to = *from;
    }
}

/* Also right for overlapping ranges with `to` below `from`: the last word is loaded first, and each
 * other word is loaded before a store can reach it. */
static inline void copy_upwards(uint8_t *to, const uint8_t *from, size_t bytes)
{
    if (bytes <= 16) {
        copy_small(to, from, bytes);
        return;
    }
    uint8_t *last_to = to + bytes - 8;
    uint64_t last = load64(from + bytes - 8);
    size_t word_count = (bytes - 1) / 8;
    if (bytes >= REP_BYTES_MIN) {
        __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(word_count)::"memory");
    } else {
        for (; word_count; word_count--, to += 8, from += 8) {
            store64(to, load64(from));
            LOOP_BARRIER();
        }
    }
    store64(last_to, last);
}

/* For more than 16 bytes, and `to` above `from`. */
static inline void copy_downwards(uint8_t *to, const uint8_t *from, size_t bytes)
{
    uint64_t first = load64(from);
    for (size_t offset = bytes; offset > 8;) {
        offset -= 8;
        store64(to + offset, load64(from + offset));
        LOOP_BARRIER();
    }
    store64(to, first);
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    copy_upwards(to, from, bytes);
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    /* The difference wraps to a huge number if `to` is below `from`. */
    if ((uintptr_t)to - (uintptr_t)from >= bytes || bytes <= 16)
        copy_upwards(to, from, bytes);
    else
        copy_downwards(to, from, bytes);
    return to;
}

static inline void fill_small(uint8_t *to, uint64_t pattern, size_t bytes)
{
    if (bytes >= 8) {
        store64(to, pattern);
        store64(to + bytes - 8, pattern);
    } else if (bytes >= 4) {
        store32(to, (uint32_t)pattern);
        store32(to + bytes - 4, (uint32_t)pattern);
    } else if (bytes >= 2) {
        store16(to, (uint16_t)pattern);
        store16(to + bytes - 2, (uint16_t)pattern);
    } else if (bytes == 1) {
        *to = (uint8_t)pattern;
    }
}

void *memset(void *to, int value, size_t bytes)
{
    uint8_t *next = to;
    uint64_t pattern = (uint8_t)value * (uint64_t)0x0101010101010101;
    if (bytes <= 16) {
        fill_small(next, pattern, bytes);
        return to;
    }
    store64(next + bytes - 8, pattern);
    size_t word_count = (bytes - 1) / 8;
    if (bytes >= REP_BYTES_MIN) {
        __asm__ volatile("rep stosq" : "+D"(next), "+c"(word_count) : "a"(pattern) : "memory");
        return to;
    }
    for (; word_count; word_count--, next += 8) {
        store64(next, pattern);
        LOOP_BARRIER();
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const uint8_t *left = a, *right = b;
    for (; bytes >= 8; bytes -= 8, left += 8, right += 8) {
        uint64_t left_word = load64(left), right_word = load64(right);
        /* The first byte in memory is the lowest of the word, but it decides, so it must be the highest. */
        if (left_word != right_word)
            return __builtin_bswap64(left_word) < __builtin_bswap64(right_word) ? -1 : 1;
    }
    for (; bytes; bytes--, left++, right++) {
        if (*left != *right)
            return *left < *right ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text)
{
    const char *end = text;
    while (*end) {
        end++;
        LOOP_BARRIER();
    }
    return (size_t)(end - text);
}
