/* The steps of the shim, in order.
 *
 * Next: boot/shim/multiboot.c
 */
#include "boot/shim/shim.h"

/* Modules that the boot loader left at an unaligned address are moved; the others stay. Either way
 * their memory gets its type, and the kernel's ELF file (module 0) becomes reclaimable. */
static void place_modules(struct shim_modules *modules)
{
    for (uint32_t i = 0; i < modules->count; i++) {
        const struct shim_module *module = &modules->module[i];
        uint64_t end = (uint64_t)module->base + module->bytes;
        bool is_aligned = SHIM_PAGE_DOWN(module->base) == module->base;
        uint64_t type =
            i > 0 && is_aligned ? LIMINE_MEMORY_EXECUTABLE_AND_MODULES : LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE;
        memory_claim(SHIM_PAGE_DOWN(module->base), SHIM_PAGE_UP(end), type,
                     "the boot loader put a module outside usable memory");
    }
    for (uint32_t i = 1; i < modules->count; i++) {
        struct shim_module *module = &modules->module[i];
        if (SHIM_PAGE_DOWN(module->base) == module->base)
            continue;
        void *copy = memory_take(SHIM_PAGE_UP((uint64_t)module->bytes), CAP_PAGE_BYTES,
                                 LIMINE_MEMORY_EXECUTABLE_AND_MODULES);
        memcpy(copy, shim_pointer(module->base), module->bytes);
        module->base = (uint32_t)(uintptr_t)copy;
    }
}

void shim_main(uint32_t magic, uint32_t info_address)
{
    static struct shim_modules modules;
    static struct shim_image image;
    bool has_nx;

    multiboot_read(magic, info_address, &modules);
    cpu_prepare(&has_nx);
    memory_claim((uintptr_t)shim_image_start, SHIM_PAGE_UP((uintptr_t)shim_image_end),
                 LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE, "the boot loader put the shim outside usable memory");
    place_modules(&modules);
    image_load(&modules.module[0], &image);
    uint32_t page_table = paging_build(&image, has_nx);
    limine_answer(&image, &modules);
    start_kernel(page_table, SHIM_EFER_LME | (has_nx ? SHIM_EFER_NXE : 0), image.entry);
}
