/* The parts of a ledger that are not on the path of every charge.
 *
 * Next: lib/page_table.h
 */
#include "lib/ledger.h"

void ledger_init(struct ledger *ledger, const uint64_t limits[LEDGER_KIND_COUNT])
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        ledger->entries[kind] = (struct ledger_entry){.limit = limits[kind]};
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
    };
    _Static_assert(sizeof names / sizeof *names == LEDGER_KIND_COUNT, "a name for each kind");
    CHECK((uint32_t)kind < LEDGER_KIND_COUNT);
    return names[kind];
}
