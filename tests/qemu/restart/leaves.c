/* Ends with code 5 at once. Next: tests/qemu/restart/abandoned.c */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    return 5;
}
