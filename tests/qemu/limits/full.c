/* Uses up its frames and its slots, then receives: there is no room for a capability that comes with a call.
 *
 * Next: tests/qemu/limits/system.cue
 */
#include "tests/qemu/limits/roles.h"
#include "tests/qemu/memory.h"

static void serve(struct raw *raw, struct os_Endpoint endpoint, const char *what)
{
    static struct cap_incoming incoming;
    static struct cap_transfer_in received[1];
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .receive_count = 1,
                                 .target = endpoint.handle.cap.bits,
                                 .buffer_addr = (uint64_t)&incoming,
                                 .buffer_bytes = sizeof incoming,
                                 .transfers_addr = (uint64_t)received};
    raw_expect_err(raw, raw_status(raw, &recv), CAP_OK, what);
    const struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = incoming.call_id};
    raw_expect_err(raw, raw_status(raw, &answer), CAP_OK, "and answered");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_FrameAllocator allocator;
    struct os_EndpointFactory factory;
    struct os_Endpoint endpoint, spare = {{.rt = rt}};
    struct os_MemoryObject memory;
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "endpoint", os_Endpoint, &endpoint))
        return 98;
    serve(&raw, endpoint, "a first call, which brings the table of calls");
    for (uint64_t bytes = 1 << 20; bytes >= PAGE; bytes /= 2)
        while (os_FrameAllocator_create(allocator, bytes, &memory) == CAP_OK) {}
    enum cap_err err;
    while ((err = os_EndpointFactory_create(factory, SERVED_ID, &spare)) == CAP_OK) {}
    raw_expect_overloaded(&raw, err, "frames: ", "the table cannot grow");
    serve(&raw, endpoint, "a call without a capability");
    return raw_end(&raw);
}
