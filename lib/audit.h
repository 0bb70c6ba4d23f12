/* What has happened to authority, newest last: a ring of records of fixed size, numbered from 0.
 *
 * Appending is a few stores, so that it can stand wherever a capability table changes. From the records of a
 * table, or from what it held at some number and the records since, follows what it holds (tests/qemu/audit).
 *
 * Processes and objects are named by numbers that are never used twice: neither a name nor an address is
 * that.
 *
 * Next: lib/audit.c
 */
#pragma once

#include "abi/cap_id.h"

#define AUDIT_NAME_BYTES 32 /* with its NUL */

enum audit_event {
    AUDIT_MADE,     /* process got cap, which the kernel made */
    AUDIT_COPIED,   /* process got cap, a copy of source_cap of source_process */
    AUDIT_MOVED,    /* the same, and source_process has lost source_cap */
    AUDIT_RELEASED, /* process gave cap up */
    AUDIT_REVOKED,  /* all capabilities to object are dead, whoever holds them */
    AUDIT_STARTED,  /* process, called name, was made by source_process */
    AUDIT_ENDED,    /* process has ended: nobody can use what it held */
};

struct audit_record {
    uint64_t time;    /* in ticks of the writer's own */
    uint64_t process; /* the one whose authority has changed; 0 for REVOKED */
    uint64_t source_process;
    uint64_t
        what; /* the number of the object, 0 for STARTED and ENDED, and an enum audit_event: audit_what */
    union {
        struct {
            cap_id_t cap;
            cap_id_t source_cap;
            uint64_t interface_id;
        };
        char name[AUDIT_NAME_BYTES]; /* STARTED */
    };
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct audit_record) == 64, "a record is a cache line");

#define AUDIT_RECORDS 1024 /* a power of two */

struct audit_ring {
    struct audit_record records[AUDIT_RECORDS];
    uint64_t next; /* number of the next record */
};

#define AUDIT_EVENT_BITS 8

static inline uint64_t audit_what(uint64_t object, enum audit_event event)
{
    return object << AUDIT_EVENT_BITS | event;
}

static inline enum audit_event audit_event_of(const struct audit_record *record)
{
    return (enum audit_event)(record->what % (1 << AUDIT_EVENT_BITS));
}

static inline uint64_t audit_object_of(const struct audit_record *record)
{
    return record->what >> AUDIT_EVENT_BITS;
}

/* The place of the next record, which the caller fills in. */
static inline struct audit_record *audit_append(struct audit_ring *ring)
{
    return &ring->records[ring->next++ % AUDIT_RECORDS];
}

/* The first record from number `from` on that is there; ring->next if there is none. *lost_count: how many
 * from `from` on are gone. */
uint64_t audit_seek(const struct audit_ring *ring, uint64_t from, uint64_t *lost_count);

/* A record that is there (CHECKed). */
const struct audit_record *audit_at(const struct audit_ring *ring, uint64_t sequence);
