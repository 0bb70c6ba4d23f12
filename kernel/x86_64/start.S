/* Where the boot loader enters: on to the kernel's own stack, which outlives the loader's memory.
 *
 * Next: kernel/main.c
 */
.section .text.entry, "ax"
.global kernel_entry
kernel_entry:
    lea boot_stack_end(%rip), %rsp
    xor %ebp, %ebp
    call kernel_main
    ud2

.bss
.balign 16
    .skip 16384
boot_stack_end:

.section .note.GNU-stack, "", @progbits
