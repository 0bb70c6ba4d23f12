/* elf.c: a good program is planned as it says, and each hostile case is refused for its own reason.
 *
 * Next: tests/host/test_elf_sweep.c
 */
#include "tests/host/elf_image.h"

/* Sets one field of the good image and expects a refusal for that reason. */
#define EXPECT_MALFORMED_WITH(assignment, reason) \
    do {                                          \
        struct image image = image_good();        \
        image.assignment;                         \
        expect_malformed(&image, reason);         \
    } while (0)

#define EXPECT_OK_WITH(assignment)         \
    do {                                   \
        struct image image = image_good(); \
        image.assignment;                  \
        expect_ok(&image);                 \
    } while (0)

TEST(a_good_program_is_planned_as_it_says)
{
    struct image image = image_good();
    struct elf_plan plan;
    EXPECT_EQ(judge(&image, &plan), CAP_OK);
    EXPECT_EQ(plan.entry, ADDRESS(TEXT_OFFSET + 0x10));
    EXPECT_EQ(plan.segment_count, 3);
    EXPECT_EQ(plan.page_count, 2 + 1 + 4);
    static const uint32_t rights[] = {PAGE_READ | PAGE_EXECUTE, PAGE_READ, PAGE_READ | PAGE_WRITE};
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_EQ(plan.segments[i].address, image.programs[i].p_vaddr);
        EXPECT_EQ(plan.segments[i].memory_bytes, image.programs[i].p_memsz);
        EXPECT_EQ(plan.segments[i].file_offset, image.programs[i].p_offset);
        EXPECT_EQ(plan.segments[i].file_bytes, image.programs[i].p_filesz);
        EXPECT_EQ(plan.segments[i].rights, rights[i]);
    }
    EXPECT(plan.has_tls);
    EXPECT_EQ(plan.tls.address, ADDRESS(TLS_OFFSET));
    EXPECT_EQ(plan.tls.memory_bytes, 0x50);
    EXPECT_EQ(plan.tls.file_offset, TLS_OFFSET);
    EXPECT_EQ(plan.tls.file_bytes, 0x28);
    EXPECT_EQ(plan.tls.align, 64);
    EXPECT(plan.has_symbols);
    EXPECT_EQ(plan.symbols.file_offset, SYMBOLS_OFFSET);
    EXPECT_EQ(plan.symbols.bytes, SYMBOLS_COUNT * 24);
    EXPECT_EQ(plan.strings.file_offset, STRINGS_OFFSET);
    EXPECT_EQ(plan.strings.bytes, STRINGS_BYTES);
}

TEST(a_file_needs_no_alignment)
{
    struct image image = image_good();
    uint8_t *bytes = image_bytes(&image);
    for (uint32_t shift = 0; shift < 16; shift++) {
        uint8_t *moved = malloc(shift + IMAGE_BYTES);
        memcpy(moved + shift, bytes, IMAGE_BYTES);
        struct elf_plan plan;
        const char *reason;
        EXPECT_EQ(judge_bytes(moved + shift, IMAGE_BYTES, &plan, &reason), CAP_OK);
        free(moved);
    }
    free(bytes);
}

/* Loads a segment page by page, as a loader would. */
static void expect_loaded(const struct elf_segment *segment, const uint8_t *bytes)
{
    for (uint64_t n = 0; n < elf_segment_page_count(segment); n++) {
        struct elf_page page = elf_segment_page(segment, n);
        uint8_t memory[4096] = {0};
        EXPECT_EQ(page.address, segment->address / 4096 * 4096 + n * 4096);
        EXPECT((uint64_t)page.page_offset + page.file_bytes <= 4096);
        memcpy(memory + page.page_offset, bytes + page.file_offset, page.file_bytes);
        for (uint64_t i = 0; i < 4096; i++) {
            uint64_t offset = page.address + i - segment->address;
            bool is_from_file = page.address + i >= segment->address && offset < segment->file_bytes;
            EXPECT_EQ(memory[i], is_from_file ? bytes[segment->file_offset + offset] : 0);
        }
    }
}

TEST(pages_are_filled_from_the_file_and_zero_elsewhere)
{
    struct image image = image_good();
    uint8_t *bytes = image_bytes(&image);
    struct elf_plan plan;
    EXPECT_EQ(judge(&image, &plan), CAP_OK);
    for (uint32_t i = 0; i < plan.segment_count; i++)
        expect_loaded(&plan.segments[i], bytes);
    static const uint64_t sizes[] = {0, 1, 0xff, 0x100, 0x101, 0x10ff, 0x1100, 0x1101, 0x2000};
    for (uint32_t file = 0; file < 9; file++) {
        for (uint32_t memory = file ? file : 1; memory < 9; memory++) {
            struct elf_segment segment = {ADDRESS(0xf00), sizes[memory], 0xf00, sizes[file], PAGE_READ};
            expect_loaded(&segment, bytes);
        }
    }
    free(bytes);
}

TEST(empty_segments_take_no_place)
{
    struct image image = image_good();
    image.programs[NOTE] = (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X};
    image.programs[TLS].p_filesz = image.programs[TLS].p_memsz = 0;
    struct elf_plan plan;
    EXPECT_EQ(judge(&image, &plan), CAP_OK);
    EXPECT_EQ(plan.segment_count, 3);
    EXPECT(!plan.has_tls);
}

TEST(up_to_the_most_segments_and_headers_are_accepted)
{
    struct image image = image_good();
    image.header.e_phnum = ELF_PROGRAM_HEADERS_MAX;
    for (uint32_t i = 3; i <= ELF_SEGMENTS_MAX; i++) {
        image.programs[HEADERS + i] = load(PF_R, i * 0x100000, 0, i < ELF_SEGMENTS_MAX);
        image.programs[HEADERS + i].p_offset = 0;
    }
    expect_ok(&image);
    image.programs[HEADERS + ELF_SEGMENTS_MAX].p_memsz = 1;
    expect_malformed(&image, "too many segments");
    image.programs[HEADERS + ELF_SEGMENTS_MAX].p_memsz = 0;
    image.header.e_phnum++;
    expect_malformed(&image, "number of program headers");
}

TEST(damaged_symbols_are_no_symbols)
{
#define EXPECT_NO_SYMBOLS(assignment)            \
    do {                                         \
        struct image image = image_good();       \
        struct elf_plan plan;                    \
        image.assignment;                        \
        EXPECT_EQ(judge(&image, &plan), CAP_OK); \
        EXPECT(!plan.has_symbols);               \
    } while (0)
    EXPECT_NO_SYMBOLS(header.e_shoff = UINT64_MAX);
    EXPECT_NO_SYMBOLS(header.e_shoff = IMAGE_BYTES - 191);
    EXPECT_NO_SYMBOLS(header.e_shnum = 0);
    EXPECT_NO_SYMBOLS(header.e_shnum = 4);
    EXPECT_NO_SYMBOLS(header.e_shnum = 65535);
    EXPECT_NO_SYMBOLS(header.e_shentsize = 63);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_type = SHT_DYNSYM);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_offset = IMAGE_BYTES - 71);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_offset = UINT64_MAX - 10);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_size = UINT64_MAX / 24 * 24);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_size = 71);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_entsize = 23);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_link = 3);
    EXPECT_NO_SYMBOLS(sections[SECTION_SYMBOLS].sh_link = UINT32_MAX);
    EXPECT_NO_SYMBOLS(sections[SECTION_STRINGS].sh_type = SHT_PROGBITS);
    EXPECT_NO_SYMBOLS(sections[SECTION_STRINGS].sh_size = 0);
    EXPECT_NO_SYMBOLS(sections[SECTION_STRINGS] = (Elf64_Shdr){.sh_type = SHT_STRTAB});
    EXPECT_NO_SYMBOLS(sections[SECTION_STRINGS].sh_size = STRINGS_BYTES - 1);
    EXPECT_NO_SYMBOLS(sections[SECTION_STRINGS].sh_offset = IMAGE_BYTES);
}

/* ---- The hostile cases, by number ------------------------------------------------------------------ */

TEST(case_122_truncated_at_every_byte)
{
    struct elf_plan plan;
    for (uint64_t byte_count = 0; byte_count <= IMAGE_BYTES; byte_count++) {
        struct image image = image_good();
        image.byte_count = byte_count;
        bool has_program = byte_count >= DATA_OFFSET + DATA_BYTES;
        EXPECT_EQ(judge(&image, &plan), has_program ? CAP_OK : CAP_ERR_MALFORMED);
        EXPECT(!has_program || plan.has_symbols == (byte_count == IMAGE_BYTES));
    }
}

TEST(case_123_wrong_class_machine_byte_order_or_type)
{
    for (uint32_t value = 0; value < 256; value++) {
        if (value != ELFCLASS64)
            EXPECT_MALFORMED_WITH(header.e_ident[EI_CLASS] = (uint8_t)value, "64-bit little-endian");
        if (value != ELFDATA2LSB)
            EXPECT_MALFORMED_WITH(header.e_ident[EI_DATA] = (uint8_t)value, "64-bit little-endian");
        if (value != EV_CURRENT)
            EXPECT_MALFORMED_WITH(header.e_ident[EI_VERSION] = (uint8_t)value, "version");
        if (value != ELFOSABI_SYSV)
            EXPECT_MALFORMED_WITH(header.e_ident[EI_OSABI] = (uint8_t)value, "ABI");
        if (value != 0)
            EXPECT_MALFORMED_WITH(header.e_ident[EI_ABIVERSION] = (uint8_t)value, "ABI");
        if (value != EM_X86_64)
            EXPECT_MALFORMED_WITH(header.e_machine = (uint16_t)value, "x86-64");
        if (value != ET_EXEC)
            EXPECT_MALFORMED_WITH(header.e_type = (uint16_t)value, "ET_EXEC");
    }
    EXPECT_MALFORMED_WITH(header.e_ident[3] = 'f', "magic");
    EXPECT_MALFORMED_WITH(header.e_version = 2, "version");
    EXPECT_MALFORMED_WITH(header.e_flags = 1, "x86-64");
    EXPECT_MALFORMED_WITH(header.e_type = 0xff02, "ET_EXEC");
}

TEST(case_124_program_header_table_of_impossible_size_or_place)
{
    EXPECT_MALFORMED_WITH(header.e_phnum = 0, "number of program headers");
    EXPECT_MALFORMED_WITH(header.e_phnum = ELF_PROGRAM_HEADERS_MAX + 1, "number of program headers");
    EXPECT_MALFORMED_WITH(header.e_phnum = 65535, "number of program headers");
    EXPECT_MALFORMED_WITH(header.e_phentsize = 0, "size");
    EXPECT_MALFORMED_WITH(header.e_phentsize = 55, "size");
    EXPECT_MALFORMED_WITH(header.e_phentsize = 57, "size");
    EXPECT_MALFORMED_WITH(header.e_phentsize = 112, "size");
    EXPECT_MALFORMED_WITH(header.e_ehsize = 63, "size");
    EXPECT_MALFORMED_WITH(header.e_phoff = IMAGE_BYTES - HEADERS * 56 + 1, "beyond the file");
    EXPECT_MALFORMED_WITH(header.e_phoff = IMAGE_BYTES + 1, "beyond the file");
    EXPECT_MALFORMED_WITH(header.e_phoff = UINT64_MAX, "beyond the file");
    EXPECT_MALFORMED_WITH(header.e_phoff = UINT64_MAX - 100, "beyond the file");
}

TEST(case_125_segment_in_the_kernel_half_or_wrapping)
{
    static const uint64_t addresses[] = {0,
                                         0x1000,
                                         CAP_PROGRAM_START - 0x1000,
                                         CAP_PROGRAM_END,
                                         CAP_USER_END,
                                         0x0000800000000000,
                                         0xffff800000000000,
                                         0xffffffff80000000,
                                         UINT64_MAX - 0xfff};
    for (uint32_t i = 0; i < 9; i++)
        EXPECT_MALFORMED_WITH(programs[RODATA].p_vaddr = addresses[i] + RODATA_OFFSET % 0x1000, "outside");
    EXPECT_MALFORMED_WITH(programs[DATA].p_vaddr = CAP_PROGRAM_END - 0x1000 + DATA_OFFSET % 0x1000,
                          "outside");
    EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = CAP_PROGRAM_END - ADDRESS(DATA_OFFSET) + 1, "outside");
    EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = UINT64_MAX - ADDRESS(DATA_OFFSET) + 1, "outside");
    EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = UINT64_MAX, "outside");
    EXPECT_OK_WITH(programs[DATA].p_memsz = CAP_PROGRAM_END - ADDRESS(DATA_OFFSET));
}

TEST(case_125_segments_that_share_a_page_or_are_out_of_order)
{
    EXPECT_MALFORMED_WITH(programs[RODATA].p_vaddr = ADDRESS(TEXT_OFFSET + 0x40), "shares a page");
    EXPECT_MALFORMED_WITH(programs[RODATA].p_vaddr = ADDRESS(TEXT_OFFSET + 0x1040), "shares a page");
    EXPECT_MALFORMED_WITH(programs[RODATA].p_vaddr = ADDRESS(TEXT_OFFSET - 0x1000 + 0x40), "shares a page");
    EXPECT_MALFORMED_WITH(programs[RODATA].p_vaddr = ADDRESS(0x9040), "shares a page");
    EXPECT_MALFORMED_WITH(programs[TEXT].p_memsz = RODATA_OFFSET - TEXT_OFFSET - 0x40 + 1, "shares a page");
    EXPECT_OK_WITH(programs[TEXT].p_memsz = RODATA_OFFSET - TEXT_OFFSET - 0x40);
}

TEST(case_125_segment_that_is_unaligned)
{
    EXPECT_MALFORMED_WITH(programs[DATA].p_vaddr++, "modulo its alignment");
    EXPECT_MALFORMED_WITH(programs[DATA].p_offset--, "modulo its alignment");
    EXPECT_MALFORMED_WITH(programs[DATA].p_vaddr += 0x800, "modulo its alignment");
    EXPECT_MALFORMED_WITH(programs[DATA].p_align = 0x20000, "modulo its alignment");
    EXPECT_OK_WITH(programs[DATA].p_align = 0x10000);
    static const uint64_t aligns[] = {0, 1, 16, 0x800, 0x1001, 0x3000, UINT64_MAX};
    for (uint32_t i = 0; i < 7; i++)
        EXPECT_MALFORMED_WITH(programs[DATA].p_align = aligns[i], "power of two");
}

TEST(case_125_segment_that_is_writable_and_executable)
{
    EXPECT_MALFORMED_WITH(programs[TEXT].p_flags = PF_R | PF_W | PF_X, "writable and executable");
    EXPECT_MALFORMED_WITH(programs[DATA].p_flags = PF_R | PF_W | PF_X, "writable and executable");
    EXPECT_MALFORMED_WITH(programs[DATA].p_flags = PF_W, "not readable");
    EXPECT_MALFORMED_WITH(programs[TEXT].p_flags = PF_X, "not readable");
    EXPECT_MALFORMED_WITH(programs[DATA].p_flags = 0, "not readable");
    EXPECT_MALFORMED_WITH(programs[DATA].p_flags |= 8, "unknown flag");
    EXPECT_MALFORMED_WITH(programs[DATA].p_flags |= 0x80000000, "unknown flag");
    EXPECT_MALFORMED_WITH(programs[STACK].p_flags |= PF_X, "executable stack");
}

TEST(case_126_impossible_sizes)
{
    EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = (uint64_t)1 << 63, "outside");
    EXPECT_MALFORMED_WITH(programs[DATA].p_filesz = (uint64_t)1 << 63, "more bytes in the file");
    EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = DATA_BYTES - 1, "more bytes in the file");
    EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = 0, "more bytes in the file");
    EXPECT_MALFORMED_WITH(programs[DATA].p_filesz = IMAGE_BYTES - DATA_OFFSET + 1, "beyond the file");
    EXPECT_OK_WITH(programs[DATA].p_filesz = IMAGE_BYTES - DATA_OFFSET);
    EXPECT_MALFORMED_WITH(programs[DATA].p_offset = UINT64_MAX - 0xff, "beyond the file");
    EXPECT_MALFORMED_WITH(programs[DATA].p_offset = IMAGE_BYTES + 1, "beyond the file");
}

TEST(case_127_entry_outside_any_executable_segment)
{
    static const uint64_t entries[] = {0,
                                       UINT64_MAX,
                                       ADDRESS(TEXT_OFFSET) - 1,
                                       ADDRESS(TEXT_OFFSET) + TEXT_BYTES,
                                       ADDRESS(RODATA_OFFSET),
                                       ADDRESS(DATA_OFFSET) + 8,
                                       0xffff800000000000 + ADDRESS(TEXT_OFFSET)};
    for (uint32_t i = 0; i < 7; i++)
        EXPECT_MALFORMED_WITH(header.e_entry = entries[i], "entry");
    EXPECT_OK_WITH(header.e_entry = ADDRESS(TEXT_OFFSET));
    EXPECT_OK_WITH(header.e_entry = ADDRESS(TEXT_OFFSET) + TEXT_BYTES - 1);
    EXPECT_MALFORMED_WITH(programs[TEXT].p_flags = PF_R, "entry");
    EXPECT_MALFORMED_WITH(programs[TEXT].p_type = PT_NULL, "entry");
    struct image image = image_good();
    image.programs[TEXT].p_type = image.programs[RODATA].p_type = image.programs[DATA].p_type = PT_NULL;
    expect_malformed(&image, "no segment");
}

TEST(case_128_interpreter_dynamic_section_or_two_tls_segments)
{
    EXPECT_MALFORMED_WITH(programs[NOTE].p_type = PT_INTERP, "dynamically linked");
    EXPECT_MALFORMED_WITH(programs[NOTE].p_type = PT_DYNAMIC, "dynamically linked");
    EXPECT_MALFORMED_WITH(programs[NOTE] = image.programs[TLS], "two TLS");
    EXPECT_MALFORMED_WITH(programs[NOTE] = (Elf64_Phdr){.p_type = PT_TLS}, "two TLS");
}

TEST(case_128_tls_of_impossible_alignment_size_or_place)
{
    static const uint64_t aligns[] = {
        3, 48, (uint64_t)1 << 40, (uint64_t)1 << 63, ELF_TLS_ALIGN_MAX * 2, UINT64_MAX};
    for (uint32_t i = 0; i < 6; i++)
        EXPECT_MALFORMED_WITH(programs[TLS].p_align = aligns[i], "TLS alignment");
    EXPECT_MALFORMED_WITH(programs[TLS].p_align = 128, "not aligned");
    EXPECT_OK_WITH(programs[TLS].p_align = 0);
    EXPECT_OK_WITH(programs[TLS].p_align = 1);
    EXPECT_MALFORMED_WITH(programs[TLS].p_memsz = 0x27, "TLS block");
    EXPECT_MALFORMED_WITH(programs[TLS].p_memsz = ELF_TLS_BYTES_MAX + 1, "TLS block");
    EXPECT_MALFORMED_WITH(programs[TLS].p_memsz = UINT64_MAX, "TLS block");
    EXPECT_OK_WITH(programs[TLS].p_memsz = ELF_TLS_BYTES_MAX);
    EXPECT_MALFORMED_WITH(programs[TLS].p_offset += 64, "not part of a segment");
    EXPECT_MALFORMED_WITH(programs[TLS].p_vaddr += 64, "not part of a segment");
    EXPECT_MALFORMED_WITH(programs[TLS].p_vaddr = 0xffffffffffffffc0, "not part of a segment");
    struct image image = image_good();
    image.programs[TLS].p_filesz = image.programs[TLS].p_memsz = DATA_BYTES - 0x40 + 1;
    expect_malformed(&image, "not part of a segment");
    image.programs[TLS].p_filesz = DATA_BYTES - 0x40;
    expect_ok(&image);
}

/* Every size and alignment: the block is where the ABI's arithmetic finds it, and nothing of it is outside.
 */
TEST(the_tls_block_ends_at_the_thread_pointer)
{
    static const uint64_t sizes[] = {1, 7, 8, 64, 100, 4095, 4096, 4097, ELF_TLS_BYTES_MAX};
    const uint64_t end = 0x1000100000;
    for (uint64_t align = 1; align <= ELF_TLS_ALIGN_MAX; align *= 2) {
        for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            const struct elf_tls tls = {
                .memory_bytes = sizes[i], .file_offset = 0x1234, .file_bytes = sizes[i] / 2, .align = align};
            uint64_t pointer, size_in_steps = (sizes[i] + align - 1) / align * align;
            struct elf_segment segment = elf_tls_segment(&tls, end, &pointer);
            EXPECT_EQ(pointer % align, 0);
            EXPECT_EQ(pointer % 8, 0);
            EXPECT(pointer <= end - ELF_THREAD_BYTES && pointer > end - 2 * CAP_PAGE_BYTES);
            EXPECT_EQ(segment.address, pointer - size_in_steps);
            EXPECT_EQ(segment.address + segment.memory_bytes, end);
            EXPECT(segment.memory_bytes <= ELF_TLS_BYTES_MAX + 2 * CAP_PAGE_BYTES);
            EXPECT_EQ(segment.rights, PAGE_READ | PAGE_WRITE);
            uint64_t copied = 0;
            for (uint64_t n = 0; n < elf_segment_page_count(&segment); n++) {
                struct elf_page page = elf_segment_page(&segment, n);
                if (page.file_bytes) {
                    EXPECT_EQ(page.file_offset, 0x1234 + copied);
                    EXPECT_EQ(page.address + page.page_offset, segment.address + copied);
                }
                copied += page.file_bytes;
            }
            EXPECT_EQ(copied, tls.file_bytes);
        }
    }
}

TEST(case_129_segment_at_the_stack_the_ring_or_the_capset)
{
    static const uint64_t addresses[] = {CAP_RING_ADDRESS,       CAP_CAPSET_ADDRESS,
                                         CAP_STACK_TOP - 0x1000, CAP_STACK_TOP - CAP_STACK_BYTES,
                                         CAP_STACK_TOP,          CAP_MAPPINGS_START};
    for (uint32_t i = 0; i < 6; i++) {
        EXPECT_MALFORMED_WITH(programs[DATA].p_vaddr = addresses[i] + DATA_OFFSET % 0x1000, "outside");
        /* Reaching there from a good address. */
        EXPECT_MALFORMED_WITH(programs[DATA].p_memsz = addresses[i] + 1 - ADDRESS(DATA_OFFSET), "outside");
    }
}

TEST_MAIN()
