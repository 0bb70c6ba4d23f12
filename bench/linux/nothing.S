/* The smallest program: exit(0), without a C library.
 *
 * Next: bench/linux/system.py
 */
    .globl _start
_start:
    mov $60, %eax
    xor %edi, %edi
    syscall

    .section .note.GNU-stack, "", @progbits
