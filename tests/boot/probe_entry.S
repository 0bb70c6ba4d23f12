/* The probe's first instructions: write down the machine's state before anything touches it.
 *
 * Next: tests/boot/probe.c, which declares the same layout as struct entry_state
 */
    .section .note.GNU-stack, "", @progbits

    .bss
    .balign 16
    .skip 16384
probe_stack_top:

    .text
    .globl probe_entry
probe_entry:
    movq %rax, entry_state + 0x00(%rip)
    movq %rbx, entry_state + 0x08(%rip)
    movq %rcx, entry_state + 0x10(%rip)
    movq %rdx, entry_state + 0x18(%rip)
    movq %rsi, entry_state + 0x20(%rip)
    movq %rdi, entry_state + 0x28(%rip)
    movq %rbp, entry_state + 0x30(%rip)
    movq %r8, entry_state + 0x38(%rip)
    movq %r9, entry_state + 0x40(%rip)
    movq %r10, entry_state + 0x48(%rip)
    movq %r11, entry_state + 0x50(%rip)
    movq %r12, entry_state + 0x58(%rip)
    movq %r13, entry_state + 0x60(%rip)
    movq %r14, entry_state + 0x68(%rip)
    movq %r15, entry_state + 0x70(%rip)
    movq %rsp, entry_state + 0x78(%rip)
    movq (%rsp), %rax
    movq %rax, entry_state + 0x80(%rip)
    pushfq
    popq entry_state + 0x88(%rip)
    movq %cr0, %rax
    movq %rax, entry_state + 0x90(%rip)
    movq %cr3, %rax
    movq %rax, entry_state + 0x98(%rip)
    movq %cr4, %rax
    movq %rax, entry_state + 0xa0(%rip)
    movl $0xc0000080, %ecx
    rdmsr
    movl %eax, entry_state + 0xa8(%rip)
    movl %edx, entry_state + 0xac(%rip)
    sgdt entry_state + 0xb0(%rip)
    movw %cs, entry_state + 0xc0(%rip)
    movw %ds, entry_state + 0xc2(%rip)
    movw %es, entry_state + 0xc4(%rip)
    movw %fs, entry_state + 0xc6(%rip)
    movw %gs, entry_state + 0xc8(%rip)
    movw %ss, entry_state + 0xca(%rip)
    leaq probe_stack_top(%rip), %rsp
    call probe_main
