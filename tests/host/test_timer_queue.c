/* The queue of deadlines against a sorted array, with its invariants and its costs checked at each step:
 * every short sequence of operations, every order of a few nodes, long random lives, and 10,000 nodes (case
 * 116).
 *
 * Next: tests/host/test_pool.c
 */
#include "lib/timer_queue.h"
#include "lib/bits.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

#define NODES       10000
#define MODEL_NODES 256

static struct timer_queue queue;
static struct timer_node nodes[NODES];

/* ---- Invariants ---------------------------------------------------------------------------------- */

static uint32_t rank_of(const struct timer_node *node)
{
    return node ? node->rank : 0;
}

static void expect_child(const struct timer_node *parent, const struct timer_node *child)
{
    if (!child)
        return;
    EXPECT(child->parent == parent);
    if (parent->deadline_ns == child->deadline_ns)
        EXPECT(parent->sequence < child->sequence);
    else
        EXPECT(parent->deadline_ns < child->deadline_ns);
}

/* The node after this one, parents before children, or NULL. */
static const struct timer_node *node_next(const struct timer_node *node)
{
    if (node->left)
        return node->left;
    while (node->parent && (node == node->parent->right || !node->parent->right))
        node = node->parent;
    return node->parent ? node->parent->right : NULL;
}

/* The whole tree is as lib/timer_queue.h says. */
static void expect_invariants(void)
{
    uint64_t count = 0;
    EXPECT(!queue.root || !queue.root->parent);
    for (const struct timer_node *node = queue.root; node; node = node_next(node)) {
        EXPECT(++count <= queue.count);
        expect_child(node, node->left);
        expect_child(node, node->right);
        EXPECT(rank_of(node->left) >= rank_of(node->right));
        EXPECT_EQ(node->rank, rank_of(node->right) + 1);
        EXPECT(timer_node_is_queued(node));
    }
    EXPECT_EQ(count, queue.count);
    EXPECT(rank_of(queue.root) <= bit_highest(queue.count + 1));
}

/* ---- Costs --------------------------------------------------------------------------------------- */

static uint64_t insert_visits_max, remove_visits_max;

/* The bounds of lib/timer_queue.h, for the n nodes in the queue before the operation. */
static void counted_insert(struct timer_node *node, uint64_t deadline_ns)
{
    uint64_t before = queue.visit_count, n = queue.count;
    timer_queue_insert(&queue, node, deadline_ns);
    uint64_t visits = queue.visit_count - before;
    EXPECT(visits <= 2 * bit_highest(n + 1));
    insert_visits_max = max_u64(insert_visits_max, visits);
}

static void counted_remove(struct timer_node *node)
{
    uint64_t before = queue.visit_count, n = queue.count, deadline_ns = node->deadline_ns;
    timer_queue_remove(&queue, node);
    uint64_t visits = queue.visit_count - before;
    EXPECT(visits <= 5 * bit_highest(n + 1));
    EXPECT(!timer_node_is_queued(node));
    EXPECT_EQ(node->deadline_ns, deadline_ns);
    remove_visits_max = max_u64(remove_visits_max, visits);
}

/* ---- The model: an array in the order in which the nodes expire ---------------------------------- */

struct model_entry {
    struct timer_node *node;
    uint64_t deadline_ns;
};

static struct model_entry model[MODEL_NODES];
static uint32_t model_count;

static void begin(void)
{
    memset(&queue, 0xee, sizeof queue);
    memset(nodes, 0, sizeof nodes[0] * MODEL_NODES);
    timer_queue_init(&queue);
    model_count = 0;
}

static void expect_model(void)
{
    expect_invariants();
    EXPECT_EQ(queue.count, model_count);
    EXPECT(timer_queue_first(&queue) == (model_count ? model[0].node : NULL));
    for (uint32_t i = 0; i < model_count; i++) {
        EXPECT(timer_node_is_queued(model[i].node));
        EXPECT_EQ(model[i].node->deadline_ns, model[i].deadline_ns);
    }
}

static void insert(struct timer_node *node, uint64_t deadline_ns)
{
    uint32_t at = 0;
    while (at < model_count && model[at].deadline_ns <= deadline_ns)
        at++;
    memmove(&model[at + 1], &model[at], (model_count - at) * sizeof model[0]);
    model[at] = (struct model_entry){node, deadline_ns};
    model_count++;
    counted_insert(node, deadline_ns);
    expect_model();
}

/* The node that would expire after `at` others. */
static void remove_at(uint32_t at)
{
    struct timer_node *node = model[at].node;
    model_count--;
    memmove(&model[at], &model[at + 1], (model_count - at) * sizeof model[0]);
    counted_remove(node);
    expect_model();
}

static void expire_all(void)
{
    while (model_count > 0)
        remove_at(0);
}

static struct timer_node *unqueued_node(void)
{
    struct timer_node *node = nodes;
    while (timer_node_is_queued(node))
        node++;
    return node;
}

/* ---- Single properties --------------------------------------------------------------------------- */

TEST(an_empty_queue_has_no_first_node)
{
    begin();
    EXPECT(!timer_queue_first(&queue));
    EXPECT_EQ(queue.count, 0);
    insert(&nodes[0], 1);
    expire_all();
    EXPECT(!timer_queue_first(&queue));
}

TEST(zeroed_records_are_an_empty_queue_and_a_node_in_none_which_moves_between_queues)
{
    struct timer_queue zeroed = {0};
    begin();
    EXPECT(!timer_node_is_queued(&nodes[0]));
    insert(&nodes[0], 5);
    remove_at(0);
    timer_queue_insert(&zeroed, &nodes[0], 6);
    EXPECT(timer_queue_first(&zeroed) == &nodes[0]);
    EXPECT(!timer_queue_first(&queue));
}

/* Inserts the nodes in turn; they expire as `order` numbers them. */
static void expect_order(const uint64_t *deadlines_ns, const uint32_t *order, uint32_t count)
{
    begin();
    for (uint32_t i = 0; i < count; i++)
        insert(&nodes[i], deadlines_ns[i]);
    for (uint32_t i = 0; i < count; i++) {
        EXPECT(timer_queue_first(&queue) == &nodes[order[i]]);
        EXPECT_EQ(timer_queue_first(&queue)->deadline_ns, deadlines_ns[order[i]]);
        remove_at(0);
    }
}

TEST(nodes_expire_in_the_order_of_their_deadlines)
{
    expect_order((uint64_t[]){50, 10, 40, 20, 30}, (uint32_t[]){1, 3, 4, 2, 0}, 5);
}

TEST(the_extreme_deadlines_are_like_all_others)
{
    expect_order((uint64_t[]){UINT64_MAX, 0, (uint64_t)1 << 63, UINT64_MAX - 1, 1, INT64_MAX, UINT64_MAX, 0},
                 (uint32_t[]){1, 7, 4, 5, 2, 3, 0, 6}, 8);
}

TEST(equal_deadlines_expire_in_the_order_of_their_insertion)
{
    begin();
    for (uint32_t i = 0; i < 100; i++)
        insert(&nodes[i * 37 % 100], 5);
    for (uint32_t i = 0; i < 100; i++) {
        EXPECT(timer_queue_first(&queue) == &nodes[i * 37 % 100]);
        remove_at(0);
    }
}

TEST(a_node_inserted_again_comes_behind_its_equals)
{
    begin();
    insert(&nodes[0], 5);
    insert(&nodes[1], 5);
    timer_queue_remove(&queue, &nodes[0]);
    timer_queue_insert(&queue, &nodes[0], 5);
    EXPECT(timer_queue_first(&queue) == &nodes[1]);
    timer_queue_remove(&queue, &nodes[1]);
    EXPECT(timer_queue_first(&queue) == &nodes[0]);
}

TEST(broken_promises_are_caught_before_any_harm)
{
    struct timer_queue other;
    begin();
    timer_queue_init(&other);
    insert(&nodes[0], 5);
    insert(&nodes[1], 6);
    EXPECT_CHECK(timer_queue_insert(&queue, &nodes[0], 5));
    EXPECT_CHECK(timer_queue_insert(&queue, &nodes[1], 4));
    EXPECT_CHECK(timer_queue_insert(&other, &nodes[1], 4));
    EXPECT_CHECK(timer_queue_remove(&queue, &nodes[2]));
    EXPECT_CHECK(timer_queue_remove(&other, &nodes[0]));
    EXPECT_CHECK(timer_queue_remove(&other, &nodes[1]));
    expect_model();
    timer_queue_insert(&other, &nodes[2], 5);
    EXPECT_CHECK(timer_queue_remove(&other, &nodes[0]));
    EXPECT(timer_queue_first(&other) == &nodes[2]);
    remove_at(0);
    EXPECT_CHECK(timer_queue_remove(&queue, &nodes[0]));
    expect_model();
    expire_all();
}

/* ---- All of them --------------------------------------------------------------------------------- */

#define OPERATIONS 8

/* Turns the odometer `choices`, whose places have as many digits as `options` says. False: all are 0 again.
 */
static bool choices_advance(uint32_t *choices, const uint32_t *options, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) {
        if (++choices[i] < options[i])
            return true;
        choices[i] = 0;
    }
    return false;
}

/* Each operation inserts a node with one of three deadlines or removes any of the queued. There are S(0, 8)
 * sequences: S(queued, operations) is 3 S(queued + 1, operations - 1) + queued S(queued - 1, operations - 1),
 * and 1 for no operation. */
TEST(every_sequence_of_eight_operations_is_as_in_the_model)
{
    static const uint64_t deadlines_ns[] = {0, 1000, UINT64_MAX};
    uint32_t choices[OPERATIONS] = {0}, options[OPERATIONS], sequences = 0;
    do {
        begin();
        for (uint32_t i = 0; i < OPERATIONS; i++) {
            options[i] = 3 + model_count;
            if (choices[i] < 3)
                insert(unqueued_node(), deadlines_ns[choices[i]]);
            else
                remove_at(choices[i] - 3);
        }
        expire_all();
        sequences++;
    } while (choices_advance(choices, options, OPERATIONS));
    EXPECT_EQ(sequences, 331452);
}

/* Inserts `count` nodes in one of all orders: node i expires after choices[i] of the nodes inserted before.
 */
static void insert_permuted(const uint32_t *choices, uint32_t count)
{
    uint64_t deadlines_ns[8] = {0};
    for (uint32_t i = 0; i < count; i++) {
        deadlines_ns[i] = choices[i];
        for (uint32_t k = 0; k < i; k++)
            deadlines_ns[k] += deadlines_ns[k] >= choices[i];
    }
    begin();
    for (uint32_t i = 0; i < count; i++)
        insert(&nodes[i], deadlines_ns[i]);
}

TEST(six_nodes_inserted_in_every_order_are_removed_in_every_order)
{
    static const uint32_t insert_options[6] = {1, 2, 3, 4, 5, 6}, remove_options[6] = {6, 5, 4, 3, 2, 1};
    uint32_t inserts[6] = {0}, removes[6] = {0}, orders = 0;
    do {
        do {
            insert_permuted(inserts, 6);
            for (uint32_t i = 0; i < 6; i++)
                remove_at(removes[i]);
            orders++;
        } while (choices_advance(removes, remove_options, 6));
    } while (choices_advance(inserts, insert_options, 6));
    EXPECT_EQ(orders, 720 * 720);
}

TEST(of_eight_nodes_inserted_in_every_order_any_can_be_removed)
{
    static const uint32_t options[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint32_t choices[8] = {0}, orders = 0;
    do {
        for (uint32_t at = 0; at < 8; at++) {
            insert_permuted(choices, 8);
            remove_at(at);
        }
        expire_all();
        orders++;
    } while (choices_advance(choices, options, 8));
    EXPECT_EQ(orders, 40320);
}

/* ---- Random lives -------------------------------------------------------------------------------- */

static uint64_t random_state;

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t random_u64(void)
{
    uint64_t value = random_state += 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

static uint64_t random_below(uint64_t bound)
{
    return random_u64() % bound;
}

/* Nodes that differ from their image: what an operation wrote. */
static uint32_t changed_count(const struct timer_node *image)
{
    uint32_t changed = 0;
    for (uint32_t i = 0; i < MODEL_NODES; i++)
        changed += memcmp(&nodes[i], &image[i], sizeof image[i]) != 0;
    return changed;
}

/* `inserts_in_16` of sixteen operations insert, as long as there is a node, with a deadline below `bound`. An
 * operation writes the nodes that it visits, and besides only its own and one that hangs elsewhere now. */
static void live(uint32_t operations, uint64_t inserts_in_16, uint64_t bound)
{
    static struct timer_node image[MODEL_NODES];
    for (uint32_t i = 0; i < operations; i++) {
        uint64_t visits = queue.visit_count;
        memcpy(image, nodes, sizeof image);
        bool is_insert = random_below(16) < inserts_in_16 ? model_count < MODEL_NODES : model_count == 0;
        if (is_insert)
            insert(unqueued_node(), random_below(bound));
        else
            remove_at(random_below(4) ? (uint32_t)random_below(model_count) : 0);
        EXPECT(changed_count(image) <= queue.visit_count - visits + 2);
    }
}

TEST(random_lives_are_as_in_the_model)
{
    static const uint64_t bounds[] = {1, 3, 100, UINT64_MAX};
    random_state = 1;
    for (uint32_t round = 0; round < 8; round++) {
        begin();
        live(1000, 12, bounds[round % 4]);
        live(2000, 8, bounds[round % 4]);
        live(500, 4, bounds[round % 4]);
        live(500, 14, bounds[round % 4]);
        expire_all();
    }
}

/* Deadlines as a kernel sees them: now and a little, and much is removed long before it expires. */
TEST(timeouts_that_move_with_the_clock_are_as_in_the_model)
{
    random_state = 2;
    begin();
    for (uint64_t now_ns = 0; now_ns < 10000; now_ns++) {
        while (model_count > 0 && timer_queue_first(&queue)->deadline_ns <= now_ns)
            remove_at(0);
        if (model_count < MODEL_NODES)
            insert(unqueued_node(), now_ns + 1 + random_below(200));
        if (random_below(2))
            remove_at((uint32_t)random_below(model_count));
    }
    expire_all();
}

/* ---- Many nodes ---------------------------------------------------------------------------------- */

enum order {
    ORDER_RISING,
    ORDER_FALLING,
    ORDER_EQUAL,
    ORDER_OUTSIDE_IN,
    ORDER_RANDOM,
    ORDER_COUNT
};

/* Which deadline the node gets, or which node is removed, as number `i` of all. */
static uint32_t order_at(enum order order, uint32_t i)
{
    static uint32_t shuffled[NODES];
    if (order == ORDER_RANDOM && i == 0) {
        for (uint32_t k = 0; k < NODES; k++) {
            uint32_t other = (uint32_t)random_below(k + 1);
            shuffled[k] = shuffled[other];
            shuffled[other] = k;
        }
    }
    switch (order) {
    case ORDER_RISING:
        return i;
    case ORDER_FALLING:
        return NODES - 1 - i;
    case ORDER_OUTSIDE_IN:
        return i % 2 ? NODES - 1 - i / 2 : i / 2;
    case ORDER_RANDOM:
        return shuffled[i];
    default:
        return 0;
    }
}

static void insert_many(enum order order)
{
    memset(nodes, 0, sizeof nodes);
    timer_queue_init(&queue);
    for (uint32_t i = 0; i < NODES; i++) {
        counted_insert(&nodes[i], order_at(order, i));
        if (i % 1000 == 0)
            expect_invariants();
    }
    expect_invariants();
    EXPECT_EQ(queue.count, NODES);
}

/* Nodes were inserted in the order of their addresses, so equal ones expire in that order. */
static void expire_many(void)
{
    const struct timer_node *last = NULL;
    uint64_t last_ns = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        struct timer_node *node = timer_queue_first(&queue);
        EXPECT(node->deadline_ns > last_ns || (node->deadline_ns == last_ns && node > last));
        last_ns = node->deadline_ns;
        last = node;
        counted_remove(node);
    }
    EXPECT(!timer_queue_first(&queue));
}

static void remove_many(enum order order)
{
    for (uint32_t i = 0; i < NODES; i++) {
        counted_remove(&nodes[order_at(order, i)]);
        if (i % 1000 == 0)
            expect_invariants();
    }
    EXPECT_EQ(queue.count, 0);
}

TEST(with_ten_thousand_nodes_no_operation_costs_more_than_its_bound)
{
    random_state = 3;
    insert_visits_max = remove_visits_max = 0;
    for (enum order inserts = 0; inserts < ORDER_COUNT; inserts++) {
        insert_many(inserts);
        expire_many();
        for (enum order removes = 0; removes < ORDER_COUNT; removes++) {
            if (removes == ORDER_EQUAL)
                continue;
            insert_many(inserts);
            remove_many(removes);
        }
    }
    printf("most visits of one operation: insertion %" PRIu64 ", removal %" PRIu64 "\n", insert_visits_max,
           remove_visits_max);
    EXPECT(insert_visits_max > bit_highest(NODES));
    EXPECT(remove_visits_max > bit_highest(NODES));
}

TEST_MAIN()
