/* page_table.c: random histories against the model, then each rule by itself.
 *
 * Next: tests/host/test_page_table_range.c
 */
#include "tests/host/page_table_model.h"
#include "tests/host/check.h"

TEST(random_histories)
{
    model_init();
    random_state = 4711;
    for (uint32_t step = 0; step < 12000; step++) {
        random_step(step / 200 % 2 ? 3 : 7);
        expect_same();
    }
}

TEST(a_failed_allocation_changes_nothing_whichever_it_is)
{
    static uint8_t before[40][CAP_PAGE_BYTES];
    model_init();
    random_state = 1;
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t n = (uint32_t)random_below(CANDIDATES_N);
        bool is_large = random_below(3) == 0;
        uint32_t missing = missing_tables(n / 3, is_large);
        if (model.larges[n / 3].is_mapped || (is_large ? has_pages(n / 3) : model.pages[n].is_mapped))
            missing = 0;
        for (uint32_t fail_at = 1; fail_at <= missing; fail_at++) {
            /* Frames are taken lowest first, so only used ones and a few above can be touched. */
            uint32_t used_before = memory.used_count;
            bool is_used[FRAMES_MAX];
            memcpy(is_used, memory.is_used, sizeof(is_used));
            memcpy(before, memory.frames, sizeof(before));
            do_map(is_large ? n / 3 : n, is_large, fail_at);
            EXPECT_EQ(memory.used_count, used_before);
            EXPECT_BYTES(is_used, memory.is_used, sizeof(is_used));
            for (uint32_t i = 0; i < 40; i++)
                EXPECT(!is_used[i] || memcmp(before[i], memory.frames[i], CAP_PAGE_BYTES) == 0);
        }
        do_map(is_large ? n / 3 : n, is_large, missing + 1);
        expect_same();
        if (expected_tables() > 30) {
            for (uint32_t i = 0; i < CANDIDATES_N; i++)
                do_to_page(i, true);
        }
    }
}

TEST(the_sources_own_error_is_passed_on)
{
    memory_init();
    struct page_table table = table_new();
    memset(memory.is_used, 1, sizeof(memory.is_used));
    struct page_table other = {.root_paddr = 1};
    EXPECT_EQ(page_table_map(&table, 0x1000, 0, PAGE_READ), CAP_ERR_QUOTA);
    EXPECT_EQ(page_table_init(&other, &source), CAP_ERR_QUOTA);
    EXPECT(other.root_paddr == 1 && other.source == NULL);
}

/* Both sizes, and protect, judge in the same way. */
static void expect_refused(struct page_table *table, uint64_t vaddr, uint64_t paddr, uint32_t rights)
{
    uint32_t used = memory.used_count;
    EXPECT_EQ(page_table_map(table, vaddr, paddr, rights), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_map_large(table, vaddr, paddr, rights), CAP_ERR_INVALID);
    EXPECT_EQ(memory.used_count, used);
}

TEST(writable_and_executable_at_once_is_refused)
{
    memory_init();
    struct page_table table = table_new();
    uint64_t paddr;
    uint32_t rights;
    expect_refused(&table, LARGE, LARGE, USER_RW | PAGE_EXECUTE);
    expect_refused(&table, KERNEL, LARGE, PAGE_READ | PAGE_WRITE | PAGE_EXECUTE | PAGE_GLOBAL);
    EXPECT_EQ(page_table_map(&table, 0x1000, 0x5000, PAGE_READ | PAGE_EXECUTE | PAGE_USER), CAP_OK);
    EXPECT_EQ(page_table_protect(&table, 0x1000, USER_RW | PAGE_EXECUTE), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_lookup(&table, 0x1000, &paddr, &rights), CAP_OK);
    EXPECT_EQ(rights, PAGE_READ | PAGE_EXECUTE | PAGE_USER);
    EXPECT_EQ(page_table_protect(&table, 0x1000, USER_RW), CAP_OK);
    EXPECT_EQ(page_table_lookup(&table, 0x1000, &paddr, &rights), CAP_OK);
    EXPECT_EQ(rights, USER_RW);
    EXPECT_EQ(paddr, 0x5000);
}

TEST(rights_that_do_not_exist_or_do_not_fit_the_half_are_refused)
{
    memory_init();
    struct page_table table = table_new();
    static const uint32_t undefined[] = {0x008, 0x040, 0x080, 0x200, 0x400, 0x80000000};
    for (uint32_t i = 0; i < 6; i++)
        expect_refused(&table, LARGE, LARGE, PAGE_READ | undefined[i]);
    expect_refused(&table, LARGE, LARGE, 0);
    expect_refused(&table, LARGE, LARGE, PAGE_WRITE | PAGE_USER);
    expect_refused(&table, LARGE, LARGE, PAGE_READ | PAGE_GLOBAL);
    expect_refused(&table, KERNEL, LARGE, PAGE_READ | PAGE_USER);
    EXPECT_EQ(page_table_map(&table, 0, 0, PAGE_READ), CAP_OK);
    EXPECT_EQ(page_table_protect(&table, 0, PAGE_READ | PAGE_GLOBAL), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_protect(&table, 0, 0), CAP_ERR_INVALID);
}

TEST(canonical_addresses_end_where_the_halves_end)
{
    memory_init();
    struct page_table table = table_new();
    static const uint64_t good[] = {0, 0x00007ffffffff000, 0xffff800000000000, 0xfffffffffffff000};
    static const uint64_t bad[] = {0x0000800000000000, 0x0000fffffffff000, 0x0001000000000000,
                                   0x8000000000000000, 0xffff7ffffffff000, 0xfffe800000000000};
    uint64_t paddr = 1;
    uint32_t rights = 2;
    for (uint32_t i = 0; i < 4; i++) {
        EXPECT_EQ(page_table_map(&table, good[i], 0x3000, PAGE_READ), CAP_OK);
        EXPECT_EQ(page_table_lookup(&table, good[i] + 0xfff, &paddr, &rights), CAP_OK);
        EXPECT_EQ(paddr, 0x3fff);
    }
    for (uint32_t i = 0; i < 6; i++) {
        EXPECT_EQ(page_table_map(&table, bad[i], 0x3000, PAGE_READ), CAP_ERR_INVALID);
        EXPECT_EQ(page_table_map_large(&table, bad[i] & ~(uint64_t)(LARGE - 1), 0, PAGE_READ),
                  CAP_ERR_INVALID);
        EXPECT_EQ(page_table_unmap(&table, bad[i], &paddr), CAP_ERR_INVALID);
        EXPECT_EQ(page_table_protect(&table, bad[i], PAGE_READ), CAP_ERR_INVALID);
        paddr = 1, rights = 2;
        EXPECT_EQ(page_table_lookup(&table, bad[i], &paddr, &rights), CAP_ERR_FAULT);
        EXPECT(paddr == 1 && rights == 2);
    }
}

TEST(unaligned_and_too_high_addresses_are_refused)
{
    memory_init();
    struct page_table table = table_new();
    uint64_t paddr;
    expect_refused(&table, LARGE + 1, LARGE, PAGE_READ);
    expect_refused(&table, LARGE, LARGE + 0x800, PAGE_READ);
    expect_refused(&table, LARGE, 0x0010000000000000, PAGE_READ);
    expect_refused(&table, LARGE, 0x8000000000000000, PAGE_READ);
    EXPECT_EQ(page_table_map_large(&table, LARGE + 0x1000, LARGE, PAGE_READ), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_map_large(&table, LARGE, LARGE + 0x1000, PAGE_READ), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_map(&table, LARGE, 0x000ffffffffff000, PAGE_READ), CAP_OK);
    EXPECT_EQ(page_table_unmap(&table, LARGE + 8, &paddr), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_protect(&table, LARGE + 8, PAGE_READ), CAP_ERR_INVALID);
    EXPECT_EQ(page_table_unmap(&table, LARGE, &paddr), CAP_OK);
    EXPECT_EQ(paddr, 0x000ffffffffff000);
}

/* All 512 entries of one table of the level with this shift. */
static void fill_and_empty(uint32_t shift, bool is_large)
{
    memory_init();
    struct page_table table = table_new();
    uint64_t paddr = 0;
    for (uint64_t i = 0; i < 512; i++) {
        uint64_t vaddr = i << shift;
        EXPECT_EQ(is_large ? page_table_map_large(&table, vaddr, i * LARGE, USER_RW)
                           : page_table_map(&table, vaddr, i * CAP_PAGE_BYTES, USER_RW),
                  CAP_OK);
        struct page_table_size size = page_table_count(&table, PAGE_TABLE_USER_END);
        EXPECT_EQ(size.table_count, memory.used_count);
        EXPECT_EQ(size.page_count, (i + 1) * (is_large ? LARGE / CAP_PAGE_BYTES : 1));
    }
    for (uint64_t i = 0; i < 512; i++) {
        EXPECT(memory.used_count > 1);
        EXPECT_EQ(page_table_unmap(&table, (i * 5 + 3) % 512 << shift, &paddr), CAP_OK);
        EXPECT_EQ(paddr, (i * 5 + 3) % 512 * (is_large ? LARGE : CAP_PAGE_BYTES));
    }
    EXPECT_EQ(memory.used_count, 1);
    page_table_destroy(&table);
    EXPECT_EQ(memory.used_count, 0);
}

TEST(a_table_may_be_full_and_is_freed_with_its_last_page)
{
    fill_and_empty(12, false);
    fill_and_empty(21, true);
    fill_and_empty(21, false);
    fill_and_empty(30, true);
    fill_and_empty(30, false);
}

TEST(the_kernel_half_is_shared_now_and_later_and_for_ever)
{
    memory_init();
    struct page_table kernel = table_new();
    uint64_t paddr;
    uint32_t rights;
    EXPECT_EQ(page_table_map(&kernel, KERNEL, 0x1000, PAGE_READ | PAGE_GLOBAL), CAP_OK);
    EXPECT_EQ(page_table_map(&kernel, 0x1000, 0x1000, PAGE_READ), CAP_OK);
    struct page_table user = table_new();
    page_table_share_top(&user, &kernel);
    EXPECT_EQ(page_table_lookup(&user, KERNEL, &paddr, &rights), CAP_OK);
    EXPECT_EQ(page_table_lookup(&user, 0x1000, &paddr, &rights), CAP_ERR_FAULT);

    EXPECT_EQ(page_table_unmap(&kernel, KERNEL, &paddr), CAP_OK);
    EXPECT_EQ(page_table_lookup(&user, KERNEL, &paddr, &rights), CAP_ERR_FAULT);
    EXPECT_EQ(page_table_map_large(&kernel, KERNEL + ((uint64_t)1 << 38), LARGE, PAGE_READ), CAP_OK);
    EXPECT_EQ(page_table_lookup(&user, KERNEL + ((uint64_t)1 << 38) + 5, &paddr, &rights), CAP_OK);
    EXPECT_EQ(paddr, LARGE + 5);

    uint32_t used = memory.used_count;
    page_table_destroy(&user);
    EXPECT_EQ(memory.used_count, used - 1);
    EXPECT_EQ(page_table_lookup(&kernel, KERNEL + ((uint64_t)1 << 38), &paddr, &rights), CAP_OK);
}

TEST(a_root_with_user_pages_is_not_destroyed)
{
    memory_init();
    struct page_table table = table_new();
    uint64_t paddr;
    EXPECT_EQ(page_table_map(&table, PAGE_TABLE_USER_END - 0x1000, 0x1000, USER_RW), CAP_OK);
    EXPECT_CHECK(page_table_destroy(&table));
    EXPECT_EQ(page_table_unmap(&table, PAGE_TABLE_USER_END - 0x1000, &paddr), CAP_OK);
    page_table_destroy(&table);
    EXPECT_EQ(memory.used_count, 0);
    EXPECT_EQ(table.root_paddr, 0);
}

TEST_MAIN()
