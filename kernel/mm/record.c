/* Pools over frames.
 *
 * Next: kernel/mm/address_space.c
 */
#include "kernel/mm/record.h"
#include "kernel/mm/frame.h"
#include "lib/mem.h"

static struct record_pool *pools;

static enum cap_err pool_grow(struct record_pool *pool)
{
    uint64_t paddr;
    enum cap_err err = frame_alloc(&paddr);
    if (err)
        return err;
    if (!pool->is_ready) {
        pool_init(&pool->pool, pool->object_bytes, pool->object_align);
        pool->next = pools;
        pools = pool;
        pool->is_ready = true;
    }
    pool_add_page(&pool->pool, frame_to_pointer(paddr));
    return CAP_OK;
}

enum cap_err record_take_from_pool(struct record_pool *pool, void **record)
{
    void *taken = pool->is_ready ? pool_take(&pool->pool) : NULL;
    if (!taken) {
        enum cap_err err = pool_grow(pool);
        if (err)
            return err;
        taken = pool_take(&pool->pool);
    }
    *record = taken;
    return CAP_OK;
}

static void page_free(void *page)
{
    if (page)
        frame_free(frame_from_pointer(page));
}

void record_give_to_pool(struct record_pool *pool, void *record)
{
    page_free(pool_give(&pool->pool, record));
}

enum cap_err record_take(struct record_pool *pool, struct ledger *ledger, void **record)
{
    enum cap_err err = ledger ? ledger_charge(ledger, LEDGER_RECORDS, 1) : CAP_OK;
    if (err)
        return err;
    err = record_take_raw(pool, record);
    if (!err)
        mem_zero(*record, pool->object_bytes);
    else if (ledger)
        ledger_refund(ledger, LEDGER_RECORDS, 1);
    return err;
}

void record_give(struct record_pool *pool, struct ledger *ledger, void *record)
{
    record_give_raw(pool, record);
    if (ledger)
        ledger_refund(ledger, LEDGER_RECORDS, 1);
}

struct record_totals record_totals(void)
{
    struct record_totals totals = {0};
    for (const struct record_pool *pool = pools; pool; pool = pool->next) {
        totals.record_count += pool->pool.object_count - pool->magazine_count;
        totals.frame_count += pool->pool.page_count;
    }
    return totals;
}

uint64_t record_trim(void)
{
    uint64_t record_count = 0;
    for (struct record_pool *pool = pools; pool; pool = pool->next) {
        while (pool->magazine_count > 0)
            record_give_to_pool(pool, pool->magazine[--pool->magazine_count]);
        page_free(pool_trim(&pool->pool));
        record_count += pool->pool.object_count;
    }
    return record_count;
}
