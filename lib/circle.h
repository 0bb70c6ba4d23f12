/* Circles in a directed graph of at most 64 nodes: who waits for, or imports from, himself in the end.
 *
 * A depth-first search without recursion that stops at each edge that closes a circle. Every edge is
 * followed once, so there are at most as many stops as edges, and at least one if there is any circle.
 *
 * Next: lib/circle.c
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CIRCLE_NODES_MAX 64

struct circle_search {
    uint64_t edges[CIRCLE_NODES_MAX]; /* bit k of edges[i]: the edge from i to k is yet to be followed */
    uint64_t finished;                /* nodes from which everything was followed */
    uint64_t on_trail;                /* nodes of the trail */
    uint32_t trail_length;
    uint8_t trail[CIRCLE_NODES_MAX]; /* from where the search began to where it is */
};

/* Begins a search over a graph without edges. */
void circle_search_init(struct circle_search *search);

/* Adds an edge, before the first circle_search_next. Both nodes are below CIRCLE_NODES_MAX. */
void circle_search_add(struct circle_search *search, uint32_t from, uint32_t to);

/* The next circle: its nodes are search->trail[*first] to trail[trail_length - 1], and the last has an edge
 * to the first. False: there are no more. */
bool circle_search_next(struct circle_search *search, uint32_t *first);
