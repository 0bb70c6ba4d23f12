/* Faults at once. */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    __builtin_trap();
}
