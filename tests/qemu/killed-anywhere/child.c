/* Sleeps a little, with what it was given. Next: tests/qemu/fail-alloc/fail-alloc.c */
#include "user/rt/enter.h"
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    rt_enter(1, 300000);
    return 0;
}
