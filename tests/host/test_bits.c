/* 64-bit arithmetic: exact up to the last value, and overflow that is told.
 *
 * Next: tests/host/test_error.c
 */
#include "lib/bits.h"
#include "tests/host/test.h"

#define MAX UINT64_MAX

TEST(exactly_the_powers_of_two_are_powers_of_two)
{
    EXPECT(!is_power_of_two(0));
    EXPECT(!is_power_of_two(MAX));
    for (unsigned i = 0; i < 64; i++) {
        EXPECT(is_power_of_two(1ull << i));
        EXPECT(i < 2 || !is_power_of_two((1ull << i) - 1));
        EXPECT(i < 1 || i > 62 || !is_power_of_two((1ull << i) + 1));
    }
}

TEST(alignment_agrees_with_division)
{
    for (uint64_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (uint64_t value = 0; value < 300; value++) {
            EXPECT_EQ(is_aligned(value, alignment), value % alignment == 0);
            EXPECT_EQ(align_down(value, alignment), value / alignment * alignment);
            EXPECT_EQ(align_up(value, alignment), (value + alignment - 1) / alignment * alignment);
        }
    }
}

TEST(alignment_works_at_the_end_of_the_address_space)
{
    EXPECT_EQ(align_down(MAX, 4096), 0xfffffffffffff000);
    EXPECT_EQ(align_up(0xfffffffffffff000, 4096), 0xfffffffffffff000);
    EXPECT_EQ(align_up(0xfffffffffffff001, 4096), 0); /* as documented */
    EXPECT_EQ(align_down(MAX, 1ull << 63), 1ull << 63);
    EXPECT(is_aligned(1ull << 63, 1ull << 63));
}

TEST(min_and_max_are_unsigned)
{
    EXPECT_EQ(min_u64(1, MAX), 1);
    EXPECT_EQ(max_u64(1, MAX), MAX);
    EXPECT_EQ(min_u64(MAX, 1), 1);
    EXPECT_EQ(max_u64(MAX, 1), MAX);
    EXPECT_EQ(min_u64(7, 7), 7);
}

TEST(a_sum_that_overflows_is_told_and_leaves_the_result)
{
    uint64_t sum = 5;
    EXPECT(!u64_add(MAX - 1, 1, &sum));
    EXPECT_EQ(sum, MAX);
    EXPECT(u64_add(MAX, 1, &sum));
    EXPECT(u64_add(1, MAX, &sum));
    EXPECT(u64_add(1ull << 63, 1ull << 63, &sum));
    EXPECT_EQ(sum, MAX);
    EXPECT(!u64_add(0, 0, &sum));
    EXPECT_EQ(sum, 0);
}

TEST(a_product_that_overflows_is_told_and_leaves_the_result)
{
    uint64_t product = 5;
    EXPECT(!u64_multiply(1ull << 32, (1ull << 32) - 1, &product));
    EXPECT_EQ(product, 0xffffffff00000000);
    EXPECT(u64_multiply(1ull << 32, 1ull << 32, &product));
    EXPECT(u64_multiply(MAX, 2, &product));
    EXPECT_EQ(product, 0xffffffff00000000);
    EXPECT(!u64_multiply(MAX, 0, &product));
    EXPECT_EQ(product, 0);
}

TEST(the_lowest_and_highest_bits_are_found)
{
    for (unsigned low = 0; low < 64; low++) {
        for (unsigned high = low; high < 64; high++) {
            uint64_t bits = 1ull << low | 1ull << high;
            EXPECT_EQ(bit_lowest(bits), low);
            EXPECT_EQ(bit_highest(bits), high);
        }
    }
    EXPECT_EQ(bit_lowest(MAX), 0);
    EXPECT_EQ(bit_highest(MAX), 63);
}

TEST_MAIN()
