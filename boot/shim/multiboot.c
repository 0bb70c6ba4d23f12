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
#define STRINGS_BYTES         4096                /* paths and command lines of all modules */
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

/* By Multiboot's types; those above 5 mean reserved, like 0 and 2. */
static const uint8_t limine_types[] = {
    LIMINE_MEMORY_RESERVED,         LIMINE_MEMORY_USABLE,   LIMINE_MEMORY_RESERVED,
    LIMINE_MEMORY_ACPI_RECLAIMABLE, LIMINE_MEMORY_ACPI_NVS, LIMINE_MEMORY_BAD,
};

static char strings[STRINGS_BYTES];
static uint32_t strings_bytes;

static void string_put(char character)
{
    if (strings_bytes == STRINGS_BYTES)
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
static void range_add(const struct multiboot_range *range, bool wants_usable)
{
    uint64_t type = limine_types[range->type < sizeof limine_types ? range->type : 0];
    bool is_usable = type == LIMINE_MEMORY_USABLE;
    if (is_usable != wants_usable || range->base >= ADDRESS_MAX)
        return;
    uint64_t end = ADDRESS_MAX;
    if (range->length_bytes < ADDRESS_MAX - range->base)
        end = range->base + range->length_bytes;
    if (is_usable)
        memory_set(SHIM_PAGE_UP(range->base), SHIM_PAGE_DOWN(end), type);
    else
        memory_set(SHIM_PAGE_DOWN(range->base), SHIM_PAGE_UP(end), type);
}

/* Usable ranges are entered first, so that where ranges overlap the others win. */
static void map_read(const struct multiboot_info *info)
{
    if ((info->flags & MULTIBOOT_HAS_MAP) == 0)
        console_refuse("the boot loader gives no memory map");
    for (uint32_t pass = 0; pass < 2; pass++) {
        uint64_t offset = 0;
        while (offset + sizeof(struct multiboot_range) <= info->map_bytes) {
            const struct multiboot_range *range = shim_pointer(info->map + offset);
            range_add(range, pass == 0);
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
