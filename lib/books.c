/* Differences in words. Next: kernel/ring/self_check.c */
#include "lib/books.h"

#include "lib/fmt.h"

void books_init(struct books *books)
{
    *books = (struct books){0};
}

void books_count(struct books *books, const char *whose, const char *what, uint64_t counted, uint64_t found)
{
    if (counted == found)
        return;
    if (books->difference_count++ == 0)
        fmt_print(books->first, sizeof books->first, "%s: %s: %llu in the books, %llu found", whose, what,
                  (unsigned long long)counted, (unsigned long long)found);
}

static void out_of_order(struct books *books, const char *whose, enum ledger_kind kind,
                         const struct ledger_entry *entry)
{
    if (books->difference_count++ == 0)
        fmt_print(books->first, sizeof books->first,
                  "%s: %s: carved %llu, used %llu, limit %llu and ceiling %llu are out of order", whose,
                  ledger_kind_name(kind), (unsigned long long)entry->carved, (unsigned long long)entry->used,
                  (unsigned long long)entry->limit, (unsigned long long)entry->ceiling);
}

void books_ledger(struct books *books, const char *whose, const struct ledger *ledger,
                  const uint64_t own[LEDGER_KIND_COUNT], const uint64_t carved[LEDGER_KIND_COUNT])
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        const struct ledger_entry *entry = &ledger->entries[kind];
        if (entry->carved > entry->used || entry->used > entry->limit || entry->limit > entry->ceiling) {
            out_of_order(books, whose, kind, entry);
            continue;
        }
        books_count(books, whose, ledger_kind_name(kind), ledger_own(ledger, kind), own[kind]);
        if (entry->carved != carved[kind])
            books_count(books, whose, "limits carved for children", entry->carved, carved[kind]);
        books->own_sums[kind] += own[kind];
    }
}

void books_references(struct books *books, const char *kind, uint64_t counted, uint64_t found)
{
    books_count(books, kind, "references", counted, found);
}
