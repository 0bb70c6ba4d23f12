/* An AVL tree. What is done on one side and mirrored on the other takes the side as an index into `child`.
 *
 * Next: tests/host/test_range_tree.c
 */
#include "lib/range_tree.h"

#include "lib/check.h"

#define BEFORE 0
#define BEHIND 1

/* ---- Order ---------------------------------------------------------------------------------------- */

static struct range *outermost(struct range *range, uint32_t side)
{
    while (range && range->child[side])
        range = range->child[side];
    return range;
}

struct range *range_tree_first(const struct range_tree *tree)
{
    return outermost(tree->root, BEFORE);
}

struct range *range_tree_last(const struct range_tree *tree)
{
    return outermost(tree->root, BEHIND);
}

struct range *range_next(const struct range *range)
{
    if (range->child[BEHIND])
        return outermost(range->child[BEHIND], BEFORE);
    while (range->parent && range->parent->child[BEHIND] == range)
        range = range->parent;
    return range->parent;
}

/* The last range that begins at this address or before it. */
static struct range *last_up_to(const struct range_tree *tree, uint64_t address)
{
    struct range *found = NULL;
    for (struct range *at = tree->root; at;) {
        bool is_candidate = at->first <= address;
        if (is_candidate)
            found = at;
        at = at->child[is_candidate ? BEHIND : BEFORE];
    }
    return found;
}

struct range *range_tree_at(const struct range_tree *tree, uint64_t address)
{
    struct range *range = last_up_to(tree, address);
    return range && address < range->end ? range : NULL;
}

struct range *range_tree_starting(const struct range_tree *tree, uint64_t address)
{
    struct range *range = last_up_to(tree, address);
    return range && range->first == address ? range : NULL;
}

/* ---- Balance -------------------------------------------------------------------------------------- */

static uint32_t height_of(const struct range *range)
{
    return range ? range->height : 0;
}

static void correct_height(struct range *range)
{
    uint32_t before = height_of(range->child[BEFORE]), behind = height_of(range->child[BEHIND]);
    range->height = (before > behind ? before : behind) + 1;
}

static void set_child(struct range *parent, uint32_t side, struct range *child)
{
    parent->child[side] = child;
    if (child)
        child->parent = parent;
}

/* Puts another range, or none, where this one is below its parent. */
static void set_in_place_of(struct range *range, struct range *other)
{
    struct range *parent = range->parent;
    if (parent)
        set_child(parent, parent->child[BEHIND] == range ? BEHIND : BEFORE, other);
    else
        range->tree->root = other;
    if (other)
        other->parent = parent;
}

/* The child on the other side comes up, this one goes down on `side`. */
static void rotate(struct range *range, uint32_t side)
{
    struct range *up = range->child[!side];
    set_in_place_of(range, up);
    set_child(range, !side, up->child[side]);
    set_child(up, side, range);
    correct_height(range);
    correct_height(up);
}

/* Makes the tree right again from here up. */
static void rebalance(struct range *range)
{
    for (; range; range = range->parent) {
        correct_height(range);
        for (uint32_t side = BEFORE; side <= BEHIND; side++) {
            struct range *heavy = range->child[side];
            if (height_of(heavy) <= height_of(range->child[!side]) + 1)
                continue;
            if (height_of(heavy->child[side]) < height_of(heavy->child[!side]))
                rotate(heavy, side);
            rotate(range, !side);
            range = range->parent;
            break;
        }
    }
}

/* ---- Changes -------------------------------------------------------------------------------------- */

/* Where a range belongs that overlaps none: below which parent, and on which side. */
static struct range *parent_for(const struct range_tree *tree, uint64_t first, uint32_t *side)
{
    struct range *parent = NULL, *at = tree->root;
    *side = BEFORE;
    while (at) {
        parent = at;
        *side = at->first < first ? BEHIND : BEFORE;
        at = at->child[*side];
    }
    return parent;
}

static bool is_free(const struct range_tree *tree, uint64_t first, uint64_t end)
{
    const struct range *last = last_up_to(tree, end - 1);
    return !last || last->end <= first;
}

enum cap_err range_tree_insert(struct range_tree *tree, struct range *range)
{
    CHECK(range->first < range->end && !range_is_in_tree(range));
    if (!is_free(tree, range->first, range->end))
        return CAP_ERR_FAULT;
    uint32_t side;
    struct range *parent = parent_for(tree, range->first, &side);
    *range = (struct range){.first = range->first, .end = range->end, .tree = tree, .parent = parent};
    if (parent)
        parent->child[side] = range;
    else
        tree->root = range;
    rebalance(range);
    return CAP_OK;
}

/* One with two children changes places with the next, which has none before it. */
void range_tree_remove(struct range *range)
{
    CHECK(range_is_in_tree(range));
    struct range *lowest = range->parent;
    if (!range->child[BEFORE] || !range->child[BEHIND]) {
        set_in_place_of(range, range->child[range->child[BEFORE] ? BEFORE : BEHIND]);
    } else {
        struct range *next = range_next(range);
        lowest = next->parent == range ? next : next->parent;
        set_in_place_of(next, next->child[BEHIND]);
        set_in_place_of(range, next);
        set_child(next, BEFORE, range->child[BEFORE]);
        set_child(next, BEHIND, range->child[BEHIND]);
    }
    *range = (struct range){.first = range->first, .end = range->end};
    rebalance(lowest);
}

void range_tree_replace(struct range *range, struct range_tree *by)
{
    struct range_tree *tree = range->tree;
    struct range *inside;
    range_tree_remove(range);
    while ((inside = by->root)) {
        range_tree_remove(inside);
        enum cap_err err = range_tree_insert(tree, inside);
        CHECK(!err);
    }
}

/* ---- Gaps ----------------------------------------------------------------------------------------- */

/* Whether the gap from `from` to `to` has room. */
static bool has_room(uint64_t from, uint64_t to, uint64_t bytes, uint64_t margin)
{
    uint64_t gap = to - from;
    return gap >= margin && gap - margin >= margin && gap - margin - margin >= bytes;
}

enum cap_err range_tree_choose(const struct range_tree *tree, uint64_t first, uint64_t end, uint64_t bytes,
                               uint64_t margin, uint64_t *chosen)
{
    const struct range *last = range_tree_last(tree);
    uint64_t from = last ? last->end : first;
    if (has_room(from, end, bytes, margin)) {
        *chosen = from + margin;
        return CAP_OK;
    }
    from = first;
    for (const struct range *at = range_tree_first(tree); at; at = range_next(at)) {
        if (has_room(from, at->first, bytes, margin)) {
            *chosen = from + margin;
            return CAP_OK;
        }
        from = at->end;
    }
    return CAP_ERR_NO_MEMORY;
}
