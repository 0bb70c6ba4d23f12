/* Shares its allocator with the server, and goes on living. What it shares may be more than it has left.
 *
 * Next: tests/qemu/donation/system.cue
 */
#include "tests/qemu/donation/protocol.h"
#include "tests/qemu/memory.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_FrameAllocator allocator, share = {{.rt = rt}}, again = {{.rt = rt}};
    struct rt_handle server, ready;
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
        rt_capset_find(rt, "server", SERVED_ID, &server) || rt_capset_find(rt, "ready", SERVED_ID, &ready))
        return 98;
    raw_expect_err(&raw, os_FrameAllocator_share(allocator, 0, &share), CAP_ERR_INVALID, "nothing to share");
    raw_expect_err(&raw, os_FrameAllocator_share(allocator, SHARED_PAGES * PAGE - 1, &share), CAP_OK,
                   "a share");
    raw_expect_err(&raw, os_FrameAllocator_share(share, PAGE, &again), CAP_ERR_UNIMPLEMENTED,
                   "a share is not shared further");
    const uint64_t words[COMMAND_WORDS] = {2ull << 32, TAKE_ALLOCATOR, 0};
    struct cap_transfer_out sent = {.cap = share.handle.cap.bits, .mode = CAP_TRANSFER_MOVE};
    uint64_t answer[64];
    struct cap_sqe call = {.opcode = CAP_OP_CALL,
                           .target = server.cap.bits,
                           .interface_id = SERVED_ID,
                           .send_count = 1,
                           .message_addr = (uint64_t)words,
                           .message_bytes = sizeof words,
                           .buffer_addr = (uint64_t)answer,
                           .buffer_bytes = sizeof answer,
                           .transfers_addr = (uint64_t)&sent};
    raw_expect_err(&raw, raw_status(&raw, &call), CAP_OK, "the server has it");
    print(raw.console, "%u checks, %u failed", raw.checked_count, raw.failed_count);
    const struct cap_sqe tell = {.opcode = CAP_OP_CALL, .target = ready.cap.bits, .interface_id = SERVED_ID};
    (void)raw_status(&raw, &tell); /* is never answered */
    return 1;
}
