/* What every other ABI header stands on: fixed-width types and the layout assertions.
 *
 * Every byte that kernel and user both see is declared in abi/ and nowhere else. Numbers are plain
 * #defines, so that assembly can use them; the C part of each header is hidden from the assembler.
 *
 * Next: abi/ring.h
 */
#pragma once

#define CAP_PAGE_BYTES 4096

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The layout of a shared struct is a promise: size, and offset and size of each field, are asserted
 * in every compilation (kernel, user, host; gcc and clang) right below the struct. */
#define CAP_ASSERT_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " size")
#define CAP_ASSERT_FIELD(type, field, offset, bytes)                                           \
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (bytes), \
                   #type "." #field " layout")

#endif
