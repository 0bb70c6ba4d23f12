/* Is told by the child that its facet is dead, and by the kernel that nobody can call any more.
 *
 * Next: tests/qemu/narrow-grants/child.c
 */
#include "tests/qemu/raw.h"

static struct {
    struct cap_incoming incoming;
    uint64_t words[8];
} received;

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "report", os_Endpoint, &endpoint))
        return 98;
    struct cap_sqe receive = {.opcode = CAP_OP_RECV,
                              .target = endpoint.handle.cap.bits,
                              .buffer_addr = (uint64_t)&received,
                              .buffer_bytes = sizeof received};
    raw_expect_err(&raw, raw_status(&raw, &receive), CAP_OK, "the worker calls through its facet");
    raw_expect(&raw, received.incoming.badge == 5, "with its badge");
    struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = received.incoming.call_id};
    raw_expect_err(&raw, raw_status(&raw, &answer), CAP_OK, "and is answered");
    raw_expect_err(&raw, raw_status(&raw, &receive), CAP_ERR_DISCONNECTED,
                   "when the worker ends so does its facet, though the child still holds it");
    return raw_end(&raw);
}
