/* Entry from user code and return to it.
 *
 * By interrupt from ring 3: the processor has pushed its part of struct context at TSS.rsp0, which is the end
 * of the current process's context; the stub pushes the rest below it, moves to the kernel stack and calls C.
 * By SYSCALL: only what a C function preserves is saved, straight into the context, and its vector says so.
 * From ring 0 (the idle loop, or a bug) the interrupt's layout is built on the kernel stack.
 *
 * Whoever is resumed goes back the way it came, whenever it came: a context of SYSCALL by SYSRET, with the other
 * registers zero, so that nothing of the kernel or of another process is in them; any other by IRET.
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
    mov %rsp, %rbx
    mov %gs:CPU_STACK_TOP, %rsp
    /* Interrupt gates leave AC, DF and NT as the user had them: AC would switch SMAP off. */
    push $2
    popfq
    xor %ebp, %ebp
    call trap_from_user
    call kernel_next_context

/* rax: the context to resume; rbx: the one that entered. */
resume:
    cmp %rax, %rbx
    jne resume_another
    swapgs
resume_registers:
    cmpl $VECTOR_SYSCALL, CONTEXT_VECTOR(%rax)
    jne resume_by_iret
    /* rip lies behind an instruction below CAP_USER_END, so it is canonical, and SYSRET cannot fault in ring 0
     * (Intel SDM vol. 2, SYSRET). */
    mov CONTEXT_RIP(%rax), %rcx
    mov CONTEXT_RFLAGS(%rax), %r11
    mov CONTEXT_RBX(%rax), %rbx
    mov CONTEXT_RBP(%rax), %rbp
    mov CONTEXT_R12(%rax), %r12
    mov CONTEXT_R13(%rax), %r13
    mov CONTEXT_R14(%rax), %r14
    mov CONTEXT_R15(%rax), %r15
    mov CONTEXT_RSP(%rax), %rsp
    mov CONTEXT_RAX(%rax), %rax
    xor %edx, %edx
    xor %esi, %esi
    xor %edi, %edi
    xor %r8d, %r8d
    xor %r9d, %r9d
    xor %r10d, %r10d
    sysretq

resume_by_iret:
    mov %rax, %rsp
    POP_REGISTERS
    add $16, %rsp
    iretq

/* What one process loads into segment registers another must not see. Nothing from here on uses %gs. */
.global context_resume
context_resume:
    call kernel_next_context
resume_another:
    swapgs
    xor %ecx, %ecx
    mov %ecx, %gs
    jmp resume_registers

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

/* SYSCALL: rcx is the return address, r11 the flags, rax the number, rdi and rsi the arguments; the masked flags
 * (SFMASK) are clear. cs and ss of a context never change. */
.global syscall_entry
syscall_entry:
    swapgs
    mov %gs:CPU_CONTEXT, %rdx
    mov %rsp, CONTEXT_RSP(%rdx)
    mov %gs:CPU_STACK_TOP, %rsp
    mov %rcx, CONTEXT_RIP(%rdx)
    mov %r11, CONTEXT_RFLAGS(%rdx)
    movq $VECTOR_SYSCALL, CONTEXT_VECTOR(%rdx)
    mov %rbx, CONTEXT_RBX(%rdx)
    mov %rbp, CONTEXT_RBP(%rdx)
    mov %r12, CONTEXT_R12(%rdx)
    mov %r13, CONTEXT_R13(%rdx)
    mov %r14, CONTEXT_R14(%rdx)
    mov %r15, CONTEXT_R15(%rdx)
    mov %rdx, %rbx
    mov %rax, %rdx
    xor %ebp, %ebp
    call kernel_on_syscall
    jmp resume

.section .note.GNU-stack, "", @progbits
