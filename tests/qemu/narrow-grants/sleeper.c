/* Takes up a place in a budget. Next: tests/qemu/narrow-grants/crasher.c */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    for (;;)
        __asm__ volatile("pause");
}
