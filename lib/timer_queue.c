/* A leftist tree: everything is a merge of two subtrees into one place.
 *
 * Next: tests/host/test_timer_queue.c
 */
#include "lib/timer_queue.h"

#include "lib/check.h"

#include <stddef.h>

static bool node_is_before(const struct timer_node *a, const struct timer_node *b)
{
    if (a->deadline_ns != b->deadline_ns)
        return a->deadline_ns < b->deadline_ns;
    return a->sequence < b->sequence;
}

static void nodes_swap(struct timer_node **a, struct timer_node **b)
{
    struct timer_node *node = *a;
    *a = *b;
    *b = node;
}

static uint32_t rank_of(const struct timer_node *node)
{
    return node ? node->rank : 0;
}

/* Makes the node right for its children's ranks. True: its own rank changed. */
static bool node_correct(struct timer_node *node)
{
    if (rank_of(node->left) < rank_of(node->right))
        nodes_swap(&node->left, &node->right);
    uint32_t rank = rank_of(node->right) + 1;
    bool is_changed = node->rank != rank;
    node->rank = rank;
    return is_changed;
}

/* Merges the subtrees a and b (each may be NULL) into *place, a child of `parent`, or the root if that is
 * NULL. Below `parent` each node on the way has a new child and is corrected; above, only ranks can have
 * changed, and where one has not, none further up has. */
static void merge_into(struct timer_queue *queue, struct timer_node *parent, struct timer_node **place,
                       struct timer_node *a, struct timer_node *b)
{
    struct timer_node *last = parent;
    while (a && b) {
        if (node_is_before(b, a))
            nodes_swap(&a, &b);
        *place = a;
        a->parent = last;
        last = a;
        place = &a->right;
        a = a->right;
        queue->visit_count++;
    }
    *place = a ? a : b;
    if (*place)
        (*place)->parent = last;

    for (; last != parent; last = last->parent) {
        (void)node_correct(last);
        queue->visit_count++;
    }
    for (bool is_changed = true; last && is_changed; last = last->parent) {
        is_changed = node_correct(last);
        queue->visit_count++;
    }
}

void timer_queue_init(struct timer_queue *queue)
{
    *queue = (struct timer_queue){0};
}

void timer_queue_insert(struct timer_queue *queue, struct timer_node *node, uint64_t deadline_ns)
{
    CHECK(!timer_node_is_queued(node));
    *node = (struct timer_node){.deadline_ns = deadline_ns, .sequence = queue->next_sequence++, .rank = 1};
    merge_into(queue, NULL, &queue->root, queue->root, node);
    queue->count++;
}

/* The link that leads to the node. */
static struct timer_node **place_of(struct timer_queue *queue, const struct timer_node *node)
{
    struct timer_node *parent = node->parent;
    if (!parent)
        return &queue->root;
    return parent->left == node ? &parent->left : &parent->right;
}

void timer_queue_remove(struct timer_queue *queue, struct timer_node *node)
{
    CHECK(timer_node_is_queued(node));
    struct timer_node **place = place_of(queue, node);
    CHECK(queue->count > 0 && *place == node);
    merge_into(queue, node->parent, place, node->left, node->right);
    *node = (struct timer_node){.deadline_ns = node->deadline_ns};
    queue->count--;
}
