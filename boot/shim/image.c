/* The kernel's ELF file: judged whole, then copied to contiguous memory.
 *
 * Accepted: ELF64, little-endian, x86-64, ET_EXEC; loadable segments each at a page-aligned address at or
 * above LOWEST_ADDRESS, in rising order without sharing a page, none both writable and executable; an
 * entry point inside an executable one. An alignment above 4 KiB is refused, because there are loaders
 * that would round a segment's rights out to it.
 *
 * Source: System V ABI, chapters 4 and 5; its AMD64 supplement.
 * Next: boot/shim/paging.c
 */
#include "boot/shim/shim.h"

#define ELF_IDENT         UINT64_C(0x00010102464c457f) /* magic, 64-bit, little-endian, version 1 */
#define ELF_IDENT_MASK    UINT64_C(0x00ffffffffffffff)
#define ELF_TYPE_EXEC     2
#define ELF_MACHINE_AMD64 62
#define ELF_SEGMENT_LOAD  1
#define SEGMENT_COUNT_MAX 64
#define LOWEST_ADDRESS    UINT64_C(0xffffffff80000000)
#define IMAGE_BYTES_MAX   (64u << 20)

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

static void require(bool is_met, const char *reason)
{
    if (!is_met)
        console_refuse(reason);
}

static void header_check(const struct elf_header *header, uint32_t file_bytes)
{
    require(file_bytes >= sizeof *header, "the kernel is not an ELF file: too short");
    require((header->ident & ELF_IDENT_MASK) == ELF_IDENT, "the kernel is not a little-endian ELF64 file");
    require(header->machine == ELF_MACHINE_AMD64, "the kernel is not for x86-64");
    require(header->type == ELF_TYPE_EXEC, "the kernel is not an executable at a fixed address");
    require(header->segment_header_bytes == sizeof(struct shim_segment) &&
                header->segment_count <= SEGMENT_COUNT_MAX && header->segments_offset <= file_bytes &&
                header->segment_count * sizeof(struct shim_segment) <= file_bytes - header->segments_offset,
            "the kernel's program headers are damaged");
}

bool image_is_loaded(const struct shim_segment *segment)
{
    return segment->type == ELF_SEGMENT_LOAD && segment->memory_bytes != 0;
}

static void segment_check(const struct shim_segment *segment, uint32_t file_bytes, uint64_t lowest)
{
    require(segment->file_bytes <= segment->memory_bytes && segment->offset <= file_bytes &&
                segment->file_bytes <= file_bytes - segment->offset,
            "a segment of the kernel reaches outside its file");
    require(segment->address >= LOWEST_ADDRESS, "a segment of the kernel lies below 0xffffffff80000000");
    require(segment->address % CAP_PAGE_BYTES == 0 && segment->align_bytes == CAP_PAGE_BYTES,
            "a segment of the kernel is not aligned to 4 KiB (link with -z max-page-size=4096)");
    require(segment->address >= lowest, "segments of the kernel overlap or are out of order");
    require(segment->memory_bytes <= IMAGE_BYTES_MAX &&
                segment->address < (uint64_t)0 - IMAGE_BYTES_MAX - CAP_PAGE_BYTES,
            "a segment of the kernel is too large");
    require((segment->flags & SHIM_SEGMENT_WRITE) == 0 || (segment->flags & SHIM_SEGMENT_EXECUTE) == 0,
            "a segment of the kernel is both writable and executable");
}

/* Checks all segments and finds the bounds of the whole. */
static void image_plan(struct shim_image *image, uint32_t file_bytes)
{
    uint64_t end = 0;
    bool has_entry = false;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct shim_segment *segment = &image->segments[i];
        if (!image_is_loaded(segment))
            continue;
        segment_check(segment, file_bytes, end);
        if (end == 0)
            image->virtual_base = segment->address;
        end = SHIM_PAGE_UP(segment->address + segment->memory_bytes);
        if ((segment->flags & SHIM_SEGMENT_EXECUTE) != 0 && image->entry >= segment->address &&
            image->entry - segment->address < segment->memory_bytes)
            has_entry = true;
    }
    require(end != 0, "the kernel has nothing to load");
    require(has_entry, "the kernel's entry point is in no executable segment");
    require(end - image->virtual_base <= IMAGE_BYTES_MAX, "the kernel is larger than 64 MiB");
    image->bytes = (uint32_t)(end - image->virtual_base);
}

void image_load(const struct shim_module *file, struct shim_image *image)
{
    const struct elf_header *header = shim_pointer(file->base);
    header_check(header, file->bytes);
    image->entry = header->entry;
    image->segment_count = header->segment_count;
    image->segments = shim_pointer(file->base + header->segments_offset);
    image_plan(image, file->bytes);

    char *target = memory_take(image->bytes, LIMINE_MEMORY_EXECUTABLE_AND_MODULES);
    image->physical_base = (uint32_t)(uintptr_t)target;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct shim_segment *segment = &image->segments[i];
        if (image_is_loaded(segment))
            memcpy(target + (segment->address - image->virtual_base),
                   shim_pointer(file->base + segment->offset), (size_t)segment->file_bytes);
    }
}
