/* Ranges against a row of addresses of which each is used by one range or none, over every order of many
 * insertions and removals; and the ends of 64 bits.
 *
 * Next: kernel/mm/mapping.c
 */
#include "lib/range_tree.h"
#include "tests/host/check.h"
#include "tests/host/test.h"
#include "tests/host/random.h"

#define WORLD  24 /* addresses, from BASE on */
#define BASE   1000
#define RANGES 12

static struct range_tree ranges;
static struct range all[RANGES];
static int owner[WORLD]; /* which range, or -1 */

static void begin(void)
{
    ranges = (struct range_tree){0};
    memset(all, 0, sizeof all);
    for (int i = 0; i < WORLD; i++)
        owner[i] = -1;
}

static bool model_is_free(uint64_t first, uint64_t end)
{
    for (uint64_t at = first; at < end; at++)
        if (owner[at - BASE] >= 0)
            return false;
    return true;
}

static void model_set(uint64_t first, uint64_t end, int index)
{
    for (uint64_t at = first; at < end; at++)
        owner[at - BASE] = index;
}

static uint32_t height_of(const struct range *range)
{
    return range ? range->height : 0;
}

/* Links both ways, and heights, of each range. */
static void expect_balance(void)
{
    EXPECT(!ranges.root || !ranges.root->parent);
    for (const struct range *at = range_tree_first(&ranges); at; at = range_next(at)) {
        uint32_t before = height_of(at->child[0]), behind = height_of(at->child[1]);
        EXPECT(before <= behind + 1 && behind <= before + 1);
        EXPECT_EQ(at->height, (before > behind ? before : behind) + 1);
        for (int side = 0; side < 2; side++)
            EXPECT(!at->child[side] || at->child[side]->parent == at);
    }
}

/* Order, no overlap, and the owner of every address. */
static void expect_model(void)
{
    uint64_t end = BASE;
    expect_balance();
    for (const struct range *at = range_tree_first(&ranges); at; at = range_next(at)) {
        EXPECT(at->first >= end && at->first < at->end && at->tree == &ranges);
        EXPECT(range_next(at) || at == range_tree_last(&ranges));
        end = at->end;
    }
    EXPECT(end <= BASE + WORLD);
    for (uint64_t at = BASE; at < BASE + WORLD; at++) {
        struct range *wanted = owner[at - BASE] < 0 ? NULL : &all[owner[at - BASE]];
        EXPECT(range_tree_at(&ranges, at) == wanted);
        EXPECT(range_tree_starting(&ranges, at) == (wanted && wanted->first == at ? wanted : NULL));
    }
}

static void insert(uint32_t index, uint64_t first, uint64_t end)
{
    bool is_free = model_is_free(first, end);
    all[index].first = first;
    all[index].end = end;
    EXPECT_EQ(range_tree_insert(&ranges, &all[index]), is_free ? CAP_OK : CAP_ERR_FAULT);
    EXPECT_EQ(range_is_in_tree(&all[index]), is_free);
    if (is_free)
        model_set(first, end, (int)index);
}

static void remove_one(uint32_t index)
{
    range_tree_remove(&all[index]);
    model_set(all[index].first, all[index].end, -1);
}

TEST(random_lives_are_as_the_model_says)
{
    begin();
    for (int step = 0; step < 30000; step++) {
        uint32_t index = random_below(RANGES);
        uint64_t first = BASE + random_below(WORLD),
                 end = first + 1 + random_below((uint32_t)(BASE + WORLD - first));
        if (range_is_in_tree(&all[index]))
            remove_one(index);
        else
            insert(index, first, end);
        expect_model();
    }
}

/* What choose has to find: behind the last range, else the lowest place. */
static bool model_choose(uint64_t bytes, uint64_t margin, uint64_t *chosen)
{
    uint64_t last_end = BASE, around = bytes + 2 * margin;
    for (uint64_t at = BASE; at < BASE + WORLD; at++)
        if (owner[at - BASE] >= 0)
            last_end = at + 1;
    if (last_end + around <= BASE + WORLD) {
        *chosen = last_end + margin;
        return true;
    }
    for (uint64_t at = BASE; at + around <= last_end; at++) {
        if (model_is_free(at, at + around)) {
            *chosen = at + margin;
            return true;
        }
    }
    return false;
}

TEST(a_place_is_chosen_as_the_model_says)
{
    begin();
    for (int step = 0; step < 30000; step++) {
        uint32_t index = random_below(RANGES);
        uint64_t first = BASE + random_below(WORLD), end = first + 1 + random_below(3);
        if (range_is_in_tree(&all[index]))
            remove_one(index);
        else if (end <= BASE + WORLD)
            insert(index, first, end);
        uint64_t bytes = 1 + random_below(WORLD), margin = random_below(4), wanted = 0, chosen = 0;
        bool has_place = model_choose(bytes, margin, &wanted);
        EXPECT_EQ(range_tree_choose(&ranges, BASE, BASE + WORLD, bytes, margin, &chosen),
                  has_place ? CAP_OK : CAP_ERR_NO_MEMORY);
        EXPECT_EQ(chosen, wanted);
    }
}

TEST(no_number_of_bytes_wraps)
{
    static const uint64_t ends[] = {1, 2, 4096, 1ull << 47, 1ull << 63, UINT64_MAX};
    begin();
    all[0] = (struct range){.first = UINT64_MAX - 10, .end = UINT64_MAX - 5};
    EXPECT_EQ(range_tree_insert(&ranges, &all[0]), CAP_OK);
    for (uint32_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        uint64_t chosen = 77;
        EXPECT_EQ(range_tree_choose(&ranges, 0, UINT64_MAX, UINT64_MAX - ends[i] + 1, ends[i], &chosen),
                  CAP_ERR_NO_MEMORY);
        EXPECT_EQ(range_tree_choose(&ranges, 0, UINT64_MAX, UINT64_MAX, ends[i], &chosen), CAP_ERR_NO_MEMORY);
        EXPECT_EQ(range_tree_choose(&ranges, 0, UINT64_MAX, 1, ends[i] | 1ull << 63, &chosen),
                  CAP_ERR_NO_MEMORY);
        EXPECT_EQ(chosen, 77);
    }
    uint64_t chosen;
    EXPECT_EQ(range_tree_choose(&ranges, 0, UINT64_MAX, UINT64_MAX - 10, 0, &chosen), CAP_OK);
    EXPECT_EQ(chosen, 0);
    EXPECT_EQ(range_tree_choose(&ranges, 0, UINT64_MAX, 5, 0, &chosen), CAP_OK);
    EXPECT_EQ(chosen, UINT64_MAX - 5);
    EXPECT_EQ(range_tree_choose(&ranges, 0, UINT64_MAX, UINT64_MAX - 9, 0, &chosen), CAP_ERR_NO_MEMORY);
}

TEST(the_last_addresses_overlap_like_all_others)
{
    begin();
    all[0] = (struct range){.first = UINT64_MAX - 1, .end = UINT64_MAX};
    all[1] = (struct range){.first = 0, .end = UINT64_MAX};
    all[2] = (struct range){.first = 0, .end = UINT64_MAX - 1};
    EXPECT_EQ(range_tree_insert(&ranges, &all[0]), CAP_OK);
    EXPECT_EQ(range_tree_insert(&ranges, &all[1]), CAP_ERR_FAULT);
    EXPECT_EQ(range_tree_insert(&ranges, &all[2]), CAP_OK);
    EXPECT(range_tree_at(&ranges, UINT64_MAX) == NULL);
    EXPECT(range_tree_at(&ranges, UINT64_MAX - 1) == &all[0]);
    EXPECT(range_tree_at(&ranges, UINT64_MAX - 2) == &all[2]);
}

TEST(an_empty_range_is_a_broken_promise)
{
    begin();
    all[0] = (struct range){.first = 5, .end = 5};
    EXPECT_CHECK((void)!range_tree_insert(&ranges, &all[0]));
    all[0] = (struct range){.first = 6, .end = 5};
    EXPECT_CHECK((void)!range_tree_insert(&ranges, &all[0]));
}

TEST(a_range_is_replaced_by_those_in_it)
{
    for (uint32_t count = 0; count <= 3; count++) {
        struct range_tree inside;
        begin();
        inside = (struct range_tree){0};
        all[0] = (struct range){.first = 10, .end = 20};
        all[1] = (struct range){.first = 20, .end = 40};
        all[2] = (struct range){.first = 40, .end = 50};
        for (uint32_t i = 0; i < 3; i++)
            EXPECT_EQ(range_tree_insert(&ranges, &all[i]), CAP_OK);
        for (uint32_t i = 3; i < 3 + count; i++) {
            all[i] = (struct range){.first = 20 + i, .end = 21 + i};
            EXPECT_EQ(range_tree_insert(&inside, &all[i]), CAP_OK);
        }
        range_tree_replace(&all[1], &inside);
        EXPECT(!inside.root && !range_is_in_tree(&all[1]));
        EXPECT(range_tree_at(&ranges, 30) == NULL);
        EXPECT(range_tree_at(&ranges, 10) == &all[0] && range_tree_at(&ranges, 49) == &all[2]);
        for (uint32_t i = 3; i < 3 + count; i++)
            EXPECT(range_tree_starting(&ranges, 20 + i) == &all[i]);
        uint32_t seen = 0;
        expect_balance();
        for (const struct range *at = range_tree_first(&ranges); at; at = range_next(at))
            seen++;
        EXPECT_EQ(seen, 2 + count);
    }
}

/* ---- Many ------------------------------------------------------------------------------------------ */

#define MANY 5000

static struct range many[MANY];

static void insert_many(uint32_t (*place_of)(uint32_t i))
{
    memset(many, 0, sizeof many);
    ranges = (struct range_tree){0};
    for (uint32_t i = 0; i < MANY; i++) {
        uint64_t first = (uint64_t)place_of(i) * 10;
        many[i] = (struct range){.first = first, .end = first + 10};
        EXPECT_EQ(range_tree_insert(&ranges, &many[i]), CAP_OK);
    }
    expect_balance();
    EXPECT(ranges.root->height <= 17); /* 1.44 log2(5002) */
}

static uint32_t rising(uint32_t i)
{
    return i;
}

static uint32_t falling(uint32_t i)
{
    return MANY - 1 - i;
}

static uint32_t scattered(uint32_t i)
{
    return i * 1237 % MANY;
}

TEST(the_tree_stays_low_in_whatever_order_ranges_come_and_go)
{
    static uint32_t (*const orders[])(uint32_t) = {rising, falling, scattered};
    for (int in = 0; in < 3; in++) {
        for (int out = 0; out < 3; out++) {
            insert_many(orders[in]);
            for (uint32_t i = 0; i < MANY; i++) {
                struct range *range = range_tree_at(&ranges, (uint64_t)orders[out](i) * 10 + 9);
                EXPECT(range && range == range_tree_starting(&ranges, range->first));
                range_tree_remove(range);
                if (i % 500 == 0)
                    expect_balance();
            }
            EXPECT(!ranges.root);
        }
    }
}

TEST(a_range_is_in_one_tree_once)
{
    begin();
    all[0] = (struct range){.first = 5, .end = 6};
    EXPECT_CHECK(range_tree_remove(&all[0]));
    EXPECT_EQ(range_tree_insert(&ranges, &all[0]), CAP_OK);
    EXPECT_CHECK((void)!range_tree_insert(&ranges, &all[0]));
    range_tree_remove(&all[0]);
    EXPECT_CHECK(range_tree_remove(&all[0]));
}

TEST_MAIN()
