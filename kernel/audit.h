/* The record of how authority changes: called wherever a capability is put into a table or taken out of one.
 *
 * A call that carries no capability comes by none of these. AuditReader reads the records.
 *
 * Next: kernel/audit.c
 */
#pragma once

#include "lib/audit.h"

struct object;

/* The number of a process, given once. */
uint64_t audit_process_number(void);

/* A process was made by another one; by 0: by the kernel. name has at most AUDIT_NAME_BYTES - 1 bytes. */
void audit_started(uint64_t process, uint64_t by, const char *name);

/* From now on nobody can use what it held. */
void audit_ended(uint64_t process);

/* An object of the kernel's making has come into a process's table. */
void audit_made(uint64_t process, cap_id_t cap, struct object *object);

/* A capability was copied or moved from source_cap of source_process. */
void audit_transferred(uint64_t process, cap_id_t cap, struct object *object, uint64_t source_process,
                       cap_id_t source_cap, bool is_move);

void audit_released(uint64_t process, cap_id_t cap, struct object *object);

/* An object is dead, or, for an endpoint, all its client facets. */
void audit_revoked(struct object *object);

/* The newest records. */
const struct audit_ring *audit_records(void);

/* The object's number, given when it is first asked for. */
uint64_t audit_object_number(struct object *object);
