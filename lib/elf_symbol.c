/* A linear search through the symbols: a program faults rarely, and an index would have to be kept.
 *
 * Source: ELF-64 Object File Format 1.5, section 7 (symbol table).
 * Next: kernel/task/fault.c
 */
#include "lib/elf_symbol.h"
#include "lib/bits.h"

#define TYPE_FUNCTION 2

struct symbol {
    uint32_t name;
    uint8_t info;
    uint8_t other;
    uint16_t section;
    uint64_t value;
    uint64_t bytes;
};
CAP_ASSERT_SIZE(struct symbol, 24);

static bool covers(const struct symbol *symbol, uint64_t address)
{
    return (symbol->info & 0xf) == TYPE_FUNCTION && address >= symbol->value &&
           (address - symbol->value < symbol->bytes || address == symbol->value);
}

/* From the string table; false if there is none, or none that can be shown. */
static bool copy_name(const struct elf_source *source, const struct elf_range *strings, uint32_t at,
                      char name[ELF_SYMBOL_BYTES])
{
    if (at >= strings->bytes)
        return false;
    uint64_t room = min_u64(strings->bytes - at, ELF_SYMBOL_BYTES - 1);
    source->copy(source, strings->file_offset + at, name, room);
    name[room] = 0;
    for (char *c = name; *c; c++)
        if (*c < '!' || *c > '~')
            *c = '?';
    return name[0] != 0;
}

bool elf_symbol_find(const struct elf_source *source, const struct elf_range *symbols,
                     const struct elf_range *strings, uint64_t address, char name[ELF_SYMBOL_BYTES],
                     uint64_t *offset)
{
    uint64_t count = min_u64(symbols->bytes / sizeof(struct symbol), ELF_SYMBOLS_MAX);
    for (uint64_t i = 0; i < count; i++) {
        struct symbol symbol;
        source->copy(source, symbols->file_offset + i * sizeof symbol, &symbol, sizeof symbol);
        if (covers(&symbol, address) && copy_name(source, strings, symbol.name, name)) {
            *offset = address - symbol.value;
            return true;
        }
    }
    return false;
}
