/* The memory map: sorted ranges that do not overlap, page-aligned, neighbours of one type joined.
 *
 * It doubles as the allocator: memory is taken by giving part of a USABLE range another type. Lookups
 * go by address, never by index, because taking memory may split ranges.
 *
 * Next: boot/shim/cpu.c
 */
#include "boot/shim/shim.h"

#define TAKE_LOWEST  UINT64_C(0x100000)    /* below: firmware's and video's land */
#define TAKE_HIGHEST UINT64_C(0x100000000) /* the shim cannot address more */
#define MIN(a, b)    ((a) < (b) ? (a) : (b))
#define MAX(a, b)    ((a) > (b) ? (a) : (b))

struct range_list {
    uint32_t count;
    struct shim_range range[SHIM_RANGE_MAX];
};

/* The current list, and the one being built from it. */
static struct range_list lists[2];
static struct range_list *list = &lists[0];

static void range_append(struct range_list *to, uint64_t base, uint64_t end, uint64_t type)
{
    struct shim_range *last = to->count > 0 ? &to->range[to->count - 1] : NULL;
    if (base >= end)
        return;
    if (last != NULL && last->end == base && last->type == type) {
        last->end = end;
        return;
    }
    if (to->count == SHIM_RANGE_MAX)
        console_refuse("the memory map has too many ranges");
    to->range[to->count++] = (struct shim_range){base, end, type};
}

/* Whatever was known about [base, end) is forgotten: it is of this type now. */
void memory_set(uint64_t base, uint64_t end, uint64_t type)
{
    struct range_list *next = list == &lists[0] ? &lists[1] : &lists[0];
    uint32_t i = 0;
    next->count = 0;
    for (; i < list->count && list->range[i].base < base; i++)
        range_append(next, list->range[i].base, MIN(list->range[i].end, base), list->range[i].type);
    range_append(next, base, end, type);
    for (i = i > 0 ? i - 1 : 0; i < list->count; i++)
        range_append(next, MAX(list->range[i].base, end), list->range[i].end, list->range[i].type);
    list = next;
}

/* Takes a given range, which must be USABLE. */
void memory_claim(uint64_t base, uint64_t end, uint64_t type, const char *reason)
{
    bool is_usable = base == end;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->range[i].type == LIMINE_MEMORY_USABLE && list->range[i].base <= base &&
            list->range[i].end >= end)
            is_usable = true;
    if (!is_usable)
        console_refuse(reason);
    memory_set(base, end, type);
}

/* Returns zeroed memory below 4 GiB. */
void *memory_take(uint64_t bytes, uint64_t type)
{
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t base = MAX(list->range[i].base, TAKE_LOWEST);
        uint64_t end = MIN(list->range[i].end, TAKE_HIGHEST);
        if (list->range[i].type != LIMINE_MEMORY_USABLE || base >= end || end - base < bytes)
            continue;
        memory_set(base, base + bytes, type);
        return memset(shim_pointer(base), 0, (size_t)bytes);
    }
    console_refuse("not enough memory below 4 GiB");
}

/* Base revision 3: ranges of these types, and no other, are in the higher half direct map. (The shim
 * reports no FRAMEBUFFER ranges.) */
static bool range_is_mapped(const struct shim_range *range)
{
    return range->type == LIMINE_MEMORY_USABLE || range->type == LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE ||
           range->type == LIMINE_MEMORY_EXECUTABLE_AND_MODULES;
}

/* Finds the first unbroken run of mapped ranges that ends after `from`. */
bool memory_next_mapped(uint64_t from, struct shim_range *run)
{
    uint32_t i = 0;
    while (i < list->count && (list->range[i].end <= from || !range_is_mapped(&list->range[i])))
        i++;
    if (i == list->count)
        return false;
    *run = list->range[i];
    for (i++; i < list->count && list->range[i].base == run->end && range_is_mapped(&list->range[i]); i++)
        run->end = list->range[i].end;
    return true;
}

const struct shim_range *memory_ranges(uint32_t *count)
{
    *count = list->count;
    return list->range;
}
