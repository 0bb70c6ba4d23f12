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
 * The structure is a leftist tree with links to parents (C. A. Crane, 1972; Knuth, The Art of Computer
 * Programming vol. 3, 5.2.3; Tarjan, Data Structures and Network Algorithms, 3.3). It orders no more than is
 * asked for, so one operation is enough, merging two trees along their right sides, where a balanced search
 * tree needs rotations in mirrored cases. Its bounds hold for each single operation, not just on average.
 * With n nodes before the operation and L = log2(n + 1), rounded down:
 *  - A tree of rank r has at least 2^r - 1 nodes, as both children have rank r - 1 or more. So the right side
 *    of any subtree has at most L nodes. Left sides can be long: nothing walks along them.
 *  - Insertion merges the tree with one node: L visits on the way down and L on the way up, at most.
 *  - Removal merges the node's children: twice as many. Above them, ranks are corrected as long as they
 *    change. One that falls with its child's is one more than the child's afterwards, one that grows was so
 *    before. Either way those ranks count upwards by one and stay below L: L visits, at most.
 * Together that is at most 2 L visits for an insertion and 5 L for a removal.
 *
 * Next: lib/timer_queue.c
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* deadline_ns may be read, also after the node was removed; the rest is the queue's. */
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

/* The node is of this queue (CHECKed as far as its own links show it); all but its deadline is zeroed.
 * O(log n). */
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
