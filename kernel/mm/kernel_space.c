/* The kernel's own page tables: every page has just the rights that it needs, and is global.
 *
 * The boot images (kernel text and data, the module) are read only in the direct map, so that nothing
 * executable is writable through a second mapping either.
 *
 * Next: kernel/mm/address_space.c
 */
#include "kernel/mm/kernel_space.h"
#include "kernel/mm/frame.h"
#include "kernel/panic.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/cpu.h"
#include "kernel/x86_64/instructions.h"
#include "lib/bits.h"

#define APIC_VADDR 0xffffffffc0000000
#define CR4_PGE    (1u << 7)

#define RIGHTS_TEXT   (PAGE_READ | PAGE_EXECUTE | PAGE_GLOBAL)
#define RIGHTS_RODATA (PAGE_READ | PAGE_GLOBAL)
#define RIGHTS_DATA   (PAGE_READ | PAGE_WRITE | PAGE_GLOBAL)

extern const uint8_t kernel_image_start[];
extern const uint8_t kernel_text_start[], kernel_text_end[];
extern const uint8_t kernel_rodata_start[], kernel_rodata_end[];
extern const uint8_t kernel_data_start[], kernel_data_end[];

static struct page_source source;
static struct page_table space;

static enum cap_err source_alloc(void *context, uint64_t *paddr)
{
    (void)context;
    return frame_alloc_zeroed(paddr);
}

static void source_free(void *context, uint64_t paddr)
{
    (void)context;
    frame_free(paddr);
}

static void must_map(uint64_t vaddr, uint64_t paddr, uint64_t bytes, uint32_t rights)
{
    while (bytes) {
        bool is_large = bytes >= PAGE_LARGE_BYTES && is_aligned(vaddr | paddr, PAGE_LARGE_BYTES);
        enum cap_err err = is_large ? page_table_map_large(&space, vaddr, paddr, rights)
                                    : page_table_map(&space, vaddr, paddr, rights);
        if (err)
            boot_refuse("cannot map the kernel's memory at 0x%llx", (unsigned long long)vaddr);
        uint64_t step = is_large ? PAGE_LARGE_BYTES : CAP_PAGE_BYTES;
        vaddr += step;
        paddr += step;
        bytes -= step;
    }
}

static void map_section(const struct boot_info *info, const uint8_t *start, const uint8_t *end,
                        uint32_t rights)
{
    uint64_t vaddr = (uint64_t)start;
    must_map(vaddr, vaddr - info->kernel_vaddr + info->kernel_paddr, (uint64_t)(end - start), rights);
}

void kernel_space_init(const struct boot_info *info)
{
    source = (struct page_source){.direct_map = info->direct_map, .alloc = source_alloc, .free = source_free};
    if (page_table_init(&space, &source))
        boot_refuse("no memory for the kernel's page tables");
    map_section(info, kernel_text_start, kernel_text_end, RIGHTS_TEXT);
    map_section(info, kernel_rodata_start, kernel_rodata_end, RIGHTS_RODATA);
    map_section(info, kernel_data_start, kernel_data_end, RIGHTS_DATA);
    for (uint32_t i = 0; i < info->region_count; i++) {
        const struct boot_region *region = &info->regions[i];
        if (region->paddr + region->bytes <= DIRECT_MAP_BYTES)
            must_map(DIRECT_MAP + region->paddr, region->paddr, region->bytes,
                     region->kind == BOOT_REGION_IMAGE ? RIGHTS_RODATA : RIGHTS_DATA);
    }
    uint64_t guard_paddr;
    if (page_table_unmap(&space, cpu_stack_guard(), &guard_paddr))
        boot_refuse("the kernel stack has no guard");
    must_map(APIC_VADDR, apic_paddr(), CAP_PAGE_BYTES, RIGHTS_DATA | PAGE_UNCACHED);

    cr3_write(space.root_paddr);
    /* Turning global pages off and on drops what the loader's tables left in the TLB
     * (Intel SDM vol. 3, 4.10.4.1). */
    cr4_write(cr4_read() & ~(uint64_t)CR4_PGE);
    cr4_write(cr4_read() | CR4_PGE);
    source.direct_map = DIRECT_MAP;
    frame_use_own_map();
}

const struct page_table *kernel_space(void)
{
    return &space;
}

const struct page_source *kernel_page_source(void)
{
    return &source;
}

volatile uint32_t *kernel_space_apic(void)
{
    return (volatile uint32_t *)APIC_VADDR;
}
