/* Doubly linked lists whose links are members of the records they connect.
 *
 * Invariants
 *  - A list is a circle through its head: no operation has a special case for the first or last node,
 *    and a node is removed without knowing its list.
 *  - A node in no list has two null links, so a zeroed record is in no list. Linking a linked node and
 *    removing one that is in no list are broken promises and fail a CHECK.
 *  - A node's or a list's address must not change while it is linked.
 * Every operation takes constant time.
 *
 * Next: lib/bits.h
 */
#pragma once

#include "lib/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list_node {
    struct list_node *next;
    struct list_node *prev;
};

struct list {
    struct list_node head; /* of no record; next is the first node, prev the last */
};

/* The record of the given type whose list_node member is `node`. */
#define LIST_ENTRY(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Runs its body once for each node, first to last. The body may remove and free the current node, and
 * nothing but the current one; nodes that it pushes behind the current one may or may not be visited. */
#define LIST_FOR_EACH(node, list)                                                                      \
    for (struct list_node *node = (list)->head.next, *node##_next = node->next; node != &(list)->head; \
         node = node##_next, node##_next = node->next)

static inline void list_init(struct list *list)
{
    list->head.next = &list->head;
    list->head.prev = &list->head;
}

/* A zeroed node needs no init. */
static inline void list_node_init(struct list_node *node)
{
    node->next = NULL;
    node->prev = NULL;
}

static inline bool list_is_linked(const struct list_node *node)
{
    return node->next != NULL;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

static inline void list_link_between(struct list_node *prev, struct list_node *node, struct list_node *next)
{
    CHECK(!list_is_linked(node));
    node->prev = prev;
    node->next = next;
    prev->next = node;
    next->prev = node;
}

static inline void list_push_back(struct list *list, struct list_node *node)
{
    list_link_between(list->head.prev, node, &list->head);
}

/* For a node of a record that was just made, whose links hold anything. */
static inline void list_push_back_new(struct list *list, struct list_node *node)
{
    struct list_node *prev = list->head.prev;
    node->prev = prev;
    node->next = &list->head;
    prev->next = node;
    list->head.prev = node;
}

static inline void list_push_front(struct list *list, struct list_node *node)
{
    list_link_between(&list->head, node, list->head.next);
}

/* The node is in no list afterwards. */
static inline void list_remove(struct list_node *node)
{
    CHECK(list_is_linked(node));
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_node_init(node);
}

/* For a node of a record that is given up: it is linked, and its links are not looked at again. */
static inline void list_unlink(struct list_node *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
}

/* NULL when the list is empty. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.next;
}

/* Removes the first node; NULL when the list is empty. */
static inline struct list_node *list_pop_front(struct list *list)
{
    struct list_node *node = list_first(list);
    if (node)
        list_remove(node);
    return node;
}
