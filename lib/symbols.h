/* From a code address to a name, for backtraces.
 *
 * The tables are made at link time and are trusted. Invariants: addresses ascend strictly; names are
 * NUL-terminated; an empty name marks the end of the symbol before it (a hole, or the end of the text).
 *
 * Next: lib/frame_bitmap.h
 */
#pragma once

#include <stdint.h>

struct symbol_table {
    const uint64_t *addresses;    /* count of them */
    const uint32_t *name_offsets; /* count of them; bytes from names */
    const char *names;
    uint32_t count;
};

/* The name of the symbol that contains address, and how many bytes into it address is. NULL, with
 * *offset untouched, below the first symbol and in a hole. Binary search: at most 32 comparisons. */
const char *symbol_find(const struct symbol_table *table, uint64_t address, uint64_t *offset);
