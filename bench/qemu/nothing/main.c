/* The smallest program: what spawn_exit_wait starts and waits for.
 *
 * Next: bench/qemu/bench/processes.c
 */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    return 0;
}
