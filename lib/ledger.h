/* Who has how much of what: ledgers with limits, in a tree.
 *
 *   machine   frames: used 300 of 1000 = 20 of its own + 280 carved
 *     +-- a   used 90 of 200 = 40 of its own + 50 carved
 *     |     +-- c   used 10 of 50, may grow to 70
 *     +-- b   used 5 of 80
 *
 * A child's limit is carved out of its parent's: the whole of it counts as used by the parent, whether the
 * child uses it or not. So what a ledger may use cannot be taken away by anybody else. A ledger whose ceiling
 * is above its limit grows when it needs more and its parent has it left (or can grow itself); it does not
 * shrink again before it is closed.
 *
 * Invariants
 *  - carved <= used <= limit <= ceiling; carved is the sum of the children's limits. What is used and not
 *    carved is the ledger's own: it was charged here, and whoever undoes it refunds it.
 *  - Over the whole tree, the own uses add up to what is held.
 *  - Refunding more than was charged is a broken promise and fails a CHECK.
 *
 * Charge and refund are on the path of every call, so they are a few instructions without a call. Growing and
 * refusing are not; a refusal says exactly what was refused.
 *
 * Next: lib/ledger_text.h
 */
#pragma once

#include "abi/error.h"
#include "lib/check.h"

/* The order is that of struct Limits in schema/capos.capnp. A kind is a row here, in ledger.c and in
 * limits.c. */
enum ledger_kind {
    LEDGER_FRAMES,       /* physical frames of 4 KiB */
    LEDGER_SLOTS,        /* slots of the capability table, used or not */
    LEDGER_CALLS,        /* calls under way */
    LEDGER_RECORDS,      /* other records of the kernel: endpoints, facets, memory objects, handles, ... */
    LEDGER_QUEUED_CALLS, /* calls that wait: in an endpoint's queue, or for an object of the kernel */
    LEDGER_QUEUED_BYTES, /* of their messages */
    LEDGER_LOG_BYTES,    /* kept of its lines, and of those of processes that have ended */
    LEDGER_KIND_COUNT,
};

/* Whether the most that was ever used is kept. */
static inline bool ledger_has_peak(enum ledger_kind kind)
{
    return kind == LEDGER_FRAMES || kind == LEDGER_SLOTS;
}

struct ledger;

/* What a charge was refused for. */
struct ledger_refusal {
    const struct ledger
        *ledger; /* this and its parent: to compare, nothing else; NULL: nothing was refused */
    const struct ledger *parent;
    enum ledger_kind kind;
    uint64_t used;
    uint64_t limit; /* what it may not grow beyond */
    uint64_t asked;
};

struct ledger {
    struct ledger_entry {
        uint64_t used;
        uint64_t limit;
        uint64_t carved;  /* given to children, whether they use it or not */
        uint64_t ceiling; /* what the limit may grow to */
        uint64_t peak;    /* the most that was ever used; of what is not on the path of a call */
    } entries[LEDGER_KIND_COUNT];
    struct ledger *parent;          /* NULL: the root */
    struct ledger_refusal *refusal; /* where the whole tree notes the latest; NULL: nowhere */
};

/* The root of a tree: nothing used; limits[kind] each. */
void ledger_init(struct ledger *ledger, const uint64_t limits[LEDGER_KIND_COUNT],
                 struct ledger_refusal *refusal);

/* What ledger_charge does when the limit is reached: grows and charges, or CAP_ERR_QUOTA. */
CAP_MUST_CHECK enum cap_err ledger_charge_over_limit(struct ledger *ledger, enum ledger_kind kind,
                                                     uint64_t amount);

/* CAP_ERR_QUOTA if the limit would be passed and cannot grow; then nothing changes but the latest refusal,
 * which is of this ledger, or of the ancestor that has nothing left. */
CAP_MUST_CHECK static inline enum cap_err ledger_charge(struct ledger *ledger, enum ledger_kind kind,
                                                        uint64_t amount)
{
    struct ledger_entry *entry = &ledger->entries[kind];
    /* The difference cannot wrap, a sum could. */
    if (__builtin_expect(amount > entry->limit - entry->used, 0))
        return ledger_charge_over_limit(ledger, kind, amount);
    entry->used += amount;
    if (ledger_has_peak(kind) && entry->used > entry->peak)
        entry->peak = entry->used;
    return CAP_OK;
}

/* Undoes charges. amount is at most what is used and not carved (CHECKed as far as it costs nothing). */
static inline void ledger_refund(struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    struct ledger_entry *entry = &ledger->entries[kind];
    CHECK(amount <= entry->used);
    entry->used -= amount;
}

/* What the ledger uses itself. */
static inline uint64_t ledger_own(const struct ledger *ledger, enum ledger_kind kind)
{
    return ledger->entries[kind].used - ledger->entries[kind].carved;
}

/* What it could be charged, or give to children, without growing. */
static inline uint64_t ledger_left(const struct ledger *ledger, enum ledger_kind kind)
{
    return ledger->entries[kind].limit - ledger->entries[kind].used;
}

/* Whether amount could be charged if all that is this ledger's own, and its ancestors' own, were refunded. */
bool ledger_could_have(const struct ledger *ledger, enum ledger_kind kind, uint64_t amount);

/* What a new ledger may have of one kind: at once, and later if it is there. */
struct ledger_share {
    uint64_t limit;
    uint64_t ceiling; /* limit or more */
};

/* Makes child a ledger with these limits, carved out of the parent's. All or nothing: CAP_ERR_QUOTA if the
 * parent cannot have that much of one kind, which is the refusal noted; the child is then not touched. */
CAP_MUST_CHECK enum cap_err ledger_carve(struct ledger *parent, struct ledger *child,
                                         const struct ledger_share shares[LEDGER_KIND_COUNT]);

/* Before the child is closed, in parts: so much of what it uses itself is the parent's from now on, or one of
 * its own children is the parent's (whose parent is set). The child's limits shrink by as much, and so it
 * always fits. It can have no more than what it has then (CHECKed: it has that). */
void ledger_pass_on(struct ledger *child, enum ledger_kind kind, uint64_t amount);
void ledger_pass_on_child(struct ledger *child, struct ledger *grandchild);

/* The child's limits return to its parent. What the child still uses is the parent's from now on: its own
 * uses as own ones, its children as children (whose parent the caller sets). So this always succeeds. The
 * child is empty afterwards, with limits 0. */
void ledger_close(struct ledger *child);

/* Whether nothing is used. */
bool ledger_is_zero(const struct ledger *ledger);

/* The word of struct Limits in the schema: "frames", "queuedBytes". kind is below LEDGER_KIND_COUNT
 * (CHECKed). */
const char *ledger_kind_name(enum ledger_kind kind);
