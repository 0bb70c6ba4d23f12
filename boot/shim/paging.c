/* Page tables as base revision 3 promises them: the kernel's segments with their rights, the direct map
 * of usable and claimed memory, and nothing else.
 *
 * Entry 0 of the top table is the one exception: it shows the start of the direct map a second time, so
 * that the switch to long mode finds itself where it was; start.S clears it on its way out.
 *
 * Source: Intel SDM volume 3A, section 4.5 (4-level paging).
 * Next: boot/shim/limine.c
 */
#include "boot/shim/shim.h"

#define PAGE_PRESENT      UINT64_C(0x001)
#define PAGE_WRITE        UINT64_C(0x002)
#define PAGE_LARGE        UINT64_C(0x080)
#define PAGE_NO_EXECUTE   (UINT64_C(1) << 63)
#define PAGE_ADDRESS      UINT64_C(0x000ffffffffff000)
#define LARGE_PAGE_BYTES  UINT64_C(0x200000)
#define LARGE_PAGE_LEVEL  1
#define TABLE_INDEX_MASK  511
#define TABLE_INDEX_SHIFT 9

static uint64_t *table_take(void)
{
    return memory_take(CAP_PAGE_BYTES, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE);
}

/* Level 0 maps a small page, LARGE_PAGE_LEVEL a large one. */
static void page_map(uint64_t *table, uint64_t address, uint64_t physical, uint64_t flags, uint32_t level)
{
    for (uint32_t i = 3; i > level; i--) {
        uint64_t *entry = &table[(address >> (12 + TABLE_INDEX_SHIFT * i)) & TABLE_INDEX_MASK];
        if (*entry == 0)
            *entry = (uintptr_t)table_take() | PAGE_PRESENT | PAGE_WRITE;
        table = shim_pointer(*entry & PAGE_ADDRESS);
    }
    table[(address >> (12 + TABLE_INDEX_SHIFT * level)) & TABLE_INDEX_MASK] = physical | flags;
}

static void image_map(uint64_t *top, const struct shim_image *image, bool has_nx)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct shim_segment *segment = &image->segments[i];
        uint64_t end = image_is_loaded(segment) ? segment->address + segment->memory_bytes : 0;
        uint64_t flags = PAGE_PRESENT;
        if ((segment->flags & SHIM_SEGMENT_WRITE) != 0)
            flags |= PAGE_WRITE;
        if (has_nx && (segment->flags & SHIM_SEGMENT_EXECUTE) == 0)
            flags |= PAGE_NO_EXECUTE;
        for (uint64_t address = segment->address; address < end; address += CAP_PAGE_BYTES)
            page_map(top, address, address - image->virtual_base + image->physical_base, flags, 0);
    }
}

/* Taking page tables retypes memory while this runs, but never to or from an unmapped type. */
static void direct_map(uint64_t *top)
{
    struct shim_range run = {0};
    while (memory_next_mapped(run.end, &run)) {
        uint64_t at = run.base;
        while (at < run.end) {
            bool is_large = at % LARGE_PAGE_BYTES == 0 && run.end - at >= LARGE_PAGE_BYTES;
            uint64_t flags = PAGE_PRESENT | PAGE_WRITE | (is_large ? PAGE_LARGE : 0);
            page_map(top, SHIM_HHDM_OFFSET + at, at, flags, is_large ? LARGE_PAGE_LEVEL : 0);
            at += is_large ? LARGE_PAGE_BYTES : CAP_PAGE_BYTES;
        }
    }
}

uint32_t paging_build(const struct shim_image *image, bool has_nx)
{
    uint64_t *top = table_take();
    image_map(top, image, has_nx);
    direct_map(top);
    top[0] = top[(SHIM_HHDM_OFFSET >> 39) & TABLE_INDEX_MASK];
    return (uint32_t)(uintptr_t)top;
}
