/* Which of the events that a benchmark reports an x86-64 instruction is, from its bytes.
 *
 * Next: bench/counter/decode.c
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The order of the columns of the counter's output; EVENT_NAMES has the names. */
enum event {
    EVENT_CR3_WRITE,
    EVENT_WRMSR,
    EVENT_INVLPG,
    EVENT_IRETQ,
    EVENT_SYSRET,
    EVENT_SYSCALL,
    EVENT_INTERRUPT, /* entries into the kernel that no instruction asked for; not decoded */
    EVENT_FPU_STATE, /* fxsave, fxrstor and their relatives */
    EVENT_LOCKED,
    EVENT_COUNT,
    EVENT_NONE = EVENT_COUNT,
};

#define EVENT_NAMES "cr3 wrmsr invlpg iretq sysret syscall interrupt fpu locked"

/* What an instruction's stores are. */
enum store {
    STORE_OTHER,
    STORE_COPY, /* movs */
    STORE_FILL, /* stos */
};

struct decoded {
    enum event event;
    enum store store;
};

/* `bytes` is one whole instruction of 64-bit code. */
struct decoded instruction_decode(const uint8_t *bytes, size_t length);
