/* The only file that knows the boot protocol: asks for what the kernel needs, judges the answers.
 *
 * Next: kernel/limine.h for the protocol's layouts, kernel/main.c for what happens after
 */
#include "kernel/boot.h"
#include "kernel/limine.h"
#include "kernel/panic.h"
#include "lib/bits.h"
#include "lib/mem.h"

#define REQUEST_SECTION(name) __attribute__((used, section(name)))

REQUEST_SECTION(".limine_requests.start")
static volatile struct limine_start_marker start_marker = LIMINE_START_MARKER;
REQUEST_SECTION(".limine_requests") static volatile struct limine_base_tag base_tag = LIMINE_BASE_TAG;
REQUEST_SECTION(".limine_requests") static volatile struct limine_request memmap = LIMINE_REQUEST(MEMMAP);
REQUEST_SECTION(".limine_requests") static volatile struct limine_request hhdm = LIMINE_REQUEST(HHDM);
REQUEST_SECTION(".limine_requests") static volatile struct limine_request modules = LIMINE_REQUEST(MODULES);
REQUEST_SECTION(".limine_requests")
static volatile struct limine_request address = LIMINE_REQUEST(EXECUTABLE_ADDRESS);
REQUEST_SECTION(".limine_requests")
static volatile struct limine_request cmdline = LIMINE_REQUEST(EXECUTABLE_CMDLINE);
REQUEST_SECTION(".limine_requests.end")
static volatile struct limine_end_marker end_marker = LIMINE_END_MARKER;

static const void *response_of(const volatile struct limine_request *request, const char *what)
{
    if (!request->response)
        boot_refuse(
            "the boot loader gave no %s; use one that speaks the Limine protocol, base revision %d or newer",
            what, LIMINE_BASE_REVISION);
    return (const void *)request->response;
}

static bool region_kind(uint64_t type, enum boot_region_kind *kind)
{
    switch (type) {
    case LIMINE_MEMORY_USABLE:
        *kind = BOOT_REGION_USABLE;
        return true;
    case LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE:
        *kind = BOOT_REGION_RECLAIMABLE;
        return true;
    case LIMINE_MEMORY_EXECUTABLE_AND_MODULES:
        *kind = BOOT_REGION_IMAGE;
        return true;
    default:
        return false;
    }
}

/* Adds the pages of one entry. Entries come sorted by base. The protocol promises that usable and reclaimable
 * ones are whole pages and overlap nothing; where a loader breaks that, only whole pages are taken, and a
 * kernel or module inside usable memory is refused. Kernel and module entries may share a page. */
static void region_add(struct boot_info *info, const struct limine_memory_entry *entry)
{
    struct boot_region region;
    uint64_t entry_end;
    if (!region_kind(entry->type, &region.kind) || u64_add(entry->base, entry->length_bytes, &entry_end) ||
        entry_end > UINT64_MAX - CAP_PAGE_BYTES)
        return;
    bool is_image = region.kind == BOOT_REGION_IMAGE;
    region.paddr = is_image ? align_down(entry->base, CAP_PAGE_BYTES) : align_up(entry->base, CAP_PAGE_BYTES);
    uint64_t end = is_image ? align_up(entry_end, CAP_PAGE_BYTES) : align_down(entry_end, CAP_PAGE_BYTES);
    if (info->region_count) {
        const struct boot_region *last = &info->regions[info->region_count - 1];
        if (is_image && last->kind != BOOT_REGION_IMAGE && region.paddr < last->paddr + last->bytes)
            boot_refuse("the memory map has the kernel or its module inside free memory");
        region.paddr = max_u64(region.paddr, last->paddr + last->bytes);
    }
    if (region.paddr >= end)
        return;
    if (info->region_count == BOOT_REGIONS_MAX)
        boot_refuse("the memory map has more than %d entries", BOOT_REGIONS_MAX);
    region.bytes = end - region.paddr;
    info->regions[info->region_count++] = region;
}

static void collect_memory(struct boot_info *info)
{
    const struct limine_memory_response *map = response_of(&memmap, "memory map");
    const uint64_t *entries = (const uint64_t *)map->entries;
    for (uint64_t i = 0; i < map->entry_count; i++)
        region_add(info, (const struct limine_memory_entry *)entries[i]);
}

static void collect_module(struct boot_info *info)
{
    const struct limine_module_response *response = (const void *)modules.response;
    uint64_t count = response ? response->module_count : 0;
    if (count != 1)
        boot_refuse("it wants exactly one module, the system manifest, and got %llu",
                    (unsigned long long)count);
    const struct limine_file *file = (const void *)((const uint64_t *)response->modules)[0];
    if (file->size_bytes == 0)
        boot_refuse("the module is empty; it must be a system manifest");
    info->module_paddr = file->address - info->direct_map;
    info->module_bytes = file->size_bytes;
    /* init will see the module's pages whole. The rest of the last one is the module's own padding. */
    uint64_t end = file->address + file->size_bytes;
    mem_zero((void *)end, align_up(end, CAP_PAGE_BYTES) - end);
}

static void collect_command_line(struct boot_info *info)
{
    const struct limine_executable_cmdline_response *response = (const void *)cmdline.response;
    const char *text = response ? (const char *)response->cmdline : NULL;
    uint32_t length = 0;
    while (text && length < BOOT_COMMAND_LINE_MAX && text[length])
        length++;
    if (length)
        memcpy(info->command_line, text, length);
    info->command_line[length] = '\0';
}

void boot_collect(struct boot_info *info)
{
    if (base_tag.wanted != 0)
        boot_refuse("the boot loader does not know base revision %d of the Limine protocol",
                    LIMINE_BASE_REVISION);
    const struct limine_hhdm_response *direct_map = response_of(&hhdm, "higher half direct map");
    const struct limine_executable_address_response *kernel = response_of(&address, "executable address");
    info->direct_map = direct_map->offset;
    info->kernel_paddr = kernel->physical_base;
    info->kernel_vaddr = kernel->virtual_base;
    info->region_count = 0;
    collect_memory(info);
    collect_command_line(info);
    collect_module(info);
}
