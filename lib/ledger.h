/* Who has how much of what: each process's account of frames, slots, calls and kernel records.
 *
 * Invariants
 *  - used <= limit, and used <= peak: nothing is had that was not charged first.
 *  - Every charge is refunded by whoever undoes it; refunding more than was charged is a broken promise
 *    and fails a CHECK. So all is zero again when a process is gone (ledger_is_zero).
 *
 * Next: lib/page_table.h
 */
#pragma once

#include "abi/error.h"
#include "lib/check.h"

enum ledger_kind {
    LEDGER_FRAMES,  /* physical frames of 4 KiB */
    LEDGER_SLOTS,   /* slots of the capability table */
    LEDGER_CALLS,   /* calls under way */
    LEDGER_RECORDS, /* other records of the kernel: endpoints, facets, memory objects, handles, ... */
    LEDGER_KIND_COUNT,
};

struct ledger {
    struct ledger_entry {
        uint64_t used;
        uint64_t limit;
        uint64_t peak; /* the most that was ever used */
    } entries[LEDGER_KIND_COUNT];
};

/* Nothing used; limits[kind] each. */
void ledger_init(struct ledger *ledger, const uint64_t limits[LEDGER_KIND_COUNT]);

/* CAP_ERR_QUOTA if the limit would be passed; then nothing changes. */
CAP_MUST_CHECK static inline enum cap_err ledger_charge(struct ledger *ledger, enum ledger_kind kind,
                                                        uint64_t amount)
{
    struct ledger_entry *entry = &ledger->entries[kind];
    /* The difference cannot wrap, a sum could. */
    if (amount > entry->limit - entry->used)
        return CAP_ERR_QUOTA;
    entry->used += amount;
    if (entry->used > entry->peak)
        entry->peak = entry->used;
    return CAP_OK;
}

/* Undoes charges. amount is at most what is used (CHECKed). */
static inline void ledger_refund(struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    struct ledger_entry *entry = &ledger->entries[kind];
    CHECK(amount <= entry->used);
    entry->used -= amount;
}

/* Whether nothing is used. */
bool ledger_is_zero(const struct ledger *ledger);

/* "frames", "slots", "calls", "records". kind is below LEDGER_KIND_COUNT (CHECKed). */
const char *ledger_kind_name(enum ledger_kind kind);
