/* A program made by hand with the host's own elf.h, and the judge of what elf.c says about it.
 *
 * judge_bytes looks at more than the verdict: a refusal must change no plan and give a reason, and an
 * accepted plan must have every property that lib/elf.h promises. Images lie in memory of just their size, so
 * that a read outside them is seen.
 *
 * Next: tests/host/test_elf.c
 */
#pragma once

#include "tests/host/test.h"
#include "abi/memory_map.h"
#include "lib/elf.h"

#include <elf.h>
#include <stdlib.h>

/* The program: text, read-only data, data with TLS image and bss; symbols and names behind. */
#define TEXT_OFFSET     0x1000
#define TEXT_BYTES      0x1234
#define RODATA_OFFSET   0x3040
#define RODATA_BYTES    0x123
#define DATA_OFFSET     0x4f00
#define DATA_BYTES      0x300
#define BSS_BYTES       0x2345
#define TLS_OFFSET      (DATA_OFFSET + 0x40)
#define SYMBOLS_OFFSET  0x5208
#define SYMBOLS_COUNT   3
#define STRINGS_OFFSET  (SYMBOLS_OFFSET + SYMBOLS_COUNT * 24)
#define STRINGS_BYTES   12
#define SECTIONS        0x5280
#define IMAGE_BYTES     (SECTIONS + 3 * 64)
#define ADDRESS(offset) (CAP_PROGRAM_START + 0x10000 + (offset))

enum {
    TEXT,
    RODATA,
    DATA,
    TLS,
    STACK,
    NOTE,
    HEADERS
};
enum {
    SECTION_NULL,
    SECTION_SYMBOLS,
    SECTION_STRINGS
};

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr programs[40];
    Elf64_Shdr sections[3];
    uint64_t byte_count;
};

static inline Elf64_Phdr load(uint32_t flags, uint64_t offset, uint64_t file_bytes, uint64_t memory_bytes)
{
    return (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = flags,
                        .p_offset = offset,
                        .p_vaddr = ADDRESS(offset),
                        .p_filesz = file_bytes,
                        .p_memsz = memory_bytes,
                        .p_align = 0x1000};
}

static inline struct image image_good(void)
{
    struct image image = {
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_X86_64,
                   .e_version = EV_CURRENT,
                   .e_entry = ADDRESS(TEXT_OFFSET + 0x10),
                   .e_phoff = sizeof(Elf64_Ehdr),
                   .e_shoff = SECTIONS,
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = HEADERS,
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = 3},
        .byte_count = IMAGE_BYTES,
    };
    image.programs[TEXT] = load(PF_R | PF_X, TEXT_OFFSET, TEXT_BYTES, TEXT_BYTES);
    image.programs[RODATA] = load(PF_R, RODATA_OFFSET, RODATA_BYTES, RODATA_BYTES);
    image.programs[DATA] = load(PF_R | PF_W, DATA_OFFSET, DATA_BYTES, DATA_BYTES + BSS_BYTES);
    image.programs[TLS] = load(PF_R, TLS_OFFSET, 0x28, 0x50);
    image.programs[TLS].p_type = PT_TLS;
    image.programs[TLS].p_align = 64;
    image.programs[STACK] = (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_align = 16};
    image.programs[NOTE] =
        (Elf64_Phdr){.p_type = PT_NOTE, .p_flags = PF_R, .p_offset = 0x3040, .p_filesz = 16};
    image.sections[SECTION_SYMBOLS] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                                   .sh_offset = SYMBOLS_OFFSET,
                                                   .sh_size = SYMBOLS_COUNT * sizeof(Elf64_Sym),
                                                   .sh_link = SECTION_STRINGS,
                                                   .sh_entsize = sizeof(Elf64_Sym)};
    image.sections[SECTION_STRINGS] =
        (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = STRINGS_OFFSET, .sh_size = STRINGS_BYTES};
    return image;
}

/* In memory of byte_count bytes, which the caller frees. What does not fit is left out. */
static inline uint8_t *image_bytes(const struct image *image)
{
    static uint8_t whole[IMAGE_BYTES];
    for (uint32_t i = 0; i < IMAGE_BYTES; i++)
        whole[i] = (uint8_t)(1 + i % 251);
    memcpy(whole, &image->header, sizeof(image->header));
    memcpy(whole + sizeof(image->header), image->programs, sizeof(image->programs));
    memcpy(whole + SECTIONS, image->sections, sizeof(image->sections));
    memcpy(whole + STRINGS_OFFSET, "\0_start\0abc", STRINGS_BYTES);
    uint8_t *bytes = malloc(image->byte_count ? image->byte_count : 1);
    memcpy(bytes, whole, image->byte_count);
    return bytes;
}

/* ---- What an accepted plan promises ---------------------------------------------------------------- */

static inline void expect_segment(const struct elf_segment *segment, uint64_t byte_count)
{
    EXPECT(segment->memory_bytes > 0 && segment->file_bytes <= segment->memory_bytes);
    EXPECT(segment->file_offset <= byte_count && segment->file_bytes <= byte_count - segment->file_offset);
    EXPECT(segment->address >= CAP_PROGRAM_START && segment->address < CAP_PROGRAM_END);
    EXPECT(segment->memory_bytes <= CAP_PROGRAM_END - segment->address);
    EXPECT_EQ(segment->address % 4096, segment->file_offset % 4096);
    EXPECT(segment->rights == PAGE_READ || segment->rights == (PAGE_READ | PAGE_WRITE) ||
           segment->rights == (PAGE_READ | PAGE_EXECUTE));
}

static inline void expect_tls(const struct elf_plan *plan)
{
    const struct elf_tls *tls = &plan->tls;
    bool is_in_segment = tls->file_bytes == 0;
    EXPECT(tls->memory_bytes > 0 && tls->memory_bytes <= ELF_TLS_BYTES_MAX &&
           tls->file_bytes <= tls->memory_bytes);
    EXPECT(tls->align >= 1 && tls->align <= ELF_TLS_ALIGN_MAX && (tls->align & (tls->align - 1)) == 0);
    EXPECT_EQ(tls->address % tls->align, 0);
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct elf_segment *segment = &plan->segments[i];
        is_in_segment =
            is_in_segment || (tls->address >= segment->address &&
                              tls->address + tls->file_bytes <= segment->address + segment->file_bytes &&
                              tls->file_offset - segment->file_offset == tls->address - segment->address);
    }
    EXPECT(is_in_segment);

    uint64_t pointer;
    struct elf_segment block = elf_tls_segment(tls, CAP_TLS_END, &pointer);
    EXPECT(block.address >= CAP_ARGUMENTS_ADDRESS + CAP_PAGE_BYTES &&
           block.address <= pointer - tls->memory_bytes);
    EXPECT(pointer % tls->align == 0 && pointer <= CAP_TLS_END - ELF_THREAD_BYTES);
    EXPECT_EQ(block.address + block.memory_bytes, CAP_TLS_END);
    EXPECT(block.file_bytes <= pointer - block.address);
}

static inline void expect_plan(const struct elf_plan *plan, const uint8_t *bytes, uint64_t byte_count)
{
    uint64_t page_end = 0, page_count = 0;
    bool is_entry_executable = false;
    EXPECT(plan->segment_count >= 1 && plan->segment_count <= ELF_SEGMENTS_MAX);
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        const struct elf_segment *segment = &plan->segments[i];
        expect_segment(segment, byte_count);
        uint64_t first_page = segment->address / 4096;
        uint64_t end_page = (segment->address + segment->memory_bytes + 4095) / 4096;
        EXPECT(first_page >= page_end);
        EXPECT_EQ(elf_segment_page_count(segment), end_page - first_page);
        page_end = end_page;
        page_count += end_page - first_page;
        is_entry_executable =
            is_entry_executable || (segment->rights & PAGE_EXECUTE && plan->entry >= segment->address &&
                                    plan->entry - segment->address < segment->memory_bytes);
    }
    EXPECT(is_entry_executable);
    EXPECT_EQ(plan->page_count, page_count);
    if (plan->has_tls)
        expect_tls(plan);
    if (plan->has_symbols) {
        const struct elf_range *symbols = &plan->symbols, *strings = &plan->strings;
        EXPECT(symbols->file_offset <= byte_count && symbols->bytes <= byte_count - symbols->file_offset);
        EXPECT_EQ(symbols->bytes % sizeof(Elf64_Sym), 0);
        EXPECT(strings->file_offset <= byte_count && strings->bytes <= byte_count - strings->file_offset);
        EXPECT(strings->bytes > 0 && bytes[strings->file_offset + strings->bytes - 1] == 0);
    }
}

/* The verdict, after everything about it has been checked. */
static inline enum cap_err judge_bytes(const uint8_t *bytes, uint64_t byte_count, struct elf_plan *plan,
                                       const char **reason)
{
    static const char untouched[] = "untouched";
    struct elf_plan before;
    memset(&before, 0xa5, sizeof(before));
    memcpy(plan, &before, sizeof(before));
    *reason = untouched;
    enum cap_err err = elf_plan_make(bytes, byte_count, plan, reason);
    if (err) {
        EXPECT_EQ(err, CAP_ERR_MALFORMED);
        EXPECT(*reason != untouched && (*reason)[0] != 0);
        EXPECT_BYTES(plan, &before, sizeof(before));
    } else {
        EXPECT(*reason == untouched);
        expect_plan(plan, bytes, byte_count);
    }
    return err;
}

static inline enum cap_err judge(const struct image *image, struct elf_plan *plan)
{
    const char *reason;
    uint8_t *bytes = image_bytes(image);
    enum cap_err err = judge_bytes(bytes, image->byte_count, plan, &reason);
    free(bytes);
    return err;
}

static inline void expect_malformed(const struct image *image, const char *expected_reason)
{
    struct elf_plan plan;
    const char *reason;
    uint8_t *bytes = image_bytes(image);
    enum cap_err err = judge_bytes(bytes, image->byte_count, &plan, &reason);
    free(bytes);
    EXPECT_EQ(err, CAP_ERR_MALFORMED);
    if (!strstr(reason, expected_reason))
        printf("\"%s\" has no \"%s\"\n", reason, expected_reason);
    EXPECT(strstr(reason, expected_reason) != NULL);
}

static inline void expect_ok(const struct image *image)
{
    struct elf_plan plan;
    EXPECT_EQ(judge(image, &plan), CAP_OK);
}
