/* From the bytes of a program file to a checked plan of how to load it.
 *
 * Accepted is one kind of file: ELF64, little endian, x86-64, ET_EXEC, static (ELF specification 1.2 and
 * its 64-bit and x86-64 supplements). Everything is judged before anything is mapped, so whoever loads
 * the plan has nothing left to check; the loader and mkmanifest judge with this same code.
 *
 * An accepted plan has these properties:
 *  - 1 to ELF_SEGMENTS_MAX segments, none empty, ascending, with no page in common, all inside
 *    CAP_PROGRAM_START..CAP_PROGRAM_END; their file ranges are inside the file.
 *  - file_bytes <= memory_bytes; address and file_offset are equal modulo 4096.
 *  - Every segment is readable, none is both writable and executable.
 *  - entry lies in an executable segment.
 *  - The TLS image, if any, is the file part of one segment or a piece of it; its alignment is a power of
 *    two, and its address a multiple of that.
 *
 * Next: lib/ring.h
 */
#pragma once

#include "abi/error.h"
#include "lib/page_table.h"

#define ELF_SEGMENTS_MAX        8
#define ELF_PROGRAM_HEADERS_MAX 32
#define ELF_SECTION_HEADERS_MAX 256
#define ELF_TLS_BYTES_MAX       0x10000
#define ELF_TLS_ALIGN_MAX       4096

struct elf_segment {
    uint64_t address;
    uint64_t memory_bytes; /* what follows file_bytes is zero */
    uint64_t file_offset;
    uint64_t file_bytes;
    uint32_t rights; /* PAGE_READ, and PAGE_WRITE or PAGE_EXECUTE or neither */
};

struct elf_tls {
    uint64_t address; /* a multiple of align; with file_bytes, in one of the segments */
    uint64_t memory_bytes;
    uint64_t file_offset;
    uint64_t file_bytes;
    uint64_t align; /* 1 to ELF_TLS_ALIGN_MAX */
};

/* Behind the thread pointer: its own address, which is how a program finds it, and what the ABI keeps free.
 */
#define ELF_THREAD_BYTES 64

struct elf_range {
    uint64_t file_offset;
    uint64_t bytes;
};

struct elf_plan {
    uint64_t entry;
    uint64_t page_count; /* of all segments */
    uint32_t segment_count;
    bool has_tls;
    bool has_symbols;
    struct elf_segment segments[ELF_SEGMENTS_MAX];
    struct elf_tls tls;       /* if has_tls */
    struct elf_range symbols; /* if has_symbols: Elf64_Sym[], a multiple of 24 bytes */
    struct elf_range strings; /* if has_symbols: their names; not empty, ends with a NUL */
};

/* Where the bytes of a file are. copy is only asked for ranges inside the file. */
struct elf_source {
    uint64_t byte_count;
    void (*copy)(const struct elf_source *source, uint64_t offset, void *to, uint64_t bytes);
    const void *context;
};

/* The file lies in memory, at any alignment. */
struct elf_source elf_source_of_bytes(const uint8_t *bytes, uint64_t byte_count);

/* Whether the source is such a file. */
bool elf_source_is_bytes(const struct elf_source *source);

/* Judges a file. CAP_ERR_MALFORMED if it is not such a program; *reason is then a constant text for a person,
 * and *plan is untouched. Symbols are an aid, not part of the program: if they are damaged, the plan merely
 * has none. Time is bounded by the limits above.
 * Every header is copied once and the copy judged, so the plan is sound also if somebody writes to the file
 * meanwhile; only the names of symbols may then lack their NUL. */
CAP_MUST_CHECK enum cap_err elf_plan_read(const struct elf_source *source, struct elf_plan *plan,
                                          const char **reason);

/* The same for a file that lies in memory. */
CAP_MUST_CHECK enum cap_err elf_plan_make(const uint8_t *bytes, uint64_t byte_count, struct elf_plan *plan,
                                          const char **reason);

/* How one page of a segment is filled: file_bytes bytes from file_offset go to page_offset in the page at
 * address; the rest of the page is zero. */
struct elf_page {
    uint64_t address; /* page-aligned */
    uint64_t file_offset;
    uint32_t page_offset;
    uint32_t file_bytes;
};

/* Pages that a segment of an accepted plan touches, and each of them by index. */
uint64_t elf_segment_page_count(const struct elf_segment *segment);
struct elf_page elf_segment_page(const struct elf_segment *segment, uint64_t page_index);

/* Thread-local storage of an accepted plan, with has_tls, as one more segment that ends at `end`, a multiple
 * of the page size: the block, the thread pointer's target right behind it, and zeros ("ELF Handling For
 * Thread-Local Storage", variant II; System V ABI, AMD64 supplement, 3.4.6). The thread pointer is a multiple
 * of the block's alignment; whoever loads the plan writes its own address there, and puts it into FS base.
 * It takes at most ELF_TLS_BYTES_MAX and two pages. */
struct elf_segment elf_tls_segment(const struct elf_tls *tls, uint64_t end, uint64_t *thread_pointer);
