/* The two system calls.
 *
 * rax takes the number and gives the result, the arguments are already where the kernel wants them
 * (rdi, rsi). The instruction destroys rcx and r11, which a C caller expects to lose anyway.
 *
 * Next: kernel/x86_64/entry.S
 */
#include "abi/syscall.h"

    .globl rt_enter, rt_exit

    .section .text.rt_enter, "ax", @progbits
    .type rt_enter, @function
rt_enter:
    mov $CAP_SYSCALL_ENTER, %eax
    syscall
    ret
    .size rt_enter, . - rt_enter

    .section .text.rt_exit, "ax", @progbits
    .type rt_exit, @function
rt_exit:
    mov $CAP_SYSCALL_EXIT, %eax
    syscall
    ud2 /* exit does not return */
    .size rt_exit, . - rt_exit

    .section .note.GNU-stack, "", @progbits
