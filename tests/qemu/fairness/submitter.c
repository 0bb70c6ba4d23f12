/* Submits NOPs without end. */
#include "tests/qemu/raw.h"

int main(struct rt *rt)
{
    struct cap_cqe cqe;
    struct cap_sqe sqe = {.opcode = CAP_OP_NOP};
    for (;;) {
        while (!ring_client_submit(&rt->ring, &sqe)) {}
        rt_enter(1, CAP_TIMEOUT_NEVER);
        while (ring_client_take(&rt->ring, &cqe)) {}
    }
}
