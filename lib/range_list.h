/* Ranges of addresses that do not overlap, in the order of their addresses; each is a member of a record.
 *
 *      first                      end
 *   ---[==========================)-----[=====)---------[===)---
 *
 * Any 64-bit number may be asked for: no sum of two is ever made that could wrap.
 *
 * Next: lib/range_list.c
 */
#pragma once

#include "abi/error.h"
#include "lib/list.h"

/* A zeroed range is in no list. */
struct range {
    struct list_node link;
    uint64_t first;
    uint64_t end; /* the address behind it; above first */
};

#define RANGE_OF(node) LIST_ENTRY((node), struct range, link)

/* The range that holds this address, or NULL. */
struct range *range_list_at(const struct list *ranges, uint64_t address);

/* The range that begins at this address, or NULL. */
struct range *range_list_starting(const struct list *ranges, uint64_t address);

/* Puts a range, which is not empty (CHECKed), where it belongs. CAP_ERR_FAULT: it would overlap another, and
 * nothing has changed. Looks at those behind it, so that what comes last is put there at once. */
CAP_MUST_CHECK enum cap_err range_list_insert(struct list *ranges, struct range *range);

/* Where in [first, end) a range of so many bytes has at least `margin` bytes free on both sides: behind all
 * others if it can be, else in the first gap. CAP_ERR_NO_MEMORY: nowhere. All ranges lie in [first, end). */
CAP_MUST_CHECK enum cap_err range_list_choose(const struct list *ranges, uint64_t first, uint64_t end,
                                              uint64_t bytes, uint64_t margin, uint64_t *chosen);

/* Replaces a range of the list by those of another list, all of which lie in it; that list is empty then. */
void range_list_replace(struct range *range, struct list *by);
