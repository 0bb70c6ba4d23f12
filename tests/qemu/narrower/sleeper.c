/* Runs until it is killed. Next: tests/qemu/narrower/narrower.c */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    for (;;)
        __asm__ volatile("pause");
}
