/* AuditReader: how authority has changed, and who holds what.
 *
 * Next: kernel/task/audit.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/audit.h"
#include "kernel/x86_64/clock.h"
#include "lib/bits.h"
#include "lib/mem.h"

#define RECORD_WORDS_MAX (os_AuditRecord_DATA_WORDS + os_AuditRecord_POINTER_COUNT + AUDIT_NAME_BYTES / 8)
#define HOLDING_WORDS    (os_Holding_DATA_WORDS + os_Holding_POINTER_COUNT)

/* A place in all tables: the number of a process, and how far its slots have been read. */
#define PLACE_SLOT_BITS 16
_Static_assert(CAP_SLOTS_MAX < 1 << PLACE_SLOT_BITS, "a place has room for the slot");

/* How many elements of so many words the answer still has room for, with the tag of their list. */
static uint32_t room_for(const struct wire_call *wire, uint32_t element_words)
{
    return (wire->results.word_capacity - wire->results.word_count - 1) / element_words;
}

/* ---- Records -------------------------------------------------------------------------------------- */

static enum cap_err record_write(struct os_AuditRecord_builder to, uint64_t sequence)
{
    static const uint16_t events[] = {
        [AUDIT_MADE] = os_AuditRecord_Event_made,       [AUDIT_COPIED] = os_AuditRecord_Event_copied,
        [AUDIT_MOVED] = os_AuditRecord_Event_moved,     [AUDIT_RELEASED] = os_AuditRecord_Event_released,
        [AUDIT_REVOKED] = os_AuditRecord_Event_revoked, [AUDIT_STARTED] = os_AuditRecord_Event_started,
        [AUDIT_ENDED] = os_AuditRecord_Event_ended,
    };
    const struct audit_record *record = audit_at(&audit_records, sequence);
    os_AuditRecord_set_sequence(to, sequence);
    os_AuditRecord_set_nanoseconds(to, clock_ns_of(record->time));
    os_AuditRecord_set_event(to, events[audit_event_of(record)]);
    os_AuditRecord_set_process(to, record->process);
    os_AuditRecord_set_object(to, audit_object_of(record));
    os_AuditRecord_set_sourceProcess(to, record->source_process);
    if (audit_event_of(record) == AUDIT_STARTED)
        return os_AuditRecord_set_name(to, (struct wire_text){record->name, (uint32_t)strlen(record->name)});
    os_AuditRecord_set_cap(to, record->cap.bits);
    os_AuditRecord_set_sourceCap(to, record->source_cap.bits);
    os_AuditRecord_set_interfaceId(to, record->interface_id);
    return CAP_OK;
}

static enum cap_err audit_reader_read(void *self, struct wire_call *wire,
                                      struct os_AuditReader_read_Params_reader params)
{
    (void)self;
    const struct audit_ring *ring = &audit_records;
    uint64_t lost_count,
        sequence = audit_seek(ring, os_AuditReader_read_Params_get_from(params), &lost_count);
    struct os_AuditReader_read_Results_builder results = os_AuditReader_read_Results_init(wire);
    uint64_t most = min_u64(os_AuditReader_read_Params_get_most(params), room_for(wire, RECORD_WORDS_MAX));
    uint32_t count = (uint32_t)min_u64(most, ring->next - sequence);
    struct os_AuditRecord_list_builder list = os_AuditReader_read_Results_init_records(results, count);
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; !err && i < count; i++)
        err = record_write(os_AuditRecord_list_builder_at(list, i), sequence + i);
    os_AuditReader_read_Results_set_next(results, sequence + count);
    os_AuditReader_read_Results_set_lost(results, lost_count);
    return err;
}

/* ---- Holdings ------------------------------------------------------------------------------------- */

/* Where a reader of all tables is. */
struct holding_cursor {
    struct process *process; /* NULL: behind the last */
    uint32_t slot;
};

/* A place may be any number: what is not there begins with the next process. */
static struct holding_cursor cursor_at(uint64_t place)
{
    uint64_t number = place >> PLACE_SLOT_BITS;
    struct process *process = process_find_from(number);
    bool is_there = process && process->number == number;
    return (struct holding_cursor){process, is_there ? place & ((1u << PLACE_SLOT_BITS) - 1) : 0};
}

/* The next capability, which is cursor->process's. False: there are no more. */
static bool next_holding(struct holding_cursor *cursor, cap_id_t *id, struct object **object)
{
    void *found;
    for (; cursor->process; *cursor = (struct holding_cursor){process_after(cursor->process), 0}) {
        if (!cap_table_next(&cursor->process->caps, &cursor->slot, id, &found))
            continue;
        *object = found;
        return true;
    }
    return false;
}

static uint32_t count_holdings(struct holding_cursor cursor, uint32_t most)
{
    cap_id_t id;
    struct object *object;
    uint32_t count = 0;
    while (count < most && next_holding(&cursor, &id, &object))
        count++;
    return count;
}

static enum cap_err audit_reader_holdings(void *self, struct wire_call *wire,
                                          struct os_AuditReader_holdings_Params_reader params)
{
    (void)self;
    struct holding_cursor cursor = cursor_at(os_AuditReader_holdings_Params_get_place(params));
    uint32_t most = os_AuditReader_holdings_Params_get_most(params);
    if (most == 0)
        return CAP_ERR_INVALID;
    struct os_AuditReader_holdings_Results_builder results = os_AuditReader_holdings_Results_init(wire);
    most = (uint32_t)min_u64(most, room_for(wire, HOLDING_WORDS));
    uint32_t count = count_holdings(cursor, most);
    struct os_Holding_list_builder list = os_AuditReader_holdings_Results_init_holdings(results, count);
    cap_id_t id;
    struct object *object;
    for (uint32_t i = 0; i < count && next_holding(&cursor, &id, &object); i++) {
        struct os_Holding_builder to = os_Holding_list_builder_at(list, i);
        os_Holding_set_process(to, cursor.process->number);
        os_Holding_set_object(to, audit_object_number(object));
        os_Holding_set_cap(to, id.bits);
        os_Holding_set_interfaceId(to, object->interface_id);
    }
    if (count == most)
        os_AuditReader_holdings_Results_set_nextPlace(results, cursor.process->number << PLACE_SLOT_BITS |
                                                                   cursor.slot);
    os_AuditReader_holdings_Results_set_next(results, audit_records.next);
    return CAP_OK;
}

static const struct os_AuditReader_server audit_reader_server = {
    .read = audit_reader_read,
    .holdings = audit_reader_holdings,
};

static enum cap_err audit_reader_dispatch(struct object *object, struct wire_call *wire)
{
    return os_AuditReader_dispatch(&audit_reader_server, object, wire);
}

static const struct object_ops audit_reader_ops = {
    .name = "AuditReader",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = audit_reader_dispatch,
};

static struct object audit_reader = OBJECT_STATIC(&audit_reader_ops, os_AuditReader_ID);

struct object *audit_reader_object(void)
{
    return &audit_reader;
}
