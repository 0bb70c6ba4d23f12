/* Calls its partner, which wakes it; works on; only then waits. Next: tests/qemu/neighbours/woken.c */
#include "tests/qemu/neighbours/spin.h"

int main(struct rt *rt)
{
    static uint64_t answer[8];
    struct raw raw = {.rt = rt};
    struct rt_handle echo;
    struct cap_cqe cqe;
    if (rt_capset_find(rt, "echo", 0x1234, &echo))
        return 1;
    uint64_t per_ms = ticks_per_ms();
    struct cap_sqe call = {.opcode = CAP_OP_CALL,
                           .target = echo.cap.bits,
                           .interface_id = 0x1234,
                           .buffer_addr = (uint64_t)answer,
                           .buffer_bytes = sizeof answer};
    for (;;) {
        raw_submit(&raw, &call);
        rt_enter(0, 0);
        spin(2 * per_ms);
        rt_enter(1, CAP_TIMEOUT_NEVER);
        while (ring_client_take(&rt->ring, &cqe)) {}
    }
}
