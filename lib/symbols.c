/* Binary search for the last symbol that starts at or below an address.
 *
 * Next: lib/frame_bitmap.h
 */
#include "lib/symbols.h"

#include <stddef.h>

const char *symbol_find(const struct symbol_table *table, uint64_t address, uint64_t *offset)
{
    /* Symbols before `low` start at or below address, those from `high` on start above it. */
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table->addresses[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const char *name = table->names + table->name_offsets[low - 1];
    if (!*name)
        return NULL;
    *offset = address - table->addresses[low - 1];
    return name;
}
