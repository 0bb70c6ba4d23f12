/* Pages that come and go together: one walk for each table of 512 pages, and little for what is not mapped.
 *
 * Next: tests/host/test_page_table.c
 */
#include "lib/page_table_walk.h"

static void range_check(uint64_t first, uint64_t end)
{
    CHECK(first <= end && end <= PAGE_TABLE_USER_END && is_aligned(first | end, CAP_PAGE_BYTES));
}

/* The end of the range, or of the table of 512 pages that vaddr lies in. */
static uint64_t end_in_table(uint64_t vaddr, uint64_t end)
{
    return min_u64(end, align_down(vaddr, PAGE_LARGE_BYTES) + PAGE_LARGE_BYTES);
}

/* ---- Mapping -------------------------------------------------------------------------------------- */

/* Pages are written before they are counted: nobody looks in between. */
static enum cap_err fill_entries(uint64_t *entry, uint32_t count, uint64_t flags,
                                 const struct page_feed *feed, uint64_t index, uint32_t *filled)
{
    for (*filled = 0; *filled < count; ++*filled, entry++) {
        uint64_t paddr;
        enum cap_err err = entry_load(entry) & ENTRY_PRESENT
                               ? CAP_ERR_FAULT
                               : feed->next(feed->context, index + *filled, &paddr);
        if (err)
            return err;
        CHECK(!(paddr & ~ENTRY_PADDR));
        entry_store(entry, paddr | flags);
    }
    return CAP_OK;
}

/* Maps as much of the range as one table holds. A table that is missing is made with one entry counted that
 * is not there yet, since no table is empty. */
static enum cap_err map_in_table(struct page_table *table, uint64_t vaddr, uint32_t count, uint64_t flags,
                                 const struct page_feed *feed, uint64_t index, uint32_t *filled)
{
    struct walk walk;
    walk_down(table, vaddr, LEVEL_PAGE, &walk);
    uint32_t early_count = walk.level > LEVEL_PAGE;
    if (early_count) {
        enum cap_err err =
            walk_value(&walk) & ENTRY_PRESENT ? CAP_ERR_FAULT : walk_fill(table, &walk, vaddr, LEVEL_PAGE, 0);
        if (err)
            return err;
        walk_down(table, vaddr, LEVEL_PAGE, &walk);
    }
    enum cap_err err = fill_entries(walk.entries[LEVEL_PAGE], count, flags, feed, index, filled);
    uint64_t *parent = walk.entries[LEVEL_PAGE + 1];
    if (*filled >= early_count)
        entry_store(parent, entry_load(parent) + (*filled - early_count) * ENTRY_COUNT_ONE);
    else
        walk_count_less(table, &walk, vaddr, LEVEL_PAGE, early_count);
    return err;
}

enum cap_err page_table_map_range(struct page_table *table, uint64_t first, uint64_t end, uint32_t rights,
                                  const struct page_feed *feed, uint64_t *mapped_end)
{
    range_check(first, end);
    *mapped_end = first;
    if (!are_rights_allowed(0, rights))
        return CAP_ERR_INVALID;
    uint64_t flags = leaf_flags(rights, LEVEL_PAGE);
    while (*mapped_end < end) {
        uint64_t vaddr = *mapped_end;
        uint32_t count = (uint32_t)((end_in_table(vaddr, end) - vaddr) / CAP_PAGE_BYTES), filled = 0;
        enum cap_err err =
            map_in_table(table, vaddr, count, flags, feed, (vaddr - first) / CAP_PAGE_BYTES, &filled);
        *mapped_end += filled * CAP_PAGE_BYTES;
        if (err)
            return err;
    }
    return CAP_OK;
}

/* ---- Unmapping ------------------------------------------------------------------------------------ */

/* The address of the next entry in the same table that is used, or of the table's end. The entry of vaddr is
 * absent. */
static uint64_t skip_absent(const struct walk *walk, uint64_t vaddr)
{
    uint32_t index = table_index(vaddr, walk->level);
    uint32_t next = table_next_used(walk->entries[walk->level] - index, index);
    return align_down(vaddr, level_bytes(walk->level)) + (next - index) * level_bytes(walk->level);
}

/* Removes up to *budget pages of one table, from the one that walk has reached on; stops when the table has
 * no more. Where to go on: in the next table if this one is done with. */
static uint64_t unmap_in_table(struct page_table *table, const struct walk *walk, uint64_t vaddr,
                               uint64_t end, uint32_t *budget, const struct page_sink *sink)
{
    uint64_t table_end = end_in_table(vaddr, end), at = vaddr;
    uint32_t index = table_index(vaddr, LEVEL_PAGE), removed = 0;
    uint64_t *entries = walk->entries[LEVEL_PAGE] - index;
    uint64_t used = (entry_load(walk->entries[LEVEL_PAGE + 1]) & ENTRY_COUNT) / ENTRY_COUNT_ONE;
    while (at < table_end && removed < used && removed < *budget) {
        uint64_t value = entry_load(&entries[index]);
        if (value & ENTRY_PRESENT) {
            entry_store(&entries[index], 0);
            sink->leaf(sink->context, at, value & ENTRY_PADDR, CAP_PAGE_BYTES);
            removed++;
            index++;
        } else {
            index = table_next_used(entries, index);
        }
        at = align_down(vaddr, PAGE_LARGE_BYTES) + index * (uint64_t)CAP_PAGE_BYTES;
    }
    *budget -= removed;
    if (removed)
        walk_count_less(table, walk, vaddr, LEVEL_PAGE, removed);
    return removed == used ? table_end : at;
}

static uint64_t unmap_large(struct page_table *table, const struct walk *walk, uint64_t vaddr, uint64_t end,
                            uint32_t *budget, const struct page_sink *sink)
{
    uint64_t bytes = level_bytes(walk->level), paddr = walk_value(walk) & ENTRY_PADDR;
    CHECK(is_aligned(vaddr, bytes) && bytes <= end - vaddr);
    if (*budget == 0)
        return vaddr;
    --*budget;
    walk_clear(table, walk, vaddr);
    sink->leaf(sink->context, vaddr, paddr, bytes);
    return vaddr + bytes;
}

bool page_table_unmap_range(struct page_table *table, uint64_t first, uint64_t end, uint32_t budget,
                            const struct page_sink *sink)
{
    range_check(first, end);
    for (uint64_t vaddr = first; vaddr < end && table->user_top_count;) {
        struct walk walk;
        walk_down(table, vaddr, LEVEL_PAGE, &walk);
        if (!(walk_value(&walk) & ENTRY_PRESENT)) {
            vaddr = skip_absent(&walk, vaddr);
            continue;
        }
        uint64_t from = vaddr;
        if (walk.level == LEVEL_PAGE)
            vaddr = unmap_in_table(table, &walk, vaddr, end, &budget, sink);
        else
            vaddr = unmap_large(table, &walk, vaddr, end, &budget, sink);
        if (vaddr == from)
            return false;
    }
    return true;
}
