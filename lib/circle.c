/* Circles in a directed graph: depth-first search (Cormen et al., Introduction to Algorithms, 22.3: an edge
 * to a node that is still open closes a circle, and every circle has such an edge).
 *
 * Next: lib/manifest.h
 */
#include "lib/circle.h"

static uint64_t bit(uint32_t node)
{
    return (uint64_t)1 << node;
}

void circle_search_init(struct circle_search *search)
{
    *search = (struct circle_search){.trail_length = 0};
}

void circle_search_add(struct circle_search *search, uint32_t from, uint32_t to)
{
    search->edges[from] |= bit(to);
}

static void enter(struct circle_search *search, uint32_t node)
{
    search->trail[search->trail_length++] = (uint8_t)node;
    search->on_trail |= bit(node);
}

static void leave(struct circle_search *search, uint32_t node)
{
    search->trail_length--;
    search->on_trail &= ~bit(node);
    search->finished |= bit(node);
}

/* Continues at a node that was not visited yet; false if all were. */
static bool begin_elsewhere(struct circle_search *search)
{
    if (search->finished == UINT64_MAX)
        return false;
    enter(search, (uint32_t)__builtin_ctzll(~search->finished));
    return true;
}

bool circle_search_next(struct circle_search *search, uint32_t *first)
{
    while (search->trail_length > 0 || begin_elsewhere(search)) {
        uint32_t here = search->trail[search->trail_length - 1];
        if (search->edges[here] == 0) {
            leave(search, here);
            continue;
        }
        uint32_t next = (uint32_t)__builtin_ctzll(search->edges[here]);
        search->edges[here] &= ~bit(next);
        if (search->on_trail & bit(next)) {
            uint32_t position = 0;
            while (search->trail[position] != next)
                position++;
            *first = position;
            return true;
        }
        if (!(search->finished & bit(next)))
            enter(search, next);
    }
    return false;
}
