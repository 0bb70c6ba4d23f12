/* Without thread-local storage: FS base is 0, also right after another process that has some.
 *
 * Next: tests/qemu/time/time.c
 */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    uint64_t value;
    __asm__ volatile("mov %%fs:0x18, %0" : "=r"(value)); /* faults at 0x18, if that is its address */
    return 1;
}
