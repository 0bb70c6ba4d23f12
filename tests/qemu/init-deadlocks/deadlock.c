/* Waits for ever for a call that only this process could make. */
#include "tests/qemu/raw.h"

int main(struct rt *rt)
{
    static uint64_t buffer[64];
    struct raw raw = raw_start(rt);
    struct os_EndpointFactory factory;
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        os_EndpointFactory_create(factory, 1, &endpoint))
        return 98;
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)buffer,
                           .buffer_bytes = sizeof buffer};
    raw_submit(&raw, &recv);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    return 1;
}
