/* Faults at once. Next: tests/qemu/restart-halt/system.cue */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    __builtin_trap();
}
