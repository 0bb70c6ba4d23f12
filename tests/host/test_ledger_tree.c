/* Trees of ledgers, against a model: every sequence of carving, charging, refunding and closing in a small
 * tree.
 *
 * The model keeps for each ledger what it holds itself, its ceiling and its parent, and decides with a few
 * lines of recursion what there is room for. How far a limit grows beyond what was needed is the ledger's
 * choice: the model takes it over and checks it. At the end everything is closed in every order, and the root
 * has what is held, no more and no less.
 *
 * Next: tests/host/test_limits.c
 */
#include "lib/ledger.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

#define NODES      4 /* the root and three more */
#define DEPTH      5
#define ROOT_LIMIT 3

struct node {
    bool is_open;
    uint32_t parent;
    uint64_t limit;
    uint64_t ceiling;
    uint64_t own;
};

struct tree {
    struct node nodes[NODES];
    struct ledger ledgers[NODES];
};

static struct ledger_refusal refusal;
static uint64_t sequence_count, refusal_count;

/* ---- The model ------------------------------------------------------------------------------------ */

static uint64_t carved(const struct tree *tree, uint32_t index)
{
    uint64_t sum = 0;
    for (uint32_t i = 1; i < NODES; i++)
        if (tree->nodes[i].is_open && tree->nodes[i].parent == index)
            sum += tree->nodes[i].limit;
    return sum;
}

static uint64_t left(const struct tree *tree, uint32_t index)
{
    const struct node *node = &tree->nodes[index];
    return node->limit - node->own - carved(tree, index);
}

/* Whether a ledger can have so much more, with what everybody above it can give. */
static bool is_room(const struct tree *tree, uint32_t index, uint64_t amount)
{
    const struct node *node = &tree->nodes[index];
    if (amount <= left(tree, index))
        return true;
    uint64_t growth = amount - left(tree, index);
    return growth <= node->ceiling - node->limit && is_room(tree, node->parent, growth);
}

/* Limits that have grown: no further than they may, never back. */
static void take_over_limits(struct tree *tree)
{
    for (uint32_t i = 0; i < NODES; i++) {
        struct node *node = &tree->nodes[i];
        uint64_t limit = tree->ledgers[i].entries[LEDGER_FRAMES].limit;
        if (!node->is_open)
            continue;
        EXPECT(limit >= node->limit && limit <= node->ceiling);
        node->limit = limit;
    }
}

/* As if nothing of what is there were anybody's own. */
static void expect_could_have(const struct tree *tree)
{
    struct tree empty = *tree;
    for (uint32_t i = 0; i < NODES; i++)
        empty.nodes[i].own = 0;
    for (uint32_t i = 0; i < NODES; i++)
        for (uint64_t amount = 0; tree->nodes[i].is_open && amount <= ROOT_LIMIT + 1; amount++)
            EXPECT_EQ(ledger_could_have(&tree->ledgers[i], LEDGER_FRAMES, amount),
                      is_room(&empty, i, amount));
}

/* The ledgers say what the model says, in every kind. */
static void expect_same(const struct tree *tree)
{
    uint64_t held = 0, own_sum = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        const struct node *node = &tree->nodes[i];
        held += node->own;
        if (!node->is_open)
            continue;
        own_sum += ledger_own(&tree->ledgers[i], LEDGER_FRAMES);
        for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
            const struct ledger_entry *entry = &tree->ledgers[i].entries[kind];
            EXPECT_EQ(entry->limit, node->limit);
            EXPECT_EQ(entry->carved, carved(tree, i));
            EXPECT_EQ(entry->used, node->own + carved(tree, i));
            EXPECT(entry->carved <= entry->used && entry->used <= entry->limit);
        }
    }
    EXPECT_EQ(own_sum, held);
    expect_could_have(tree);
}

/* ---- Steps ---------------------------------------------------------------------------------------- */

static void carve(struct tree *tree, uint32_t parent, uint32_t child, uint64_t limit, uint64_t ceiling)
{
    struct ledger_share shares[LEDGER_KIND_COUNT];
    bool fits = is_room(tree, parent, limit);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        shares[kind] = (struct ledger_share){limit, ceiling};
    refusal = (struct ledger_refusal){0};
    EXPECT_EQ(ledger_carve(&tree->ledgers[parent], &tree->ledgers[child], shares),
              fits ? CAP_OK : CAP_ERR_QUOTA);
    EXPECT(fits == !refusal.ledger);
    refusal_count += !fits;
    if (fits)
        tree->nodes[child] =
            (struct node){.is_open = true, .parent = parent, .limit = limit, .ceiling = ceiling};
    take_over_limits(tree);
}

static void charge(struct tree *tree, uint32_t index)
{
    bool fits = is_room(tree, index, 1);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        EXPECT_EQ(ledger_charge(&tree->ledgers[index], kind, 1), fits ? CAP_OK : CAP_ERR_QUOTA);
    refusal_count += !fits;
    tree->nodes[index].own += fits;
    take_over_limits(tree);
}

static void refund(struct tree *tree, uint32_t index)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        ledger_refund(&tree->ledgers[index], kind, 1);
    tree->nodes[index].own--;
}

/* The copies of a tree point into the tree that they were copied from. */
static void set_parents(struct tree *tree)
{
    for (uint32_t i = 1; i < NODES; i++)
        tree->ledgers[i].parent = &tree->ledgers[tree->nodes[i].parent];
}

/* One thing after the other goes to the parent, whose use stays the same all the while. */
static void pass_on(struct tree *tree, uint32_t index)
{
    struct ledger *ledger = &tree->ledgers[index];
    uint64_t used = ledger->parent->entries[0].used;
    for (uint64_t i = 0; i < tree->nodes[index].own; i++)
        for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
            ledger_pass_on(ledger, kind, 1);
    for (uint32_t i = 1; i < NODES; i++)
        if (tree->nodes[i].is_open && tree->nodes[i].parent == index)
            ledger_pass_on_child(ledger, &tree->ledgers[i]);
    EXPECT_EQ(ledger->parent->entries[0].used, used);
    EXPECT_EQ(ledger->entries[0].used, 0);
    EXPECT_EQ(ledger->entries[0].carved, 0);
}

/* Closing in parts leaves what closing at once does. */
static void expect_parts_are_the_whole(const struct tree *before, const struct tree *after, uint32_t index)
{
    struct tree parts = *before;
    set_parents(&parts);
    pass_on(&parts, index);
    ledger_close(&parts.ledgers[index]);
    for (uint32_t i = 0; i < NODES; i++)
        EXPECT_BYTES(parts.ledgers[i].entries, after->ledgers[i].entries, sizeof parts.ledgers[i].entries);
}

static void close(struct tree *tree, uint32_t index)
{
    struct node *node = &tree->nodes[index];
    struct tree before = *tree;
    ledger_close(&tree->ledgers[index]);
    EXPECT(ledger_is_zero(&tree->ledgers[index]));
    tree->nodes[node->parent].own += node->own;
    for (uint32_t i = 1; i < NODES; i++)
        if (tree->nodes[i].parent == index)
            tree->nodes[i].parent = node->parent;
    *node = (struct node){0};
    set_parents(tree);
    expect_parts_are_the_whole(&before, tree, index);
}

/* ---- Enumeration ---------------------------------------------------------------------------------- */

/* Every order of closing what is open; then the root holds what all of them held. */
static void close_in_every_order(const struct tree *tree, uint64_t held)
{
    bool is_any_open = false;
    for (uint32_t i = 1; i < NODES; i++) {
        if (!tree->nodes[i].is_open)
            continue;
        struct tree next = *tree;
        set_parents(&next);
        is_any_open = true;
        close(&next, i);
        expect_same(&next);
        close_in_every_order(&next, held);
    }
    if (!is_any_open)
        EXPECT_EQ(tree->ledgers[0].entries[LEDGER_FRAMES].used, held);
}

static uint64_t held_by_all(const struct tree *tree)
{
    uint64_t held = 0;
    for (uint32_t i = 0; i < NODES; i++)
        held += tree->nodes[i].own;
    return held;
}

static void walk(const struct tree *tree, uint32_t depth);

static const struct ledger_share shares[] = {{0, 0}, {0, 2}, {1, 1}, {1, 3}, {2, 2}};

static void walk_carves(const struct tree *tree, uint32_t parent, uint32_t depth)
{
    for (uint32_t child = 1; child < NODES; child++) {
        if (tree->nodes[child].is_open)
            continue;
        for (uint32_t i = 0; i < sizeof shares / sizeof *shares; i++) {
            struct tree next = *tree;
            set_parents(&next);
            carve(&next, parent, child, shares[i].limit, shares[i].ceiling);
            walk(&next, depth - 1);
        }
        return; /* which of the free names it gets makes no difference */
    }
}

static void walk(const struct tree *tree, uint32_t depth)
{
    struct tree next;
    sequence_count++;
    expect_same(tree);
    if (depth == 0) {
        close_in_every_order(tree, held_by_all(tree));
        return;
    }
    for (uint32_t i = 0; i < NODES; i++) {
        if (!tree->nodes[i].is_open)
            continue;
        next = *tree;
        set_parents(&next);
        charge(&next, i);
        walk(&next, depth - 1);
        if (tree->nodes[i].own > 0) {
            next = *tree;
            set_parents(&next);
            refund(&next, i);
            walk(&next, depth - 1);
        }
        if (i > 0) {
            next = *tree;
            set_parents(&next);
            close(&next, i);
            walk(&next, depth - 1);
        }
        walk_carves(tree, i, depth);
    }
}

static void root_init(struct ledger *root, uint64_t limit)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        limits[kind] = limit;
    ledger_init(root, limits, &refusal);
}

TEST(every_sequence_in_a_small_tree_is_what_the_model_says)
{
    struct tree tree = {.nodes[0] = {.is_open = true, .limit = ROOT_LIMIT, .ceiling = ROOT_LIMIT}};
    root_init(&tree.ledgers[0], ROOT_LIMIT);
    walk(&tree, DEPTH);
    printf("    %llu sequences, %llu refusals\n", (unsigned long long)sequence_count,
           (unsigned long long)refusal_count);
    EXPECT(sequence_count > 10000 && refusal_count > 1000);
}

TEST(carving_is_refused_as_a_whole_and_names_the_kind)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        struct ledger_share wanted[LEDGER_KIND_COUNT];
        struct ledger root, child;
        for (uint32_t other = 0; other < LEDGER_KIND_COUNT; other++)
            wanted[other] = (struct ledger_share){5, 5};
        root_init(&root, 5);
        memset(&child, 0xee, sizeof child);
        struct ledger before = child;
        wanted[kind] = (struct ledger_share){6, 6};
        EXPECT_EQ(ledger_carve(&root, &child, wanted), CAP_ERR_QUOTA);
        EXPECT(refusal.ledger == &root && refusal.kind == kind && refusal.limit == 5 && refusal.asked == 6);
        wanted[kind] = (struct ledger_share){UINT64_MAX, UINT64_MAX};
        EXPECT_EQ(ledger_carve(&root, &child, wanted), CAP_ERR_QUOTA);
        EXPECT(ledger_is_zero(&root));
        EXPECT_BYTES(&child, &before, sizeof child);
    }
}

TEST(a_refusal_names_the_ledger_that_stands_in_the_way)
{
    const struct ledger_share middle_shares[LEDGER_KIND_COUNT] = {{0, 20}};
    const struct ledger_share low_shares[LEDGER_KIND_COUNT] = {{0, 30}};
    struct ledger root, middle, low;
    root_init(&root, 25);
    EXPECT_EQ(ledger_carve(&root, &middle, middle_shares), CAP_OK);
    EXPECT_EQ(ledger_carve(&middle, &low, low_shares), CAP_OK);
    EXPECT_EQ(ledger_charge(&low, LEDGER_FRAMES, 31), CAP_ERR_QUOTA);
    EXPECT(refusal.ledger == &low && refusal.limit == 30 && refusal.asked == 31);
    EXPECT_EQ(ledger_charge(&low, LEDGER_FRAMES, 21), CAP_ERR_QUOTA);
    EXPECT(refusal.ledger == &middle && refusal.limit == 20 && refusal.asked == 21);
    EXPECT_EQ(ledger_charge(&root, LEDGER_FRAMES, 10), CAP_OK);
    EXPECT_EQ(ledger_charge(&low, LEDGER_FRAMES, 16), CAP_ERR_QUOTA);
    EXPECT(refusal.ledger == &root && refusal.used == 10 && refusal.limit == 25 && refusal.asked == 16);
    EXPECT_EQ(ledger_charge(&low, LEDGER_FRAMES, UINT64_MAX), CAP_ERR_QUOTA);
    EXPECT_EQ(ledger_charge(&low, LEDGER_FRAMES, 15), CAP_OK);
}

TEST(closing_the_root_is_caught)
{
    struct ledger root;
    root_init(&root, 5);
    EXPECT_CHECK(ledger_close(&root));
}

TEST(who_waits_to_be_passed_on_grows_all_the_same)
{
    static struct ledger machine, parent, first, second;
    uint64_t all[LEDGER_KIND_COUNT];
    struct ledger_share wide[LEDGER_KIND_COUNT], narrow[LEDGER_KIND_COUNT];
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        all[kind] = 1000;
        wide[kind] = (struct ledger_share){0, 100};
        narrow[kind] = (struct ledger_share){0, 40};
    }
    ledger_init(&machine, all, &refusal);
    EXPECT_EQ(ledger_carve(&machine, &parent, wide), CAP_OK);
    EXPECT_EQ(ledger_carve(&parent, &first, narrow), CAP_OK);
    EXPECT_EQ(ledger_carve(&parent, &second, narrow), CAP_OK);
    EXPECT_EQ(ledger_charge(&parent, LEDGER_RECORDS, 10), CAP_OK);
    EXPECT_EQ(ledger_charge(&first, LEDGER_RECORDS, 20), CAP_OK);
    ledger_pass_on(&parent, LEDGER_RECORDS, 10);
    EXPECT_EQ(ledger_charge(&second, LEDGER_RECORDS, 30), CAP_OK);
    ledger_pass_on_child(&parent, &first);
    EXPECT_EQ(ledger_charge(&second, LEDGER_RECORDS, 10), CAP_OK);
    EXPECT_EQ(ledger_charge(&second, LEDGER_RECORDS, 1), CAP_ERR_QUOTA);
    ledger_pass_on_child(&parent, &second);
    ledger_close(&parent);
    EXPECT_EQ(ledger_own(&machine, LEDGER_RECORDS), 10);
    EXPECT_EQ(machine.entries[LEDGER_RECORDS].carved,
              first.entries[LEDGER_RECORDS].limit + second.entries[LEDGER_RECORDS].limit);
}

TEST_MAIN()
