/* Always ready, in user code or just out of the kernel, with a mark in every register and unusual settings:
 * what must not be seen elsewhere. Its own must stay, too: it ends otherwise.
 *
 * Next: tests/qemu/registers/server.c
 */
#include "tests/qemu/registers/all.h"

#define MARK 0x9a19000000000000

int main(struct rt *rt)
{
    (void)rt;
    for (uint64_t i = 0;; i++) {
        registers_fill(MARK + (i << 16), i * 0x1234567 & FLAGS_USED, 0x7f80, 0x0f7f);
        registers_before.rounds = 50000;
        registers_spin();
        if (registers_wrong_after_spin())
            return 1;
        registers_fill(MARK + (i << 16), i * 0x1234567 & FLAGS_USED, 0x5f80, 0x0b7f);
        registers_call_enter(0, 0);
        if (registers_after.rax || registers_wrong_after_enter() + registers_wrong_state())
            return 2;
    }
}
