/* How many frames a page table is made of, found by looking at all of it.
 *
 * Next: lib/audit.h
 */
#include "lib/page_table_walk.h"

#define USER_TOP_ENTRIES (TABLE_ENTRIES / 2)

struct page_table_size page_table_count(const struct page_table *table, uint64_t end)
{
    const uint64_t *tables[LEVEL_ROOT + 1];
    uint64_t vaddrs[LEVEL_ROOT + 1] = {0}; /* where what the table shows begins */
    uint32_t next_indices[LEVEL_ROOT + 1] = {0}, level = LEVEL_ROOT;
    struct page_table_size size = {.table_count = 1};

    if (table->root_paddr == 0)
        return (struct page_table_size){0};
    tables[LEVEL_ROOT] = table_entries(table, table->root_paddr);
    while (level <= LEVEL_ROOT) {
        uint32_t index = table_next_used(tables[level], next_indices[level]);
        if (index >= (level == LEVEL_ROOT ? USER_TOP_ENTRIES : TABLE_ENTRIES)) {
            level++;
            continue;
        }
        next_indices[level] = index + 1;
        uint64_t value = entry_load(&tables[level][index]);
        uint64_t vaddr = vaddrs[level] + index * level_bytes(level);
        if (level == LEVEL_PAGE || value & ENTRY_LARGE) {
            if (vaddr < end)
                size.page_count += level_bytes(level) / CAP_PAGE_BYTES;
            continue;
        }
        size.table_count++;
        level--;
        tables[level] = table_entries(table, value & ENTRY_PADDR);
        vaddrs[level] = vaddr;
        next_indices[level] = 0;
    }
    return size;
}
