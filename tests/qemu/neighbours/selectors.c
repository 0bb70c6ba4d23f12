/* Puts a mark into every segment register, and keeps it there. Next: tests/qemu/neighbours/waker.c */
#include "tests/qemu/neighbours/spin.h"

int main(struct rt *rt)
{
    (void)rt;
    for (uint32_t i = 0; i < 30; i++) {
        __asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" : : "r"(0x1b));
        rt_enter(1, 500000);
    }
    return 0;
}
