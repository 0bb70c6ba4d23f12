/* Kernel records: the small structs that stand for a call, a facet, a mapping. One pool a type, fed with
 * frames; every record is charged to the ledger of the process that caused it.
 *
 * Next: kernel/mm/record.c
 */
#pragma once

#include "abi/error.h"
#include "lib/ledger.h"
#include "lib/pool.h"

struct record_pool {
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

/* A zeroed record. ledger NULL: the kernel's own. CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err record_take(struct record_pool *pool, struct ledger *ledger, void **record);
void record_give(struct record_pool *pool, struct ledger *ledger, void *record);

/* Gives back the spare pages of all pools. Returns how many records are in use, over all pools. */
uint64_t record_trim(void);
