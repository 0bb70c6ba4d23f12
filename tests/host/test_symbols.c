/* symbol_find against a search from the start.
 *
 * Next: tests/host/test_frame_bitmap.c
 */
#include "tests/host/test.h"
#include "lib/symbols.h"

static const char names[] = "start\0main\0\0late\0last";
static const uint64_t addresses[] = {100, 110, 150, 160, UINT64_MAX - 10};
static const uint32_t name_offsets[] = {0, 6, 11, 12, 17};

static struct symbol_table table_of(uint32_t count)
{
    return (struct symbol_table){addresses, name_offsets, names, count};
}

static const char *find_naively(uint32_t count, uint64_t address, uint64_t *offset)
{
    const char *name = NULL;
    for (uint32_t i = 0; i < count && addresses[i] <= address; i++) {
        name = names + name_offsets[i];
        *offset = address - addresses[i];
    }
    return name && *name ? name : NULL;
}

TEST(every_address_finds_the_symbol_that_contains_it)
{
    for (uint32_t count = 0; count <= 5; count++) {
        struct symbol_table table = table_of(count);
        for (uint64_t i = 0; i < 220; i++) {
            uint64_t address = i < 200 ? i : UINT64_MAX - (i - 200);
            uint64_t offset = 1234, expected_offset = 1234;
            const char *name = symbol_find(&table, address, &offset);
            const char *expected = find_naively(count, address, &expected_offset);
            EXPECT(name == expected);
            EXPECT_EQ(offset, expected ? expected_offset : 1234);
        }
    }
}

TEST(below_the_first_symbol_and_in_a_hole_there_is_none)
{
    struct symbol_table table = table_of(5);
    uint64_t offset = 7;
    EXPECT(symbol_find(&table, 99, &offset) == NULL);
    EXPECT(symbol_find(&table, 155, &offset) == NULL);
    EXPECT_EQ(offset, 7);
    EXPECT_STR(symbol_find(&table, 149, &offset), "main");
    EXPECT_EQ(offset, 39);
    EXPECT_STR(symbol_find(&table, UINT64_MAX, &offset), "last");
    EXPECT_EQ(offset, 10);
}

TEST_MAIN()
