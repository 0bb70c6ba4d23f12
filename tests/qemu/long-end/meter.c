/* Looks at the clock all the time. Exit code: the longest time that it did not, in microseconds.
 *
 * Next: tests/qemu/arguments/reader.c
 */
#include "user/rt/rt.h"

#define RUN_NS 400000000

static uint64_t now_ns(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)); /* counts nanoseconds of the machine's time here */
    return (uint64_t)high << 32 | low;
}

int main(struct rt *rt)
{
    (void)rt;
    uint64_t start = now_ns(), last = start, longest = 0;
    while (last - start < RUN_NS) {
        uint64_t now = now_ns();
        if (now - last > longest)
            longest = now - last;
        last = now;
    }
    return (int)(longest / 1000);
}
