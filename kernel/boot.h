/* What the boot loader handed over, without a trace of its protocol: physical addresses only.
 *
 * Next: kernel/boot.c
 */
#pragma once

#include "abi/base.h"

#define BOOT_REGIONS_MAX      256
#define BOOT_COMMAND_LINE_MAX 255

enum boot_region_kind {
    BOOT_REGION_USABLE,      /* free memory */
    BOOT_REGION_RECLAIMABLE, /* the loader's; free once the kernel has its own tables and stack */
    BOOT_REGION_IMAGE,       /* the kernel and the module */
};

struct boot_region {
    uint64_t paddr; /* page-aligned, as is its end; sorted; no overlap */
    uint64_t bytes;
    enum boot_region_kind kind;
};

struct boot_info {
    uint64_t direct_map; /* the loader's: physical address p is at direct_map + p for all regions */
    uint64_t kernel_paddr;
    uint64_t kernel_vaddr;
    uint64_t module_paddr;
    uint64_t module_bytes;
    uint32_t region_count;
    struct boot_region regions[BOOT_REGIONS_MAX];
    char command_line[BOOT_COMMAND_LINE_MAX + 1];
};

/* Collects what the loader answered. Does not return if something is missing or there is not exactly
 * one module: it says what, and halts. */
void boot_collect(struct boot_info *info);
