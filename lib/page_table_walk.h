/* What page_table.c and page_table_range.c share: entries, levels, and the way down to one.
 *
 * Next: lib/page_table.c
 */
#pragma once

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

static inline uint64_t *table_entries(const struct page_table *table, uint64_t paddr)
{
    return (uint64_t *)(uintptr_t)(table->source->direct_map + paddr);
}

static inline uint32_t table_index(uint64_t vaddr, uint32_t level)
{
    return (uint32_t)(vaddr >> level_shift(level)) % TABLE_ENTRIES;
}

/* The first entry from `index` on that is not 0, or TABLE_ENTRIES. An absent entry is 0. */
static inline uint32_t table_next_used(const uint64_t *entries, uint32_t index)
{
    for (; index % 8; index++)
        if (entry_load(&entries[index]))
            return index;
    for (; index < TABLE_ENTRIES; index += 8) {
        const uint64_t *at = &entries[index];
        uint64_t any = entry_load(&at[0]) | entry_load(&at[1]) | entry_load(&at[2]) | entry_load(&at[3]) |
                       entry_load(&at[4]) | entry_load(&at[5]) | entry_load(&at[6]) | entry_load(&at[7]);
        if (any)
            break;
    }
    while (index < TABLE_ENTRIES && !entry_load(&entries[index]))
        index++;
    return index;
}

/* Goes down until the entry at lowest_level, or one that is absent or maps a large page. */
static inline void walk_down(const struct page_table *table, uint64_t vaddr, uint32_t lowest_level,
                             struct walk *walk)
{
    uint64_t paddr = table->root_paddr;
    for (walk->level = LEVEL_ROOT;; walk->level--) {
        walk->entries[walk->level] = table_entries(table, paddr) + table_index(vaddr, walk->level);
        uint64_t value = entry_load(walk->entries[walk->level]);
        if (walk->level == lowest_level || !(value & ENTRY_PRESENT) || value & ENTRY_LARGE)
            return;
        paddr = value & ENTRY_PADDR;
    }
}

static inline uint64_t walk_value(const struct walk *walk)
{
    return entry_load(walk->entries[walk->level]);
}

static inline bool are_rights_allowed(uint64_t vaddr, uint32_t rights)
{
    if (rights & ~(uint32_t)RIGHTS_ALL || !(rights & PAGE_READ))
        return false;
    if (rights & PAGE_WRITE && rights & PAGE_EXECUTE)
        return false;
    return !(rights & (is_kernel_half(vaddr) ? PAGE_USER : PAGE_GLOBAL));
}

static inline uint64_t leaf_flags(uint32_t rights, uint32_t level)
{
    return (rights & RIGHTS_IN_ENTRY) | (rights & PAGE_EXECUTE ? 0 : ENTRY_NO_EXECUTE) |
           (level == LEVEL_PAGE ? 0 : ENTRY_LARGE);
}

/* Makes the absent entry at walk->level hold `value`, with as many tables between as leaf_level is below it.
 * Nothing has changed after an error, which is the source's. */
CAP_MUST_CHECK enum cap_err walk_fill(struct page_table *table, const struct walk *walk, uint64_t vaddr,
                                      uint32_t leaf_level, uint64_t value);

/* Clears the entry at walk->level, and gives back each table on the way that this leaves empty. */
void walk_clear(struct page_table *table, const struct walk *walk, uint64_t vaddr);

/* The table that walk->entries[level + 1] names has lost `count` of its used entries: if it is empty now, it
 * goes, and with it each table above that this leaves empty. */
void walk_count_less(struct page_table *table, const struct walk *walk, uint64_t vaddr, uint32_t level,
                     uint32_t count);
