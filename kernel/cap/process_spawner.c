/* ProcessSpawner: starts a process from a binary of the boot package with exactly the given grants.
 *
 * Everything is judged and built before the first capability moves; then commit, which cannot fail.
 *
 * The one that the kernel hands to init starts everything. `restrict` makes narrower ones, each a record with
 * an allowance inside that of the spawner it was made from. A spawner is referred to by the ones narrowed
 * from it and by the processes that it has started, until they end: its allowance outlives its last
 * capability.
 *
 * Next: kernel/cap/spawn_request.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/cap/spawn_request.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/audit.h"
#include "lib/allowance.h"
#include "lib/check.h"
#include "lib/manifest.h"

_Static_assert(MANIFEST_BINARIES_MAX <= ALLOWANCE_PROGRAMS_MAX, "every binary has a bit");

struct spawner {
    struct object object;
    struct spawner *outer; /* one reference; NULL: the kernel's own */
    struct allowance allowance;
};

static const struct object_ops spawner_ops;
static struct record_pool spawner_pool = RECORD_POOL(struct spawner);

static struct spawner *spawner_of(struct object *object)
{
    return LIST_ENTRY(object, struct spawner, object);
}

static enum cap_err raise(struct wire_call *wire, enum os_CapException_Type type, const char *reason)
{
    return wire_call_raise(wire, type, wire_text_of(reason));
}

/* The number of a binary that this spawner may start, and its bytes. */
static enum cap_err find_binary(struct wire_call *wire, const struct spawner *spawner,
                                struct wire_text binary, uint32_t *number, struct wire_data *elf)
{
    if (boot_package_binary(binary, number, elf))
        return raise(wire, os_CapException_Type_failed, "the boot package has no binary of that name");
    if (!allowance_has(&spawner->allowance, *number))
        return raise(wire, os_CapException_Type_failed, "this spawner may not start that binary");
    return CAP_OK;
}

/* The bytes of the program that is asked for, if this spawner may start it. */
static enum cap_err find_program(struct wire_call *wire, const struct spawner *spawner,
                                 struct wire_text binary, uint32_t image_index, struct elf_source *source)
{
    struct object *image;
    struct wire_data elf;
    uint32_t number;
    if (image_index == WIRE_CAP_NULL) {
        enum cap_err err = find_binary(wire, spawner, binary, &number, &elf);
        if (!err)
            *source = elf_source_of_bytes(elf.bytes, elf.length);
        return err;
    }
    if (spawner->outer)
        return raise(wire, os_CapException_Type_failed,
                     "this spawner starts only binaries of the boot package");
    enum cap_err err = kernel_call_argument(wire, image_index, &memory_object_ops, &image);
    if (!err)
        *source = spawn_image_source(image);
    return err;
}

static enum cap_err plan_make(struct wire_call *wire, const struct spawner *spawner,
                              const struct elf_source *source, struct elf_plan *plan)
{
    const char *reason;
    if (allowance_check(&spawner->allowance))
        return raise(wire, os_CapException_Type_overloaded, "this spawner's budget of processes is used up");
    if (elf_plan_read(source, plan, &reason))
        return raise(wire, os_CapException_Type_failed, reason);
    return CAP_OK;
}

/* Everything that the child has to have before it is granted anything, and that can fail. */
static enum cap_err prepare_child(struct process *child, const struct spawn_request *request,
                                  uint32_t cap_count, struct object **own_memory)
{
    _Static_assert(CAP_TRANSFER_MAX + 1 <= CAP_CAPSET_MAX, "all grants and its own memory fit the CapSet");
    *own_memory = NULL;
    uint32_t own_count = request->own_memory.length ? 1 : 0;
    enum cap_err err = process_reserve_slots(child, &child->caps, cap_count + own_count);
    if (!err)
        err = process_give_arguments(child, request->arguments.bytes, request->arguments.length);
    if (!err && own_count)
        err = virtual_memory_make(child, own_memory);
    return err;
}

static void grant_own_memory(struct process *child, struct object *own_memory, struct wire_text name)
{
    cap_id_t id;
    enum cap_err err = process_insert_cap(child, own_memory, &id);
    CHECK(!err); /* its slot is reserved */
    process_name_cap(child, name.bytes, name.length, id, own_memory->interface_id);
}

/* The image has come along with the grants, and goes at once. */
static void drop_image(struct process *child, cap_id_t id)
{
    enum cap_err err = caps_release(child, id);
    CHECK(!err);
}

/* Commit: the capabilities change hands, and the child finds them by name. */
static void grant(struct process *child, struct transfer *transfer, const struct spawn_request *request)
{
    if (transfer->count)
        caps_move_over(transfer, child);
    for (uint32_t i = 0; i < request->grant_count; i++) {
        uint32_t cap_index = request->grant_indices[i];
        const struct object *object = transfer_object(transfer, cap_index);
        process_name_cap(child, request->grant_names[i].bytes, request->grant_names[i].length,
                         transfer->entries[cap_index].id, object->interface_id);
    }
    if (request->image_index != WIRE_CAP_NULL)
        drop_image(child, transfer->entries[request->image_index].id);
}

static enum cap_err make_child(struct wire_call *wire, struct spawner *spawner,
                               const struct spawn_request *request, const struct elf_plan *plan,
                               const struct elf_source *elf, struct object **made)
{
    struct transfer *transfer = kernel_call_transfer(wire);
    struct object *handle, *own_memory;
    struct process_observer *observer;
    struct process *child;
    enum cap_err err = process_handle_make(request->budget.payer, &handle, &observer);
    if (err)
        return err;
    err = process_create(request->name.bytes, request->name.length, &request->budget, plan, elf, observer,
                         &child);
    if (err) {
        object_release(handle);
        return err;
    }
    allowance_take(&spawner->allowance);
    process_handle_started(handle, child, &spawner->object);
    err = prepare_child(child, request, transfer->count, &own_memory);
    if (err) {
        process_discard(child);
        object_release(handle);
        return err;
    }
    grant(child, transfer, request);
    if (own_memory)
        grant_own_memory(child, own_memory, request->own_memory);
    process_start(child);
    *made = handle;
    return CAP_OK;
}

static enum cap_err spawner_spawn(void *self, struct wire_call *wire,
                                  struct os_ProcessSpawner_spawn_Params_reader params)
{
    struct spawner *spawner = spawner_of(self);
    struct spawn_request request;
    struct elf_source elf;
    struct elf_plan plan;
    struct object *handle;
    enum cap_err err = spawn_request_read(wire, params, &request);
    if (!err)
        err = find_program(wire, spawner, os_ProcessSpawner_spawn_Params_get_binary(params),
                           request.image_index, &elf);
    if (!err)
        err = plan_make(wire, spawner, &elf, &plan);
    struct os_ProcessSpawner_spawn_Results_builder results = os_ProcessSpawner_spawn_Results_init(wire);
    if (!err)
        err = kernel_call_preflight(wire, wire->results.word_count * 8, 1);
    if (!err)
        err = make_child(wire, spawner, &request, &plan, &elf, &handle);
    if (err)
        return err;
    return os_ProcessSpawner_spawn_Results_set_process(results, kernel_call_attach(wire, handle));
}

void process_spawner_child_ended(struct object *object)
{
    allowance_give_back(&spawner_of(object)->allowance);
}

/* ---- Narrower spawners ---------------------------------------------------------------------------- */

/* Naming a binary twice is naming it once. */
static enum cap_err programs_read(struct wire_call *wire, const struct spawner *spawner,
                                  struct wire_list_reader names, uint64_t *programs)
{
    *programs = 0;
    for (uint32_t i = 0; i < names.count; i++) {
        uint32_t number;
        struct wire_data elf;
        enum cap_err err = find_binary(wire, spawner, wire_list_text(names, i), &number, &elf);
        if (err)
            return err;
        *programs |= 1ull << number;
    }
    return CAP_OK;
}

static enum cap_err make_narrower(struct account *account, struct spawner *outer, uint64_t programs,
                                  uint32_t process_limit, struct object **made)
{
    struct allowance allowance;
    enum cap_err err = allowance_narrow(&allowance, &outer->allowance, programs, process_limit);
    if (!err)
        err = account_make_object(account, &spawner_pool, &spawner_ops, os_ProcessSpawner_ID, made);
    if (err)
        return err;
    struct spawner *spawner = spawner_of(*made);
    spawner->allowance = allowance;
    spawner->outer = outer;
    object_reference(&outer->object);
    return CAP_OK;
}

static enum cap_err spawner_restrict(void *self, struct wire_call *wire,
                                     struct os_ProcessSpawner_restrict_Params_reader params)
{
    uint64_t programs;
    struct object *made;
    enum cap_err err = programs_read(wire, spawner_of(self),
                                     os_ProcessSpawner_restrict_Params_get_binaries(params), &programs);
    if (!err)
        err = make_narrower(&kernel_call_caller(wire)->account, spawner_of(self), programs,
                            os_ProcessSpawner_restrict_Params_get_processes(params), &made);
    if (err)
        return err;
    struct os_ProcessSpawner_restrict_Results_builder results = os_ProcessSpawner_restrict_Results_init(wire);
    return os_ProcessSpawner_restrict_Results_set_spawner(results, kernel_call_attach(wire, made));
}

/* Its processes hold it, so none of them lives. */
static void spawner_destroy(struct object *object)
{
    struct spawner *spawner = spawner_of(object);
    CHECK(spawner->allowance.process_count == 0);
    object_release(&spawner->outer->object);
    account_free_object(object, &spawner_pool);
}

static void spawner_visit_held(struct object *object, const struct object_visitor *visitor)
{
    struct spawner *outer = spawner_of(object)->outer;
    if (outer)
        visitor->visit(visitor->context, &outer->object);
}

/* ---- The object ----------------------------------------------------------------------------------- */

static const struct os_ProcessSpawner_server spawner_server = {.spawn = spawner_spawn,
                                                               .restrict_ = spawner_restrict};

static enum cap_err spawner_dispatch(struct object *object, struct wire_call *wire)
{
    return os_ProcessSpawner_dispatch(&spawner_server, object, wire);
}

static const struct object_ops spawner_ops = {
    .name = "ProcessSpawner",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = spawner_dispatch,
    .visit_held = spawner_visit_held,
    .destroy = spawner_destroy,
};

static struct spawner root = {.object = OBJECT_STATIC(&spawner_ops, os_ProcessSpawner_ID),
                              .allowance = ALLOWANCE_ROOT};

struct object *process_spawner_object(void)
{
    return &root.object;
}
