/* Circles in a directed graph.
 *
 * Next: tests/host/test_manifest.c
 */
#include "lib/circle.h"

#include "tests/host/test.h"

static uint32_t circle_count(struct circle_search *search)
{
    uint32_t count = 0, first;

    while (circle_search_next(search, &first))
        count++;
    return count;
}

TEST(a_graph_without_edges_has_no_circle)
{
    struct circle_search search;
    uint32_t first;

    circle_search_init(&search);
    EXPECT(!circle_search_next(&search, &first));
}

TEST(a_chain_through_every_node_has_no_circle)
{
    struct circle_search search;

    circle_search_init(&search);
    for (uint32_t i = 0; i + 1 < CIRCLE_NODES_MAX; i++)
        circle_search_add(&search, i, i + 1);
    EXPECT_EQ(circle_count(&search), 0);
}

TEST(two_ways_to_one_node_are_no_circle)
{
    struct circle_search search;

    circle_search_init(&search);
    circle_search_add(&search, 0, 1);
    circle_search_add(&search, 0, 2);
    circle_search_add(&search, 1, 3);
    circle_search_add(&search, 2, 3);
    EXPECT_EQ(circle_count(&search), 0);
}

TEST(a_circle_is_given_without_the_way_that_leads_to_it)
{
    struct circle_search search;
    uint32_t first;

    circle_search_init(&search);
    circle_search_add(&search, 0, 5);
    circle_search_add(&search, 5, 9);
    circle_search_add(&search, 9, 63);
    circle_search_add(&search, 63, 5);
    EXPECT(circle_search_next(&search, &first));
    EXPECT_EQ(search.trail_length - first, 3);
    EXPECT_EQ(search.trail[first], 5);
    EXPECT_EQ(search.trail[first + 1], 9);
    EXPECT_EQ(search.trail[first + 2], 63);
    EXPECT(!circle_search_next(&search, &first));
}

TEST(a_node_with_an_edge_to_itself_is_a_circle)
{
    struct circle_search search;
    uint32_t first;

    circle_search_init(&search);
    circle_search_add(&search, 7, 7);
    EXPECT(circle_search_next(&search, &first));
    EXPECT_EQ(search.trail_length - first, 1);
    EXPECT_EQ(search.trail[first], 7);
}

TEST(separate_circles_are_all_found)
{
    struct circle_search search;

    circle_search_init(&search);
    for (uint32_t i = 0; i < CIRCLE_NODES_MAX; i += 2) {
        circle_search_add(&search, i, i + 1);
        circle_search_add(&search, i + 1, i);
    }
    EXPECT_EQ(circle_count(&search), CIRCLE_NODES_MAX / 2);
}

TEST(the_search_ends_when_every_node_has_an_edge_to_every_node)
{
    struct circle_search search;

    circle_search_init(&search);
    for (uint32_t i = 0; i < CIRCLE_NODES_MAX; i++)
        for (uint32_t k = 0; k < CIRCLE_NODES_MAX; k++)
            circle_search_add(&search, i, k);
    /* The trail goes through all nodes in turn; every edge back along it, and to itself, closes one. */
    EXPECT_EQ(circle_count(&search), CIRCLE_NODES_MAX * (CIRCLE_NODES_MAX + 1) / 2);
}

/* The slow and sure way: which node reaches which, by squaring. */
static bool has_circle(const uint64_t *edges)
{
    uint64_t reach[CIRCLE_NODES_MAX];

    memcpy(reach, edges, sizeof(reach));
    for (uint32_t middle = 0; middle < CIRCLE_NODES_MAX; middle++)
        for (uint32_t i = 0; i < CIRCLE_NODES_MAX; i++)
            if (reach[i] >> middle & 1)
                reach[i] |= reach[middle];
    for (uint32_t i = 0; i < CIRCLE_NODES_MAX; i++)
        if (reach[i] >> i & 1)
            return true;
    return false;
}

TEST(random_graphs_have_circles_exactly_when_a_node_reaches_itself)
{
    uint64_t state = 1;
    unsigned with = 0, without = 0;

    for (unsigned round = 0; round < 2000; round++) {
        struct circle_search search;
        circle_search_init(&search);
        for (unsigned edge = 0; edge < 45; edge++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            circle_search_add(&search, (uint32_t)(state >> 40) % 64, (uint32_t)(state >> 50) % 64);
        }
        bool expected = has_circle(search.edges);
        EXPECT_EQ(circle_count(&search) > 0, expected);
        with += expected;
        without += !expected;
    }
    EXPECT(with > 100);
    EXPECT(without > 100);
}

TEST_MAIN()
