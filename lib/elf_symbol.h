/* The name of a function in a program file, for people who read about a fault.
 *
 * The file is as hostile as any: names and numbers in it are looked at within the ranges that elf_plan_read
 * has found, and shown only as far as they are printable.
 *
 * Next: lib/elf_symbol.c
 */
#pragma once

#include "lib/elf.h"

/* Symbols that are looked at: a linear search that has to end. */
#define ELF_SYMBOLS_MAX 16384

/* The longest name, with its NUL; longer ones are cut. */
#define ELF_SYMBOL_BYTES 48

/* The function that has the instruction at this address: its name, and how many bytes into it that is. False:
 * the file names none. symbols and strings are those of an accepted plan of the same file. */
bool elf_symbol_find(const struct elf_source *source, const struct elf_range *symbols,
                     const struct elf_range *strings, uint64_t address, char name[ELF_SYMBOL_BYTES],
                     uint64_t *offset);
