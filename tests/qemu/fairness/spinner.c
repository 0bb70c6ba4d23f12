/* Spins for ever without a single system call. */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    for (;;)
        __asm__ volatile("pause");
}
