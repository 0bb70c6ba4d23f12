/* pool.c against a list of what is in use: random histories for many sizes, and every misuse.
 *
 * Next: tests/host/test_page_table.c
 */
#include "tests/host/test.h"
#include "tests/host/check.h"
#include "lib/pool.h"

#include <stdlib.h>

#define PAGES_MAX   24
#define OBJECTS_MAX 2000

struct object {
    uint8_t *bytes;
    uint8_t pattern;
};

/* Pages stay allocated when the pool returns them, so that a late use would be seen as a change. */
struct model {
    struct pool pool;
    uint32_t object_bytes, align;
    uint8_t *pages[PAGES_MAX];
    bool is_held[PAGES_MAX];
    uint32_t object_count;
    struct object objects[OBJECTS_MAX];
};

static struct model model;
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % limit;
}

static void model_init(uint32_t object_bytes, uint32_t align)
{
    for (uint32_t i = 0; i < PAGES_MAX; i++) {
        if (!model.pages[i])
            model.pages[i] = aligned_alloc(CAP_PAGE_BYTES, CAP_PAGE_BYTES);
        memset(model.pages[i], 0xa5, CAP_PAGE_BYTES);
        model.is_held[i] = false;
    }
    model.object_bytes = object_bytes;
    model.align = align;
    model.object_count = 0;
    pool_init(&model.pool, object_bytes, align);
}

static uint32_t page_index_of(const void *address)
{
    for (uint32_t i = 0; i < PAGES_MAX; i++) {
        const uint8_t *byte = address;
        if (byte >= model.pages[i] && byte < model.pages[i] + CAP_PAGE_BYTES)
            return i;
    }
    return PAGES_MAX;
}

static void page_came_back(void *page)
{
    uint32_t index = page_index_of(page);
    EXPECT(index < PAGES_MAX && page == model.pages[index] && model.is_held[index]);
    for (uint32_t i = 0; i < model.object_count; i++)
        EXPECT(page_index_of(model.objects[i].bytes) != index);
    model.is_held[index] = false;
    memset(page, 0xa5, CAP_PAGE_BYTES);
}

static bool add_page(void)
{
    for (uint32_t i = 0; i < PAGES_MAX; i++) {
        if (!model.is_held[i]) {
            model.is_held[i] = true;
            pool_add_page(&model.pool, model.pages[i]);
            return true;
        }
    }
    return false;
}

static bool take(void)
{
    uint8_t *bytes = pool_take(&model.pool);
    if (!bytes) {
        if (model.object_count == OBJECTS_MAX || !add_page())
            return false;
        bytes = pool_take(&model.pool);
    }
    uint32_t index = page_index_of(bytes);
    EXPECT(index < PAGES_MAX && model.is_held[index]);
    EXPECT(page_index_of(bytes + model.object_bytes - 1) == index);
    EXPECT_EQ((uintptr_t)bytes % model.align, 0);
    for (uint32_t i = 0; i < model.object_bytes; i++)
        EXPECT_EQ(bytes[i], 0);
    uint8_t pattern = (uint8_t)(1 + random_below(255));
    memset(bytes, pattern, model.object_bytes);
    model.objects[model.object_count++] = (struct object){bytes, pattern};
    return true;
}

/* What another record was given would show in this one's bytes. */
static void give(uint32_t n)
{
    struct object object = model.objects[n];
    for (uint32_t i = 0; i < model.object_bytes; i++)
        EXPECT_EQ(object.bytes[i], object.pattern);
    model.objects[n] = model.objects[--model.object_count];
    void *page = pool_give(&model.pool, object.bytes);
    if (page)
        page_came_back(page);
}

static void expect_same(void)
{
    uint32_t held = 0, empty = 0;
    for (uint32_t i = 0; i < PAGES_MAX; i++) {
        uint32_t used = 0;
        for (uint32_t n = 0; n < model.object_count; n++)
            used += page_index_of(model.objects[n].bytes) == i;
        held += model.is_held[i];
        empty += model.is_held[i] && used == 0;
    }
    EXPECT_EQ(model.pool.page_count, held);
    EXPECT_EQ(model.pool.object_count, model.object_count);
    EXPECT(empty <= 1);
}

static void give_all_back(void)
{
    while (model.object_count > 0)
        give((uint32_t)random_below(model.object_count));
    EXPECT_EQ(model.pool.page_count, model.pool.spare != NULL);
    void *page = pool_trim(&model.pool);
    if (page)
        page_came_back(page);
    EXPECT(pool_trim(&model.pool) == NULL);
    expect_same();
    EXPECT_EQ(model.pool.page_count, 0);
}

static const struct {
    uint32_t object_bytes, align;
} shapes[] = {{1, 1},    {8, 8},   {16, 16},  {17, 1},    {24, 8},   {64, 64},   {100, 4},
              {128, 32}, {500, 8}, {1000, 8}, {1990, 16}, {2012, 8}, {3968, 64}, {4000, 32}};

TEST(random_histories_for_many_sizes)
{
    for (uint32_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++) {
        random_state = 99 + shape;
        model_init(shapes[shape].object_bytes, shapes[shape].align);
        for (uint32_t round = 0; round < 6; round++) {
            uint64_t takes_of_10 = round % 2 ? 3 : 7;
            for (uint32_t step = 0; step < 300; step++) {
                if (random_below(10) < takes_of_10)
                    take();
                else if (model.object_count > 0)
                    give((uint32_t)random_below(model.object_count));
                if (step % 50 == 0)
                    expect_same();
            }
        }
        give_all_back();
    }
}

TEST(every_page_is_filled_before_another_is_asked_for)
{
    for (uint32_t shape = 0; shape < sizeof(shapes) / sizeof(shapes[0]); shape++) {
        model_init(shapes[shape].object_bytes, shapes[shape].align);
        uint32_t per_page = model.pool.objects_per_page;
        uint32_t stride = (shapes[shape].object_bytes + 15) / 16 * 16;
        EXPECT(per_page >= 1 && (shapes[shape].align > 16 || per_page >= (4096 - 128) / stride));
        EXPECT(pool_take(&model.pool) == NULL);
        for (uint32_t i = 0; i < per_page; i++)
            EXPECT(take());
        EXPECT_EQ(model.pool.page_count, 1);
        EXPECT(pool_take(&model.pool) == NULL);
        EXPECT(take());
        EXPECT_EQ(model.pool.page_count, 2);
        give_all_back();
    }
}

TEST(taking_and_giving_one_record_in_turn_moves_no_page)
{
    model_init(64, 8);
    EXPECT(take());
    for (uint32_t i = 0; i < 10; i++) {
        give(0);
        void *object = pool_take(&model.pool);
        EXPECT(object != NULL);
        memset(object, 1, 64);
        model.objects[model.object_count++] = (struct object){object, 1};
    }
    give_all_back();
}

TEST(only_one_empty_page_is_kept)
{
    model_init(2000, 8);
    for (uint32_t i = 0; i < 6; i++)
        EXPECT(take());
    EXPECT_EQ(model.pool.page_count, 3);
    while (model.object_count > 0)
        give(0);
    EXPECT_EQ(model.pool.page_count, 1);
    give_all_back();
}

TEST(a_record_given_twice_fails_a_check)
{
    model_init(64, 8);
    EXPECT(take() && take());
    uint8_t *object = model.objects[0].bytes;
    give(0);
    EXPECT_CHECK((void)!pool_give(&model.pool, object));
    give(0);
    EXPECT_CHECK((void)!pool_give(&model.pool, object)); /* in the spare page */
    give_all_back();
    EXPECT_CHECK((void)!pool_give(&model.pool, object)); /* in a page that is gone */
    expect_same();
}

TEST(what_is_not_a_record_of_the_pool_fails_a_check)
{
    struct pool other;
    pool_init(&other, 64, 8);
    model_init(64, 8);
    EXPECT(take());
    uint8_t *object = model.objects[0].bytes;
    EXPECT_CHECK((void)!pool_give(&other, object));
    EXPECT_CHECK((void)!pool_give(&model.pool, NULL));
    EXPECT_CHECK((void)!pool_give(&model.pool, object + 1));
    EXPECT_CHECK((void)!pool_give(&model.pool, object + 64)); /* never taken */
    EXPECT_CHECK((void)!pool_give(&model.pool, model.pages[0]));
    EXPECT_CHECK((void)!pool_give(&model.pool, model.pages[0] + CAP_PAGE_BYTES - 1));
    EXPECT_CHECK((void)!pool_give(&model.pool, model.pages[0] + model.pool.first_offset +
                                                   model.pool.objects_per_page * model.pool.object_bytes));
    EXPECT_CHECK((void)!pool_give(&model.pool, model.pages[1] + 128)); /* a page it never had */
    expect_same();
    give_all_back();
}

TEST(sizes_and_alignments_that_do_not_fit_fail_a_check)
{
    struct pool pool;
    EXPECT_CHECK(pool_init(&pool, 0, 8));
    EXPECT_CHECK(pool_init(&pool, POOL_OBJECT_BYTES_MAX + 1, 8));
    EXPECT_CHECK(pool_init(&pool, POOL_OBJECT_BYTES_MAX, 64));
    EXPECT_CHECK(pool_init(&pool, 8, 0));
    EXPECT_CHECK(pool_init(&pool, 8, 24));
    EXPECT_CHECK(pool_init(&pool, 8, 128));
}

TEST(a_page_is_accepted_only_when_it_is_needed_and_whole)
{
    model_init(64, 8);
    EXPECT_CHECK(pool_add_page(&model.pool, NULL));
    EXPECT_CHECK(pool_add_page(&model.pool, model.pages[0] + 16));
    EXPECT(add_page());
    EXPECT_CHECK(pool_add_page(&model.pool, model.pages[5])); /* has a spare */
    EXPECT(take());
    EXPECT_CHECK(pool_add_page(&model.pool, model.pages[5])); /* has room */
    expect_same();
    give_all_back();
}

TEST_MAIN()
