/* FrameAllocator: the right to physical memory. What limits it is the ledger of who asks.
 *
 * Next: kernel/cap/memory_object.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"

/* The room for the answer is looked at first, so that no memory is zeroed in vain. */
static enum cap_err allocator_create(void *self, struct wire_call *wire,
                                     struct os_FrameAllocator_create_Params_reader params)
{
    (void)self;
    struct os_FrameAllocator_create_Results_builder results = os_FrameAllocator_create_Results_init(wire);
    enum cap_err err = kernel_call_preflight(wire, wire->results.word_count * 8, 1);
    struct object *memory;
    if (!err)
        err = memory_object_make(&kernel_call_caller(wire)->account,
                                 os_FrameAllocator_create_Params_get_bytes(params), &memory);
    if (err)
        return err;
    return os_FrameAllocator_create_Results_set_memory(results, kernel_call_attach(wire, memory));
}

static const struct os_FrameAllocator_server allocator_server = {.create = allocator_create};

static enum cap_err allocator_dispatch(struct object *object, struct wire_call *wire)
{
    return os_FrameAllocator_dispatch(&allocator_server, object, wire);
}

static const struct object_ops allocator_ops = {
    .name = "FrameAllocator",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = allocator_dispatch,
};

static struct object allocator = OBJECT_STATIC(&allocator_ops, os_FrameAllocator_ID);

struct object *frame_allocator_object(void)
{
    return &allocator;
}
