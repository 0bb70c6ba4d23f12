/* Makes memory and a process out of its own budget, gives both to its parent, and ends.
 *
 * Next: tests/qemu/limits/system.cue
 */
#include "tests/qemu/limits/roles.h"
#include "tests/qemu/spawn_limited.h"
#include "tests/qemu/memory.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_FrameAllocator allocator;
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle child;
    struct os_MemoryObject memory;
    struct rt_handle parent;
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        rt_capset_find(rt, "parent", SERVED_ID, &parent))
        return 98;
    raw_expect_err(&raw, os_FrameAllocator_create(allocator, DONATED_PAGES * PAGE, &memory), CAP_OK,
                   "memory within the limit");
    raw_expect_err(&raw,
                   spawn_limited(spawner, "idle", (struct limits){.frames = CHILD_FRAMES}, NULL, 0, &child),
                   CAP_OK, "a process within the limit");
    raw_expect(&raw, os_FrameAllocator_create(allocator, 150 * PAGE, &memory) != CAP_OK,
               "what the process was given is used up, whether it uses it or not");
    struct rt_call call;
    rt_call_begin(&call, parent, SERVED_ID, 0);
    rt_call_attach(&call, memory.handle, CAP_TRANSFER_MOVE);
    rt_call_attach(&call, child.handle, CAP_TRANSFER_MOVE);
    enum cap_err err = rt_call_send(&call);
    raw_expect_err(&raw, err ? err : rt_call_wait(&call), CAP_OK, "given to the parent");
    return raw_end(&raw);
}
