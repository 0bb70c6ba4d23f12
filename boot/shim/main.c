/* The steps of the shim, in order.
 *
 * Next: boot/shim/multiboot.c
 */
#include "boot/shim/shim.h"

extern char shim_image_start[], shim_image_end[]; /* shim.ld */

/* Modules go to the kernel; its own file (module 0) is done with once its image is loaded. */
static void claim_modules(const struct shim_modules *modules)
{
    for (uint32_t i = 0; i < modules->count; i++) {
        const struct shim_module *module = &modules->module[i];
        memory_claim(module->base, SHIM_PAGE_UP((uint64_t)module->base + module->bytes),
                     i == 0 ? LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE : LIMINE_MEMORY_EXECUTABLE_AND_MODULES,
                     "the boot loader put a module outside usable memory");
    }
}

void shim_main(uint32_t magic, uint32_t info_address)
{
    static struct shim_modules modules;
    static struct shim_image image;
    bool has_nx;

    multiboot_read(magic, info_address, &modules);
    cpu_prepare(&has_nx);
    memory_claim((uintptr_t)shim_image_start, (uintptr_t)shim_image_end, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE,
                 "the boot loader put the shim outside usable memory");
    claim_modules(&modules);
    image_load(&modules.module[0], &image);
    uint32_t page_table = paging_build(&image, has_nx);
    limine_answer(&image, &modules);
    start_kernel(page_table, SHIM_EFER_LME | (has_nx ? SHIM_EFER_NXE : 0), image.entry);
}
