/* The user half of one process: pages of its own, and mapped memory objects.
 *
 * Every frame, page tables included, is charged to the process's ledger before it is taken.
 * Frames that a mapping shows belong to the memory object, all others to the address space.
 *
 * Next: kernel/mm/address_space.c
 */
#pragma once

#include "abi/error.h"
#include "lib/ledger.h"
#include "lib/list.h"
#include "lib/page_table.h"

struct object;

/* What user_memory.c has found out about recently used pages. Every change of a mapping empties it. */
#define SPACE_CACHE_PAGES 32

struct space_cache_entry {
    uint64_t page;    /* user address of the page; 0: empty, since page 0 is never user memory */
    uint32_t rights;  /* PAGE_* */
    uint8_t *pointer; /* where the kernel sees the page */
};

struct address_space {
    struct space_cache_entry cache[SPACE_CACHE_PAGES]; /* by page number modulo */
    bool is_cache_used;
    struct page_table table;
    struct page_source source;
    struct ledger *ledger; /* the process's */
    struct list mappings;  /* struct mapping */
};

/* A memory object that is mapped here; holds one reference to it. */
struct mapping {
    struct list_node link;
    struct object *object;
    uint64_t address;
    uint64_t page_count;
};

/* The address space must not move: its tables come through it. */
CAP_MUST_CHECK enum cap_err address_space_init(struct address_space *space, struct ledger *ledger);

/* Takes a zeroed frame and maps it at address with PAGE_USER and rights. Nothing has changed after an
 * error: CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY, CAP_ERR_FAULT (something is mapped there), CAP_ERR_INVALID. */
CAP_MUST_CHECK enum cap_err address_space_add_page(struct address_space *space, uint64_t address,
                                                   uint32_t rights, uint64_t *paddr);

/* Maps page_count frames from first_paddr on, which object holds, at address, and takes a reference to
 * object. The range is in CAP_MAPPINGS_START..END. All or nothing; errors as above. */
CAP_MUST_CHECK enum cap_err address_space_map_object(struct address_space *space, uint64_t address,
                                                     uint64_t first_paddr, uint64_t page_count,
                                                     uint32_t rights, struct object *object);

/* Forgets what user_memory.c remembers; part of every change of a mapping. */
void address_space_forget(struct address_space *space);

/* Gives everything back. The tables must not be loaded. */
void address_space_destroy(struct address_space *space);
