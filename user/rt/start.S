/* Where a process begins.
 *
 * The kernel enters with rsp = CAP_STACK_TOP, direction flag clear and every other register zero. The
 * stack pointer is aligned here so that rt_start finds it as the System V ABI promises to a function
 * (rsp + 8 a multiple of 16); the zero in rbp, and the zero below as return address, end a backtrace.
 *
 * Next: user/rt/rt.c
 */
#include "abi/memory_map.h"

    .globl _start, rt_program_start
    .set rt_program_start, CAP_PROGRAM_START /* user.ld checks its own copy of this number against it */

    .section .text._start, "ax", @progbits
    .type _start, @function
_start:
    xor %ebp, %ebp
    and $-16, %rsp
    push %rbp
    jmp rt_start
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
