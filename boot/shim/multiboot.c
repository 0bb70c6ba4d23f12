/* What the boot loader left us: modules and memory map, by the Multiboot 1 specification.
 *
 * All of it is copied into the shim's own image, because the boot loader's structures may lie anywhere in
 * memory that the map calls available.
 *
 * Source: Multiboot Specification 0.6.96, section 3.3 (boot information format).
 * Next: boot/shim/memory.c
 */
#include "boot/shim/shim.h"

#define MULTIBOOT_MAGIC       0x2badb002
#define MULTIBOOT_HAS_MODULES 0x08
#define MULTIBOOT_HAS_MAP     0x40
#define ADDRESS_MAX           (UINT64_C(1) << 46) /* half of what the direct map has room for */

struct multiboot_info {
    uint32_t flags;
    uint32_t memory[2];
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t module_count;
    uint32_t modules;
    uint32_t symbols[4];
    uint32_t map_bytes;
    uint32_t map;
};
CAP_ASSERT_SIZE(struct multiboot_info, 52);

struct multiboot_module {
    uint32_t base;
    uint32_t end;
    uint32_t string;
    uint32_t reserved;
};
CAP_ASSERT_SIZE(struct multiboot_module, 16);

struct multiboot_range {
    uint32_t bytes_after; /* size of this entry without this field: at least 20 */
    uint64_t base;
    uint64_t length_bytes;
    uint32_t type;
} __attribute__((packed));
CAP_ASSERT_SIZE(struct multiboot_range, 24);

/* Types of ranges in the order in which they are laid over one another: the last one wins. */
static const struct {
    uint32_t multiboot;
    uint32_t limine;
} type_order[] = {
    {1, LIMINE_MEMORY_USABLE},   {3, LIMINE_MEMORY_ACPI_RECLAIMABLE},
    {4, LIMINE_MEMORY_ACPI_NVS}, {2, LIMINE_MEMORY_RESERVED},
    {5, LIMINE_MEMORY_BAD},
};

static char strings[SHIM_STRINGS_BYTES];
static uint32_t strings_bytes;

static void string_put(char character)
{
    if (strings_bytes == SHIM_STRINGS_BYTES)
        console_refuse("the modules' command lines are too long");
    strings[strings_bytes++] = character;
}

/* "boot/file a b" becomes the path "/boot/file" and the string "a b". */
static void module_name(struct shim_module *module, const char *text)
{
    module->path = &strings[strings_bytes];
    if (*text != '/')
        string_put('/');
    for (; *text != 0 && *text != ' '; text++)
        string_put(*text);
    string_put(0);
    while (*text == ' ')
        text++;
    module->string = &strings[strings_bytes];
    for (; *text != 0; text++)
        string_put(*text);
    string_put(0);
}

static void modules_read(const struct multiboot_info *info, struct shim_modules *modules)
{
    const struct multiboot_module *source = shim_pointer(info->modules);
    if ((info->flags & MULTIBOOT_HAS_MODULES) == 0 || info->module_count == 0)
        console_refuse("no kernel: the first module must be the kernel's ELF file");
    if (info->module_count > SHIM_MODULE_MAX)
        console_refuse("too many modules");
    modules->count = info->module_count;
    for (uint32_t i = 0; i < modules->count; i++) {
        if (source[i].end < source[i].base)
            console_refuse("a module ends before it begins");
        if (source[i].base % CAP_PAGE_BYTES != 0)
            console_refuse("the boot loader did not align a module to a page, as the header asks");
        modules->module[i].base = source[i].base;
        modules->module[i].bytes = source[i].end - source[i].base;
        module_name(&modules->module[i], source[i].string != 0 ? shim_pointer(source[i].string) : "");
    }
}

/* Usable ranges shrink to whole pages, all others grow. */
static void range_add(const struct multiboot_range *range, uint64_t type)
{
    uint64_t base = range->base;
    uint64_t end = range->length_bytes < ADDRESS_MAX ? base + range->length_bytes : ADDRESS_MAX;
    if (base >= ADDRESS_MAX)
        return;
    if (end > ADDRESS_MAX)
        end = ADDRESS_MAX;
    if (type == LIMINE_MEMORY_USABLE)
        memory_set(SHIM_PAGE_UP(base), SHIM_PAGE_DOWN(end), type);
    else
        memory_set(SHIM_PAGE_DOWN(base), SHIM_PAGE_UP(end), type);
}

static bool is_type(const struct multiboot_range *range, uint32_t type)
{
    bool is_known = range->type >= 1 && range->type <= 5;
    return (is_known ? range->type : 2) == type;
}

static void map_read(const struct multiboot_info *info)
{
    if ((info->flags & MULTIBOOT_HAS_MAP) == 0)
        console_refuse("the boot loader gives no memory map");
    for (size_t i = 0; i < sizeof type_order / sizeof type_order[0]; i++) {
        uint64_t offset = 0;
        while (offset + sizeof(struct multiboot_range) <= info->map_bytes) {
            const struct multiboot_range *range = shim_pointer(info->map + offset);
            if (is_type(range, type_order[i].multiboot))
                range_add(range, type_order[i].limine);
            offset += (uint64_t)range->bytes_after + sizeof range->bytes_after;
        }
    }
    memory_set(0, CAP_PAGE_BYTES, LIMINE_MEMORY_RESERVED); /* address 0 is never worth giving out */
}

void multiboot_read(uint32_t magic, uint32_t info_address, struct shim_modules *modules)
{
    if (magic != MULTIBOOT_MAGIC)
        console_refuse("not started by a Multiboot 1 boot loader");
    modules_read(shim_pointer(info_address), modules);
    map_read(shim_pointer(info_address));
}
