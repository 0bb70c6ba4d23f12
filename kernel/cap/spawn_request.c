/* The judge of a spawn's parameters.
 *
 * Next: kernel/cap/process_spawner.c
 */
#include "kernel/cap/spawn_request.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "lib/limits.h"

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

static bool is_granted(const struct spawn_request *request, struct wire_text name, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (wire_text_equal(request->grant_names[i], name))
            return true;
    return false;
}

/* A capability that came with the call is used for one thing. */
static enum cap_err use_cap(uint32_t cap_index, uint32_t cap_count, uint64_t *used)
{
    _Static_assert(CAP_TRANSFER_MAX <= 64, "a bit for each capability");
    if (cap_index >= cap_count || *used >> cap_index & 1)
        return CAP_ERR_INVALID;
    *used |= 1ull << cap_index;
    return CAP_OK;
}

/* Each name once, and each capability that came with the call once. */
static enum cap_err read_caps(struct os_ProcessSpawner_spawn_Params_reader params, uint32_t cap_count,
                              struct spawn_request *request)
{
    struct os_NamedCap_list_reader list = os_ProcessSpawner_spawn_Params_get_grants(params);
    uint64_t used = 0;
    request->image_index = os_ProcessSpawner_spawn_Params_get_image(params);
    request->grant_count = os_NamedCap_list_count(list);
    if (request->grant_count > CAP_TRANSFER_MAX)
        return CAP_ERR_TOO_BIG;
    for (uint32_t i = 0; i < request->grant_count; i++) {
        struct os_NamedCap_reader grant = os_NamedCap_list_at(list, i);
        request->grant_names[i] = os_NamedCap_get_name(grant);
        request->grant_indices[i] = os_NamedCap_get_cap(grant);
        if (!is_name(request->grant_names[i]) || is_granted(request, request->grant_names[i], i) ||
            use_cap(request->grant_indices[i], cap_count, &used))
            return CAP_ERR_INVALID;
    }
    if (request->image_index != WIRE_CAP_NULL && use_cap(request->image_index, cap_count, &used))
        return CAP_ERR_INVALID;
    return used == (cap_count ? UINT64_MAX >> (64 - cap_count) : 0) ? CAP_OK : CAP_ERR_INVALID;
}

static enum cap_err read_own_memory(struct os_ProcessSpawner_spawn_Params_reader params,
                                    struct spawn_request *request)
{
    struct wire_text own = os_ProcessSpawner_spawn_Params_get_ownMemory(params);
    request->own_memory = own;
    return own.length && (!is_name(own) || is_granted(request, own, request->grant_count)) ? CAP_ERR_INVALID
                                                                                           : CAP_OK;
}

static enum cap_err check_mode(struct wire_call *wire, uint16_t mode)
{
    if (mode == os_ProcessSpawner_Mode_recorded)
        return wire_call_raise(wire, os_CapException_Type_unimplemented,
                               wire_text_of("recorded mode is not provided"));
    return mode == os_ProcessSpawner_Mode_normal ? CAP_OK : CAP_ERR_INVALID;
}

static void read_budget(struct wire_call *wire, struct os_Limits_reader limits, struct process_budget *budget)
{
    uint64_t wanted[LEDGER_KIND_COUNT];
    limits_read(limits, wanted);
    limits_of_process(wanted, budget->shares);
    budget->payer = &kernel_call_caller(wire)->account;
}

enum cap_err spawn_request_read(struct wire_call *wire, struct os_ProcessSpawner_spawn_Params_reader params,
                                struct spawn_request *request)
{
    request->name = os_ProcessSpawner_spawn_Params_get_name(params);
    request->arguments = os_ProcessSpawner_spawn_Params_get_arguments(params);
    read_budget(wire, os_ProcessSpawner_spawn_Params_get_limits(params), &request->budget);
    /* The first process is "init" on the console: no other may pose as it. */
    if (!is_name(request->name) || wire_text_equal(request->name, wire_text_of("init")))
        return CAP_ERR_INVALID;
    if (request->arguments.length % 8)
        return CAP_ERR_INVALID;
    enum cap_err err = read_caps(params, kernel_call_transfer(wire)->count, request);
    if (!err)
        err = read_own_memory(params, request);
    if (!err && request->image_index != WIRE_CAP_NULL &&
        os_ProcessSpawner_spawn_Params_get_binary(params).length)
        err = CAP_ERR_INVALID;
    return err ? err : check_mode(wire, os_ProcessSpawner_spawn_Params_get_mode(params));
}

static void copy_from_memory(const struct elf_source *source, uint64_t offset, void *to, uint64_t bytes)
{
    memory_read(source->context, offset, to, bytes);
}

struct elf_source spawn_image_source(struct object *memory)
{
    return (struct elf_source){.byte_count = memory_object_byte_count(memory),
                               .copy = copy_from_memory,
                               .context = memory_object_mappable(memory).memory};
}
