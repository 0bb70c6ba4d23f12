/* The kernel looks at everything it holds and holds its own books against it.
 *
 *   each ledger        what is used is what is held: frames of tables and pages, slots, calls, records, ...;
 *                      what is carved is what the children have
 *   each object        its reference count is the number of table slots, transfers and calls under way,
 *                      receives, mappings and other objects that refer to it
 *   each object too    counts of its own, by its check: an endpoint its facets and calls that wait, a memory
 *                      object the mappings that may write, a share its pages, ...
 *   the whole          records and frames in use are the sum of all that
 *
 * It changes nothing, and takes time in proportion to what there is: it is for tests, supervisors and the end
 * of a run, and on no other path. It may run whenever no operation is half done.
 *
 * Next: kernel/ring/self_check.c
 */
#pragma once

#include "kernel/ring/call.h"
#include "lib/books.h"

void self_check(struct books *books);

/* For the check of an object that calls wait for. */
static inline void self_check_queue(struct books *books, const char *whose, const struct call_queue *queue)
{
    uint64_t found = 0;
    LIST_FOR_EACH(node, &queue->calls)
    found += LIST_ENTRY(node, struct call, queue_link)->queue == queue;
    books_count(books, whose, "calls that wait", queue->count, found);
}

/* The same for other lists of which somebody keeps the count. */
static inline void self_check_list(struct books *books, const char *whose, const char *what,
                                   const struct list *list, uint64_t counted)
{
    uint64_t found = 0;
    LIST_FOR_EACH(node, list)
    found++;
    books_count(books, whose, what, counted, found);
}
