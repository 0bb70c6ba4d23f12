/* The kernel's ELF file: judged whole, then copied to contiguous memory.
 *
 * Accepted: ELF64, little-endian, x86-64, ET_EXEC; one to SHIM_SEGMENT_MAX loadable segments, each at a
 * page-aligned address at or above SHIM_LOWEST_KERNEL, in rising order without sharing a page, none both
 * writable and executable; an entry point inside an executable one.
 *
 * Source: System V ABI, chapters 4 and 5; its AMD64 supplement.
 * Next: boot/shim/paging.c
 */
#include "boot/shim/shim.h"

#define ELF_IDENT          UINT64_C(0x00010102464c457f) /* magic, 64-bit, little-endian, version 1, System V */
#define ELF_TYPE_EXEC      2
#define ELF_MACHINE_X86_64 62
#define ELF_SEGMENT_LOAD   1
#define ELF_EXECUTE        1
#define ELF_WRITE          2
#define ELF_HEADER_MAX     64 /* program headers looked at */
#define ALIGN_MAX_BYTES    (2u << 20)

struct elf_header {
    uint64_t ident;
    uint64_t ident_padding;
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t segments_offset;
    uint64_t sections_offset;
    uint32_t flags;
    uint16_t header_bytes;
    uint16_t segment_header_bytes;
    uint16_t segment_count;
    uint16_t section_fields[3];
};
CAP_ASSERT_SIZE(struct elf_header, 64);

struct elf_segment {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t address;
    uint64_t physical;
    uint64_t file_bytes;
    uint64_t memory_bytes;
    uint64_t align_bytes;
};
CAP_ASSERT_SIZE(struct elf_segment, 56);

static void require(bool is_met, const char *reason)
{
    if (!is_met)
        console_refuse(reason);
}

static const struct elf_segment *headers_check(const struct elf_header *header, uint32_t file_bytes)
{
    require(file_bytes >= sizeof *header, "the kernel is not an ELF file: too short");
    require((header->ident & UINT64_C(0x00ffffffffffffff)) == (ELF_IDENT & UINT64_C(0x00ffffffffffffff)),
            "the kernel is not a little-endian ELF64 file");
    require(header->machine == ELF_MACHINE_X86_64, "the kernel is not for x86-64");
    require(header->type == ELF_TYPE_EXEC, "the kernel is not an executable at a fixed address");
    require(header->segment_header_bytes == sizeof(struct elf_segment) &&
                header->segment_count <= ELF_HEADER_MAX && header->segments_offset % 8 == 0 &&
                header->segments_offset <= file_bytes &&
                header->segment_count * sizeof(struct elf_segment) <= file_bytes - header->segments_offset,
            "the kernel's program headers are damaged");
    return (const struct elf_segment *)((const char *)header + header->segments_offset);
}

static void segment_check(const struct elf_segment *segment, uint32_t file_bytes, uint64_t lowest)
{
    require(segment->file_bytes <= segment->memory_bytes && segment->offset <= file_bytes &&
                segment->file_bytes <= file_bytes - segment->offset,
            "a segment of the kernel reaches outside its file");
    require(segment->address >= SHIM_LOWEST_KERNEL, "a segment of the kernel lies below 0xffffffff80000000");
    require(segment->address % CAP_PAGE_BYTES == 0, "a segment of the kernel is not page-aligned");
    require(segment->address >= lowest, "segments of the kernel overlap or are out of order");
    require(segment->memory_bytes <= SHIM_IMAGE_MAX_BYTES &&
                segment->memory_bytes < (uint64_t)0 - CAP_PAGE_BYTES - segment->address,
            "a segment of the kernel is too large");
    require((segment->flags & (ELF_WRITE | ELF_EXECUTE)) != (ELF_WRITE | ELF_EXECUTE),
            "a segment of the kernel is both writable and executable");
    require(segment->align_bytes <= ALIGN_MAX_BYTES &&
                (segment->align_bytes & (segment->align_bytes - 1)) == 0,
            "a segment of the kernel has an alignment above 2 MiB");
}

/* Fills in the plan, returns the alignment of the whole. */
static uint64_t image_plan(const struct elf_header *header, const struct elf_segment *segments,
                           uint32_t file_bytes, struct shim_image *image)
{
    uint64_t align_bytes = CAP_PAGE_BYTES;
    uint64_t lowest = SHIM_LOWEST_KERNEL;
    bool has_entry = false;
    for (uint32_t i = 0; i < header->segment_count; i++) {
        const struct elf_segment *segment = &segments[i];
        if (segment->type != ELF_SEGMENT_LOAD || segment->memory_bytes == 0)
            continue;
        segment_check(segment, file_bytes, lowest);
        require(image->segment_count < SHIM_SEGMENT_MAX, "the kernel has too many segments");
        lowest = SHIM_PAGE_UP(segment->address + segment->memory_bytes);
        image->segment[image->segment_count++] = (struct shim_segment){
            .base = segment->address,
            .end = lowest,
            .is_writable = (segment->flags & ELF_WRITE) != 0,
            .is_executable = (segment->flags & ELF_EXECUTE) != 0,
        };
        if (segment->align_bytes > align_bytes)
            align_bytes = segment->align_bytes;
        if ((segment->flags & ELF_EXECUTE) != 0 && header->entry >= segment->address &&
            header->entry - segment->address < segment->memory_bytes)
            has_entry = true;
    }
    require(image->segment_count > 0, "the kernel has nothing to load");
    require(has_entry, "the kernel's entry point is in no executable segment");
    require(lowest - image->segment[0].base <= SHIM_IMAGE_MAX_BYTES, "the kernel is larger than 64 MiB");
    return align_bytes;
}

void image_load(const struct shim_module *file, struct shim_image *image)
{
    const struct elf_header *header = shim_pointer(file->base);
    const struct elf_segment *segments = headers_check(header, file->bytes);
    uint64_t align_bytes = image_plan(header, segments, file->bytes, image);

    image->entry = header->entry;
    image->virtual_base = image->segment[0].base;
    image->bytes = (uint32_t)(image->segment[image->segment_count - 1].end - image->virtual_base);
    char *target = memory_take(image->bytes, align_bytes, LIMINE_MEMORY_EXECUTABLE_AND_MODULES);
    image->physical_base = (uint32_t)(uintptr_t)target;
    for (uint32_t i = 0; i < header->segment_count; i++) {
        const struct elf_segment *segment = &segments[i];
        if (segment->type == ELF_SEGMENT_LOAD && segment->memory_bytes != 0)
            memcpy(target + (segment->address - image->virtual_base), (const char *)header + segment->offset,
                   (size_t)segment->file_bytes);
    }
}
