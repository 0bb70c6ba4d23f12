/* Starts itself again and again, with the same authority, until that is refused; then waits for its first
 * child.
 *
 * Next: tests/qemu/narrower/narrower.c
 */
#include "tests/qemu/spawn.h"

int main(struct rt *rt)
{
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle process;
    if (RT_CAPSET(rt, "grant", os_ProcessSpawner, &spawner))
        return 98;
    while (!spawn_with(spawner, "bomb", "grant", spawner.handle, &process)) {}
    for (;;)
        __asm__ volatile("pause");
}
