/* What the kernel uses of the Limine boot protocol, base revision 3: our own declarations.
 *
 * The kernel's image carries a base revision tag and requests, all on 8-byte boundaries, between a start
 * marker and an end marker. The boot loader scans the loaded image for them, and for each request that
 * it can answer stores the address of a response. Every request used here has the plain form of
 * struct limine_request; they differ in their id and in what `response` points to.
 *
 * Facts of base revision 3 that the kernel must respect
 *  - Addresses in responses have the offset of the higher half direct map (HHDM) already added.
 *  - A request that could not be answered keeps response 0. No modules: no module response at all, or
 *    one with module_count 0; both mean the same.
 *  - The HHDM maps (supervisor, read, write, execute, write-back) the memory map entries of the types
 *    USABLE, BOOTLOADER_RECLAIMABLE, EXECUTABLE_AND_MODULES and FRAMEBUFFER, rounded outwards to 4 KiB,
 *    and nothing else: no ACPI, no reserved memory, no device (not the local APIC). Nothing is identity
 *    mapped that the kernel may rely on.
 *  - Responses, the boot loader's stack, page tables and GDT lie in BOOTLOADER_RECLAIMABLE memory.
 *  - The memory map is sorted by base. USABLE and BOOTLOADER_RECLAIMABLE entries are page-aligned and
 *    overlap nothing; other entries may be unaligned and may overlap one another. The page at physical
 *    address 0 may be USABLE.
 *  - The kernel's image is physically contiguous: physical = virtual - virtual_base + physical_base.
 *  - At entry: long mode, IF and DF clear, WP and (if the CPU has it) NX on, CS 0x28 and the data
 *    segments 0x30 of a flat GDT, no usable IDT, a stack of 64 KiB with return address 0 on it, all
 *    other general registers 0, PAT entries WB WT UC- UC WP WC, PIC and I/O APIC interrupts masked.
 *
 * Addresses are uint64_t, not pointers, so that every layout here is the same for the 32-bit shim.
 *
 * Source: The Limine Boot Protocol (PROTOCOL.md, base revisions 0 to 6).
 * Next: kernel/boot.c, which asks; boot/shim/limine.c, which answers
 */
#pragma once

#include "abi/base.h"

#define LIMINE_BASE_REVISION 3

/* Words of the markers, of the base revision tag, and the common start of every request's id. */
#define LIMINE_START_MARKER_0 UINT64_C(0xf6b8f4b39de7d1ae)
#define LIMINE_START_MARKER_1 UINT64_C(0xfab91a6940fcb9cf)
#define LIMINE_START_MARKER_2 UINT64_C(0x785c6ed015d3e316)
#define LIMINE_START_MARKER_3 UINT64_C(0x181e920a7852b9d9)
#define LIMINE_END_MARKER_0   UINT64_C(0xadc0e0531bb10d03)
#define LIMINE_END_MARKER_1   UINT64_C(0x9572709f31764c62)
#define LIMINE_BASE_MAGIC_0   UINT64_C(0xf9562b2d5c95a6c8)
#define LIMINE_BASE_MAGIC_1   UINT64_C(0x6a7b384944536bdc)
#define LIMINE_REQUEST_0      UINT64_C(0xc7b1dd30df4c8b88)
#define LIMINE_REQUEST_1      UINT64_C(0x0a82e883a194f07b)

/* The last two words of each request's id. */
#define LIMINE_MEMMAP_2             UINT64_C(0x67cf3d9d378a806f)
#define LIMINE_MEMMAP_3             UINT64_C(0xe304acdfc50c3c62)
#define LIMINE_HHDM_2               UINT64_C(0x48dcf1cb8ad2b852)
#define LIMINE_HHDM_3               UINT64_C(0x63984e959a98244b)
#define LIMINE_MODULES_2            UINT64_C(0x3e7e279702be32af)
#define LIMINE_MODULES_3            UINT64_C(0xca1c4f3bd1280cee)
#define LIMINE_EXECUTABLE_ADDRESS_2 UINT64_C(0x71ba76863cc55f63)
#define LIMINE_EXECUTABLE_ADDRESS_3 UINT64_C(0xb2644a48c516a487)
#define LIMINE_EXECUTABLE_CMDLINE_2 UINT64_C(0x4b161536e598651e)
#define LIMINE_EXECUTABLE_CMDLINE_3 UINT64_C(0xb390ad4a2f1f303a)

/* Initialisers. Put the objects in writable, loaded sections in the order start marker, tag and
 * requests, end marker, `volatile` (the boot loader writes them) and `used` (nothing refers to the
 * markers):
 *
 *     __attribute__((used, section(".limine_requests"))) static volatile struct limine_request
 *         memmap_request = LIMINE_REQUEST(MEMMAP); */
#define LIMINE_START_MARKER        \
    {                              \
        .word = {                  \
            LIMINE_START_MARKER_0, \
            LIMINE_START_MARKER_1, \
            LIMINE_START_MARKER_2, \
            LIMINE_START_MARKER_3  \
        }                          \
    }
#define LIMINE_END_MARKER                                    \
    {                                                        \
        .word = { LIMINE_END_MARKER_0, LIMINE_END_MARKER_1 } \
    }
#define LIMINE_BASE_TAG                                                                             \
    {                                                                                               \
        .magic = LIMINE_BASE_MAGIC_0, .loaded = LIMINE_BASE_MAGIC_1, .wanted = LIMINE_BASE_REVISION \
    }
#define LIMINE_REQUEST(feature)                                                                 \
    {                                                                                           \
        .id = {LIMINE_REQUEST_0, LIMINE_REQUEST_1, LIMINE_##feature##_2, LIMINE_##feature##_3}, \
        .revision = 0, .response = 0                                                            \
    }

struct limine_start_marker {
    uint64_t word[4];
};
CAP_ASSERT_SIZE(struct limine_start_marker, 32);

struct limine_end_marker {
    uint64_t word[2];
};
CAP_ASSERT_SIZE(struct limine_end_marker, 16);

/* The boot loader sets `wanted` to 0 if it obeys the base revision asked for. One that knows base
 * revision 3 also writes the revision it used into `loaded`, which holds a magic number before. */
struct limine_base_tag {
    uint64_t magic;
    uint64_t loaded;
    uint64_t wanted;
};
CAP_ASSERT_SIZE(struct limine_base_tag, 24);

struct limine_request {
    uint64_t id[4];
    uint64_t revision;
    uint64_t response; /* address of the feature's response, 0: not answered */
};
CAP_ASSERT_SIZE(struct limine_request, 48);
CAP_ASSERT_FIELD(struct limine_request, id, 0, 32);
CAP_ASSERT_FIELD(struct limine_request, revision, 32, 8);
CAP_ASSERT_FIELD(struct limine_request, response, 40, 8);

/* Memory map entry types. 8 appears only with base revision 4 and above. */
#define LIMINE_MEMORY_USABLE                 0
#define LIMINE_MEMORY_RESERVED               1
#define LIMINE_MEMORY_ACPI_RECLAIMABLE       2
#define LIMINE_MEMORY_ACPI_NVS               3
#define LIMINE_MEMORY_BAD                    4
#define LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE 5
#define LIMINE_MEMORY_EXECUTABLE_AND_MODULES 6
#define LIMINE_MEMORY_FRAMEBUFFER            7
#define LIMINE_MEMORY_RESERVED_MAPPED        8

struct limine_memory_entry {
    uint64_t base; /* physical */
    uint64_t length_bytes;
    uint64_t type;
};
CAP_ASSERT_SIZE(struct limine_memory_entry, 24);

struct limine_memory_response {
    uint64_t revision;
    uint64_t entry_count;
    uint64_t entries; /* array of entry_count addresses of struct limine_memory_entry */
};
CAP_ASSERT_SIZE(struct limine_memory_response, 24);

struct limine_hhdm_response {
    uint64_t revision;
    uint64_t offset; /* virtual address at which physical address 0 would be mapped */
};
CAP_ASSERT_SIZE(struct limine_hhdm_response, 16);

struct limine_uuid {
    uint8_t byte[16];
};
CAP_ASSERT_SIZE(struct limine_uuid, 16);

struct limine_file {
    uint64_t revision;
    uint64_t address; /* 4 KiB-aligned */
    uint64_t size_bytes;
    uint64_t path;   /* zero-terminated, with a leading slash */
    uint64_t string; /* zero-terminated: what the boot configuration says beside the module */
    uint32_t media_type;
    uint32_t unused;
    uint32_t tftp_ip;
    uint32_t tftp_port;
    uint32_t partition_index;
    uint32_t mbr_disk_id;
    struct limine_uuid gpt_disk_uuid;
    struct limine_uuid gpt_partition_uuid;
    struct limine_uuid partition_uuid;
};
CAP_ASSERT_SIZE(struct limine_file, 112);
CAP_ASSERT_FIELD(struct limine_file, address, 8, 8);
CAP_ASSERT_FIELD(struct limine_file, size_bytes, 16, 8);
CAP_ASSERT_FIELD(struct limine_file, path, 24, 8);
CAP_ASSERT_FIELD(struct limine_file, string, 32, 8);
CAP_ASSERT_FIELD(struct limine_file, gpt_disk_uuid, 64, 16);

struct limine_module_response {
    uint64_t revision;
    uint64_t module_count;
    uint64_t modules; /* array of module_count addresses of struct limine_file */
};
CAP_ASSERT_SIZE(struct limine_module_response, 24);

struct limine_executable_address_response {
    uint64_t revision;
    uint64_t physical_base;
    uint64_t virtual_base;
};
CAP_ASSERT_SIZE(struct limine_executable_address_response, 24);

struct limine_executable_cmdline_response {
    uint64_t revision;
    uint64_t cmdline; /* zero-terminated */
};
CAP_ASSERT_SIZE(struct limine_executable_cmdline_response, 16);
