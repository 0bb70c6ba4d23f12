/* Ranges of addresses that do not overlap, in the order of their addresses; each is a member of a record.
 *
 *      first                      end
 *   ---[==========================)-----[=====)---------[===)---
 *
 * Any 64-bit number may be asked for: no sum of two is ever made that could wrap.
 *
 * Invariants
 *  - The tree is a search tree by `first`, and the heights of two siblings differ by at most one (G. M.
 * Adelson-Velsky and E. M. Landis, 1962; Knuth, The Art of Computer Programming vol. 3, 6.2.3). So with n
 * ranges no way down is longer than 1.44 log2(n + 2), and finding, inserting and removing are O(log n).
 *  - A zeroed range is in no tree. Inserting one that is in a tree and removing one that is in none are
 * broken promises and fail a CHECK.
 *  - A range's address, and its tree's, must not change while it is in it.
 *
 * Next: lib/range_tree.c
 */
#pragma once

#include "abi/error.h"

struct range_tree;

struct range {
    uint64_t first;
    uint64_t end; /* the address behind it; above first */
    /* The tree's. */
    struct range_tree *tree;
    struct range *parent;
    struct range *child[2]; /* those before it, those behind it */
    uint32_t height;
};

/* A zeroed tree is empty. */
struct range_tree {
    struct range *root;
};

static inline bool range_is_in_tree(const struct range *range)
{
    return range->tree != NULL;
}

/* In order; NULL: there is none. */
struct range *range_tree_first(const struct range_tree *tree);
struct range *range_tree_last(const struct range_tree *tree);
struct range *range_next(const struct range *range);

/* The range that holds this address, or NULL. */
struct range *range_tree_at(const struct range_tree *tree, uint64_t address);

/* The range that begins at this address, or NULL. */
struct range *range_tree_starting(const struct range_tree *tree, uint64_t address);

/* Inserts a range, which is not empty (CHECKed). CAP_ERR_FAULT: it would overlap another, and nothing has
 * changed. */
CAP_MUST_CHECK enum cap_err range_tree_insert(struct range_tree *tree, struct range *range);

/* Takes a range out of its tree. */
void range_tree_remove(struct range *range);

/* Where in [first, end) a range of so many bytes has at least `margin` bytes free on both sides: behind all
 * others if it can be, which is found at once, else in the first gap, for which all are looked at in their
 * order. CAP_ERR_NO_MEMORY: nowhere. All ranges lie in [first, end). */
CAP_MUST_CHECK enum cap_err range_tree_choose(const struct range_tree *tree, uint64_t first, uint64_t end,
                                              uint64_t bytes, uint64_t margin, uint64_t *chosen);

/* Replaces a range of a tree by those of another tree, all of which lie in it; that tree is empty then. */
void range_tree_replace(struct range *range, struct range_tree *by);
