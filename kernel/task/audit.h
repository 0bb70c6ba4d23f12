/* The record of how authority changes: called wherever a capability is put into a table or taken out of one.
 *
 * A call that carries no capability comes by none of these. AuditReader reads the records.
 *
 * Next: kernel/task/audit.c
 */
#pragma once

#include "kernel/object.h"
#include "kernel/x86_64/instructions.h"
#include "lib/audit.h"

/* The newest records. */
extern struct audit_ring audit_records;

/* The number of a process, given once. */
uint64_t audit_process_number(void);

/* Of audit.c: an object's first number. */
uint64_t audit_number_object(struct object *object);

/* The object's number, given when it is first asked for. */
static inline uint64_t audit_object_number(struct object *object)
{
    return __builtin_expect(object->number != 0, 1) ? object->number : audit_number_object(object);
}

/* A process was made by another one; by 0: by the kernel. name has at most AUDIT_NAME_BYTES - 1 bytes. */
void audit_started(uint64_t process, uint64_t by, const char *name);

/* From now on nobody can use what it held. */
void audit_ended(uint64_t process);

/* An object is dead, or, for an endpoint, all its client facets. */
void audit_revoked(struct object *object);

/* Every field is written: what stood there before was another record. One by one: a struct would be built on
 * the stack first. Inlined into the paths of calls. */
static inline void audit_append_cap(enum audit_event event, uint64_t process, cap_id_t cap,
                                    struct object *object, uint64_t source_process, cap_id_t source_cap)
{
    uint64_t number = audit_object_number(object);
    struct audit_record *record = audit_append(&audit_records);
    record->time = timestamp_read();
    record->process = process;
    record->source_process = source_process;
    record->what = audit_what(number, event);
    record->cap = cap;
    record->source_cap = source_cap;
    record->interface_id = object->interface_id;
}

/* An object of the kernel's making has come into a process's table. */
static inline void audit_made(uint64_t process, cap_id_t cap, struct object *object)
{
    audit_append_cap(AUDIT_MADE, process, cap, object, 0, (cap_id_t){0});
}

/* A capability was copied or moved from source_cap of source_process. */
static inline void audit_transferred(uint64_t process, cap_id_t cap, struct object *object,
                                     uint64_t source_process, cap_id_t source_cap, bool is_move)
{
    audit_append_cap(is_move ? AUDIT_MOVED : AUDIT_COPIED, process, cap, object, source_process, source_cap);
}

static inline void audit_released(uint64_t process, cap_id_t cap, struct object *object)
{
    audit_append_cap(AUDIT_RELEASED, process, cap, object, 0, (cap_id_t){0});
}
