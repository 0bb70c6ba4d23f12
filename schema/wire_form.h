/* What a message is made of: kinds of pointers, kinds of elements, limits, and the values that both reading
 * and building take.
 *
 * Source: the Cap'n Proto encoding specification (capnproto.org/encoding.html).
 *
 * Next: schema/wire_read.h
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A capability field that is null. */
#define WIRE_CAP_NULL UINT32_MAX

/* A traversal budget that is never used up, for tools that trust the message. */
#define WIRE_BUDGET_UNLIMITED UINT64_MAX

/* A message may be traversed this many times over, and this many words besides. */
#define WIRE_BUDGET_FACTOR      8
#define WIRE_BUDGET_FLOOR_WORDS 1024

/* How deep structs and lists may be nested; an element of a struct list counts as well. */
#define WIRE_DEPTH_MAX 64

/* The most elements of a list (29 bits), and the most words of one object. */
#define WIRE_LIST_COUNT_MAX 0x1fffffffu

/* What the elements of a list are, as the encoding numbers it. */
enum wire_element {
    WIRE_ELEMENT_VOID,
    WIRE_ELEMENT_BIT,
    WIRE_ELEMENT_BYTE,
    WIRE_ELEMENT_TWO_BYTES,
    WIRE_ELEMENT_FOUR_BYTES,
    WIRE_ELEMENT_EIGHT_BYTES,
    WIRE_ELEMENT_POINTER,
    WIRE_ELEMENT_STRUCT,
};

/* The low two bits of a pointer. */
enum wire_kind {
    WIRE_KIND_STRUCT,
    WIRE_KIND_LIST,
    WIRE_KIND_FAR,
    WIRE_KIND_OTHER,
};

/* Characters and their number, without the NUL that follows them in a message. May contain NULs. */
struct wire_text {
    const char *bytes;
    uint32_t length;
};

struct wire_data {
    const uint8_t *bytes;
    uint32_t length;
};

static inline struct wire_text wire_text_of(const char *nul_terminated)
{
    struct wire_text text = {nul_terminated, 0};
    while (nul_terminated[text.length])
        text.length++;
    return text;
}

static inline bool wire_text_equal(struct wire_text a, struct wire_text b)
{
    return a.length == b.length && (a.length == 0 || __builtin_memcmp(a.bytes, b.bytes, a.length) == 0);
}

/* ---- Floating point, where the compiler has registers for it ------------------------------------------ */

#ifdef __SSE2__
static inline float wire_float_of(uint32_t bits)
{
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double wire_double_of(uint64_t bits)
{
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t wire_float_bits(float value)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint64_t wire_double_bits(double value)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}
#endif
