/* page_table_range.c. Unmapping: everything in the range goes, once, in order, in steps; nothing else does.
 * Mapping: all of it, or exactly what comes before the failure.
 *
 * Next: tests/host/test_elf.c
 */
#include "tests/host/page_table_model.h"
#include "tests/host/check.h"
#include "lib/bits.h"

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
        is_done = page_table_unmap_range(&model.table, first, end, budget, &sink);
        EXPECT(sweep.count_in_step <= budget);
        EXPECT_EQ(is_done, sweep.count == expected);
        EXPECT(is_done || sweep.count == before + budget);
        expect_same();
    }
    EXPECT(page_table_unmap_range(&model.table, first, end, 0, &sink));
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
    EXPECT_CHECK((void)!page_table_unmap_range(table, 0x1000, 0, 1, &sink));
    EXPECT_CHECK((void)!page_table_unmap_range(table, 0x1001, 0x2000, 1, &sink));
    EXPECT_CHECK((void)!page_table_unmap_range(table, 0, 0x2001, 1, &sink));
    EXPECT_CHECK((void)!page_table_unmap_range(table, 0, PAGE_TABLE_USER_END + 0x1000, 1, &sink));
    do_map(0, true, 0);
    EXPECT_CHECK((void)!page_table_unmap_range(table, 0, 0x1000, 1, &sink));
    EXPECT_CHECK((void)!page_table_unmap_range(table, 0x1000, 2 * LARGE, 1, &sink));
    EXPECT_EQ(sweep.count, 0);
    expect_same();
}

/* ---- Mapping, in a window over four tables and two entries of the root ------------------------------- */

#define WINDOW_FIRST (((uint64_t)1 << 39) - 1000 * CAP_PAGE_BYTES)
#define WINDOW_PAGES 2000

struct window {
    uint64_t paddrs[WINDOW_PAGES]; /* 0: not mapped */
    uint32_t rights[WINDOW_PAGES];
    uint32_t first;   /* of the range under way */
    uint32_t fail_at; /* which page the feed refuses, counted from 1; 0: none */
    uint32_t fed_count;
};

static struct window window;

static uint64_t window_vaddr(uint32_t page)
{
    return WINDOW_FIRST + page * (uint64_t)CAP_PAGE_BYTES;
}

static enum cap_err window_next(void *context, uint64_t index, uint64_t *paddr)
{
    EXPECT(context == &window);
    EXPECT_EQ(index, window.fed_count);
    if (window.fail_at && index + 1 == window.fail_at)
        return CAP_ERR_AGAIN;
    *paddr = (random_below(1 << 30) + 1) * CAP_PAGE_BYTES;
    window.paddrs[window.first + index] = *paddr;
    window.fed_count++;
    return CAP_OK;
}

static void window_leaf(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    uint64_t page = (vaddr - WINDOW_FIRST) / CAP_PAGE_BYTES;
    EXPECT(context == &window && page_bytes == CAP_PAGE_BYTES && page < WINDOW_PAGES);
    EXPECT_EQ(window.paddrs[page], paddr);
    window.paddrs[page] = 0;
}

static const struct page_feed window_feed = {&window, window_next};
static const struct page_sink window_sink = {&window, window_leaf};

/* Every page, and exactly the tables that these need: of pages, of those tables, and so on up to the root. */
static void expect_window(void)
{
    uint64_t last[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    uint32_t tables = 1, tops = 0;
    for (uint32_t page = 0; page < WINDOW_PAGES; page++) {
        uint64_t paddr = 0;
        uint32_t rights = 0;
        enum cap_err err = page_table_lookup(&model.table, window_vaddr(page), &paddr, &rights);
        EXPECT_EQ(err, window.paddrs[page] ? CAP_OK : CAP_ERR_FAULT);
        EXPECT_EQ(paddr, window.paddrs[page]);
        if (!window.paddrs[page])
            continue;
        EXPECT_EQ(rights, window.rights[page]);
        for (uint32_t level = 0; level < 3; level++) {
            uint64_t table = window_vaddr(page) >> (21 + 9 * level);
            tables += table != last[level];
            tops += level == 2 && table != last[level];
            last[level] = table;
        }
    }
    EXPECT_EQ(memory.used_count, tables);
    EXPECT_EQ(model.table.user_top_count, tops);
}

static uint32_t first_mapped(uint32_t first, uint32_t end)
{
    while (first < end && !window.paddrs[first])
        first++;
    return first;
}

static void window_map(uint32_t first, uint32_t end)
{
    uint32_t taken = first_mapped(first, end), rights = random_rights(0);
    uint64_t mapped_end;
    window.first = first;
    window.fed_count = 0;
    window.fail_at = random_below(3) ? 0 : (uint32_t)random_below(600) + 1;
    memory.allocs_until_failure = random_below(3) ? 0 : (uint32_t)random_below(7) + 1;
    enum cap_err err = page_table_map_range(&model.table, window_vaddr(first), window_vaddr(end), rights,
                                            &window_feed, &mapped_end);
    uint32_t done = (uint32_t)((mapped_end - window_vaddr(first)) / CAP_PAGE_BYTES);
    EXPECT_EQ(done, window.fed_count);
    EXPECT_EQ(err == CAP_OK, first + done == end);
    EXPECT(err != CAP_ERR_FAULT || first + done == taken);
    EXPECT(err != CAP_ERR_AGAIN || done + 1 == window.fail_at);
    EXPECT(err != CAP_ERR_NO_MEMORY || done == 0 || window_vaddr(first + done) % LARGE == 0);
    memory.allocs_until_failure = 0;
    for (uint32_t page = first; page < first + done; page++)
        window.rights[page] = rights;
}

TEST(ranges_are_mapped_up_to_the_first_failure)
{
    model_init();
    memset(&window, 0, sizeof(window));
    random_state = 99;
    uint32_t seen[3] = {0};
    for (uint32_t round = 0; round < 1500; round++) {
        uint32_t first = (uint32_t)random_below(WINDOW_PAGES);
        uint32_t end = first + (uint32_t)random_below(WINDOW_PAGES - first + 1);
        if (random_below(2))
            end = first + (uint32_t)min_u64(end - first, 3);
        if (random_below(2))
            window_map(first, end);
        else
            seen[page_table_unmap_range(&model.table, window_vaddr(first), window_vaddr(end),
                                        (uint32_t)random_below(1200), &window_sink)]++;
        expect_window();
    }
    EXPECT(seen[0] > 0 && seen[1] > 0);
    EXPECT(page_table_unmap_range(&model.table, 0, PAGE_TABLE_USER_END, WINDOW_PAGES, &window_sink));
    expect_window();
    page_table_destroy(&model.table);
    EXPECT_EQ(memory.used_count, 0);
}

TEST(a_range_over_a_large_page_or_with_bad_rights_is_refused)
{
    model_init();
    memset(&window, 0, sizeof(window));
    uint64_t mapped_end;
    do_map(0, true, 0);
    EXPECT_EQ(page_table_map_range(&model.table, 0x1000, 0x2000, PAGE_READ, &window_feed, &mapped_end),
              CAP_ERR_FAULT);
    EXPECT_EQ(mapped_end, 0x1000);
    EXPECT_EQ(page_table_map_range(&model.table, LARGE, 2 * LARGE, PAGE_READ | PAGE_WRITE | PAGE_EXECUTE,
                                   &window_feed, &mapped_end),
              CAP_ERR_INVALID);
    EXPECT_EQ(page_table_map_range(&model.table, LARGE, 2 * LARGE, PAGE_READ | PAGE_GLOBAL, &window_feed,
                                   &mapped_end),
              CAP_ERR_INVALID);
    EXPECT_EQ(window.fed_count, 0);
    EXPECT_CHECK(
        (void)!page_table_map_range(&model.table, 0x1001, 0x2000, PAGE_READ, &window_feed, &mapped_end));
    EXPECT_CHECK((void)!page_table_map_range(&model.table, 0, PAGE_TABLE_USER_END + 0x1000, PAGE_READ,
                                             &window_feed, &mapped_end));
    expect_same();
}

TEST_MAIN()
