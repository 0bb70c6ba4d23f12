/* Leaves things under way, as its name says, and waits to be killed, or ends in the middle.
 *
 * Next: tests/qemu/self-check/system.cue
 */
#include "tests/qemu/memory.h"

#define SERVED_ID 0x55

static uint64_t buffer[400], answer[400];

/* Calls with copies and moves, which wait: short, long, with a time limit. */
static void call(struct raw *raw, struct rt_handle peer, struct rt_handle spare)
{
    static struct cap_transfer_out sent[2];
    sent[0] = (struct cap_transfer_out){.cap = raw->console.handle.cap.bits, .mode = CAP_TRANSFER_COPY};
    sent[1] = (struct cap_transfer_out){.cap = spare.cap.bits, .mode = CAP_TRANSFER_MOVE};
    struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                          .target = peer.cap.bits,
                          .interface_id = SERVED_ID,
                          .message_addr = (uint64_t)buffer,
                          .message_bytes = 64,
                          .buffer_addr = (uint64_t)answer,
                          .buffer_bytes = sizeof answer};
    raw_submit(raw, &sqe);
    sqe.message_bytes = 3000;
    raw_submit(raw, &sqe);
    sqe.transfers_addr = (uint64_t)sent;
    sqe.send_count = 2;
    raw_submit(raw, &sqe);
    rt_enter(0, 0);
}

static void wait(struct raw *raw, struct os_Timer timer)
{
    const struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                                .target = timer.handle.cap.bits,
                                .interface_id = os_Timer_ID,
                                .method_id = os_Timer_sleepUntil_METHOD,
                                .message_addr = (uint64_t)(const uint64_t[]){1ull << 32, UINT64_MAX},
                                .message_bytes = 16};
    raw_submit(raw, &sqe);
    rt_enter(0, 0);
}

static void hold_memory(struct raw *raw, struct os_FrameAllocator allocator, struct os_VirtualMemory space)
{
    struct os_MemoryObject memory = {0}, read_only = {0};
    uint64_t address = 0;
    raw_expect_err(raw, os_FrameAllocator_create(allocator, 40 * PAGE, &memory), CAP_OK, "memory");
    raw_expect_err(raw, os_MemoryObject_readOnly(memory, &read_only), CAP_OK, "read-only");
    raw_expect_err(raw, os_VirtualMemory_map(space, memory, 0, READ_WRITE, &address), CAP_OK, "mapped");
    raw_expect_err(raw, os_VirtualMemory_map(space, read_only, 0, READ, &address), CAP_OK, "mapped again");
    raw_expect_err(raw, os_VirtualMemory_reserve(space, 0, 100 * PAGE, &address), CAP_OK, "reserved");
    raw_expect_err(raw, os_VirtualMemory_map(space, memory, address, READ, &address), CAP_OK, "mapped in it");
    rt_handle_drop(&memory.handle); /* its mappings and the read-only facet keep it */
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;
    struct os_Timer timer;
    struct rt_handle peer, spare;
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &space) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer) || rt_capset_find(rt, "peer", SERVED_ID, &peer) ||
        rt_capset_find(rt, "spare", SERVED_ID, &spare))
        return 98;
    hold_memory(&raw, allocator, space);
    wait(&raw, timer);
    call(&raw, peer, spare);
    rt_enter(CAP_CQ_ENTRIES, CAP_TIMEOUT_NEVER - 1);
    return (int)raw.failed_count;
}
