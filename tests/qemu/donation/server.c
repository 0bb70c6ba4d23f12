/* Makes memory through the allocator that it is given, and holds it. Its own budget is too small for it.
 *
 * Next: tests/qemu/donation/client.c
 */
#include "lib/mem.h"
#include "tests/qemu/donation/protocol.h"
#include "tests/qemu/memory.h"

#define HELD_MAX 300

static struct {
    struct cap_incoming incoming;
    uint64_t words[COMMAND_WORDS];
} arrived;
static struct cap_transfer_in received[1];
static struct os_MemoryObject held[HELD_MAX];
static uint32_t held_count;

/* The answer: the error, then the reason of an exception. */
static struct {
    int64_t error;
    char reason[TEXT_BYTES];
} answer;

static void make(struct raw *raw, struct os_FrameAllocator allocator, uint64_t page_count)
{
    enum cap_err err = os_FrameAllocator_create(allocator, page_count * PAGE, &held[held_count]);
    struct wire_text reason = rt_call_reason(rt_call_scratch(raw->rt), err);
    memcpy(answer.reason, reason.bytes, reason.length);
    answer.reason[reason.length] = 0;
    answer.error = err;
    held_count += !err;
}

static void drop(struct raw *raw)
{
    while (held_count > 0)
        rt_handle_drop(&held[--held_count].handle);
    rt_flush(raw->rt);
    answer.error = CAP_OK;
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_Endpoint endpoint;
    struct os_FrameAllocator allocator = {{.rt = rt}};
    if (RT_CAPSET(rt, "endpoint", os_Endpoint, &endpoint))
        return 98;
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .receive_count = 1,
                                 .target = endpoint.handle.cap.bits,
                                 .buffer_addr = (uint64_t)&arrived,
                                 .buffer_bytes = sizeof arrived,
                                 .transfers_addr = (uint64_t)received};
    while (raw_status(&raw, &recv) == CAP_OK) {
        answer.reason[0] = 0;
        answer.error = CAP_OK;
        if (arrived.words[1] == TAKE_ALLOCATOR)
            allocator = (struct os_FrameAllocator){{rt, {received[0].cap}, os_FrameAllocator_ID}};
        else if (arrived.words[1] == MAKE)
            make(&raw, allocator, arrived.words[2]);
        else
            drop(&raw);
        const struct cap_sqe answered = {.opcode = CAP_OP_RETURN,
                                         .target = arrived.incoming.call_id,
                                         .message_addr = (uint64_t)&answer,
                                         .message_bytes = sizeof answer};
        raw_expect_err(&raw, raw_status(&raw, &answered), CAP_OK, "answered");
    }
    return raw_end(&raw);
}
