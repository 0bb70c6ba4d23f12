/* What a fuzz target is, and what all targets share.
 *
 *   FUZZ(bytes, byte_count)
 *   {
 *       EXPECT(...);
 *   }
 *
 * judges one input. It is linked in two ways: with libFuzzer, which invents inputs, and with replay.c, which
 * reads them from files. Both end at the first EXPECT that does not hold, at the first failed CHECK, and
 * where a sanitizer finds something. An input is judged by itself: a target keeps nothing from one to the
 * next.
 *
 * Next: tests/fuzz/replay.c
 */
#pragma once

#include <stdlib.h>

#include "tests/host/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t byte_count);

/* Not inlined: its variables are then none of the function that calls setjmp. */
#define FUZZ(bytes, byte_count)                                               \
    static __attribute__((noinline)) void fuzz_one(const uint8_t *, size_t);  \
    int LLVMFuzzerTestOneInput(const uint8_t *fuzz_bytes, size_t fuzz_count)  \
    {                                                                         \
        (void)test_last; /* of the harness for unit tests, which has a use */ \
        if (setjmp(test_failed) != 0) {                                       \
            fflush(stdout);                                                   \
            abort();                                                          \
        }                                                                     \
        fuzz_one(fuzz_bytes, fuzz_count);                                     \
        return 0;                                                             \
    }                                                                         \
    static void fuzz_one(const uint8_t *bytes, size_t byte_count)

/* ---- An input as a program ------------------------------------------------------------------------- */

/* Numbers are taken from the front; when the input is at its end all are 0. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t byte_count;
};

static inline bool fuzz_has(const struct fuzz_input *input)
{
    return input->byte_count > 0;
}

static inline uint8_t fuzz_u8(struct fuzz_input *input)
{
    if (input->byte_count == 0)
        return 0;
    input->byte_count--;
    return *input->bytes++;
}

static inline uint16_t fuzz_u16(struct fuzz_input *input)
{
    uint16_t low = fuzz_u8(input);
    return (uint16_t)(low | fuzz_u8(input) << 8);
}

static inline uint32_t fuzz_u32(struct fuzz_input *input)
{
    uint32_t low = fuzz_u16(input);
    return low | (uint32_t)fuzz_u16(input) << 16;
}

static inline uint64_t fuzz_u64(struct fuzz_input *input)
{
    uint64_t low = fuzz_u32(input);
    return low | (uint64_t)fuzz_u32(input) << 32;
}

/* ---- An input as bytes to be read ------------------------------------------------------------------ */

/* A copy in aligned memory of just its size, so that a read outside is seen. The caller frees it. */
static inline uint64_t *fuzz_copy(const uint8_t *bytes, size_t byte_count)
{
    uint64_t *copy = malloc(byte_count ? byte_count : 1);
    if (!copy)
        abort();
    if (byte_count)
        memcpy(copy, bytes, byte_count);
    return copy;
}
