/* The frame allocator: lib/frame_bitmap over the regions of the boot loader's memory map.
 *
 * Frame 0 is never handed out, so a physical address of 0 means "none" everywhere.
 *
 * A list that was given back as a whole waits as it is, described in its own first frame, which is the last
 * to go.
 *
 * Next: kernel/mm/kernel_space.c
 */
#include "kernel/mm/frame.h"
#include "kernel/mm/fail_alloc.h"
#include "kernel/panic.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/frame_bitmap.h"
#include "lib/mem.h"

static struct frame_bitmap bitmap;
static uint64_t direct_map;
static uint64_t total_count;
static uint64_t storage_paddr;

struct waiting_list {
    struct waiting_list *next;
    struct frame_list list;
};
static struct waiting_list *waiting;
static uint64_t waiting_count; /* frames in them, tables too */

/* Frames that were given back zeroed, for who needs such a one. */
#define ZEROED_MAX 64
static uint64_t zeroed[ZEROED_MAX];
static uint32_t zeroed_count;

void *frame_to_pointer(uint64_t paddr)
{
    return (void *)(direct_map + paddr);
}

uint64_t frame_from_pointer(const void *pointer)
{
    return (uint64_t)pointer - direct_map;
}

static uint64_t region_end(const struct boot_region *region)
{
    return min_u64(region->paddr + region->bytes, DIRECT_MAP_BYTES);
}

static void add_range(uint64_t first, uint64_t end)
{
    first = max_u64(first, CAP_PAGE_BYTES);
    if (first >= end)
        return;
    if (frame_bitmap_add(&bitmap, first / CAP_PAGE_BYTES, (end - first) / CAP_PAGE_BYTES))
        boot_refuse("the memory map overlaps itself at 0x%llx", (unsigned long long)first);
    total_count += (end - first) / CAP_PAGE_BYTES;
}

static void add_regions(const struct boot_info *info, enum boot_region_kind kind, uint64_t skip_first,
                        uint64_t skip_end)
{
    for (uint32_t i = 0; i < info->region_count; i++) {
        const struct boot_region *region = &info->regions[i];
        if (region->kind != kind)
            continue;
        if (skip_first >= region->paddr && skip_first < region_end(region)) {
            add_range(region->paddr, skip_first);
            add_range(skip_end, region_end(region));
        } else {
            add_range(region->paddr, region_end(region));
        }
    }
}

void frame_init(const struct boot_info *info)
{
    direct_map = info->direct_map;
    uint64_t memory_end = 0;
    for (uint32_t i = 0; i < info->region_count; i++)
        if (info->regions[i].kind != BOOT_REGION_IMAGE)
            memory_end = max_u64(memory_end, region_end(&info->regions[i]));

    /* The bitmap itself lies at the end of the first usable region that has room for it. */
    uint64_t frame_count = memory_end / CAP_PAGE_BYTES;
    uint64_t storage_bytes = align_up(frame_bitmap_bytes(frame_count), CAP_PAGE_BYTES);
    for (uint32_t i = 0; i < info->region_count && !storage_paddr; i++) {
        const struct boot_region *region = &info->regions[i];
        if (region->kind == BOOT_REGION_USABLE && region->bytes > storage_bytes + CAP_PAGE_BYTES)
            storage_paddr = region->paddr + region->bytes - storage_bytes;
    }
    if (!storage_paddr)
        boot_refuse("no room for %llu bytes of frame bitmap", (unsigned long long)storage_bytes);
    frame_bitmap_init(&bitmap, frame_to_pointer(storage_paddr), frame_count);
    add_regions(info, BOOT_REGION_USABLE, storage_paddr, storage_paddr + storage_bytes);
}

void frame_use_own_map(void)
{
    direct_map = DIRECT_MAP;
    bitmap.words = frame_to_pointer(storage_paddr);
}

void frame_reclaim(const struct boot_info *info)
{
    add_regions(info, BOOT_REGION_RECLAIMABLE, UINT64_MAX, UINT64_MAX);
}

static void table_free(void *context, uint64_t paddr)
{
    (void)context;
    waiting_count--;
    frame_free(paddr);
}

static const struct page_source waiting_source = {.direct_map = DIRECT_MAP, .free = table_free};

static enum cap_err take_waiting(uint64_t *paddr)
{
    if (!waiting)
        return CAP_ERR_NO_MEMORY;
    /* The description goes with the last frame. */
    struct waiting_list last = *waiting;
    struct frame_list *list = &waiting->list;
    if (last.list.frame_count == 1) {
        list = &last.list;
        waiting = last.next;
    }
    *paddr = frame_list_pop(list, &waiting_source);
    waiting_count--;
    return CAP_OK;
}

static bool take_zeroed(uint64_t *paddr)
{
    if (zeroed_count == 0)
        return false;
    *paddr = zeroed[--zeroed_count];
    return true;
}

static enum cap_err take_any(uint64_t *paddr)
{
    uint64_t frame;
    enum cap_err err = frame_bitmap_alloc(&bitmap, &frame);
    if (err)
        return take_zeroed(paddr) ? CAP_OK : take_waiting(paddr);
    *paddr = frame * CAP_PAGE_BYTES;
    return CAP_OK;
}

enum cap_err frame_alloc(uint64_t *paddr)
{
    return fail_alloc_now() ? CAP_ERR_NO_MEMORY : take_any(paddr);
}

enum cap_err frame_alloc_zeroed(uint64_t *paddr)
{
    if (fail_alloc_now())
        return CAP_ERR_NO_MEMORY;
    if (take_zeroed(paddr))
        return CAP_OK;
    enum cap_err err = take_any(paddr);
    if (!err)
        mem_zero(frame_to_pointer(*paddr), CAP_PAGE_BYTES);
    return err;
}

void frame_free(uint64_t paddr)
{
    enum cap_err err = frame_bitmap_free(&bitmap, paddr / CAP_PAGE_BYTES);
    CHECK(!err);
}

void frame_free_zeroed(uint64_t paddr)
{
    if (zeroed_count == ZEROED_MAX)
        frame_free(paddr);
    else
        zeroed[zeroed_count++] = paddr;
}

void frame_free_list(const struct frame_list *list)
{
    uint64_t run_count;
    struct waiting_list *first = frame_to_pointer(*frame_list_run(list, &waiting_source, 0, &run_count));
    *first = (struct waiting_list){.next = waiting, .list = *list};
    waiting = first;
    waiting_count += frame_list_cost(list->frame_count);
}

uint64_t frame_free_count(void)
{
    return bitmap.free_count + waiting_count + zeroed_count;
}

uint64_t frame_total_count(void)
{
    return total_count;
}
