/* MemoryObject: physical memory that can be mapped. Three kinds, one interface:
 *
 *   of a FrameAllocator   zeroed frames of its own, charged to who made it; given back with the object
 *   the boot module       frames of the boot loader's; read only
 *   readOnly of another   the other's memory, which it holds alive; read only
 *
 * Next: kernel/mm/mapping.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/ring/kernel_call.h"
#include "lib/books.h"

struct memory_object {
    struct object object;
    uint64_t byte_count;
    bool is_read_only;
    struct memory_object *target; /* whose memory it shows, one reference; NULL: its own */
    struct object *share;         /* what it was made through, one reference; NULL: nothing that counts it */
    struct memory memory;
};

static struct record_pool memory_pool = RECORD_POOL(struct memory_object);

static struct memory_object *memory_of(struct object *object)
{
    return LIST_ENTRY(object, struct memory_object, object);
}

static enum cap_err memory_size(void *self, struct wire_call *wire,
                                struct os_MemoryObject_size_Params_reader params)
{
    (void)params;
    struct os_MemoryObject_size_Results_builder results = os_MemoryObject_size_Results_init(wire);
    os_MemoryObject_size_Results_set_bytes(results, memory_of(self)->byte_count);
    return CAP_OK;
}

/* Narrower than read only there is nothing: such an object is its own facet. */
static enum cap_err make_read_only(struct account *account, struct memory_object *target,
                                   struct object **made)
{
    object_reference(&target->object);
    if (target->is_read_only) {
        *made = &target->object;
        return CAP_OK;
    }
    enum cap_err err =
        account_make_object(account, &memory_pool, &memory_object_ops, os_MemoryObject_ID, made);
    if (err) {
        object_release(&target->object);
        return err;
    }
    struct memory_object *facet = memory_of(*made);
    facet->byte_count = target->byte_count;
    facet->is_read_only = true;
    facet->target = target;
    return CAP_OK;
}

static enum cap_err memory_read_only(void *self, struct wire_call *wire,
                                     struct os_MemoryObject_readOnly_Params_reader params)
{
    (void)params;
    struct object *made;
    enum cap_err err = make_read_only(&kernel_call_caller(wire)->account, memory_of(self), &made);
    if (err)
        return err;
    struct os_MemoryObject_readOnly_Results_builder results = os_MemoryObject_readOnly_Results_init(wire);
    return os_MemoryObject_readOnly_Results_set_memory(results, kernel_call_attach(wire, made));
}

static const struct os_MemoryObject_server memory_server = {.size = memory_size,
                                                            .readOnly = memory_read_only};

static enum cap_err memory_dispatch(struct object *object, struct wire_call *wire)
{
    return os_MemoryObject_dispatch(&memory_server, object, wire);
}

static void memory_destroy(struct object *object)
{
    struct memory_object *memory = memory_of(object);
    if (memory->target)
        object_release(&memory->target->object);
    if (memory->memory.frames.frame_count)
        frame_free_list(&memory->memory.frames);
    if (memory->share) {
        frame_allocator_give_back(memory->share, memory->memory.page_count);
        object_release(memory->share);
    }
    account_free_object(object, &memory_pool);
}

static void memory_visit_held(struct object *object, const struct object_visitor *visitor)
{
    struct memory_object *memory = memory_of(object);
    if (memory->target)
        visitor->visit(visitor->context, &memory->target->object);
    if (memory->share)
        visitor->visit(visitor->context, memory->share);
}

static void memory_check(struct object *object, struct books *books)
{
    struct memory *memory = &memory_of(object)->memory;
    if (!books) {
        if (memory_of(object)->share)
            frame_allocator_show(memory_of(object)->share, memory->page_count);
        return;
    }
    books_count(books, "MemoryObject", "writable mappings", memory->writable_count,
                memory->found_writable_count);
    books_count(books, "MemoryObject", "executable mappings", memory->executable_count,
                memory->found_executable_count);
    memory->found_writable_count = memory->found_executable_count = 0;
}

const struct object_ops memory_object_ops = {
    .name = "MemoryObject",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = memory_dispatch,
    .visit_held = memory_visit_held,
    .check = memory_check,
    .destroy = memory_destroy,
};

enum cap_err memory_object_make(struct account *account, uint64_t byte_count, struct object *share,
                                struct object **made)
{
    if (byte_count == 0 || byte_count > (uint64_t)FRAME_LIST_MAX * CAP_PAGE_BYTES)
        return CAP_ERR_INVALID;
    uint64_t page_count = (byte_count + CAP_PAGE_BYTES - 1) / CAP_PAGE_BYTES;
    struct object *object;
    enum cap_err err =
        account_make_object(account, &memory_pool, &memory_object_ops, os_MemoryObject_ID, &object);
    if (err)
        return err;
    struct memory_object *memory = memory_of(object);
    err = account_charge_frames(object, frame_list_cost(page_count));
    if (!err)
        err = frame_list_make(&memory->memory.frames, kernel_page_source(), page_count);
    if (err) {
        account_free_object(object, &memory_pool);
        return err;
    }
    memory->byte_count = byte_count;
    memory->memory.page_count = page_count;
    memory->share = share;
    if (share)
        object_reference(share);
    *made = object;
    return CAP_OK;
}

enum cap_err memory_object_make_run(struct account *account, uint64_t paddr, uint64_t byte_count,
                                    struct object **made)
{
    enum cap_err err =
        account_make_object(account, &memory_pool, &memory_object_ops, os_MemoryObject_ID, made);
    if (err)
        return err;
    struct memory_object *memory = memory_of(*made);
    memory->byte_count = byte_count;
    memory->is_read_only = true;
    memory->memory.run_paddr = paddr;
    memory->memory.page_count = (byte_count + CAP_PAGE_BYTES - 1) / CAP_PAGE_BYTES;
    return CAP_OK;
}

struct mappable memory_object_mappable(struct object *object)
{
    struct memory_object *memory = memory_of(object);
    return (struct mappable){
        .memory = memory->target ? &memory->target->memory : &memory->memory,
        .object = object,
        .rights_max = memory->is_read_only ? 0 : PAGE_WRITE | PAGE_EXECUTE,
    };
}

uint64_t memory_object_byte_count(struct object *object)
{
    return memory_of(object)->byte_count;
}
