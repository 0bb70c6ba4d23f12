/* Always ready, with a mark in its SSE registers, which must stay its own. Faults if it is lost.
 *
 * Next: tests/qemu/handoff/server.c
 */
#include "user/rt/rt.h"

#define MARK 0x6b7573796275735full

int main(struct rt *rt)
{
    (void)rt;
    uint64_t mark = MARK, found;
    __asm__ volatile("movq %0, %%xmm7" : : "r"(mark));
    do
        __asm__ volatile("pause; movq %%xmm7, %0" : "=r"(found));
    while (found == MARK);
    __builtin_trap();
}
