/* The five functions of the C library that compilers call on their own, for kernel and user code.
 *
 * Host programs link the host's; that is why the names and the contracts are those of the C standard
 * (C11 7.24). Copies of user memory do not go through here: they have their own guarded routines.
 *
 * Next: lib/fmt.h
 */
#pragma once

#include <stddef.h>

/* Sizes are in bytes, 0 is allowed, no alignment is needed. memcpy's ranges must not overlap. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

/* Negative, zero or positive as `a` is less than, equal to or greater than `b`, as unsigned bytes.
 * The time depends on the contents: not for secrets. */
int memcmp(const void *a, const void *b, size_t bytes);

/* Bytes before the NUL. Only for text that is known to end; text from outside carries its length. */
size_t strlen(const char *text);

static inline void mem_zero(void *to, size_t bytes)
{
    memset(to, 0, bytes);
}
