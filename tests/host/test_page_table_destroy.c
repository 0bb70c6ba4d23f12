/* page_table_destroy_step: everything in the range goes, once, in order, in steps; nothing else does.
 *
 * Next: tests/host/test_elf.c
 */
#include "tests/host/page_table_model.h"
#include "tests/host/check.h"

struct sweep {
    uint64_t last_vaddr, first, end;
    uint32_t count, count_in_step;
};

static void sweep_leaf(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    struct sweep *sweep = context;
    EXPECT(vaddr >= sweep->first && vaddr < sweep->end);
    EXPECT(sweep->count == 0 || vaddr > sweep->last_vaddr);
    sweep->last_vaddr = vaddr;
    sweep->count++;
    sweep->count_in_step++;
    for (uint32_t n = 0; n < CANDIDATES_N; n++) {
        bool is_large = page_bytes == LARGE;
        struct mapping *mapping = is_large ? &model.larges[n / 3] : &model.pages[n];
        if (mapping->is_mapped && vaddr == (is_large ? large_vaddr(n / 3) : page_vaddr(n))) {
            EXPECT_EQ(paddr, mapping->paddr);
            mapping->is_mapped = false;
            return;
        }
    }
    EXPECT(!"a page that was mapped");
}

static void model_fill(uint32_t steps)
{
    model_init();
    for (uint32_t i = 0; i < steps; i++)
        random_step(9);
}

static uint32_t mapped_count(uint64_t first, uint64_t end)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < CANDIDATES_N; n++)
        count += model.pages[n].is_mapped && page_vaddr(n) >= first && page_vaddr(n) < end;
    for (uint32_t n = 0; n < LARGE_N; n++)
        count += model.larges[n].is_mapped && large_vaddr(n) >= first && large_vaddr(n) < end;
    return count;
}

static void sweep_range(uint64_t first, uint64_t end, uint32_t budget)
{
    struct sweep sweep = {.first = first, .end = end};
    struct page_sink sink = {&sweep, sweep_leaf};
    uint32_t expected = mapped_count(first, end);
    bool is_done = false;
    while (!is_done) {
        uint32_t before = sweep.count;
        sweep.count_in_step = 0;
        is_done = page_table_destroy_step(&model.table, first, end, budget, &sink);
        EXPECT(sweep.count_in_step <= budget);
        EXPECT_EQ(is_done, sweep.count == expected);
        EXPECT(is_done || sweep.count == before + budget);
        expect_same();
    }
    EXPECT(page_table_destroy_step(&model.table, first, end, 0, &sink));
}

TEST(destroy_removes_all_of_the_user_half_in_steps_of_the_budget)
{
    static const uint32_t budgets[] = {1, 2, 3, 7, 1000};
    random_state = 31337;
    for (uint32_t round = 0; round < 50; round++) {
        model_fill(round * 3);
        uint32_t kernel_pages = mapped_count(KERNEL, UINT64_MAX);
        sweep_range(0, PAGE_TABLE_USER_END, budgets[round % 5]);
        EXPECT_EQ(mapped_count(0, UINT64_MAX), kernel_pages);
        page_table_destroy(&model.table);
    }
}

TEST(destroy_leaves_what_is_outside_its_range)
{
    static const uint64_t ends[][2] = {
        {0, 0},
        {0, 0x1000},
        {0x1000, LARGE},
        {LARGE, 2 * LARGE},
        {0x1000, (uint64_t)511 << 30},
        {(uint64_t)1 << 39, (uint64_t)255 << 39},
        {(uint64_t)255 << 39, PAGE_TABLE_USER_END},
        {PAGE_TABLE_USER_END - 0x1000, PAGE_TABLE_USER_END},
    };
    random_state = 5;
    for (uint32_t round = 0; round < 80; round++) {
        model_fill(60);
        uint64_t first = ends[round % 8][0], end = ends[round % 8][1];
        if (model.larges[0].is_mapped && (end == 0x1000 || first == 0x1000))
            do_unmap(0, &model.larges[0]);
        if (model.larges[17].is_mapped && first == PAGE_TABLE_USER_END - 0x1000)
            do_unmap(large_vaddr(17), &model.larges[17]);
        sweep_range(first, end, 1 + round % 3);
    }
}

TEST(destroy_checks_its_range)
{
    model_init();
    struct sweep sweep = {.end = UINT64_MAX};
    struct page_sink sink = {&sweep, sweep_leaf};
    struct page_table *table = &model.table;
    EXPECT_CHECK((void)!page_table_destroy_step(table, 0x1000, 0, 1, &sink));
    EXPECT_CHECK((void)!page_table_destroy_step(table, 0x1001, 0x2000, 1, &sink));
    EXPECT_CHECK((void)!page_table_destroy_step(table, 0, 0x2001, 1, &sink));
    EXPECT_CHECK((void)!page_table_destroy_step(table, 0, PAGE_TABLE_USER_END + 0x1000, 1, &sink));
    do_map(0, true, 0);
    EXPECT_CHECK((void)!page_table_destroy_step(table, 0, 0x1000, 1, &sink));
    EXPECT_CHECK((void)!page_table_destroy_step(table, 0x1000, 2 * LARGE, 1, &sink));
    EXPECT_EQ(sweep.count, 0);
    expect_same();
}

TEST_MAIN()
