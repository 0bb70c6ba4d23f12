/* Deadlines, of which the earliest is always at hand; the nodes are members of the records that wait.
 *
 * Invariants
 *  - A node in no queue has rank 0, so a zeroed record is not queued. Inserting a queued node and removing
 *    one that is not are broken promises and fail a CHECK.
 *  - Equal deadlines come in the order of their insertion, which `sequence` records: no two nodes are equal.
 *  - No node is before its parent, so the root is the earliest.
 *  - A missing node has rank 0, any other one more than its right child, whose rank is never above the left
 *    child's.
 *  - A node's address must not change while it is queued.
 *
 * The structure is a leftist tree with links to parents (C. A. Crane; Knuth, The Art of Computer Programming
 * vol. 3, 5.2.3; Tarjan, Data Structures and Network Algorithms, 3.3). It orders no more than is asked for,
 * so it needs one operation, merging two trees along their right sides, where balanced search trees need
 * rotations in mirrored cases. Its bounds hold for each single operation, not just on average. With n nodes
 * and L = log2(n + 1):
 *  - A tree of rank r has at least 2^r - 1 nodes, as its left child's rank is no less than r - 1. So the
 * right side of any subtree has at most L nodes. Left sides can be long: nothing walks along them.
 *  - Insertion merges the tree with one node: at most L nodes, visited on the way down and again on the way
 * up.
 *  - Removal merges a node's children: at most 2 L nodes, down and up. Above them ranks are corrected as long
 *    as they change. A rank that changes because a child's did is one more than the child's: after the change
 *    if ranks fall, before it if they grow. Either way they count 1, 2, 3, ... upwards, so this ends below L
 * + 1. That is at most 2 L and 5 L visits.
 *
 * Next: lib/timer_queue.c
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* deadline_ns may be read while the node is queued; the rest is the queue's. */
struct timer_node {
    uint64_t deadline_ns;
    uint64_t sequence;
    struct timer_node *parent; /* NULL: this is the root */
    struct timer_node *left;
    struct timer_node *right;
    uint32_t rank;
};

/* A zeroed queue is empty. */
struct timer_queue {
    struct timer_node *root; /* or NULL */
    uint64_t count;
    uint64_t next_sequence; /* one for each insertion: 64 bits do not run out */
    uint64_t visit_count;   /* of nodes by all insertions and removals: what they cost */
};

void timer_queue_init(struct timer_queue *queue);

/* Any deadline is a deadline, 0 and UINT64_MAX too. O(log n). */
void timer_queue_insert(struct timer_queue *queue, struct timer_node *node, uint64_t deadline_ns);

/* The node is of this queue (CHECKed as far as its own links show it); it is zeroed. O(log n). */
void timer_queue_remove(struct timer_queue *queue, struct timer_node *node);

static inline bool timer_node_is_queued(const struct timer_node *node)
{
    return node->rank != 0;
}

/* The earliest; of equal ones the one inserted first. NULL when the queue is empty. O(1). */
static inline struct timer_node *timer_queue_first(const struct timer_queue *queue)
{
    return queue->root;
}
