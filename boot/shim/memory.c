/* The memory map: sorted ranges that do not overlap, page-aligned, neighbours of one type joined.
 *
 * It doubles as the allocator: memory is taken by giving part of a USABLE range another type. Lookups
 * go by address, never by index, because taking memory may split ranges.
 *
 * Next: boot/shim/image.c
 */
#include "boot/shim/shim.h"

#define RANGE_MAX    256
#define TAKE_LOWEST  UINT64_C(0x100000)    /* below: firmware's and video's land */
#define TAKE_HIGHEST UINT64_C(0x100000000) /* the shim cannot address more */

struct range_list {
    uint32_t count;
    struct shim_range range[RANGE_MAX];
};

/* The current list, and the one being built from it. */
static struct range_list lists[2];
static uint32_t current;

static uint64_t min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Base revision 3: ranges of these types, and no other, are in the higher half direct map. (The shim
 * reports no FRAMEBUFFER ranges.) */
static bool range_is_mapped(const struct shim_range *range)
{
    return range->type == LIMINE_MEMORY_USABLE || range->type == LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE ||
           range->type == LIMINE_MEMORY_EXECUTABLE_AND_MODULES;
}

static void range_append(struct range_list *list, uint64_t base, uint64_t end, uint64_t type)
{
    struct shim_range *last = list->count > 0 ? &list->range[list->count - 1] : NULL;
    if (base >= end)
        return;
    if (last != NULL && last->end == base && last->type == type) {
        last->end = end;
        return;
    }
    if (list->count == RANGE_MAX)
        console_refuse("the memory map has too many ranges");
    list->range[list->count++] = (struct shim_range){base, end, type};
}

/* Whatever was known about [base, end) is forgotten: it is of this type now. */
void memory_set(uint64_t base, uint64_t end, uint64_t type)
{
    const struct range_list *old = &lists[current];
    struct range_list *new = &lists[current ^ 1];
    bool is_placed = false;
    if (base >= end)
        return;
    new->count = 0;
    for (uint32_t i = 0; i < old->count; i++) {
        const struct shim_range *range = &old->range[i];
        range_append(new, range->base, min(range->end, base), range->type);
        if (!is_placed && range->end > base) {
            range_append(new, base, end, type);
            is_placed = true;
        }
        range_append(new, max(range->base, end), range->end, range->type);
    }
    if (!is_placed)
        range_append(new, base, end, type);
    current ^= 1;
}

/* Takes a given range, which must be USABLE. */
void memory_claim(uint64_t base, uint64_t end, uint64_t type, const char *reason)
{
    bool is_usable = base == end;
    for (uint32_t i = 0; i < lists[current].count; i++) {
        const struct shim_range *range = &lists[current].range[i];
        if (range->type == LIMINE_MEMORY_USABLE && range->base <= base && range->end >= end)
            is_usable = true;
    }
    if (!is_usable)
        console_refuse(reason);
    memory_set(base, end, type);
}

/* Returns zeroed memory below 4 GiB. */
void *memory_take(uint64_t bytes, uint64_t align_bytes, uint64_t type)
{
    for (uint32_t i = 0; i < lists[current].count; i++) {
        const struct shim_range *range = &lists[current].range[i];
        uint64_t base = (max(range->base, TAKE_LOWEST) + align_bytes - 1) & ~(align_bytes - 1);
        uint64_t end = min(range->end, TAKE_HIGHEST);
        if (range->type != LIMINE_MEMORY_USABLE || base >= end || end - base < bytes)
            continue;
        memory_set(base, base + bytes, type);
        return memset(shim_pointer(base), 0, (size_t)bytes);
    }
    console_refuse("not enough memory below 4 GiB");
}

/* Finds the first unbroken run of mapped ranges that ends after `from`. */
bool memory_next_mapped(uint64_t from, struct shim_range *run)
{
    bool is_found = false;
    for (uint32_t i = 0; i < lists[current].count; i++) {
        const struct shim_range *range = &lists[current].range[i];
        if (!range_is_mapped(range) || range->end <= from)
            continue;
        if (is_found && range->base != run->end)
            break;
        if (!is_found)
            run->base = range->base;
        run->end = range->end;
        is_found = true;
    }
    return is_found;
}

const struct shim_range *memory_ranges(uint32_t *count)
{
    *count = lists[current].count;
    return lists[current].range;
}
