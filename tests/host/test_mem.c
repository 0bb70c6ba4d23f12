/* mem.c against loops of one byte a step: every size, every alignment, every overlap, and not a byte
 * beyond. It is compiled here under other names, because the host's library needs its own functions.
 *
 * Next: tests/host/test_fmt.c
 */
#include "tests/host/test.h"

#include <stdint.h>
#include <sys/mman.h>

#define memcpy  mem_test_memcpy
#define memmove mem_test_memmove
#define memset  mem_test_memset
#define memcmp  mem_test_memcmp
#define strlen  mem_test_strlen
#include "lib/mem.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

#define SIZE_MAX_TESTED 300
#define MARGIN          64
#define BUFFER_BYTES    5000

static uint8_t actual[BUFFER_BYTES], expected[BUFFER_BYTES], source[BUFFER_BYTES];

/* Different at every offset within a few words, never 0. */
static void fill_distinct(uint8_t *bytes, size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(1 + (i * 7 + seed + i / 251) % 255);
}

static void naive_move(uint8_t *to, const uint8_t *from, size_t bytes)
{
    uint8_t copy[BUFFER_BYTES];
    for (size_t i = 0; i < bytes; i++)
        copy[i] = from[i];
    for (size_t i = 0; i < bytes; i++)
        to[i] = copy[i];
}

static void expect_copy(size_t to, size_t from, size_t bytes)
{
    fill_distinct(actual, BUFFER_BYTES, 1);
    fill_distinct(expected, BUFFER_BYTES, 1);
    naive_move(expected + to, source + from, bytes);
    EXPECT(mem_test_memcpy(actual + to, source + from, bytes) == actual + to);
    EXPECT_BYTES(actual, expected, bytes + 2 * MARGIN);
}

TEST(memcpy_copies_every_size_at_every_alignment)
{
    fill_distinct(source, BUFFER_BYTES, 100);
    for (size_t bytes = 0; bytes <= SIZE_MAX_TESTED; bytes++) {
        for (size_t to = 0; to < 8; to++) {
            for (size_t from = 0; from < 8; from++)
                expect_copy(MARGIN + to, MARGIN + from, bytes);
        }
    }
}

static void expect_move(size_t to, size_t from, size_t bytes)
{
    fill_distinct(actual, BUFFER_BYTES, 1);
    fill_distinct(expected, BUFFER_BYTES, 1);
    naive_move(expected + to, expected + from, bytes);
    EXPECT(mem_test_memmove(actual + to, actual + from, bytes) == actual + to);
    EXPECT_BYTES(actual, expected, (to > from ? to : from) + bytes + MARGIN);
}

TEST(memmove_is_right_for_every_overlap)
{
    for (size_t bytes = 0; bytes <= SIZE_MAX_TESTED; bytes++) {
        for (size_t distance = 0; distance <= 40; distance++) {
            expect_move(MARGIN, MARGIN + distance, bytes);
            expect_move(MARGIN + distance, MARGIN, bytes);
        }
        size_t far[] = {bytes / 2, bytes - (bytes > 0), bytes, bytes + 1};
        for (size_t i = 0; i < 4; i++) {
            expect_move(MARGIN, MARGIN + far[i], bytes);
            expect_move(MARGIN + far[i], MARGIN, bytes);
        }
    }
}

static void expect_set(size_t to, int value, size_t bytes)
{
    fill_distinct(actual, BUFFER_BYTES, 1);
    fill_distinct(expected, BUFFER_BYTES, 1);
    for (size_t i = 0; i < bytes; i++)
        expected[to + i] = (uint8_t)value;
    EXPECT(mem_test_memset(actual + to, value, bytes) == actual + to);
    EXPECT_BYTES(actual, expected, bytes + 2 * MARGIN);
}

TEST(memset_fills_every_size_at_every_alignment_and_uses_the_low_byte)
{
    static const int values[] = {0, 1, 0x80, 0xff, -1, 0x1234, -256};
    for (size_t bytes = 0; bytes <= SIZE_MAX_TESTED; bytes++) {
        for (size_t to = MARGIN; to < MARGIN + 16; to++)
            expect_set(to, values[(bytes + to) % 7], bytes);
    }
}

/* Where the string instructions take over, and whole pages. */
TEST(large_sizes_are_copied_moved_and_filled)
{
    static const size_t distances[] = {1, 7, 8, 9, 40};
    for (size_t bytes = REP_BYTES_MIN - 9; bytes <= 4096; bytes += bytes < REP_BYTES_MIN + 17 ? 1 : 1187) {
        for (size_t align = 0; align < 9; align++) {
            expect_copy(MARGIN + align, MARGIN + 3, bytes);
            expect_copy(MARGIN + 2, MARGIN + align, bytes);
            expect_set(MARGIN + align, (int)bytes, bytes);
        }
        for (size_t i = 0; i < 5; i++) {
            expect_move(MARGIN, MARGIN + distances[i], bytes);
            expect_move(MARGIN + distances[i], MARGIN, bytes);
        }
    }
    expect_copy(MARGIN, MARGIN, 4096);
    expect_set(MARGIN, 0x5a, 4096);
}

TEST(mem_zero_clears_a_page_and_nothing_else)
{
    fill_distinct(actual, BUFFER_BYTES, 3);
    mem_zero(actual + MARGIN, 4096);
    for (size_t i = 0; i < BUFFER_BYTES; i++)
        EXPECT((actual[i] == 0) == (i >= MARGIN && i < MARGIN + 4096));
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

TEST(memcmp_orders_by_the_first_byte_that_differs_as_unsigned)
{
    static const uint8_t bytes_less[] = {0x00, 0x01, 0x7f, 0x00}, bytes_more[] = {0x01, 0x80, 0x80, 0xff};
    for (size_t bytes = 0; bytes <= 40; bytes++) {
        for (size_t align = 0; align < 8; align++) {
            uint8_t *a = actual + align, *b = expected + 3;
            fill_distinct(a, BUFFER_BYTES / 2, 5);
            fill_distinct(b, BUFFER_BYTES / 2, 5);
            a[bytes] = (uint8_t)~b[bytes]; /* beyond the end, must not matter */
            EXPECT_EQ(mem_test_memcmp(a, b, bytes), 0);
            for (size_t at = 0; at < bytes; at++) {
                a[at] = bytes_less[at % 4];
                b[at] = bytes_more[at % 4];
                a[at + 1] = 0xff; /* later bytes say the opposite */
                b[at + 1] = 0;
                EXPECT_EQ(sign(mem_test_memcmp(a, b, bytes)), -1);
                EXPECT_EQ(sign(mem_test_memcmp(b, a, bytes)), 1);
                a[at] = b[at] = 0x55;
                a[at + 1] = b[at + 1] = 0x66;
            }
        }
    }
}

TEST(strlen_counts_up_to_the_nul)
{
    for (size_t length = 0; length < 100; length++) {
        for (size_t align = 0; align < 8; align++) {
            fill_distinct(actual, BUFFER_BYTES, 9);
            actual[align + length] = 0;
            EXPECT_EQ(mem_test_strlen((const char *)actual + align), length);
        }
    }
}

/* A page between two that cannot be touched; the string instructions are not instrumented. */
static uint8_t *guarded_page(void)
{
    uint8_t *pages = mmap(NULL, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(pages != MAP_FAILED && mprotect(pages + 4096, 4096, PROT_READ | PROT_WRITE) == 0);
    return pages + 4096;
}

TEST(nothing_outside_the_ranges_is_touched)
{
    uint8_t *a = guarded_page(), *b = guarded_page();
    for (size_t bytes = 0; bytes <= 4096; bytes += bytes < 600 ? 1 : 499) {
        uint8_t *a_end = a + 4096 - bytes, *b_end = b + 4096 - bytes;
        mem_test_memset(a, 1, bytes);
        mem_test_memset(a_end, 1, bytes);
        mem_test_memcpy(b, a_end, bytes);
        mem_test_memcpy(b_end, a, bytes);
        mem_test_memmove(a, a_end, bytes);
        mem_test_memmove(a_end, a, bytes);
        EXPECT_EQ(mem_test_memcmp(a, b_end, bytes), 0);
        EXPECT_EQ(mem_test_memcmp(a_end, b, bytes), 0);
    }
    a[4095] = 0;
    EXPECT_EQ(mem_test_strlen((const char *)a), 4095);
}

TEST_MAIN()
