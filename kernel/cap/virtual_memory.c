/* VirtualMemory: the address space of one process, for that process.
 *
 * It cannot be handed on, so it never outlives the process whose table holds it.
 *
 * Next: kernel/mm/address_space.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"

struct virtual_memory {
    struct object object;
    struct process *process;
};

static struct record_pool space_pool = RECORD_POOL(struct virtual_memory);

static enum cap_err space_map(void *self, struct wire_call *wire,
                              struct os_VirtualMemory_map_Params_reader params)
{
    struct virtual_memory *space = LIST_ENTRY((struct object *)self, struct virtual_memory, object);
    struct object *memory;
    enum cap_err err = kernel_call_argument(wire, os_VirtualMemory_map_Params_get_memory(params),
                                            &memory_object_ops, &memory);
    if (err)
        return err;
    uint64_t bytes = memory_object_bytes(memory);
    return address_space_map_object(&space->process->space, os_VirtualMemory_map_Params_get_address(params),
                                    memory_object_paddr(memory),
                                    (bytes + CAP_PAGE_BYTES - 1) / CAP_PAGE_BYTES, 0, memory);
}

static const struct os_VirtualMemory_server space_server = {.map = space_map};

static enum cap_err space_dispatch(struct object *object, struct wire_call *wire)
{
    return os_VirtualMemory_dispatch(&space_server, object, wire);
}

static void space_destroy(struct object *object)
{
    account_free_object(object, &space_pool);
}

static const struct object_ops space_ops = {
    .name = "VirtualMemory",
    .can_copy = false,
    .can_move = false,
    .is_timer_safe = false,
    .dispatch = space_dispatch,
    .destroy = space_destroy,
};

enum cap_err virtual_memory_make(struct process *process, struct object **made)
{
    enum cap_err err =
        account_make_object(&process->account, &space_pool, &space_ops, os_VirtualMemory_ID, made);
    if (err)
        return err;
    LIST_ENTRY(*made, struct virtual_memory, object)->process = process;
    return CAP_OK;
}
