/* The parts of a ledger that are not on the path of every charge.
 *
 * Next: lib/ledger_text.h
 */
#include "lib/ledger.h"

#include "lib/bits.h"

/* A limit grows by at least so much if it can, so that it does not grow with every charge. */
#define GROWTH_MIN 16

void ledger_init(struct ledger *ledger, const uint64_t limits[LEDGER_KIND_COUNT],
                 struct ledger_refusal *refusal)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        ledger->entries[kind] = (struct ledger_entry){.limit = limits[kind], .ceiling = limits[kind]};
    ledger->parent = NULL;
    ledger->refusal = refusal;
}

static void use(struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    struct ledger_entry *entry = &ledger->entries[kind];
    entry->used += amount;
    if (ledger_has_peak(kind))
        entry->peak = max_u64(entry->peak, entry->used);
}

/* What is missing of amount when so much is left. */
static uint64_t missing(uint64_t amount, uint64_t left)
{
    return amount - min_u64(amount, left);
}

/* Which ledger stands in the way of growing by amount: this one or an ancestor. NULL: none. *asked is what it
 * would have to have. Bounded by the depth of the tree. */
static const struct ledger *find_obstacle(const struct ledger *ledger, enum ledger_kind kind, uint64_t amount,
                                          uint64_t *asked)
{
    while (amount > 0) {
        const struct ledger_entry *entry = &ledger->entries[kind];
        *asked = amount + (entry->limit - entry->used);
        if (!ledger->parent || amount > entry->ceiling - entry->limit)
            return ledger;
        ledger = ledger->parent;
        amount = missing(amount, ledger_left(ledger, kind));
    }
    return NULL;
}

/* After find_obstacle has found none. On the way up a parent may have given more than it has: it grows next.
 */
static void grow(struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    while (amount > 0) {
        uint64_t left = ledger_left(ledger->parent, kind);
        ledger->entries[kind].limit += amount;
        ledger = ledger->parent;
        use(ledger, kind, amount);
        ledger->entries[kind].carved += amount;
        amount = missing(amount, left);
    }
}

static enum cap_err refuse(const struct ledger *ledger, enum ledger_kind kind, uint64_t asked)
{
    const struct ledger_entry *entry = &ledger->entries[kind];
    if (ledger->refusal)
        *ledger->refusal = (struct ledger_refusal){.ledger = ledger,
                                                   .parent = ledger->parent,
                                                   .kind = kind,
                                                   .used = entry->used,
                                                   .limit = entry->ceiling,
                                                   .asked = asked};
    return CAP_ERR_QUOTA;
}

enum cap_err ledger_charge_over_limit(struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    struct ledger_entry *entry = &ledger->entries[kind];
    uint64_t needed = missing(amount, ledger_left(ledger, kind));
    uint64_t wanted = min_u64(max_u64(needed, GROWTH_MIN), entry->ceiling - entry->limit);
    uint64_t asked;
    const struct ledger *obstacle = find_obstacle(ledger, kind, needed, &asked);
    if (obstacle)
        return refuse(obstacle, kind, asked);
    grow(ledger, kind, find_obstacle(ledger, kind, wanted, &asked) ? needed : wanted);
    use(ledger, kind, amount);
    return CAP_OK;
}

bool ledger_could_have(const struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    /* Bounded by the depth of the tree: the root has no ceiling above its limit. */
    for (; amount > 0; ledger = ledger->parent) {
        const struct ledger_entry *entry = &ledger->entries[kind];
        if (amount > entry->ceiling - entry->carved)
            return false;
        amount = missing(amount, entry->limit - entry->carved);
    }
    return true;
}

enum cap_err ledger_carve(struct ledger *parent, struct ledger *child,
                          const struct ledger_share shares[LEDGER_KIND_COUNT])
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        enum cap_err err = ledger_charge(parent, kind, shares[kind].limit);
        if (err) {
            while (kind-- > 0)
                ledger_refund(parent, kind, shares[kind].limit);
            return err;
        }
    }
    *child = (struct ledger){.parent = parent, .refusal = parent->refusal};
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        CHECK(shares[kind].limit <= shares[kind].ceiling);
        parent->entries[kind].carved += shares[kind].limit;
        child->entries[kind].limit = shares[kind].limit;
        child->entries[kind].ceiling = shares[kind].ceiling;
    }
    return CAP_OK;
}

/* The limit and what it may grow to shrink with what is gone. */
static void shrink(struct ledger_entry *entry, uint64_t amount)
{
    CHECK(amount <= entry->used);
    entry->used -= amount;
    entry->limit -= amount;
    entry->ceiling -= amount;
}

void ledger_pass_on(struct ledger *child, enum ledger_kind kind, uint64_t amount)
{
    CHECK(child->parent && amount <= ledger_own(child, kind));
    shrink(&child->entries[kind], amount);
    child->parent->entries[kind].carved -= amount;
}

void ledger_pass_on_child(struct ledger *child, struct ledger *grandchild)
{
    CHECK(child->parent && grandchild->parent == child);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        uint64_t limit = grandchild->entries[kind].limit;
        CHECK(limit <= child->entries[kind].carved);
        shrink(&child->entries[kind], limit);
        child->entries[kind].carved -= limit;
    }
    grandchild->parent = child->parent;
}

void ledger_close(struct ledger *child)
{
    struct ledger *parent = child->parent;
    CHECK(parent);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        struct ledger_entry *from = &child->entries[kind], *to = &parent->entries[kind];
        CHECK(from->carved <= from->used && from->used <= from->limit);
        CHECK(from->limit <= to->carved && to->carved <= to->used);
        to->used -= from->limit - from->used;
        to->carved -= from->limit - from->carved;
        *from = (struct ledger_entry){0};
    }
}

bool ledger_is_zero(const struct ledger *ledger)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        if (ledger->entries[kind].used != 0)
            return false;
    }
    return true;
}

const char *ledger_kind_name(enum ledger_kind kind)
{
    static const char *const names[] = {
        [LEDGER_FRAMES] = "frames",
        [LEDGER_SLOTS] = "slots",
        [LEDGER_CALLS] = "calls",
        [LEDGER_RECORDS] = "records",
        [LEDGER_QUEUED_CALLS] = "queuedCalls",
        [LEDGER_QUEUED_BYTES] = "queuedBytes",
        [LEDGER_LOG_BYTES] = "logBytes",
    };
    _Static_assert(sizeof names / sizeof *names == LEDGER_KIND_COUNT, "a name for each kind");
    CHECK((uint32_t)kind < LEDGER_KIND_COUNT);
    return names[kind];
}
