/* Ends with code 5 at once. Next: tests/qemu/restart-many/system.cue */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    return 5;
}
