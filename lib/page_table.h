/* x86-64 four-level page tables over a source of frames (Intel SDM vol. 3A, 4.5; AMD APM vol. 2, 5.3).
 *
 *   bits of an address   47..39  38..30  29..21  20..12  11..0
 *   index into level       4       3       2       1     byte        level 4 is the root
 *
 * Invariants
 *  - Rights are decided by the entry that maps the page; entries above it allow everything, except that
 *    those of the kernel half (top-level entries 256 to 511) do not allow user access.
 *  - Nothing is writable and executable at once. Kernel-half pages are never PAGE_USER, user-half pages
 *    never PAGE_GLOBAL.
 *  - The entry that names a table counts the used entries of that table in its bits 52 to 61, which the
 *    CPU ignores. No table is empty: the last unmap frees it. Two exceptions: the root, whose user half
 *    struct page_table counts, and the tables that top-level entries of the kernel half name. These stay
 *    for ever, because all roots share them.
 *  - Tables are written with single 64-bit stores: the CPU may read them at any time.
 *
 * Translations that the CPU remembers are the caller's business: after unmap, protect and unmap_range
 * it invalidates them before it runs user code and before any freed frame (tables too) is written.
 *
 * Next: lib/elf.h
 */
#pragma once

#include "abi/error.h"

/* What a page allows. The values are those of the hardware's entry where it has them, so that a lookup
 * need not translate; PAGE_EXECUTE stands for the absence of its no-execute bit. Every page is readable. */
#define PAGE_READ     0x001
#define PAGE_WRITE    0x002
#define PAGE_USER     0x004
#define PAGE_UNCACHED 0x010 /* PCD: for device registers */
#define PAGE_EXECUTE  0x020
#define PAGE_GLOBAL   0x100

#define PAGE_LARGE_BYTES 0x200000

/* First address beyond the user half, and first of the kernel half; between them nothing is canonical. */
#define PAGE_TABLE_USER_END     0x0000800000000000
#define PAGE_TABLE_KERNEL_START 0xffff800000000000

/* Where tables come from. A source may serve one page table or many; it outlives them. */
struct page_source {
    void *context;
    uint64_t direct_map; /* the frame at physical address p is at the kernel address direct_map + p */
    enum cap_err (*alloc)(void *context, uint64_t *paddr); /* a zeroed frame, or any error: it is passed on */
    void (*free)(void *context, uint64_t paddr); /* does not write the frame; it is zeroed again, unless
                                                    it is the root */
};

struct page_table {
    uint64_t root_paddr;     /* for CR3 */
    uint32_t user_top_count; /* used entries of the root's user half */
    const struct page_source *source;
};

/* Takes a frame for an empty root; the source's error if there is none. */
CAP_MUST_CHECK enum cap_err page_table_init(struct page_table *table, const struct page_source *source);

/* Gives the root back and forgets it. CHECKed: nothing is mapped in the user half. Kernel-half tables stay.
 */
void page_table_destroy(struct page_table *table);

/* Makes `to` show the kernel half of `from`, now and later, as far as the top-level entries exist by now.
 * So the kernel maps at least one page in each top-level entry that it will ever use before it shares. */
void page_table_share_top(struct page_table *to, const struct page_table *from);

/* Maps the page at vaddr (4 KiB; large: 2 MiB) to the frame or frames at paddr. Takes at most three
 * frames for tables. Nothing has changed after an error:
 *   CAP_ERR_INVALID  vaddr or paddr is not a multiple of the page's size, vaddr is not canonical, paddr
 *                    has more than 52 bits, or the rights break an invariant, lack PAGE_READ or are undefined
 *   CAP_ERR_FAULT    something is mapped there already
 *   the source's     no frame for a table */
CAP_MUST_CHECK enum cap_err page_table_map(struct page_table *table, uint64_t vaddr, uint64_t paddr,
                                           uint32_t rights);
CAP_MUST_CHECK enum cap_err page_table_map_large(struct page_table *table, uint64_t vaddr, uint64_t paddr,
                                                 uint32_t rights);

/* Removes the page at vaddr, of either size, gives tables back that are empty now, and says where it
 * was. CAP_ERR_INVALID: vaddr is not canonical or not where that page starts; CAP_ERR_FAULT: not mapped. */
CAP_MUST_CHECK enum cap_err page_table_unmap(struct page_table *table, uint64_t vaddr, uint64_t *paddr);

/* Gives the page at vaddr, of either size, other rights. Errors as for map and unmap. */
CAP_MUST_CHECK enum cap_err page_table_protect(struct page_table *table, uint64_t vaddr, uint32_t rights);

/* Where the byte at vaddr is, and what its page allows. CAP_ERR_FAULT: not mapped, or not canonical. */
CAP_MUST_CHECK enum cap_err page_table_lookup(const struct page_table *table, uint64_t vaddr, uint64_t *paddr,
                                              uint32_t *rights);

/* Where the pages of a range come from: the frame for its page `index`, or any error. It must not change the
 * table. */
struct page_feed {
    void *context;
    enum cap_err (*next)(void *context, uint64_t index, uint64_t *paddr);
};

/* Maps the pages of [first, end), lowest address first, all with the same rights; one walk for each 512.
 * After an error those before *mapped_end are mapped and no other: unmap that range to undo it.
 *   CAP_ERR_INVALID                  the rights are not allowed, as for map
 *   CAP_ERR_FAULT                    something is mapped at *mapped_end already
 *   the source's, and the feed's     no frame for a table, no page; the feed is asked for none in vain
 * The range is in the user half and page-aligned (CHECKed). */
CAP_MUST_CHECK enum cap_err page_table_map_range(struct page_table *table, uint64_t first, uint64_t end,
                                                 uint32_t rights, const struct page_feed *feed,
                                                 uint64_t *mapped_end);

/* What becomes of a page that page_table_unmap_range removed; page_bytes is its size. */
struct page_sink {
    void *context;
    void (*leaf)(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes);
};

/* Removes what is mapped in [first, end), lowest address first, and gives back the tables that become
 * empty; stops after budget pages. True once nothing is left there; false: call it again, with the same
 * range. Costs in proportion to what is mapped there: looks at most at 512 entries for each table that it
 * passes, eight at a time, and not at those behind a table's last used one. The sink must not change the
 * table. The range is in the user half, page-aligned, and cuts no large page (CHECKed). */
CAP_MUST_CHECK bool page_table_unmap_range(struct page_table *table, uint64_t first, uint64_t end,
                                           uint32_t budget, const struct page_sink *sink);

struct page_table_size {
    uint64_t table_count; /* frames of the tables of the user half, with the root */
    uint64_t page_count;  /* pages of 4 KiB that are mapped there, below an address */
};

/* Looks at every table: for checks. Nothing of one that was destroyed. */
struct page_table_size page_table_count(const struct page_table *table, uint64_t end);
