/* Charging lines, and whose goes. Next: kernel/task/process.h */
#include "kernel/task/program_log.h"
#include "kernel/log.h"
#include "kernel/x86_64/clock.h"
#include "lib/check.h"
#include "lib/mem.h"

static _Alignas(8) uint8_t bytes[LOG_STORE_ARRAY(LOG_PROGRAM_BYTES)];
static struct log_store store = LOG_STORE(bytes);

const struct log_store *program_log_store(void)
{
    return &store;
}

/* Who has the oldest line, of this account and those above it up to `last`. Bounded by the depth of the tree.
 */
static struct account *find_oldest(struct account *account, const struct ledger *last)
{
    struct account *oldest = NULL;
    for (struct ledger *ledger = &account->ledger;; ledger = ledger->parent) {
        struct account *candidate = LIST_ENTRY(ledger, struct account, ledger);
        if (!log_owner_is_empty(&candidate->lines) &&
            (!oldest ||
             log_store_oldest(&store, &candidate->lines) < log_store_oldest(&store, &oldest->lines)))
            oldest = candidate;
        if (ledger == last)
            return oldest;
    }
}

/* False: there is no room even without lines, and nothing has changed. Each turn drops a line; one is there
 * as long as the ledger could have what is asked and does not. */
static bool charge(struct account *account, uint64_t byte_count)
{
    struct ledger *ledger = &account->ledger;
    enum cap_err err = ledger_charge(ledger, LEDGER_LOG_BYTES, byte_count);
    if (err && !ledger_could_have(ledger, LEDGER_LOG_BYTES, byte_count))
        return false;
    while (err) {
        struct account *oldest = find_oldest(account, ledger->refusal->ledger);
        CHECK(oldest);
        ledger_refund(&oldest->ledger, LEDGER_LOG_BYTES, log_store_drop_oldest(&store, &oldest->lines));
        err = ledger_charge(ledger, LEDGER_LOG_BYTES, byte_count);
    }
    return true;
}

void program_log_keep(struct account *account, const char *program, const char *text, uint32_t text_bytes)
{
    const struct log_record record = {
        .time_ns = clock_now_ns(),
        .source = program,
        .text = text,
        .source_bytes = (uint32_t)strlen(program),
        .text_bytes = text_bytes,
        .level = LOG_PROGRAM,
    };
    if (charge(account, log_record_bytes(record.source_bytes, record.text_bytes)))
        log_store_append(&store, &account->lines, &record);
    else
        log_store_skip(&store);
}

bool program_log_make_room(struct account *account, uint64_t byte_count)
{
    if (!charge(account, byte_count))
        return false;
    ledger_refund(&account->ledger, LEDGER_LOG_BYTES, byte_count);
    return true;
}

void program_log_pass_on(struct account *from, struct account *to)
{
    log_store_give(&store, &from->lines, &to->lines);
}
