/* What each of them does is what a mistake in the kernel would have done: something was charged and not
 * refunded, taken and not given back, or counted once too often. The first process that is left is the
 * victim.
 *
 * Next: tests/qemu/self-check/expect
 */
#include "kernel/ring/miscount.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/mapping.h"
#include "kernel/mm/record.h"
#include "kernel/ring/call.h"
#include "kernel/task/process.h"

static struct process *victim(void)
{
    struct process *process = process_next(NULL);
    CHECK(process); /* who asks for this leaves one */
    return process;
}

static void wrong_reference(void)
{
    uint32_t cursor = 0;
    cap_id_t id;
    void *object;
    if (cap_table_next(&victim()->caps, &cursor, &id, &object))
        object_reference(object);
}

static void charge(enum ledger_kind kind)
{
    (void)!ledger_charge(&victim()->account.ledger, kind, 1);
}

static void wrong_frames(void)
{
    charge(LEDGER_FRAMES);
}

static void wrong_slots(void)
{
    charge(LEDGER_SLOTS);
}

static void wrong_calls(void)
{
    charge(LEDGER_CALLS);
}

static void wrong_records(void)
{
    charge(LEDGER_RECORDS);
}

static void wrong_queued_calls(void)
{
    charge(LEDGER_QUEUED_CALLS);
}

static void wrong_queued_bytes(void)
{
    charge(LEDGER_QUEUED_BYTES);
}

static void wrong_log_bytes(void)
{
    charge(LEDGER_LOG_BYTES);
}

static void wrong_table(void)
{
    victim()->caps.used_count++;
}

static void wrong_limit(void)
{
    struct ledger_entry *entry = &victim()->account.ledger.entries[LEDGER_FRAMES];
    entry->limit++;
    entry->ceiling++;
}

static void wrong_kernel_frames(void)
{
    uint64_t paddr;
    (void)!frame_alloc(&paddr);
}

static void wrong_kernel_records(void)
{
    static struct record_pool pool = RECORD_POOL(uint64_t[8]);
    void *record;
    (void)!record_take_raw(&pool, &record);
}

/* It shows itself twice in the next check. */
static void wrong_facets(void)
{
    uint32_t cursor = 0;
    cap_id_t id;
    void *found;
    while (cap_table_next(&victim()->caps, &cursor, &id, &found)) {
        struct object *object = found;
        if (object->ops->call) { /* a client facet */
            object->ops->check(object, NULL);
            return;
        }
    }
}

static void wrong_mappings(void)
{
    mapping_show_rights(&victim()->space);
}

static void wrong_waiting(void)
{
    LIST_FOR_EACH(node, &victim()->calls)
    {
        struct call *call = LIST_ENTRY(node, struct call, caller_link);
        if (call->state == CALL_WAITING) {
            call->queue->count++;
            return;
        }
    }
}

const struct miscount miscounts[] = {
    {"self-check=reference", wrong_reference},
    {"self-check=frames", wrong_frames},
    {"self-check=slots", wrong_slots},
    {"self-check=calls", wrong_calls},
    {"self-check=records", wrong_records},
    {"self-check=queued-calls", wrong_queued_calls},
    {"self-check=queued-bytes", wrong_queued_bytes},
    {"self-check=log-bytes", wrong_log_bytes},
    {"self-check=table", wrong_table},
    {"self-check=limit", wrong_limit},
    {"self-check=kernel-frames", wrong_kernel_frames},
    {"self-check=kernel-records", wrong_kernel_records},
    {"self-check=facets", wrong_facets},
    {"self-check=mappings", wrong_mappings},
    {"self-check=waiting", wrong_waiting},
    {NULL, NULL},
};
