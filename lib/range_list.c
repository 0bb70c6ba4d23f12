/* Walks from either end of the list.
 *
 * Next: tests/host/test_range_list.c
 */
#include "lib/range_list.h"

struct range *range_list_at(const struct list *ranges, uint64_t address)
{
    for (struct list_node *node = ranges->head.prev; node != &ranges->head; node = node->prev)
        if (RANGE_OF(node)->first <= address)
            return address < RANGE_OF(node)->end ? RANGE_OF(node) : NULL;
    return NULL;
}

struct range *range_list_starting(const struct list *ranges, uint64_t address)
{
    struct range *range = range_list_at(ranges, address);
    return range && range->first == address ? range : NULL;
}

enum cap_err range_list_insert(struct list *ranges, struct range *range)
{
    CHECK(range->first < range->end);
    struct list_node *head = &ranges->head, *next = head;
    while (next->prev != head && RANGE_OF(next->prev)->first >= range->first)
        next = next->prev;
    if (next != head && RANGE_OF(next)->first < range->end)
        return CAP_ERR_FAULT;
    if (next->prev != head && RANGE_OF(next->prev)->end > range->first)
        return CAP_ERR_FAULT;
    list_link_between(next->prev, &range->link, next);
    return CAP_OK;
}

/* Whether the gap from `from` to `to` has room. */
static bool has_room(uint64_t from, uint64_t to, uint64_t bytes, uint64_t margin)
{
    uint64_t gap = to - from;
    return gap >= margin && gap - margin >= margin && gap - margin - margin >= bytes;
}

enum cap_err range_list_choose(const struct list *ranges, uint64_t first, uint64_t end, uint64_t bytes,
                               uint64_t margin, uint64_t *chosen)
{
    const struct list_node *head = &ranges->head;
    uint64_t last_end = head->prev == head ? first : RANGE_OF(head->prev)->end;
    if (has_room(last_end, end, bytes, margin)) {
        *chosen = last_end + margin;
        return CAP_OK;
    }
    uint64_t from = first;
    for (struct list_node *node = head->next; node != head; node = node->next) {
        if (has_room(from, RANGE_OF(node)->first, bytes, margin)) {
            *chosen = from + margin;
            return CAP_OK;
        }
        from = RANGE_OF(node)->end;
    }
    return CAP_ERR_NO_MEMORY;
}

void range_list_replace(struct range *range, struct list *by)
{
    struct list_node *next = range->link.next, *node;
    list_remove(&range->link);
    while ((node = list_pop_front(by)))
        list_link_between(next->prev, node, next);
}
