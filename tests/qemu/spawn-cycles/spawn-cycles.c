/* init. Next: tests/qemu/spawn_cycles.h */
#include "tests/qemu/spawn_cycles.h"

int main(struct rt *rt)
{
    return run_cycles(rt, 600);
}
