/* Variables of a thread: as the source says at first, aligned as it says, and nobody else's.
 *
 * init has the same ones, and writes other values into them.
 *
 * Next: tests/qemu/thread-local/bare.c
 */
#include "tests/qemu/thread-local/variables.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    variables_check(&raw, 0);
    rt_enter(1, 20000000); /* init writes its own meanwhile */
    variables_check(&raw, 0);
    return raw_end(&raw);
}
