/* The audit ring, and what is not on the path of a call.
 *
 * Next: kernel/cap/audit_reader.c
 */
#include "kernel/task/audit.h"
#include "lib/check.h"
#include "lib/mem.h"

struct audit_ring audit_records;
static uint64_t process_count, object_count;

uint64_t audit_process_number(void)
{
    return ++process_count;
}

uint64_t audit_number_object(struct object *object)
{
    return object->number = ++object_count;
}

void audit_revoked(struct object *object)
{
    audit_append_cap(AUDIT_REVOKED, 0, (cap_id_t){0}, object, 0, (cap_id_t){0});
}

static struct audit_record *append_process(enum audit_event event, uint64_t process)
{
    struct audit_record *record = audit_append(&audit_records);
    *record =
        (struct audit_record){.time = timestamp_read(), .what = audit_what(0, event), .process = process};
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
