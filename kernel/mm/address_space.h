/* The user half of one process: pages of its own, and mapped memory objects (kernel/mm/mapping.h).
 *
 * Every frame, page tables included, is charged to the process's ledger before it is taken.
 * Frames that a mapping shows belong to the memory object, all others to the address space.
 *
 * Next: kernel/mm/address_space.c
 */
#pragma once

#include "abi/error.h"
#include "lib/ledger.h"
#include "lib/page_table.h"
#include "lib/range_tree.h"

/* What user_memory.c has found out about recently used pages. Every change of what is mapped empties it. */
#define SPACE_CACHE_PAGES 32

struct space_cache_entry {
    uint64_t tags[2]; /* by enum user_access: user_page_tag, or 0 if the page does not allow it */
    uint64_t offset;  /* from the user's addresses to where the kernel sees the page */
    uint64_t unused;  /* makes the size a power of two */
};

struct address_space {
    struct space_cache_entry cache[SPACE_CACHE_PAGES]; /* by page number modulo */
    bool is_cache_used;
    struct page_table table;
    struct page_source source;
    struct ledger *ledger;      /* the process's */
    struct range_tree mappings; /* of kernel/mm/mapping.c */
};

/* The address space must not move: its tables come through it. */
CAP_MUST_CHECK enum cap_err address_space_init(struct address_space *space, struct ledger *ledger);

/* Takes a zeroed frame and maps it at address with PAGE_USER and rights. Nothing has changed after an
 * error: CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY, CAP_ERR_FAULT (something is mapped there), CAP_ERR_INVALID. */
CAP_MUST_CHECK enum cap_err address_space_add_page(struct address_space *space, uint64_t address,
                                                   uint32_t rights, uint64_t *paddr);

/* What is in new pages: writes all bytes of the page `index` of a range. */
struct page_filler {
    void *context;
    void (*fill)(void *context, uint64_t index, uint8_t *page);
};

/* Takes frames for the pages of [first, end) and maps them as above; zeroed, if filler is NULL. */
CAP_MUST_CHECK enum cap_err address_space_add_range(struct address_space *space, uint64_t first, uint64_t end,
                                                    uint32_t rights, const struct page_filler *filler);

/* Part of every change of page_count pages from address on that were mapped before: forgets what
 * user_memory.c remembers of them, and what the processor does. It comes after the change, and before a frame
 * that this set free, tables too, is given out again. (Nobody remembers what is not mapped: SDM vol.
 * 3A, 4.10.4.3.) */
void address_space_changed(struct address_space *space, uint64_t address, uint64_t page_count);

/* Gives mappings and pages back, as far as the budget goes: each takes one of it. True: all is gone, and the
 * address space with it. The tables must not be loaded, nor anything be mapped meanwhile. */
CAP_MUST_CHECK bool address_space_destroy_step(struct address_space *space, uint32_t *budget);
