/* The judge of program files: header, then each program header, then what they say together.
 *
 * Headers are copied out of the file before they are looked at, because the file has no alignment. Each
 * check returns NULL or the reason for its refusal.
 *
 * Next: tests/host/test_elf.c
 */
#include "lib/elf.h"

#include "abi/memory_map.h"
#include "lib/bits.h"
#include "lib/mem.h"

/* ELF-64 Object File Format 1.5, and System V ABI, AMD64 supplement, 4.1. */
struct file_header {
    uint8_t magic[4];
    uint8_t file_class, data, ident_version, os_abi, abi_version;
    uint8_t padding[7];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers_offset, section_headers_offset;
    uint32_t flags;
    uint16_t header_bytes, program_header_bytes, program_header_count;
    uint16_t section_header_bytes, section_header_count, section_names_index;
};
CAP_ASSERT_SIZE(struct file_header, 64);
CAP_ASSERT_FIELD(struct file_header, entry, 24, 8);
CAP_ASSERT_FIELD(struct file_header, section_names_index, 62, 2);

struct program_header {
    uint32_t type, flags;
    uint64_t file_offset, address, physical_address, file_bytes, memory_bytes, align;
};
CAP_ASSERT_SIZE(struct program_header, 56);

struct section_header {
    uint32_t name, type;
    uint64_t flags, address, file_offset, bytes;
    uint32_t link, info;
    uint64_t align, entry_bytes;
};
CAP_ASSERT_SIZE(struct section_header, 64);

enum {
    CLASS_64 = 2,
    DATA_LITTLE_ENDIAN = 1,
    VERSION_CURRENT = 1,
    TYPE_EXECUTABLE = 2,
    MACHINE_X86_64 = 62,

    SEGMENT_LOAD = 1,
    SEGMENT_DYNAMIC = 2,
    SEGMENT_INTERPRETER = 3,
    SEGMENT_TLS = 7,
    SEGMENT_GNU_STACK = 0x6474e551,

    FLAG_EXECUTE = 1,
    FLAG_WRITE = 2,
    FLAG_READ = 4,
    FLAGS_ALL = 7,

    SECTION_SYMBOLS = 2,
    SECTION_STRINGS = 3,
    SYMBOL_BYTES = 24,
};

struct file {
    const struct elf_source *source;
    struct file_header header;
    bool has_tls_header; /* seen, also when it is empty */
};

static bool is_in_file(const struct file *file, uint64_t offset, uint64_t bytes)
{
    return offset <= file->source->byte_count && bytes <= file->source->byte_count - offset;
}

static void file_copy(const struct file *file, uint64_t offset, void *to, uint64_t bytes)
{
    file->source->copy(file->source, offset, to, bytes);
}

static uint64_t page_down(uint64_t address)
{
    return align_down(address, CAP_PAGE_BYTES);
}

static uint64_t segment_end(const struct elf_segment *segment)
{
    return segment->address + segment->memory_bytes;
}

static const char *header_check(struct file *file)
{
    struct file_header *header = &file->header;
    if (file->source->byte_count < sizeof(*header))
        return "the file is shorter than an ELF header";
    file_copy(file, 0, header, sizeof(*header));
    if (memcmp(header->magic, "\177ELF", 4) != 0)
        return "the file does not start with the ELF magic";
    if (header->file_class != CLASS_64 || header->data != DATA_LITTLE_ENDIAN)
        return "the file is not 64-bit little-endian";
    if (header->ident_version != VERSION_CURRENT || header->version != VERSION_CURRENT)
        return "the ELF version is unknown";
    if (header->os_abi != 0 || header->abi_version != 0)
        return "the file asks for another system's ABI";
    if (header->machine != MACHINE_X86_64 || header->flags != 0)
        return "the file is not for x86-64";
    if (header->type != TYPE_EXECUTABLE)
        return "the file is not a static executable (ET_EXEC)";
    if (header->header_bytes != sizeof(*header) ||
        header->program_header_bytes != sizeof(struct program_header))
        return "the headers have a size that is not ELF64's";
    if (header->program_header_count == 0 || header->program_header_count > ELF_PROGRAM_HEADERS_MAX)
        return "the number of program headers is 0 or over the limit";
    if (!is_in_file(file, header->program_headers_offset,
                    header->program_header_count * sizeof(struct program_header)))
        return "the program headers reach beyond the file";
    return NULL;
}

static const char *segment_check(const struct file *file, const struct program_header *header)
{
    if (header->file_bytes > header->memory_bytes)
        return "a segment has more bytes in the file than in memory";
    if (!is_in_file(file, header->file_offset, header->file_bytes))
        return "a segment reaches beyond the file";
    if (header->address < CAP_PROGRAM_START || header->address > CAP_PROGRAM_END ||
        header->memory_bytes > CAP_PROGRAM_END - header->address)
        return "a segment lies outside the addresses for programs";
    if (!is_power_of_two(header->align) || header->align < CAP_PAGE_BYTES)
        return "a segment's alignment is not a power of two of at least a page";
    if (!is_aligned(header->address ^ header->file_offset, header->align))
        return "a segment's address and file offset differ modulo its alignment";
    if (header->flags & ~(uint32_t)FLAGS_ALL || !(header->flags & FLAG_READ))
        return "a segment is not readable or has an unknown flag";
    if (header->flags & FLAG_WRITE && header->flags & FLAG_EXECUTE)
        return "a segment is both writable and executable";
    return NULL;
}

static const char *segment_add(const struct file *file, const struct program_header *header,
                               struct elf_plan *plan)
{
    if (header->memory_bytes == 0 && header->file_bytes == 0)
        return NULL;
    const char *reason = segment_check(file, header);
    if (reason)
        return reason;
    if (plan->segment_count == ELF_SEGMENTS_MAX)
        return "there are too many segments";
    if (plan->segment_count > 0 &&
        page_down(header->address) <= page_down(segment_end(&plan->segments[plan->segment_count - 1]) - 1))
        return "a segment shares a page with the one before it or is out of order";
    struct elf_segment *segment = &plan->segments[plan->segment_count++];
    *segment = (struct elf_segment){
        .address = header->address,
        .memory_bytes = header->memory_bytes,
        .file_offset = header->file_offset,
        .file_bytes = header->file_bytes,
        .rights = PAGE_READ | (header->flags & FLAG_WRITE ? PAGE_WRITE : 0) |
                  (header->flags & FLAG_EXECUTE ? PAGE_EXECUTE : 0),
    };
    plan->page_count += elf_segment_page_count(segment);
    return NULL;
}

static const char *tls_add(struct file *file, const struct program_header *header, struct elf_plan *plan)
{
    if (file->has_tls_header)
        return "there are two TLS segments";
    file->has_tls_header = true;
    uint64_t align = header->align ? header->align : 1;
    if (!is_power_of_two(align) || align > ELF_TLS_ALIGN_MAX)
        return "the TLS alignment is not a power of two or over the limit";
    if (!is_aligned(header->address, align))
        return "the TLS image is not aligned as it says";
    if (header->file_bytes > header->memory_bytes || header->memory_bytes > ELF_TLS_BYTES_MAX)
        return "the TLS block is too big, or smaller than its image";
    plan->has_tls = header->memory_bytes > 0;
    if (plan->has_tls)
        plan->tls = (struct elf_tls){.address = header->address,
                                     .memory_bytes = header->memory_bytes,
                                     .file_offset = header->file_offset,
                                     .file_bytes = header->file_bytes,
                                     .align = align};
    return NULL;
}

static const char *program_header_judge(struct file *file, const struct program_header *header,
                                        struct elf_plan *plan)
{
    switch (header->type) {
    case SEGMENT_LOAD:
        return segment_add(file, header, plan);
    case SEGMENT_TLS:
        return tls_add(file, header, plan);
    case SEGMENT_INTERPRETER:
    case SEGMENT_DYNAMIC:
        return "the program is dynamically linked";
    case SEGMENT_GNU_STACK:
        return header->flags & FLAG_EXECUTE ? "the program asks for an executable stack" : NULL;
    default: /* notes, unwind tables and the like: nothing to load */
        return NULL;
    }
}

static bool is_entry_executable(const struct elf_plan *plan, uint64_t entry)
{
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct elf_segment *segment = &plan->segments[i];
        if (segment->rights & PAGE_EXECUTE && entry >= segment->address && entry < segment_end(segment))
            return true;
    }
    return false;
}

/* The image is part of a segment's file part, so that a program finds it in its own memory. */
static bool is_tls_in_segment(const struct elf_plan *plan)
{
    const struct elf_tls *tls = &plan->tls;
    if (tls->file_bytes == 0)
        return true;
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct elf_segment *segment = &plan->segments[i];
        uint64_t offset = tls->address - segment->address; /* huge if below the segment */
        if (offset <= segment->file_bytes && tls->file_bytes <= segment->file_bytes - offset &&
            tls->file_offset == segment->file_offset + offset)
            return true;
    }
    return false;
}

static const char *plan_check(const struct elf_plan *plan)
{
    if (plan->segment_count == 0)
        return "there is no segment to load";
    if (!is_entry_executable(plan, plan->entry))
        return "the entry is not in an executable segment";
    if (plan->has_tls && !is_tls_in_segment(plan))
        return "the TLS image is not part of a segment";
    return NULL;
}

static bool section_read(const struct file *file, uint32_t index, struct section_header *section)
{
    if (index >= file->header.section_header_count)
        return false;
    file_copy(file, file->header.section_headers_offset + index * sizeof(*section), section,
              sizeof(*section));
    return is_in_file(file, section->file_offset, section->bytes);
}

/* Leaves the plan without symbols if anything about them is wrong. */
static void symbols_find(const struct file *file, struct elf_plan *plan)
{
    const struct file_header *header = &file->header;
    struct section_header symbols, strings;
    if (header->section_header_bytes != sizeof(symbols) ||
        header->section_header_count > ELF_SECTION_HEADERS_MAX ||
        !is_in_file(file, header->section_headers_offset, header->section_header_count * sizeof(symbols)))
        return;
    uint32_t index = 0;
    while (index < header->section_header_count &&
           !(section_read(file, index, &symbols) && symbols.type == SECTION_SYMBOLS))
        index++;
    if (index == header->section_header_count || !section_read(file, symbols.link, &strings))
        return;
    if (symbols.entry_bytes != SYMBOL_BYTES || symbols.bytes % SYMBOL_BYTES ||
        strings.type != SECTION_STRINGS)
        return;
    if (strings.bytes == 0)
        return;
    char last;
    file_copy(file, strings.file_offset + strings.bytes - 1, &last, 1);
    if (last != 0)
        return;
    plan->has_symbols = true;
    plan->symbols = (struct elf_range){symbols.file_offset, symbols.bytes};
    plan->strings = (struct elf_range){strings.file_offset, strings.bytes};
}

static const char *plan_build(struct file *file, struct elf_plan *plan)
{
    const char *reason = header_check(file);
    if (reason)
        return reason;
    plan->entry = file->header.entry;
    for (uint32_t i = 0; i < file->header.program_header_count; i++) {
        struct program_header header;
        file_copy(file, file->header.program_headers_offset + i * sizeof(header), &header, sizeof(header));
        reason = program_header_judge(file, &header, plan);
        if (reason)
            return reason;
    }
    reason = plan_check(plan);
    if (reason)
        return reason;
    symbols_find(file, plan);
    return NULL;
}

static void copy_bytes(const struct elf_source *source, uint64_t offset, void *to, uint64_t bytes)
{
    memcpy(to, (const uint8_t *)source->context + offset, bytes);
}

struct elf_source elf_source_of_bytes(const uint8_t *bytes, uint64_t byte_count)
{
    return (struct elf_source){.byte_count = byte_count, .copy = copy_bytes, .context = bytes};
}

bool elf_source_is_bytes(const struct elf_source *source)
{
    return source->copy == copy_bytes;
}

enum cap_err elf_plan_make(const uint8_t *bytes, uint64_t byte_count, struct elf_plan *plan,
                           const char **reason)
{
    const struct elf_source source = elf_source_of_bytes(bytes, byte_count);
    return elf_plan_read(&source, plan, reason);
}

enum cap_err elf_plan_read(const struct elf_source *source, struct elf_plan *plan, const char **reason)
{
    struct file file = {.source = source};
    struct elf_plan result = {0};
    const char *refusal = plan_build(&file, &result);
    if (refusal) {
        *reason = refusal;
        return CAP_ERR_MALFORMED;
    }
    *plan = result;
    return CAP_OK;
}

uint64_t elf_segment_page_count(const struct elf_segment *segment)
{
    return (page_down(segment_end(segment) - 1) - page_down(segment->address)) / CAP_PAGE_BYTES + 1;
}

struct elf_page elf_segment_page(const struct elf_segment *segment, uint64_t page_index)
{
    struct elf_page page = {.address = page_down(segment->address) + page_index * CAP_PAGE_BYTES};
    uint64_t file_end = segment->address + segment->file_bytes;
    uint64_t first = max_u64(page.address, segment->address);
    uint64_t end = min_u64(page.address + CAP_PAGE_BYTES, file_end);
    if (first < end) {
        page.file_offset = segment->file_offset + (first - segment->address);
        page.page_offset = (uint32_t)(first - page.address);
        page.file_bytes = (uint32_t)(end - first);
    }
    return page;
}

struct elf_segment elf_tls_segment(const struct elf_tls *tls, uint64_t end, uint64_t *thread_pointer)
{
    *thread_pointer = align_down(end - ELF_THREAD_BYTES, tls->align);
    uint64_t address = *thread_pointer - align_up(tls->memory_bytes, tls->align);
    return (struct elf_segment){
        .address = address,
        .memory_bytes = end - address,
        .file_offset = tls->file_offset,
        .file_bytes = tls->file_bytes,
        .rights = PAGE_READ | PAGE_WRITE,
    };
}
