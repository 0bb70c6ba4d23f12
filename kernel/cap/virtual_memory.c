/* VirtualMemory: the address space of one process, for that process.
 *
 * It cannot be handed on, so it never outlives the process whose table holds it.
 *
 * Next: kernel/mm/mapping.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"

struct virtual_memory {
    struct object object;
    struct process *process;
};

static struct record_pool space_pool = RECORD_POOL(struct virtual_memory);

static struct address_space *space_of(void *self)
{
    return &LIST_ENTRY((struct object *)self, struct virtual_memory, object)->process->space;
}

static enum cap_err rights_of(uint16_t access, uint32_t *rights)
{
    switch (access) {
    case os_VirtualMemory_Access_read:
        *rights = 0;
        return CAP_OK;
    case os_VirtualMemory_Access_readWrite:
        *rights = PAGE_WRITE;
        return CAP_OK;
    case os_VirtualMemory_Access_readExecute:
        *rights = PAGE_EXECUTE;
        return CAP_OK;
    default:
        return CAP_ERR_INVALID;
    }
}

/* The answer is checked first: who does not get it would not know what is mapped where. */
static enum cap_err space_map(void *self, struct wire_call *wire,
                              struct os_VirtualMemory_map_Params_reader params)
{
    struct object *memory;
    uint32_t rights;
    uint64_t address = os_VirtualMemory_map_Params_get_address(params);
    enum cap_err err = kernel_call_argument(wire, os_VirtualMemory_map_Params_get_memory(params),
                                            &memory_object_ops, &memory);
    if (!err)
        err = rights_of(os_VirtualMemory_map_Params_get_access(params), &rights);
    struct os_VirtualMemory_map_Results_builder results = os_VirtualMemory_map_Results_init(wire);
    if (!err)
        err = kernel_call_preflight(wire, wire->results.word_count * 8, 0);
    if (err)
        return err;
    const struct mappable what = memory_object_mappable(memory);
    err = mapping_add(space_of(self), &what, rights, &address);
    if (err)
        return err;
    os_VirtualMemory_map_Results_set_address(results, address);
    return CAP_OK;
}

static enum cap_err space_unmap(void *self, struct wire_call *wire,
                                struct os_VirtualMemory_unmap_Params_reader params)
{
    (void)wire;
    return mapping_remove(space_of(self), os_VirtualMemory_unmap_Params_get_address(params));
}

static enum cap_err space_protect(void *self, struct wire_call *wire,
                                  struct os_VirtualMemory_protect_Params_reader params)
{
    (void)wire;
    uint32_t rights;
    enum cap_err err = rights_of(os_VirtualMemory_protect_Params_get_access(params), &rights);
    return err ? err
               : mapping_protect(space_of(self), os_VirtualMemory_protect_Params_get_address(params), rights);
}

/* The answer is checked first, as for map. */
static enum cap_err space_reserve(void *self, struct wire_call *wire,
                                  struct os_VirtualMemory_reserve_Params_reader params)
{
    uint64_t address = os_VirtualMemory_reserve_Params_get_address(params);
    struct os_VirtualMemory_reserve_Results_builder results = os_VirtualMemory_reserve_Results_init(wire);
    enum cap_err err = kernel_call_preflight(wire, wire->results.word_count * 8, 0);
    if (!err)
        err = mapping_reserve(space_of(self), os_VirtualMemory_reserve_Params_get_bytes(params), &address);
    if (err)
        return err;
    os_VirtualMemory_reserve_Results_set_address(results, address);
    return CAP_OK;
}

static enum cap_err space_unreserve(void *self, struct wire_call *wire,
                                    struct os_VirtualMemory_unreserve_Params_reader params)
{
    (void)wire;
    return mapping_unreserve(space_of(self), os_VirtualMemory_unreserve_Params_get_address(params));
}

static const struct os_VirtualMemory_server space_server = {
    .map = space_map,
    .unmap = space_unmap,
    .protect = space_protect,
    .reserve = space_reserve,
    .unreserve = space_unreserve,
};

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
