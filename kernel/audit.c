/* Appending to the audit ring.
 *
 * Next: kernel/cap/audit_reader.c
 */
#include "kernel/audit.h"
#include "kernel/object.h"
#include "kernel/x86_64/instructions.h"
#include "lib/check.h"
#include "lib/mem.h"

#define RECORD_COUNT 1024

static struct audit_record records[RECORD_COUNT];
static struct audit_ring ring = {records, RECORD_COUNT, 0};
static uint64_t process_count, object_count;

const struct audit_ring *audit_records(void)
{
    return &ring;
}

uint64_t audit_process_number(void)
{
    return ++process_count;
}

uint64_t audit_object_number(struct object *object)
{
    if (object->number == 0)
        object->number = ++object_count;
    return object->number;
}

/* Every field is written: what stood there before was another record. */
static inline void append_cap(enum audit_event event, uint64_t process, cap_id_t cap, struct object *object,
                              uint64_t source_process, cap_id_t source_cap)
{
    struct audit_record *record = audit_append(&ring);
    record->time = timestamp_read();
    record->process = process;
    record->source_process = source_process;
    record->object = audit_object_number(object);
    record->event = event;
    record->cap = cap;
    record->source_cap = source_cap;
    record->interface_id = object->interface_id;
}

static const cap_id_t no_cap = {0};

void audit_made(uint64_t process, cap_id_t cap, struct object *object)
{
    append_cap(AUDIT_MADE, process, cap, object, 0, no_cap);
}

void audit_transferred(uint64_t process, cap_id_t cap, struct object *object, uint64_t source_process,
                       cap_id_t source_cap, bool is_move)
{
    append_cap(is_move ? AUDIT_MOVED : AUDIT_COPIED, process, cap, object, source_process, source_cap);
}

void audit_released(uint64_t process, cap_id_t cap, struct object *object)
{
    append_cap(AUDIT_RELEASED, process, cap, object, 0, no_cap);
}

void audit_revoked(struct object *object)
{
    append_cap(AUDIT_REVOKED, 0, no_cap, object, 0, no_cap);
}

static struct audit_record *append_process(enum audit_event event, uint64_t process)
{
    struct audit_record *record = audit_append(&ring);
    *record = (struct audit_record){.time = timestamp_read(), .event = event, .process = process};
    return record;
}

void audit_started(uint64_t process, uint64_t by, const char *name)
{
    struct audit_record *record = append_process(AUDIT_STARTED, process);
    size_t name_bytes = strlen(name);
    CHECK(name_bytes < AUDIT_NAME_BYTES);
    record->source_process = by;
    memcpy(record->name, name, name_bytes);
}

void audit_ended(uint64_t process)
{
    append_process(AUDIT_ENDED, process);
}
