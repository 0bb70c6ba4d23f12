/* Kernel records: the small structs that stand for a call, a facet, a mapping. One pool a type, fed with
 * frames; every record is charged to the ledger of the process that causes it.
 *
 * In front of each pool is a magazine of records that were given back last and are taken first (J. Bonwick
 * and J. Adams, Magazines and Vmem, 2001), so that a record which comes and goes with each call costs a few
 * instructions. The pool counts them as in use; record_trim hands them back to it.
 *
 * Next: kernel/mm/record.c
 */
#pragma once

#include "abi/error.h"
#include "kernel/mm/fail_alloc.h"
#include "lib/ledger.h"
#include "lib/pool.h"

#define RECORD_MAGAZINE 16

struct record_pool {
    void *magazine[RECORD_MAGAZINE];
    uint32_t magazine_count;
    struct pool pool;
    uint32_t object_bytes;
    uint32_t object_align;
    struct record_pool *next; /* in the list of record.c, once it holds a page */
    bool is_ready;
};

#define RECORD_POOL(type)                                            \
    {                                                                \
        .object_bytes = sizeof(type), .object_align = _Alignof(type) \
    }

/* Of record.c: past the magazine. */
CAP_MUST_CHECK enum cap_err record_take_from_pool(struct record_pool *pool, void **record);
void record_give_to_pool(struct record_pool *pool, void *record);

/* A record with any contents, charged to nobody. CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK static inline enum cap_err record_take_raw(struct record_pool *pool, void **record)
{
    if (fail_alloc_now())
        return CAP_ERR_NO_MEMORY;
    if (__builtin_expect(pool->magazine_count == 0, 0))
        return record_take_from_pool(pool, record);
    *record = pool->magazine[--pool->magazine_count];
    return CAP_OK;
}

static inline void record_give_raw(struct record_pool *pool, void *record)
{
    if (__builtin_expect(pool->magazine_count == RECORD_MAGAZINE, 0))
        record_give_to_pool(pool, record);
    else
        pool->magazine[pool->magazine_count++] = record;
}

/* A zeroed record. ledger NULL: the kernel's own. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err record_take(struct record_pool *pool, struct ledger *ledger, void **record);
void record_give(struct record_pool *pool, struct ledger *ledger, void *record);

/* Records in use and frames held, over all pools. */
struct record_totals {
    uint64_t record_count;
    uint64_t frame_count;
};
struct record_totals record_totals(void);

/* Gives back the magazines and the spare pages of all pools. Returns how many records are in use, over all
 * pools. */
uint64_t record_trim(void);
