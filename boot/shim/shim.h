/* The shim: a small loader that gives the kernel what the Limine protocol promises where Limine is not
 * installed. QEMU's -kernel and GRUB start it by Multiboot 1, in 32-bit protected mode without paging;
 * the first module is the kernel's ELF file, all others are the kernel's modules.
 *
 * Invariants
 *  - What cannot be honoured is refused: one line on COM1 and on the VGA text screen, then a write of
 *    SHIM_EXIT_REFUSED to port 0xf4 (QEMU's isa-debug-exit), then halt. Nothing returns an error.
 *  - The memory map (memory.c) is the one record of what lies where. It is the allocator too: memory is
 *    taken by giving a part of it another type, and what is left at the end is what the kernel is told.
 *  - Everything handed to the kernel lies below 4 GiB, in the shim's own image or in memory taken from
 *    the map, and is typed BOOTLOADER_RECLAIMABLE or EXECUTABLE_AND_MODULES.
 *
 * Next: boot/shim/main.c, which does the steps in order
 */
#pragma once

/* The exit status of QEMU is this number times two, plus one: 253. */
#define SHIM_EXIT_REFUSED 0x7e

/* A multiple of what an entry of the top page table covers: so entry 0 can stand for the same memory
 * during the switch to long mode (paging.c, start.S). */
#define SHIM_HHDM_OFFSET 0xffff800000000000
#define SHIM_EFER_LME    0x100
#define SHIM_EFER_NXE    0x800

#ifndef __ASSEMBLER__

#include "abi/base.h"
#include "kernel/limine.h"

#define SHIM_MODULE_MAX         16
#define SHIM_RANGE_MAX          256
#define SHIM_PAGE_DOWN(address) ((address) & ~(uint64_t)(CAP_PAGE_BYTES - 1))
#define SHIM_PAGE_UP(address)   SHIM_PAGE_DOWN((address) + (CAP_PAGE_BYTES - 1))

struct shim_module {
    uint32_t base; /* page-aligned */
    uint32_t bytes;
    const char *path;   /* first word of the boot loader's string, with a leading slash */
    const char *string; /* the rest, "" if none */
};

struct shim_modules {
    uint32_t count; /* the kernel's ELF file is number 0 */
    struct shim_module module[SHIM_MODULE_MAX];
};

/* A program header of an ELF64 file (System V ABI, chapter 5). */
struct shim_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t address;
    uint64_t physical;
    uint64_t file_bytes;
    uint64_t memory_bytes;
    uint64_t align_bytes;
};
CAP_ASSERT_SIZE(struct shim_segment, 56);
#define SHIM_SEGMENT_EXECUTE 1
#define SHIM_SEGMENT_WRITE   2

struct shim_image {
    uint64_t virtual_base;
    uint64_t entry;
    uint32_t physical_base;
    uint32_t bytes;
    uint32_t segment_count;
    const struct shim_segment *segments; /* in the kernel's file; only image_is_loaded ones count */
};

struct shim_range {
    uint64_t base;
    uint64_t end;
    uint64_t type; /* LIMINE_MEMORY_* */
};

/* console.c */
__attribute__((noreturn)) void console_refuse(const char *reason);

/* bytes.c: the compiler may call these as well. */
void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

/* memory.c. All bounds are page-aligned. */
void memory_set(uint64_t base, uint64_t end, uint64_t type);
void memory_claim(uint64_t base, uint64_t end, uint64_t type, const char *reason);
void *memory_take(uint64_t bytes, uint64_t type);
bool memory_next_mapped(uint64_t from, struct shim_range *run);
const struct shim_range *memory_ranges(uint32_t *count);

/* multiboot.c */
void multiboot_read(uint32_t magic, uint32_t info_address, struct shim_modules *modules);

/* cpu.c */
void cpu_prepare(bool *has_nx);

/* image.c */
bool image_is_loaded(const struct shim_segment *segment);
void image_load(const struct shim_module *file, struct shim_image *image);

/* paging.c. Returns the physical address of the top page table. */
uint32_t paging_build(const struct shim_image *image, bool has_nx);

/* limine.c. Call it when the memory map is final. */
void limine_answer(const struct shim_image *image, const struct shim_modules *modules);

/* start.S */
__attribute__((noreturn)) void start_kernel(uint32_t page_table, uint32_t efer, uint64_t entry);

/* main.c */
__attribute__((noreturn)) void shim_main(uint32_t magic, uint32_t info_address);

static inline void *shim_pointer(uint64_t physical)
{
    return (void *)(uintptr_t)physical;
}

static inline void shim_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t shim_in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

#endif
