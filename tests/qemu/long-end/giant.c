/* Takes all that its table can hold, and 16 MiB of memory, then waits to be ended.
 *
 * Next: tests/qemu/long-end/meter.c
 */
#include "build/gen/schema/capos.client.h"
#include "user/rt/enter.h"
#include "user/rt/print.h"

#define MEMORY_BYTES (16u << 20)

int main(struct rt *rt)
{
    struct os_Console console;
    struct os_FrameAllocator allocator;
    struct os_EndpointFactory factory;
    struct os_VirtualMemory space;
    struct os_MemoryObject memory = {{.rt = rt}};
    struct os_Endpoint endpoint;
    uint64_t address = 0;
    uint32_t count = 6;
    if (RT_CAPSET(rt, "console", os_Console, &console) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &space) ||
        os_FrameAllocator_create(allocator, MEMORY_BYTES, &memory) ||
        os_VirtualMemory_map(space, memory, 0, os_VirtualMemory_Access_readWrite, &address))
        return 1;
    while (os_EndpointFactory_create(factory, 1, &endpoint) == CAP_OK)
        count++;
    if (print(console, "ready: %u capabilities, %u MiB", count, MEMORY_BYTES >> 20))
        return 2;
    for (;;)
        rt_enter(1, 3600ull * 1000000000);
}
