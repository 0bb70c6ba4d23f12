/* A process from its first C function to its exit; the CapSet; handles.
 *
 * Next: user/rt/pending.c
 */
#include "abi/memory_map.h"
#include "lib/check.h"
#include "user/rt/enter.h"
#include "user/rt/pending.h"
#include "user/rt/state.h"

_Noreturn void rt_start(void); /* called by start.S only */

/* The scratch call is not initialised: the first rt_call_begin does that. */
void rt_init(struct rt *rt, struct cap_ring *ring, const struct cap_capset *capset)
{
    ring_client_init(&rt->ring, ring);
    rt->under_way_count = 0;
    rt->prompt_count = 0;
    rt->releases_failed = 0;
    rt->capset = capset;
    rt->capset_taken = 0;
    CHECK(capset->magic == CAP_CAPSET_MAGIC && capset->version == CAP_CAPSET_VERSION);
    CHECK(capset->count <= CAP_CAPSET_MAX);
}

/* The ring and the CapSet are where abi/memory_map.h says: the one place where numbers become pointers. */
_Noreturn void rt_start(void)
{
    struct rt rt;
    rt_init(&rt, (struct cap_ring *)CAP_RING_ADDRESS, (const struct cap_capset *)CAP_CAPSET_ADDRESS);
    rt_exit(main(&rt));
}

const char *rt_process_name(const struct rt *rt)
{
    return rt->capset->process_name;
}

uint32_t rt_releases_failed(const struct rt *rt)
{
    return rt->releases_failed;
}

struct rt_call *rt_call_scratch(struct rt *rt)
{
    CHECK(rt);
    return &rt->scratch;
}

static bool name_is(const struct cap_capset_entry *entry, const char *name)
{
    for (uint32_t i = 0; i < sizeof entry->name; i++) {
        if (entry->name[i] != name[i])
            return false;
        if (name[i] == '\0')
            return true;
    }
    return false;
}

enum cap_err rt_capset_find(struct rt *rt, const char *name, uint64_t interface_id, struct rt_handle *handle)
{
    for (uint32_t i = 0; i < rt->capset->count; i++) {
        const struct cap_capset_entry *entry = &rt->capset->entries[i];
        uint64_t taken_bit = (uint64_t)1 << i;
        if (!name_is(entry, name))
            continue;
        if (rt->capset_taken & taken_bit)
            return CAP_ERR_NO_CAP;
        if (entry->interface_id != interface_id)
            return CAP_ERR_WRONG_INTERFACE;
        rt->capset_taken |= taken_bit;
        *handle = (struct rt_handle){.rt = rt, .cap = {entry->cap}, .interface_id = interface_id};
        return CAP_OK;
    }
    return CAP_ERR_NO_CAP;
}

void rt_handle_drop(struct rt_handle *handle)
{
    if (rt_handle_is_null(*handle))
        return;
    rt_release(handle->rt, handle->cap);
    rt_handle_forget(handle);
}

/* rt stays, so that a call on the null handle reaches the kernel's answer instead of a null pointer. */
void rt_handle_forget(struct rt_handle *handle)
{
    handle->cap = CAP_ID_NULL;
}
