/* ProcessSpawner: starts a process from a binary of the boot package with exactly the given grants.
 *
 * Everything is judged and built before the first capability moves; then commit, which cannot fail.
 *
 * The one that the kernel hands to init starts everything. `restrict` makes narrower ones, each a record with
 * an allowance inside that of the spawner it was made from. A spawner is referred to by the ones narrowed
 * from it and by the processes that it has started, until they end: its allowance outlives its last
 * capability.
 *
 * Next: kernel/task/process.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "lib/allowance.h"
#include "lib/check.h"
#include "lib/limits.h"
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

struct grants {
    struct wire_text own_memory; /* empty: the child does not get its own VirtualMemory */
    uint32_t count;
    struct wire_text names[CAP_TRANSFER_MAX];
    uint32_t cap_indices[CAP_TRANSFER_MAX];
};

static enum cap_err raise(struct wire_call *wire, enum os_CapException_Type type, const char *reason)
{
    return wire_call_raise(wire, type, wire_text_of(reason));
}

/* Names show up in logs and CapSets: letters, digits and '-'. */
static bool is_name(struct wire_text name)
{
    if (name.length == 0 || name.length > CAP_NAME_BYTES_MAX)
        return false;
    for (uint32_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

static bool is_granted(const struct grants *grants, struct wire_text name, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (wire_text_equal(grants->names[i], name))
            return true;
    return false;
}

/* Each name once, and each capability that came with the call once. */
static enum cap_err grants_read(struct os_ProcessSpawner_spawn_Params_reader params, uint32_t cap_count,
                                struct grants *grants)
{
    struct os_NamedCap_list_reader list = os_ProcessSpawner_spawn_Params_get_grants(params);
    grants->count = os_NamedCap_list_count(list);
    if (grants->count > CAP_TRANSFER_MAX)
        return CAP_ERR_TOO_BIG;
    if (grants->count != cap_count)
        return CAP_ERR_INVALID;
    uint64_t seen = 0;
    _Static_assert(CAP_TRANSFER_MAX <= 64, "a bit for each capability");
    for (uint32_t i = 0; i < grants->count; i++) {
        struct os_NamedCap_reader grant = os_NamedCap_list_at(list, i);
        struct wire_text name = os_NamedCap_get_name(grant);
        uint32_t cap_index = os_NamedCap_get_cap(grant);
        if (!is_name(name) || is_granted(grants, name, i) || cap_index >= cap_count ||
            (seen >> cap_index & 1))
            return CAP_ERR_INVALID;
        seen |= 1ull << cap_index;
        grants->names[i] = name;
        grants->cap_indices[i] = cap_index;
    }
    struct wire_text own = os_ProcessSpawner_spawn_Params_get_ownMemory(params);
    if (own.length && (!is_name(own) || is_granted(grants, own, grants->count)))
        return CAP_ERR_INVALID;
    grants->own_memory = own;
    return CAP_OK;
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

static enum cap_err plan_make(struct wire_call *wire, const struct spawner *spawner, struct wire_text binary,
                              struct elf_source *source, struct elf_plan *plan)
{
    struct wire_data elf;
    const char *reason;
    uint32_t number;
    enum cap_err err = find_binary(wire, spawner, binary, &number, &elf);
    if (err)
        return err;
    if (allowance_check(&spawner->allowance))
        return raise(wire, os_CapException_Type_overloaded, "this spawner's budget of processes is used up");
    *source = elf_source_of_bytes(elf.bytes, elf.length);
    if (elf_plan_read(source, plan, &reason))
        return raise(wire, os_CapException_Type_failed, reason);
    return CAP_OK;
}

/* Everything that the child has to have before it is granted anything, and that can fail. */
static enum cap_err prepare_child(struct process *child, const struct grants *grants,
                                  struct object **own_memory)
{
    _Static_assert(CAP_TRANSFER_MAX + 1 <= CAP_CAPSET_MAX, "all grants and its own memory fit the CapSet");
    *own_memory = NULL;
    uint32_t own_count = grants->own_memory.length ? 1 : 0;
    enum cap_err err = process_reserve_slots(child, &child->caps, grants->count + own_count);
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

/* Commit: the capabilities change hands, and the child finds them by name. */
static void grant(struct process *child, struct transfer *transfer, const struct grants *grants)
{
    cap_id_t ids[CAP_TRANSFER_MAX];
    if (grants->count)
        transfer_commit(transfer, &child->caps, ids);
    for (uint32_t i = 0; i < grants->count; i++) {
        uint32_t cap_index = grants->cap_indices[i];
        const struct object *object = transfer_object(transfer, cap_index);
        process_name_cap(child, grants->names[i].bytes, grants->names[i].length, ids[cap_index],
                         object->interface_id);
    }
}

static enum cap_err make_child(struct wire_call *wire, struct spawner *spawner, struct wire_text name,
                               const struct process_budget *budget, const struct elf_plan *plan,
                               const struct elf_source *elf, const struct grants *grants,
                               struct object **made)
{
    struct object *handle;
    struct process_observer *observer;
    struct process *child;
    enum cap_err err = process_handle_make(budget->payer, &handle, &observer);
    if (err)
        return err;
    err = process_create(name.bytes, name.length, budget, plan, elf, observer, &child);
    if (err) {
        object_release(handle);
        return err;
    }
    allowance_take(&spawner->allowance);
    process_handle_started(handle, child, &spawner->object);
    struct object *own_memory;
    err = prepare_child(child, grants, &own_memory);
    if (err) {
        process_end(child, &(struct process_end){0});
        object_release(handle);
        return err;
    }
    grant(child, kernel_call_transfer(wire), grants);
    if (own_memory)
        grant_own_memory(child, own_memory, grants->own_memory);
    process_start(child);
    *made = handle;
    return CAP_OK;
}

static enum cap_err spawner_spawn(void *self, struct wire_call *wire,
                                  struct os_ProcessSpawner_spawn_Params_reader params)
{
    struct spawner *spawner = spawner_of(self);
    struct wire_text name = os_ProcessSpawner_spawn_Params_get_name(params);
    struct process_budget budget = {.payer = &kernel_call_caller(wire)->account};
    struct grants grants;
    struct elf_source elf;
    struct elf_plan plan;
    uint64_t limits[LEDGER_KIND_COUNT];
    limits_read(os_ProcessSpawner_spawn_Params_get_limits(params), limits);
    limits_of_process(limits, budget.shares);
    /* The first process is "init" on the console: no other may pose as it. */
    if (!is_name(name) || wire_text_equal(name, wire_text_of("init")))
        return CAP_ERR_INVALID;
    enum cap_err err = grants_read(params, kernel_call_transfer(wire)->count, &grants);
    if (!err)
        err = plan_make(wire, spawner, os_ProcessSpawner_spawn_Params_get_binary(params), &elf, &plan);
    struct os_ProcessSpawner_spawn_Results_builder results = os_ProcessSpawner_spawn_Results_init(wire);
    if (!err)
        err = kernel_call_preflight(wire, wire->results.word_count * 8, 1);
    struct object *handle;
    if (!err)
        err = make_child(wire, spawner, name, &budget, &plan, &elf, &grants, &handle);
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
    .destroy = spawner_destroy,
};

static struct spawner root = {.object = OBJECT_STATIC(&spawner_ops, os_ProcessSpawner_ID),
                              .allowance = ALLOWANCE_ROOT};

struct object *process_spawner_object(void)
{
    return &root.object;
}
