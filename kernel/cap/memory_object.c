/* MemoryObject: a run of physical memory that can be mapped. So far only the boot module is one.
 *
 * Next: kernel/cap/virtual_memory.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"

struct memory_object {
    struct object object;
    uint64_t paddr; /* page-aligned; its last page is zero after byte_count */
    uint64_t byte_count;
};

static struct record_pool memory_pool = RECORD_POOL(struct memory_object);

static struct memory_object *memory_of(const struct object *object)
{
    return LIST_ENTRY(object, struct memory_object, object);
}

static enum cap_err memory_size(void *self, struct wire_call *wire,
                                struct os_MemoryObject_size_Params_reader params)
{
    (void)params;
    struct os_MemoryObject_size_Results_builder results = os_MemoryObject_size_Results_init(wire);
    os_MemoryObject_size_Results_set_bytes(results, memory_object_bytes(self));
    return CAP_OK;
}

static const struct os_MemoryObject_server memory_server = {.size = memory_size};

static enum cap_err memory_dispatch(struct object *object, struct wire_call *wire)
{
    return os_MemoryObject_dispatch(&memory_server, object, wire);
}

static void memory_destroy(struct object *object)
{
    account_free_object(object, &memory_pool);
}

const struct object_ops memory_object_ops = {
    .name = "MemoryObject",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = memory_dispatch,
    .destroy = memory_destroy,
};

enum cap_err memory_object_make(struct account *account, uint64_t paddr, uint64_t byte_count,
                                struct object **made)
{
    enum cap_err err =
        account_make_object(account, &memory_pool, &memory_object_ops, os_MemoryObject_ID, made);
    if (err)
        return err;
    struct memory_object *memory = memory_of(*made);
    memory->paddr = paddr;
    memory->byte_count = byte_count;
    return CAP_OK;
}

uint64_t memory_object_paddr(const struct object *memory)
{
    return memory_of(memory)->paddr;
}

uint64_t memory_object_bytes(const struct object *memory)
{
    return memory_of(memory)->byte_count;
}
