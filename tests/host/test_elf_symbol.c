/* Names of functions out of a program file, good and hostile ones.
 *
 * Next: tests/host/test_symbols.c
 */
#include "tests/host/test.h"
#include "lib/elf_symbol.h"

#include <elf.h>
#include <stdlib.h>

#define SYMBOLS 5

/* A file of nothing but symbols and names, in memory of just its size. */
struct file {
    Elf64_Sym symbols[SYMBOLS];
    char names[64];
};

static struct file *file;
static struct elf_source source;
static struct elf_range symbols, strings;
static char name[ELF_SYMBOL_BYTES];
static uint64_t offset;

static void begin(void)
{
    free(file);
    file = malloc(sizeof *file);
    memset(file, 0, sizeof *file);
    memcpy(file->names, "\0main\0helper\0bell\a\0data", 24);
    file->symbols[1] =
        (Elf64_Sym){.st_name = 19, .st_info = STT_OBJECT, .st_value = 0x1000, .st_size = 0x1000};
    file->symbols[2] = (Elf64_Sym){.st_name = 1, .st_info = STT_FUNC, .st_value = 0x1000, .st_size = 0x40};
    file->symbols[3] = (Elf64_Sym){.st_name = 6, .st_info = STT_FUNC, .st_value = 0x1040, .st_size = 0x10};
    file->symbols[4] = (Elf64_Sym){.st_name = 13, .st_info = STT_FUNC, .st_value = 0x1050};
    source = elf_source_of_bytes((const uint8_t *)file, sizeof *file);
    symbols = (struct elf_range){0, sizeof file->symbols};
    strings = (struct elf_range){offsetof(struct file, names), sizeof file->names};
}

static bool find(uint64_t address)
{
    return elf_symbol_find(&source, &symbols, &strings, address, name, &offset);
}

TEST(an_address_has_the_name_of_its_function)
{
    begin();
    EXPECT(find(0x1000));
    EXPECT_STR(name, "main");
    EXPECT_EQ(offset, 0);
    EXPECT(find(0x103f));
    EXPECT_STR(name, "main");
    EXPECT_EQ(offset, 0x3f);
    EXPECT(find(0x1040));
    EXPECT_STR(name, "helper");
    EXPECT(!find(0xfff));
    EXPECT(!find(0x1051)); /* data is no function, and a function without a size is one address */
    EXPECT(!find(UINT64_MAX));
}

TEST(names_that_cannot_be_shown_are_not)
{
    begin();
    EXPECT(find(0x1050));
    EXPECT_STR(name, "bell?");
    file->symbols[3].st_name = sizeof file->names;
    EXPECT(!find(0x1040));
    file->symbols[3].st_name = UINT32_MAX;
    EXPECT(!find(0x1040));
    file->symbols[3].st_name = 0;
    EXPECT(!find(0x1040));
}

TEST(a_name_without_an_end_is_cut)
{
    begin();
    memset(file->names, 'x', sizeof file->names);
    EXPECT(find(0x1000));
    EXPECT_EQ(strlen(name), ELF_SYMBOL_BYTES - 1);
    file->symbols[2].st_name = sizeof file->names - 1;
    EXPECT(find(0x1000));
    EXPECT_STR(name, "x");
}

TEST(sizes_that_wrap_hurt_nobody)
{
    begin();
    file->symbols[2].st_value = UINT64_MAX - 1;
    file->symbols[2].st_size = UINT64_MAX;
    EXPECT(find(UINT64_MAX));
    EXPECT_EQ(offset, 1);
    EXPECT(!find(0x10));
    symbols.bytes = 0;
    EXPECT(!find(0x1000));
}

TEST_MAIN()
