/* The registers of an interrupted program, as entry code saves them and resume code loads them.
 *
 * Entry from user code pushes straight into the current process's struct context: the processor's part
 * first (TSS.rsp0 points at the end of the struct), then the rest by the stub. Assembly uses the offsets
 * below; C asserts them.
 *
 * Next: kernel/x86_64/entry.S
 */
#pragma once

#include "abi/base.h"

#define CONTEXT_R15    0
#define CONTEXT_R14    8
#define CONTEXT_R13    16
#define CONTEXT_R12    24
#define CONTEXT_RBP    64
#define CONTEXT_RBX    104
#define CONTEXT_RAX    112
#define CONTEXT_VECTOR 120
#define CONTEXT_RIP    136
#define CONTEXT_CS     144
#define CONTEXT_RFLAGS 152
#define CONTEXT_RSP    160
#define CONTEXT_BYTES  176

/* struct cpu, reached through %gs in entry code. */
#define CPU_SELF      0
#define CPU_CONTEXT   8
#define CPU_STACK_TOP 16

/* Selectors. The order is what SYSCALL and SYSRET want (Intel SDM vol. 3, 5.8.8). */
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA   0x1b
#define SELECTOR_USER_CODE   0x23
#define SELECTOR_TSS         0x28

/* Vector numbers that are not the processor's own. */
#define VECTOR_TIMER    0x40
#define VECTOR_SPURIOUS 0xff
#define VECTOR_SYSCALL  0x100 /* in struct context only: entered by SYSCALL; most registers are not there */
#define VECTOR_NONE     0x101 /* likewise: all registers are to be loaded as they are there */

#ifndef __ASSEMBLER__

struct context {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector;
    uint64_t error;
    uint64_t rip, cs, rflags, rsp, ss;
} __attribute__((aligned(16)));
CAP_ASSERT_SIZE(struct context, CONTEXT_BYTES);
CAP_ASSERT_FIELD(struct context, r15, CONTEXT_R15, 8);
CAP_ASSERT_FIELD(struct context, r14, CONTEXT_R14, 8);
CAP_ASSERT_FIELD(struct context, r13, CONTEXT_R13, 8);
CAP_ASSERT_FIELD(struct context, r12, CONTEXT_R12, 8);
CAP_ASSERT_FIELD(struct context, rbp, CONTEXT_RBP, 8);
CAP_ASSERT_FIELD(struct context, rbx, CONTEXT_RBX, 8);
CAP_ASSERT_FIELD(struct context, rax, CONTEXT_RAX, 8);
CAP_ASSERT_FIELD(struct context, vector, CONTEXT_VECTOR, 8);
CAP_ASSERT_FIELD(struct context, rip, CONTEXT_RIP, 8);
CAP_ASSERT_FIELD(struct context, cs, CONTEXT_CS, 8);
CAP_ASSERT_FIELD(struct context, rflags, CONTEXT_RFLAGS, 8);
CAP_ASSERT_FIELD(struct context, rsp, CONTEXT_RSP, 8);

#endif
