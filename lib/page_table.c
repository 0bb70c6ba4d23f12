/* Walks, and the few changes that they end in.
 *
 * A change first finds out everything that can refuse it, frames included, and then cannot fail.
 *
 * Next: tests/host/test_page_table.c
 */
#include "lib/page_table.h"

#include "lib/bits.h"
#include "lib/check.h"

#define LEVEL_ROOT    4
#define LEVEL_LARGE   2
#define LEVEL_PAGE    1
#define TABLE_ENTRIES 512

#define ENTRY_PRESENT    0x001
#define ENTRY_LARGE      0x080 /* PS: the entry maps 2 MiB; meaningful above LEVEL_PAGE */
#define ENTRY_PADDR      0x000ffffffffff000
#define ENTRY_COUNT_ONE  0x0010000000000000
#define ENTRY_COUNT      0x3ff0000000000000
#define ENTRY_NO_EXECUTE 0x8000000000000000

#define RIGHTS_IN_ENTRY (PAGE_READ | PAGE_WRITE | PAGE_USER | PAGE_UNCACHED | PAGE_GLOBAL)
#define RIGHTS_ALL      (RIGHTS_IN_ENTRY | PAGE_EXECUTE)
_Static_assert(PAGE_READ == ENTRY_PRESENT, "every page that is there is readable");

/* The entries on the way to an address: entries[level], from LEVEL_ROOT down to `level`. */
struct walk {
    uint64_t *entries[LEVEL_ROOT + 1];
    uint32_t level;
};

/* The CPU reads and marks entries on its own account, so each is one 64-bit access; a table's contents
 * are written before the entry that shows it (release). */
static inline uint64_t entry_load(const uint64_t *entry)
{
    return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

static inline void entry_store(uint64_t *entry, uint64_t value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

static inline uint32_t level_shift(uint32_t level)
{
    return 12 + 9 * (level - 1);
}

static inline uint64_t level_bytes(uint32_t level)
{
    return (uint64_t)1 << level_shift(level);
}

static inline bool is_kernel_half(uint64_t vaddr)
{
    return vaddr >> 63;
}

static inline bool is_canonical(uint64_t vaddr)
{
    return (vaddr + PAGE_TABLE_USER_END) >> 48 == 0;
}

static uint64_t *table_entries(const struct page_table *table, uint64_t paddr)
{
    return (uint64_t *)(uintptr_t)(table->source->direct_map + paddr);
}

static uint64_t *table_entry(const struct page_table *table, uint64_t paddr, uint64_t vaddr, uint32_t level)
{
    return table_entries(table, paddr) + (vaddr >> level_shift(level)) % TABLE_ENTRIES;
}

/* Goes down until the entry at lowest_level, or one that is absent or maps a large page. */
static void walk_down(const struct page_table *table, uint64_t vaddr, uint32_t lowest_level,
                      struct walk *walk)
{
    uint64_t paddr = table->root_paddr;
    for (walk->level = LEVEL_ROOT;; walk->level--) {
        walk->entries[walk->level] = table_entry(table, paddr, vaddr, walk->level);
        uint64_t value = entry_load(walk->entries[walk->level]);
        if (walk->level == lowest_level || !(value & ENTRY_PRESENT) || value & ENTRY_LARGE)
            return;
        paddr = value & ENTRY_PADDR;
    }
}

static uint64_t walk_value(const struct walk *walk)
{
    return entry_load(walk->entries[walk->level]);
}

/* Top-level entries of the kernel half are copied from root to root, so a count in them would not stay true.
 */
static bool is_counted(uint32_t level, uint64_t vaddr)
{
    return level < LEVEL_ROOT || !is_kernel_half(vaddr);
}

static bool are_rights_allowed(uint64_t vaddr, uint32_t rights)
{
    if (rights & ~(uint32_t)RIGHTS_ALL || !(rights & PAGE_READ))
        return false;
    if (rights & PAGE_WRITE && rights & PAGE_EXECUTE)
        return false;
    return !(rights & (is_kernel_half(vaddr) ? PAGE_USER : PAGE_GLOBAL));
}

static uint64_t leaf_flags(uint32_t rights, uint32_t level)
{
    return (rights & RIGHTS_IN_ENTRY) | (rights & PAGE_EXECUTE ? 0 : ENTRY_NO_EXECUTE) |
           (level == LEVEL_PAGE ? 0 : ENTRY_LARGE);
}

/* The entry that names a table with one used entry. */
static uint64_t table_value(uint64_t paddr, uint32_t level, uint64_t vaddr)
{
    return paddr | ENTRY_PRESENT | PAGE_WRITE | (is_kernel_half(vaddr) ? 0 : PAGE_USER) |
           (is_counted(level, vaddr) ? ENTRY_COUNT_ONE : 0);
}

/* The entry at walk->level has become used: its table has one more. */
static void walk_count_one(const struct walk *walk, uint64_t vaddr)
{
    uint32_t parent = walk->level + 1;
    if (parent <= LEVEL_ROOT && is_counted(parent, vaddr))
        entry_store(walk->entries[parent], entry_load(walk->entries[parent]) + ENTRY_COUNT_ONE);
}

/* Clears the entry at walk->level, and gives back each table on the way that this leaves empty. */
static void walk_clear(const struct page_table *table, const struct walk *walk, uint64_t vaddr)
{
    entry_store(walk->entries[walk->level], 0);
    for (uint32_t parent = walk->level + 1; parent <= LEVEL_ROOT && is_counted(parent, vaddr); parent++) {
        uint64_t value = entry_load(walk->entries[parent]) - ENTRY_COUNT_ONE;
        if (value & ENTRY_COUNT) {
            entry_store(walk->entries[parent], value);
            return;
        }
        entry_store(walk->entries[parent], 0);
        table->source->free(table->source->context, value & ENTRY_PADDR);
    }
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
    uint64_t table_paddrs[LEVEL_ROOT];
    uint32_t missing = walk.level - leaf_level;
    enum cap_err err = frames_take(table->source, table_paddrs, missing);
    if (err)
        return err;

    /* From the leaf up; the last store shows all of it. */
    uint64_t value = paddr | leaf_flags(rights, leaf_level);
    for (uint32_t i = 0; i < missing; i++) {
        entry_store(table_entry(table, table_paddrs[i], vaddr, leaf_level + i), value);
        value = table_value(table_paddrs[i], leaf_level + i + 1, vaddr);
    }
    entry_store(walk.entries[walk.level], value);
    walk_count_one(&walk, vaddr);
    return CAP_OK;
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
    const uint64_t *entries = table_entries(table, table->root_paddr);
    for (uint32_t i = 0; i < TABLE_ENTRIES / 2; i++)
        CHECK(entry_load(&entries[i]) == 0);
    table->source->free(table->source->context, table->root_paddr);
    *table = (struct page_table){0};
}

void page_table_share_top(struct page_table *to, const struct page_table *from)
{
    uint64_t *to_entries = table_entries(to, to->root_paddr);
    const uint64_t *from_entries = table_entries(from, from->root_paddr);
    for (uint32_t i = TABLE_ENTRIES / 2; i < TABLE_ENTRIES; i++)
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

/* The address of the next entry in the same table that is present, or that is beyond the table or end: found
 * without another walk. The entry of vaddr is absent. */
static uint64_t skip_absent(const struct walk *walk, uint64_t vaddr, uint64_t end)
{
    uint64_t bytes = level_bytes(walk->level), table_bytes = level_bytes(walk->level + 1);
    const uint64_t *entry = walk->entries[walk->level];
    do
        vaddr += bytes;
    while (vaddr < end && vaddr % table_bytes && !(entry_load(++entry) & ENTRY_PRESENT));
    return vaddr;
}

bool page_table_destroy_step(struct page_table *table, uint64_t first, uint64_t end, uint32_t budget,
                             const struct page_sink *sink)
{
    CHECK(first <= end && end <= PAGE_TABLE_USER_END && is_aligned(first | end, CAP_PAGE_BYTES));
    for (uint64_t vaddr = first; vaddr < end;) {
        struct walk walk;
        walk_down(table, vaddr, LEVEL_PAGE, &walk);
        uint64_t bytes = level_bytes(walk.level), offset = vaddr % bytes, value = walk_value(&walk);
        if (!(value & ENTRY_PRESENT)) {
            vaddr = skip_absent(&walk, vaddr - offset, end);
            continue;
        }
        CHECK(offset == 0 && bytes <= end - vaddr);
        if (budget == 0)
            return false;
        budget--;
        walk_clear(table, &walk, vaddr);
        sink->leaf(sink->context, vaddr, value & ENTRY_PADDR, bytes);
        vaddr += bytes;
    }
    return true;
}
