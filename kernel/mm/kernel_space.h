/* The kernel half of every address space.
 *
 * Next: kernel/mm/kernel_space.c
 */
#pragma once

#include "kernel/boot.h"
#include "lib/page_table.h"

/* Builds the kernel's own tables and switches to them: text executable, rodata read only, data
 * writable, all memory at DIRECT_MAP, the local APIC's registers. */
void kernel_space_init(const struct boot_info *info);

/* The tables whose kernel half all processes share; their user half stays empty. */
const struct page_table *kernel_space(void);

/* Where tables come from: the frame allocator. */
const struct page_source *kernel_page_source(void);

volatile uint32_t *kernel_space_apic(void);
