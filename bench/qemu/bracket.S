/* The bracket around what is timed. The counter of bench/counter looks for these two rdtsc instructions, at
 * the addresses that are named here.
 *
 * rdtsc alone, without a fence: the clock of these benchmarks counts instructions, in program order.
 *
 * Next: bench/qemu/samples.h
 */
    .globl bracket_open, bracket_close

    .section .text.bracket, "ax", @progbits
    .type bracket_open, @function
bracket_open:
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    ret
    .size bracket_open, . - bracket_open

    .type bracket_close, @function
bracket_close:
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    ret
    .size bracket_close, . - bracket_close

    .section .note.GNU-stack, "", @progbits
