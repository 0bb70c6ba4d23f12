/* The shim's first and last instructions: Multiboot header and entry; the switch to long mode and the
 * jump into the kernel, with the machine in the state that the Limine protocol promises at entry.
 *
 * Source: Multiboot Specification 0.6.96, section 3.1; Intel SDM volume 3A, section 9.8.5 (entering
 * IA-32e mode); The Limine Boot Protocol, "Machine State at Entry".
 * Next: kernel/boot.c, where the kernel begins
 */
#include "boot/shim/shim.h"

#define MULTIBOOT_HEADER       0x1badb002
#define MULTIBOOT_PAGE_ALIGN   0x1
#define MULTIBOOT_MEMORY_INFO  0x2
#define MULTIBOOT_FLAGS        (MULTIBOOT_PAGE_ALIGN | MULTIBOOT_MEMORY_INFO)
#define SHIM_STACK_BYTES       16384
#define KERNEL_STACK_BYTES     65536
#define SELECTOR_CODE_64       0x28
#define SELECTOR_DATA_64       0x30
#define CR0_PE_ET_WP_PG        0x80010011
#define CR4_PAE                0x20
#define MSR_EFER               0xc0000080
#define RFLAGS_NONE            0x2

    .section .multiboot, "a"
    .balign 4
    .long MULTIBOOT_HEADER, MULTIBOOT_FLAGS, -(MULTIBOOT_HEADER + MULTIBOOT_FLAGS)

    .bss
    .balign 4096
kernel_stack:
    .skip KERNEL_STACK_BYTES
kernel_stack_top:
    .skip SHIM_STACK_BYTES
shim_stack_top:

    /* The descriptors that the protocol names, in its order: null; 16-bit code and data, limit 64 KiB;
     * 32-bit code and data, limit 4 GiB; 64-bit code and data. Accessed bits are set, so that the
     * processor never needs to write here. */
    .data
    .balign 8
gdt:
    .quad 0
    .quad 0x00009b000000ffff
    .quad 0x000093000000ffff
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
    .quad 0x00209b0000000000
    .quad 0x0000930000000000
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt

    .text
    .code32
    .globl shim_start
shim_start:
    cli
    cld
    movl $shim_stack_top, %esp
    pushl %ebx
    pushl %eax
    call shim_main

/* start_kernel(page_table, efer, entry): %ebx page table, %ebp:%edi entry. */
    .globl start_kernel
start_kernel:
    movl 4(%esp), %ebx
    movl 8(%esp), %eax
    movl 12(%esp), %edi
    movl 16(%esp), %ebp
    xorl %edx, %edx
    movl $MSR_EFER, %ecx
    wrmsr
    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl %ebx, %cr3
    lgdt gdt_pointer
    movl $CR0_PE_ET_WP_PG, %eax
    movl %eax, %cr0
    ljmp $SELECTOR_CODE_64, $long_mode

    .code64
long_mode:
    /* Upper halves of registers are undefined after the switch: make them zero. */
    movl %ebx, %ebx
    movl %edi, %edi
    movl %ebp, %ebp
    shlq $32, %rbp
    orq %rdi, %rbp
    movabsq $SHIM_HHDM_OFFSET, %rdx
    movl $kernel_stack_top, %eax
    leaq (%rax, %rdx), %rsp
    pushq $SELECTOR_CODE_64
    movl $higher_half, %eax
    addq %rdx, %rax
    pushq %rax
    lretq

higher_half:
    /* Descriptor tables and segments, from where they stay visible. */
    xorl %eax, %eax
    pushq %rax
    pushq %rax
    lidt (%rsp)
    lldt %ax
    movl $gdt, %eax
    addq %rdx, %rax
    movw $(gdt_end - gdt - 1), (%rsp)
    movq %rax, 2(%rsp)
    lgdt (%rsp)
    movl $SELECTOR_DATA_64, %eax
    .irp segment, ds, es, fs, gs, ss
    movl %eax, %\segment
    .endr
    addq $16, %rsp

    /* The identity map goes. */
    movq $0, (%rbx, %rdx)
    movq %rbx, %cr3

    /* A return address of 0, then the entry point, which the last instruction takes off the stack. */
    pushq $0
    pushq %rbp
    pushq $RFLAGS_NONE
    .irp register, eax, ebx, ecx, edx, esi, edi, ebp, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
    xorl %\register, %\register
    .endr
    popfq
    ret

    .section .note.GNU-stack, "", @progbits
