/* Walks, and the few changes that they end in.
 *
 * A change first finds out everything that can refuse it, frames included, and then cannot fail.
 *
 * Next: lib/page_table_range.c
 */
#include "lib/page_table_walk.h"

/* Top-level entries of the kernel half are copied from root to root, so a count of them, or in them, would
 * not stay true. */
static bool is_counted(uint32_t level, uint64_t vaddr)
{
    return level < LEVEL_ROOT || !is_kernel_half(vaddr);
}

/* The entry that names a table with one used entry. */
static uint64_t table_value(uint64_t paddr, uint32_t level, uint64_t vaddr)
{
    return paddr | ENTRY_PRESENT | PAGE_WRITE | (is_kernel_half(vaddr) ? 0 : PAGE_USER) |
           (is_counted(level, vaddr) ? ENTRY_COUNT_ONE : 0);
}

/* The entry at walk->level has become used: its table has one more. */
static void walk_count_one(struct page_table *table, const struct walk *walk, uint64_t vaddr)
{
    uint32_t parent = walk->level + 1;
    if (parent > LEVEL_ROOT)
        table->user_top_count += is_kernel_half(vaddr) ? 0 : 1;
    else if (is_counted(parent, vaddr))
        entry_store(walk->entries[parent], entry_load(walk->entries[parent]) + ENTRY_COUNT_ONE);
}

void walk_count_less(struct page_table *table, const struct walk *walk, uint64_t vaddr, uint32_t level,
                     uint32_t count)
{
    for (uint32_t parent = level + 1; parent <= LEVEL_ROOT; parent++, count = 1) {
        if (!is_counted(parent, vaddr))
            return;
        uint64_t value = entry_load(walk->entries[parent]) - count * ENTRY_COUNT_ONE;
        if (value & ENTRY_COUNT) {
            entry_store(walk->entries[parent], value);
            return;
        }
        entry_store(walk->entries[parent], 0);
        table->source->free(table->source->context, value & ENTRY_PADDR);
    }
    table->user_top_count--;
}

void walk_clear(struct page_table *table, const struct walk *walk, uint64_t vaddr)
{
    entry_store(walk->entries[walk->level], 0);
    walk_count_less(table, walk, vaddr, walk->level, 1);
}

/* All `count` frames or none. */
static enum cap_err frames_take(const struct page_source *source, uint64_t *paddrs, uint32_t count)
{
    for (uint32_t taken = 0; taken < count; taken++) {
        enum cap_err err = source->alloc(source->context, &paddrs[taken]);
        if (err) {
            while (taken > 0)
                source->free(source->context, paddrs[--taken]);
            return err;
        }
    }
    return CAP_OK;
}

enum cap_err walk_fill(struct page_table *table, const struct walk *walk, uint64_t vaddr, uint32_t leaf_level,
                       uint64_t value)
{
    uint64_t table_paddrs[LEVEL_ROOT];
    uint32_t missing = walk->level - leaf_level;
    enum cap_err err = frames_take(table->source, table_paddrs, missing);
    if (err)
        return err;

    /* From the leaf up; the last store shows all of it. */
    for (uint32_t i = 0; i < missing; i++) {
        uint32_t level = leaf_level + i;
        entry_store(table_entries(table, table_paddrs[i]) + table_index(vaddr, level), value);
        value = table_value(table_paddrs[i], level + 1, vaddr);
    }
    entry_store(walk->entries[walk->level], value);
    walk_count_one(table, walk, vaddr);
    return CAP_OK;
}

static enum cap_err map_leaf(struct page_table *table, uint64_t vaddr, uint64_t paddr, uint32_t rights,
                             uint32_t leaf_level)
{
    if (!is_aligned(vaddr | paddr, level_bytes(leaf_level)) || !is_canonical(vaddr) || paddr & ~ENTRY_PADDR ||
        !are_rights_allowed(vaddr, rights))
        return CAP_ERR_INVALID;
    struct walk walk;
    walk_down(table, vaddr, leaf_level, &walk);
    if (walk_value(&walk) & ENTRY_PRESENT)
        return CAP_ERR_FAULT;
    return walk_fill(table, &walk, vaddr, leaf_level, paddr | leaf_flags(rights, leaf_level));
}

/* The way to the page at vaddr, which must start there. */
static enum cap_err find_leaf(const struct page_table *table, uint64_t vaddr, struct walk *walk)
{
    if (!is_canonical(vaddr) || !is_aligned(vaddr, CAP_PAGE_BYTES))
        return CAP_ERR_INVALID;
    walk_down(table, vaddr, LEVEL_PAGE, walk);
    if (!(walk_value(walk) & ENTRY_PRESENT))
        return CAP_ERR_FAULT;
    return is_aligned(vaddr, level_bytes(walk->level)) ? CAP_OK : CAP_ERR_INVALID;
}

enum cap_err page_table_init(struct page_table *table, const struct page_source *source)
{
    uint64_t root_paddr;
    enum cap_err err = source->alloc(source->context, &root_paddr);
    if (err)
        return err;
    *table = (struct page_table){.root_paddr = root_paddr, .source = source};
    return CAP_OK;
}

void page_table_destroy(struct page_table *table)
{
    CHECK(table->user_top_count == 0);
    table->source->free(table->source->context, table->root_paddr);
    *table = (struct page_table){0};
}

void page_table_share_top(struct page_table *to, const struct page_table *from)
{
    uint64_t *to_entries = table_entries(to, to->root_paddr);
    const uint64_t *from_entries = table_entries(from, from->root_paddr);
    for (uint32_t i = table_next_used(from_entries, TABLE_ENTRIES / 2); i < TABLE_ENTRIES;
         i = table_next_used(from_entries, i + 1))
        entry_store(&to_entries[i], entry_load(&from_entries[i]));
}

enum cap_err page_table_map(struct page_table *table, uint64_t vaddr, uint64_t paddr, uint32_t rights)
{
    return map_leaf(table, vaddr, paddr, rights, LEVEL_PAGE);
}

enum cap_err page_table_map_large(struct page_table *table, uint64_t vaddr, uint64_t paddr, uint32_t rights)
{
    return map_leaf(table, vaddr, paddr, rights, LEVEL_LARGE);
}

enum cap_err page_table_unmap(struct page_table *table, uint64_t vaddr, uint64_t *paddr)
{
    struct walk walk;
    enum cap_err err = find_leaf(table, vaddr, &walk);
    if (err)
        return err;
    *paddr = walk_value(&walk) & ENTRY_PADDR;
    walk_clear(table, &walk, vaddr);
    return CAP_OK;
}

enum cap_err page_table_protect(struct page_table *table, uint64_t vaddr, uint32_t rights)
{
    if (!are_rights_allowed(vaddr, rights))
        return CAP_ERR_INVALID;
    struct walk walk;
    enum cap_err err = find_leaf(table, vaddr, &walk);
    if (err)
        return err;
    entry_store(walk.entries[walk.level], (walk_value(&walk) & ENTRY_PADDR) | leaf_flags(rights, walk.level));
    return CAP_OK;
}

/* The entry for vaddr in the table that `value` names. The shift leaves the index times 8. */
static inline uint64_t lookup_load(uint64_t direct_map, uint64_t value, uint64_t vaddr, uint32_t level)
{
    uint64_t entry_offset = vaddr >> (level_shift(level) - 3) & (TABLE_ENTRIES - 1) * 8;
    return entry_load((const uint64_t *)(uintptr_t)(direct_map + (value & ENTRY_PADDR) + entry_offset));
}

/* On the way of every copy from and to a program: the walk without its loop. */
enum cap_err page_table_lookup(const struct page_table *table, uint64_t vaddr, uint64_t *paddr,
                               uint32_t *rights)
{
    uint64_t direct_map = table->source->direct_map, offset_mask = CAP_PAGE_BYTES - 1;
    if (!is_canonical(vaddr))
        return CAP_ERR_FAULT;
    uint64_t value = lookup_load(direct_map, table->root_paddr, vaddr, 4);
    if (!(value & ENTRY_PRESENT))
        return CAP_ERR_FAULT;
    value = lookup_load(direct_map, value, vaddr, 3);
    if (!(value & ENTRY_PRESENT))
        return CAP_ERR_FAULT;
    value = lookup_load(direct_map, value, vaddr, 2);
    if (!(value & ENTRY_PRESENT))
        return CAP_ERR_FAULT;
    if (value & ENTRY_LARGE) {
        offset_mask = PAGE_LARGE_BYTES - 1;
    } else {
        value = lookup_load(direct_map, value, vaddr, 1);
        if (!(value & ENTRY_PRESENT))
            return CAP_ERR_FAULT;
    }
    *paddr = (value & ENTRY_PADDR) | (vaddr & offset_mask);
    *rights = (uint32_t)(value & RIGHTS_IN_ENTRY) | (value & ENTRY_NO_EXECUTE ? 0 : PAGE_EXECUTE);
    return CAP_OK;
}
