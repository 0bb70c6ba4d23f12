/* Lists: order, removal anywhere, and the promises about linked nodes.
 *
 * Next: tests/host/test_bits.c
 */
#include "lib/list.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

struct item {
    int number;
    struct list_node node;
};

#define ITEMS 8

static struct list list;
static struct item items[ITEMS];

/* An empty list and unlinked items numbered from 0. */
static void begin(void)
{
    list_init(&list);
    memset(items, 0, sizeof items);
    for (int i = 0; i < ITEMS; i++)
        items[i].number = i;
}

static int number_of(struct list_node *node)
{
    return LIST_ENTRY(node, struct item, node)->number;
}

/* The list is exactly the digits of `order`, forwards and backwards. */
static bool list_is(const char *order)
{
    size_t at = 0, count = strlen(order);
    LIST_FOR_EACH(node, &list)
    {
        if (at == count || number_of(node) != order[at] - '0')
            return false;
        at++;
    }
    if (at != count)
        return false;
    for (struct list_node *node = list.head.prev; node != &list.head; node = node->prev) {
        if (number_of(node) != order[--at] - '0')
            return false;
    }
    return at == 0 && list_is_empty(&list) == (count == 0);
}

TEST(an_empty_list_has_no_first_node_and_no_iteration)
{
    begin();
    EXPECT(list_is(""));
    EXPECT(!list_first(&list));
    EXPECT(!list_pop_front(&list));
}

TEST(pushing_keeps_order_at_both_ends)
{
    begin();
    list_push_back(&list, &items[1].node);
    EXPECT(list_is("1"));
    list_push_back(&list, &items[2].node);
    list_push_front(&list, &items[0].node);
    list_push_back(&list, &items[3].node);
    EXPECT(list_is("0123"));
    EXPECT(list_first(&list) == &items[0].node);
}

TEST(first_in_first_out)
{
    begin();
    for (int i = 0; i < ITEMS; i++)
        list_push_back(&list, &items[i].node);
    for (int i = 0; i < ITEMS; i++) {
        struct list_node *node = list_pop_front(&list);
        EXPECT(node == &items[i].node);
        EXPECT(!list_is_linked(node));
    }
    EXPECT(list_is(""));
}

TEST(any_set_of_nodes_can_be_removed_and_the_rest_keeps_its_order)
{
    for (unsigned removed = 0; removed < 1u << 6; removed++) {
        char rest[8] = "";
        begin();
        for (int i = 0; i < 6; i++)
            list_push_back(&list, &items[i].node);
        for (int i = 0; i < 6; i++) {
            if (removed >> i & 1) {
                list_remove(&items[i].node);
                EXPECT(!list_is_linked(&items[i].node));
            } else {
                strncat(rest, &"0\0001\0002\0003\0004\0005"[2 * i], 1);
            }
        }
        EXPECT(list_is(rest));
    }
}

TEST(the_current_node_may_be_removed_and_overwritten_while_iterating)
{
    for (unsigned removed = 0; removed < 1u << 6; removed++) {
        unsigned seen = 0;
        begin();
        for (int i = 0; i < 6; i++)
            list_push_back(&list, &items[i].node);
        LIST_FOR_EACH(node, &list)
        {
            int number = number_of(node);
            seen |= 1u << number;
            if (removed >> number & 1) {
                list_remove(node);
                memset(&items[number], 0xee, sizeof items[number]);
            }
        }
        EXPECT_EQ(seen, 0x3f);
    }
}

TEST(loops_may_be_nested)
{
    int pairs = 0;
    begin();
    for (int i = 0; i < 3; i++)
        list_push_back(&list, &items[i].node);
    LIST_FOR_EACH(outer, &list)
    {
        LIST_FOR_EACH(inner, &list)
        {
            pairs += outer != inner;
        }
    }
    EXPECT_EQ(pairs, 6);
}

TEST(a_zeroed_node_is_unlinked_and_a_node_moves_between_lists)
{
    struct list other;
    begin();
    list_init(&other);
    EXPECT(!list_is_linked(&items[0].node));
    list_push_back(&list, &items[0].node);
    EXPECT(list_is_linked(&items[0].node));
    list_remove(&items[0].node);
    list_push_back(&other, &items[0].node);
    EXPECT(list_is(""));
    EXPECT(list_first(&other) == &items[0].node);
    memset(&items[1], 0xee, sizeof items[1]);
    list_node_init(&items[1].node);
    EXPECT(!list_is_linked(&items[1].node));
}

TEST(linking_twice_and_removing_twice_are_caught_before_any_harm)
{
    begin();
    list_push_back(&list, &items[0].node);
    list_push_back(&list, &items[1].node);
    EXPECT_CHECK(list_push_back(&list, &items[0].node));
    EXPECT_CHECK(list_push_front(&list, &items[1].node));
    EXPECT(list_is("01"));
    list_remove(&items[0].node);
    EXPECT_CHECK(list_remove(&items[0].node));
    EXPECT(list_is("1"));
}

TEST_MAIN()
