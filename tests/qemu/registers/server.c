/* Answers calls, with a mark in every register while it waits for the next: how many of them were lost. Exit
 * code: 0 once nobody can call any more.
 *
 * Next: tests/qemu/registers/all.h
 */
#include "tests/qemu/registers/all.h"

#define MARK 0x5e44000000000000

int main(struct rt *rt)
{
    static uint64_t buffer[8], results[2] = {1ull << 32};
    struct raw raw = {.rt = rt};
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint))
        return 98;
    struct cap_sqe sqe = {.opcode = CAP_OP_RECV,
                          .target = endpoint.handle.cap.bits,
                          .buffer_addr = (uint64_t)buffer,
                          .buffer_bytes = sizeof buffer};
    for (uint64_t i = 0;; i++) {
        registers_fill(MARK + (i << 16), i * 0x1234567 & FLAGS_USED, 0x3f80, 0x077f);
        raw_submit(&raw, &sqe);
        registers_call_enter(1, CAP_TIMEOUT_NEVER);
        if (registers_after.rax != 1 || registers_wrong_after_enter() + registers_wrong_state())
            return 1;
        struct cap_cqe cqe = raw_take(&raw);
        if (cqe.status)
            return cqe.status == CAP_ERR_DISCONNECTED ? 0 : 2;
        sqe.opcode = CAP_OP_RETURN_RECV;
        sqe.endpoint = endpoint.handle.cap.bits;
        sqe.target = buffer[0];
        sqe.message_addr = (uint64_t)results;
        sqe.message_bytes = sizeof results;
    }
}
