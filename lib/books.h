/* The kernel's books held against what there is: the judging part of its self-check.
 *
 * Whoever walks over all processes, tables, objects and queues (kernel/ring/self_check.c) says here what the
 * books have and what the walk has found; the first difference is kept in words.
 *
 * Invariant: pure, so that tests can show that each kind of difference is noticed.
 *
 * Next: lib/books.c
 */
#pragma once

#include "lib/ledger.h"

#define BOOKS_TEXT_BYTES 200

struct books {
    uint32_t process_count;
    uint32_t object_count;
    uint64_t reference_count; /* found */
    uint32_t call_count;      /* under way */
    uint64_t own_sums[LEDGER_KIND_COUNT];

    uint32_t difference_count;
    char first[BOOKS_TEXT_BYTES]; /* the first of them, in words */
};

void books_init(struct books *books);

/* One ledger. own: what was found to be charged to it; carved: the sum of its children's limits. */
void books_ledger(struct books *books, const char *whose, const struct ledger *ledger,
                  const uint64_t own[LEDGER_KIND_COUNT], const uint64_t carved[LEDGER_KIND_COUNT]);

/* The references to an object, an instance of `kind`: how many are counted, how many were found. */
void books_references(struct books *books, const char *kind, uint64_t counted, uint64_t found);

/* Anything else of which there are two counts. */
void books_count(struct books *books, const char *whose, const char *what, uint64_t counted, uint64_t found);
