/* Entry from user code and return to it.
 *
 * From ring 3 the processor has pushed its part of struct context at TSS.rsp0, which is the end of the
 * current process's context; the stub pushes the rest below it, moves to the kernel stack and calls C.
 * From ring 0 (the idle loop, or a bug) the same layout is built on the kernel stack.
 * Non-maskable interrupts and double faults have stacks of their own (IST) and always end in a panic.
 *
 * Next: kernel/x86_64/trap.c
 */
#include "kernel/x86_64/context.h"

.macro PUSH_REGISTERS
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
.endm

.macro POP_REGISTERS
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rbp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rbx
    pop %rax
.endm

.text

/* One stub a vector. Those for which the processor pushes no error code push a zero
 * (Intel SDM vol. 3, table 6-1). */
.altmacro
.macro STUB vector
    .balign 16
    .if (\vector == 8) || (\vector >= 10 && \vector <= 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
    .else
        push $0
    .endif
    push $\vector
    .if (\vector == 2) || (\vector == 8)
        jmp trap_fatal
    .else
        jmp trap_common
    .endif
.endm

.balign 16
.global trap_stubs
trap_stubs:
.set i, 0
.rept 256
    STUB %i
    .set i, i + 1
.endr

trap_common:
    testb $3, (CONTEXT_CS - CONTEXT_VECTOR)(%rsp)
    jz trap_from_kernel
    PUSH_REGISTERS
    swapgs
    mov %rsp, %rdi
    mov %gs:CPU_STACK_TOP, %rsp
    /* Interrupt gates leave AC, DF and NT as the user had them: AC would switch SMAP off. */
    push $2
    popfq
    xor %ebp, %ebp
    call trap_from_user

.global context_resume
context_resume:
    call kernel_next_context
    mov %rax, %rsp
    swapgs
    /* What one process loads into them another must not see. Nothing between here and iretq uses %gs. */
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    POP_REGISTERS
    add $16, %rsp
    iretq

trap_from_kernel:
    PUSH_REGISTERS
    mov %rsp, %rdi
    mov %rsp, %rbx
    and $-16, %rsp
    cld
    call trap_in_kernel
    mov %rbx, %rsp
    POP_REGISTERS
    add $16, %rsp
    iretq

trap_fatal:
    PUSH_REGISTERS
    mov %rsp, %rdi
    and $-16, %rsp
    cld
    call trap_unrecoverable

/* SYSCALL: rcx is the return address, r11 the flags; the masked flags (SFMASK) are clear. */
.global syscall_entry
syscall_entry:
    swapgs
    mov %rsp, %gs:CPU_USER_RSP
    mov %gs:CPU_CONTEXT_END, %rsp
    push $SELECTOR_USER_DATA
    push %gs:CPU_USER_RSP
    push %r11
    push $SELECTOR_USER_CODE
    push %rcx
    push $0
    push $VECTOR_SYSCALL
    PUSH_REGISTERS
    mov %rsp, %rdi
    mov %gs:CPU_STACK_TOP, %rsp
    xor %ebp, %ebp
    call kernel_on_syscall
    jmp context_resume

.section .note.GNU-stack, "", @progbits
