/* The newest lines of a log, in memory of fixed size, kept apart by whose they are: each owner's oldest
 * record can be dropped without looking at anybody else's.
 *
 *   bytes:  | a 0 | b 1 | (gone) | a 3 | (gone) | b 6 | free ...
 *             |                    ^              ^     ^ end_at
 *             +--- a's next -------+              b's newest
 *
 * Records are numbered from 0 and lie one behind another in the order of their numbers; a number is never
 * used twice. So a reader that comes back with the number of the next one learns how many it has missed.
 *
 * What is dropped leaves a hole. When the end of the array is reached, one pass slides all that is left to
 * the front. Such a pass looks at no more than byte_count / LOG_RECORD_BYTES_MIN records and moves no more
 * than what is kept; with at most `kept` bytes in an array of kept + spare, at least `spare` bytes are
 * appended from one pass to the next: kept / spare bytes moved for each that is appended. LOG_STORE_ARRAY
 * makes that 4.
 *
 * Invariants
 *  - A record lies in one piece: readers may use it where it is, until the store is changed.
 *  - An owner's records form a chain from its oldest to its newest, in the order of the array; byte_count of
 *    the owner is their sum, live_bytes of the store that of all owners.
 *  - Who appends has seen to it that there is room (CHECKed). An owner with records stays where it is in
 *    memory.
 *
 * Next: lib/log_store.c
 */
#pragma once

#include "abi/base.h"

#define LOG_SOURCE_BYTES_MAX 31
#define LOG_TEXT_BYTES_MAX   1024 /* what is longer is cut */

/* What the kernel keeps of the lines of all programs. */
#define LOG_PROGRAM_BYTES (32 * 1024)

/* The array for a store that keeps so many bytes. */
#define LOG_STORE_ARRAY(kept_bytes) ((kept_bytes) + (kept_bytes) / 4)

/* What the shortest and the longest record take. */
#define LOG_RECORD_BYTES_MIN 32
#define LOG_RECORD_BYTES_MAX (LOG_RECORD_BYTES_MIN + (LOG_SOURCE_BYTES_MAX + LOG_TEXT_BYTES_MAX + 7) / 8 * 8)

struct log_record {
    uint64_t sequence;
    uint64_t time_ns;
    const char *source;
    const char *text; /* neither ends with a NUL */
    uint32_t source_bytes;
    uint32_t text_bytes;
    uint8_t level;
};

/* Whose records they are. */
struct log_owner {
    uint32_t oldest_at; /* LOG_NOWHERE: it has none */
    uint32_t newest_at; /* if it has any */
    uint32_t byte_count;
};

#define LOG_NOWHERE UINT32_MAX

#define LOG_OWNER_INIT           \
    {                            \
        .oldest_at = LOG_NOWHERE \
    }

struct log_store {
    uint8_t *bytes; /* 8-aligned */
    uint32_t byte_count;
    uint32_t end_at; /* where the next record goes */
    uint32_t live_bytes;
    uint64_t next; /* the number of the next record */
};

/* An empty store over an array of bytes, 8-aligned, as an initialiser. */
#define LOG_STORE(array)                              \
    {                                                 \
        .bytes = (array), .byte_count = sizeof(array) \
    }

/* Where a reader is: at a record, or behind the newest. */
struct log_cursor {
    uint64_t sequence; /* of the record; behind the newest: of the next one that will be written */
    uint32_t at;
};

static inline void log_owner_init(struct log_owner *owner)
{
    *owner = (struct log_owner)LOG_OWNER_INIT;
}

static inline bool log_owner_is_empty(const struct log_owner *owner)
{
    return owner->byte_count == 0;
}

/* What a record takes, its header and what aligns the next one included. Texts count as cut. */
uint32_t log_record_bytes(uint32_t source_bytes, uint32_t text_bytes);

/* Adds a record; its sequence is the store's. There is room: byte_count - live_bytes is enough for it
 * (CHECKed). */
void log_store_append(struct log_store *store, struct log_owner *owner, const struct log_record *record);

/* A record that is not kept takes its number all the same, so that readers see that there was one. */
void log_store_skip(struct log_store *store);

/* The number of the oldest record of an owner that has one. */
uint64_t log_store_oldest(const struct log_store *store, const struct log_owner *owner);

/* Drops it, and returns how many bytes that frees. */
uint32_t log_store_drop_oldest(struct log_store *store, struct log_owner *owner);

/* All records of one owner are another's from now on. Takes in proportion to what both have. */
void log_store_give(struct log_store *store, struct log_owner *from, struct log_owner *to);

/* Counted anew, for who checks the counts: the bytes of an owner's records, and of all records. */
uint64_t log_store_count_owner(const struct log_store *store, const struct log_owner *owner);
uint64_t log_store_count(const struct log_store *store);

/* Goes to record `from`, or the first one after it that is there, or behind the newest. */
void log_store_seek(const struct log_store *store, uint64_t from, struct log_cursor *cursor);

/* The record at the cursor, which goes on to the next that is there. False: there is none. */
bool log_store_next(const struct log_store *store, struct log_cursor *cursor, struct log_record *record);
