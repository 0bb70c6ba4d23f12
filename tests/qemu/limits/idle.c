/* Runs until it is killed. Next: tests/qemu/limits/donor.c */
#include "user/rt/enter.h"
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    for (;;)
        rt_enter(0, 0);
}
