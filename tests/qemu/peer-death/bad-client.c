/* Sends a call, with a copy of its capability, waits a little, and exits without its answer.
 * Next: tests/qemu/peer-death/peer-death.c */
#include "tests/qemu/raw.h"

int main(struct rt *rt)
{
    static uint64_t answer[64];
    static struct cap_transfer_out sent[1];
    struct rt_handle echo;
    if (rt_capset_find(rt, "echo", 0x1234, &echo))
        return 1;
    struct raw raw = {.rt = rt};
    sent[0] = (struct cap_transfer_out){.cap = echo.cap.bits, .mode = CAP_TRANSFER_COPY};
    struct cap_sqe call = {.opcode = CAP_OP_CALL,
                           .send_count = 1,
                           .target = echo.cap.bits,
                           .interface_id = 0x1234,
                           .buffer_addr = (uint64_t)answer,
                           .buffer_bytes = sizeof answer,
                           .transfers_addr = (uint64_t)sent};
    raw_submit(&raw, &call);
    rt_enter(1, 50000000);
    return 0;
}
