/* Receives one call and faults. Next: tests/qemu/peer-death/bad-client.c */
#include "tests/qemu/raw.h"

int main(struct rt *rt)
{
    static uint64_t buffer[512];
    static struct cap_transfer_in received[4];
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint))
        return 1;
    struct raw raw = {.rt = rt};
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .receive_count = 4,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)buffer,
                           .buffer_bytes = sizeof buffer,
                           .transfers_addr = (uint64_t)received};
    raw_submit(&raw, &recv);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    __builtin_trap();
}
