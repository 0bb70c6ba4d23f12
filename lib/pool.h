/* Records of one size, carved out of pages that the caller brings and gets back.
 *
 *   page:  struct pool_page | object 0 | object 1 | ...      (the header is found by masking an address)
 *
 * Invariants
 *  - A page is full (in no list), has room and records in use (in pages_with_room), or is empty; only
 *    one page is ever empty: the spare. It is kept, so that taking and giving one record in turn does not
 *    move pages; pool_trim hands it back.
 *  - A record in use has its bit set in its page. Giving back what is not in use, or not this pool's, is
 *    a broken promise and fails a CHECK.
 *
 * Next: lib/page_table.h
 */
#pragma once

#include "abi/error.h"
#include "lib/list.h"

/* With an alignment of at most 32; with 64 it is 3968. */
#define POOL_OBJECT_BYTES_MAX 4000
#define POOL_ALIGN_MAX        64

struct pool_page;

struct pool {
    uint32_t object_bytes; /* rounded up to the alignment and to 16 */
    uint32_t first_offset; /* of object 0 in its page */
    uint32_t objects_per_page;
    uint32_t page_count;   /* pages held, the spare too */
    uint64_t object_count; /* records in use */
    struct list pages_with_room;
    struct pool_page *spare; /* or NULL */
};

/* align is a power of two up to POOL_ALIGN_MAX; object_bytes is 1 to the maximum above. Both are CHECKed. */
void pool_init(struct pool *pool, uint32_t object_bytes, uint32_t align);

/* A zeroed record. NULL when there is no room: add a page, then take again. */
CAP_MUST_CHECK void *pool_take(struct pool *pool);

/* Hands the pool 4096 bytes at a multiple of 4096, with any contents, as soon as pool_take returned
 * NULL (CHECKed: there is no room). The page is the pool's until pool_give or pool_trim returns it. */
void pool_add_page(struct pool *pool, void *page);

/* Gives a record back. Returns a page that is no longer needed, now the caller's again, or NULL. */
CAP_MUST_CHECK void *pool_give(struct pool *pool, void *object);

/* Returns the spare page, now the caller's again, or NULL. When no record is in use, the pool holds
 * no page after this. */
CAP_MUST_CHECK void *pool_trim(struct pool *pool);
