/* Receives calls, keeps one call for a while, and gives back the first capability that came along.
 *
 * Next: tests/qemu/killed-anywhere/child.c
 */
#include "tests/qemu/cases.h"

int main(struct rt *rt)
{
    struct raw raw = {.rt = rt};
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "endpoint", os_Endpoint, &endpoint))
        return 98;
    for (uint32_t i = 0;; i++) {
        struct cap_sqe recv = recv_on(endpoint);
        struct cap_cqe cqe = raw_run(&raw, &recv);
        if (cqe.status)
            return cqe.status == CAP_ERR_DISCONNECTED ? 0 : 1;
        if (i % 4 == 3)
            rt_enter(1, 100000);
        for (uint32_t k = 1; k < cqe.cap_count; k++) {
            struct cap_sqe release = release_of(received[k].cap);
            (void)raw_status(&raw, &release);
        }
        struct cap_sqe answered = return_to(incoming.head.call_id);
        if (cqe.cap_count)
            answered = moving(answered, received[0].cap);
        if (raw_status(&raw, &answered) && cqe.cap_count) {
            struct cap_sqe release = release_of(received[0].cap);
            (void)raw_status(&raw, &release);
        }
    }
}
