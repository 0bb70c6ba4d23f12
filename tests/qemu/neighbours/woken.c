/* The partner: answers, which wakes its caller; works on; only then waits. Next:
 * tests/qemu/neighbours/neighbours.c */
#include "tests/qemu/neighbours/spin.h"

int main(struct rt *rt)
{
    static uint64_t buffer[64];
    struct raw raw = {.rt = rt};
    struct os_Endpoint endpoint;
    struct cap_cqe cqe;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint))
        return 1;
    uint64_t per_ms = ticks_per_ms();
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)buffer,
                           .buffer_bytes = sizeof buffer};
    for (;;) {
        raw_submit(&raw, &recv);
        rt_enter(1, CAP_TIMEOUT_NEVER);
        struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = ((struct cap_incoming *)buffer)->call_id};
        raw_submit(&raw, &answer);
        rt_enter(0, 0);
        spin(2 * per_ms);
        while (ring_client_take(&rt->ring, &cqe)) {}
    }
}
