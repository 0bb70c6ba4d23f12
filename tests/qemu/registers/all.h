/* Every register that a program can see, filled before something happens and looked at after it.
 *
 * Next: tests/qemu/registers/registers.c
 */
#pragma once

#include "tests/qemu/raw.h"

/* The order is that of the offsets below. */
struct registers {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rflags;
    uint64_t return_address; /* behind the SYSCALL */
    uint64_t rounds;         /* of registers_spin */
    uint32_t mxcsr;
    uint16_t x87_control;
    uint16_t unused;
    uint64_t xmm[16][2];
};

extern struct registers registers_before, registers_after;

/* Loads all but rsp from registers_before, executes SYSCALL, and stores all to registers_after. */
void registers_enter(void);

/* The same without SYSCALL: works for so many rounds, which use rcx and no flags. */
void registers_spin(void);

#define FLAGS_USED 0x244cd5ull /* CF PF AF ZF SF DF OF NT AC ID: all that a program may set, but TF */
#define FLAGS_SEEN 0x247dd5ull /* and TF and IOPL, which stay 0 */

/* clang-format off */
__asm__(
    ".macro each_xmm op, to, base\n"
    ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    ".if \\to\n  movdqu %xmm\\i, \\base+160+16*\\i(%rip)\n"
    ".else\n  movdqu \\base+160+16*\\i(%rip), %xmm\\i\n .endif\n"
    ".endr\n .endm\n"
    ".macro load_all\n"
    "  push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "  each_xmm x, 0, registers_before\n"
    "  ldmxcsr registers_before+152(%rip)\n"
    "  fldcw registers_before+156(%rip)\n"
    "  push registers_before+128(%rip)\n popfq\n"
    "  mov registers_before+0(%rip), %rax\n  mov registers_before+8(%rip), %rbx\n"
    "  mov registers_before+16(%rip), %rcx\n mov registers_before+24(%rip), %rdx\n"
    "  mov registers_before+32(%rip), %rsi\n mov registers_before+40(%rip), %rdi\n"
    "  mov registers_before+48(%rip), %rbp\n mov %rsp, registers_before+56(%rip)\n"
    "  mov registers_before+64(%rip), %r8\n  mov registers_before+72(%rip), %r9\n"
    "  mov registers_before+80(%rip), %r10\n mov registers_before+88(%rip), %r11\n"
    "  mov registers_before+96(%rip), %r12\n mov registers_before+104(%rip), %r13\n"
    "  mov registers_before+112(%rip), %r14\n mov registers_before+120(%rip), %r15\n"
    ".endm\n"
    ".macro store_all\n"
    "  mov %rax, registers_after+0(%rip)\n  mov %rbx, registers_after+8(%rip)\n"
    "  mov %rcx, registers_after+16(%rip)\n mov %rdx, registers_after+24(%rip)\n"
    "  mov %rsi, registers_after+32(%rip)\n mov %rdi, registers_after+40(%rip)\n"
    "  mov %rbp, registers_after+48(%rip)\n mov %rsp, registers_after+56(%rip)\n"
    "  mov %r8, registers_after+64(%rip)\n  mov %r9, registers_after+72(%rip)\n"
    "  mov %r10, registers_after+80(%rip)\n mov %r11, registers_after+88(%rip)\n"
    "  mov %r12, registers_after+96(%rip)\n mov %r13, registers_after+104(%rip)\n"
    "  mov %r14, registers_after+112(%rip)\n mov %r15, registers_after+120(%rip)\n"
    "  pushfq\n pop registers_after+128(%rip)\n"
    "  push $2\n popfq\n"
    "  each_xmm x, 1, registers_after\n"
    "  stmxcsr registers_after+152(%rip)\n"
    "  fnstcw registers_after+156(%rip)\n"
    "  pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
    ".endm\n"
    ".text\n"
    "registers_enter:\n"
    "  lea 1f(%rip), %rax\n mov %rax, registers_before+136(%rip)\n"
    "  load_all\n"
    "  syscall\n"
    "1:\n"
    "  store_all\n"
    "  ldmxcsr registers_default(%rip)\n fldcw registers_default+4(%rip)\n"
    "  ret\n"
    "registers_spin:\n"
    "  load_all\n"
    "1: mov registers_before+144(%rip), %rcx\n"
    "  lea -1(%rcx), %rcx\n"
    "  mov %rcx, registers_before+144(%rip)\n"
    "  jrcxz 2f\n"
    "  jmp 1b\n"
    "2:\n"
    "  store_all\n"
    "  ldmxcsr registers_default(%rip)\n fldcw registers_default+4(%rip)\n"
    "  ret\n"
    ".section .rodata\n .balign 8\n"
    "registers_default: .long 0x1f80\n .word 0x037f\n"
    ".text\n");
/* clang-format on */

struct registers registers_before, registers_after;
_Static_assert(offsetof(struct registers, rflags) == 128 &&
                   offsetof(struct registers, return_address) == 136 &&
                   offsetof(struct registers, rounds) == 144 && offsetof(struct registers, mxcsr) == 152 &&
                   offsetof(struct registers, x87_control) == 156 && offsetof(struct registers, xmm) == 160,
               "the offsets above");

/* All but the arguments of cap_enter. */
static inline void registers_fill(uint64_t mark, uint64_t rflags, uint32_t mxcsr, uint16_t x87_control)
{
    uint64_t *words = &registers_before.rax;
    for (uint32_t i = 0; i < 16; i++)
        words[i] = mark + i;
    for (uint32_t i = 0; i < 16; i++)
        for (uint32_t k = 0; k < 2; k++)
            registers_before.xmm[i][k] = mark + 0x100 + 2 * i + k;
    registers_before.rflags = rflags | 2;
    registers_before.mxcsr = mxcsr;
    registers_before.x87_control = x87_control;
    for (uint32_t i = 0; i < sizeof registers_after / 8; i++)
        (&registers_after.rax)[i] = 0xdead;
}

static inline void registers_call_enter(uint64_t min_complete, uint64_t timeout_ns)
{
    registers_before.rax = CAP_SYSCALL_ENTER;
    registers_before.rdi = min_complete;
    registers_before.rsi = timeout_ns;
    registers_enter();
}

/* How many are not what cap_enter promises; rax apart. */
static inline uint32_t registers_wrong_after_enter(void)
{
    const struct registers *a = &registers_before, *b = &registers_after;
    uint32_t wrong_count = 0;
    const uint64_t preserved[][2] = {{a->rbx, b->rbx}, {a->rbp, b->rbp}, {a->rsp, b->rsp}, {a->r12, b->r12},
                                     {a->r13, b->r13}, {a->r14, b->r14}, {a->r15, b->r15}};
    const uint64_t cleared[][2] = {{a->rdx, b->rdx}, {a->rsi, b->rsi}, {a->rdi, b->rdi},
                                   {a->r8, b->r8},   {a->r9, b->r9},   {a->r10, b->r10}};
    for (uint32_t i = 0; i < sizeof preserved / sizeof preserved[0]; i++)
        wrong_count += preserved[i][0] != preserved[i][1];
    for (uint32_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
        wrong_count += cleared[i][1] != 0 && cleared[i][1] != cleared[i][0];
    /* What the instruction itself leaves in them. */
    wrong_count += b->rcx != a->return_address;
    wrong_count += (b->r11 & FLAGS_SEEN) != (a->rflags & FLAGS_SEEN);
    return wrong_count;
}

/* How many are not as they were, of what is preserved wherever a process is interrupted. */
static inline uint32_t registers_wrong_state(void)
{
    const struct registers *a = &registers_before, *b = &registers_after;
    uint32_t wrong_count = (a->rflags & FLAGS_SEEN) != (b->rflags & FLAGS_SEEN);
    for (uint32_t i = 0; i < 16; i++)
        wrong_count += a->xmm[i][0] != b->xmm[i][0] || a->xmm[i][1] != b->xmm[i][1];
    return wrong_count + (a->mxcsr != b->mxcsr) + (a->x87_control != b->x87_control);
}

static inline uint32_t registers_wrong_after_spin(void)
{
    const uint64_t *a = &registers_before.rax, *b = &registers_after.rax;
    uint32_t wrong_count = registers_wrong_state();
    for (uint32_t i = 0; i < 16; i++)
        wrong_count += i != 2 && a[i] != b[i]; /* rcx counts rounds */
    return wrong_count + (registers_after.rcx != 0);
}
