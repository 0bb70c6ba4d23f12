/* The newest records of a log, in memory of fixed size: a new one pushes out as many of the oldest as it
 * needs.
 *
 * Records are numbered from 0 and stand one behind another; a number is never used twice, so a reader that
 * comes back with the number of the next one learns how many it has missed.
 *
 *   bytes:  | record | record | free ... | record | record | (too short for the next one) |
 *                             ^ next_at  ^ oldest_at
 *
 * Invariants
 *  - A record lies in one piece: readers may use it where it is, until the next append.
 *  - [oldest, next) are the records that are there.
 *
 * Next: lib/log_ring.c
 */
#pragma once

#include "abi/base.h"

#define LOG_SOURCE_BYTES_MAX 31
#define LOG_TEXT_BYTES_MAX   1024 /* what is longer is cut */

struct log_record {
    uint64_t sequence;
    uint64_t time_ns;
    const char *source;
    const char *text; /* neither ends with a NUL */
    uint32_t source_bytes;
    uint32_t text_bytes;
    uint8_t level;
};

struct log_ring {
    uint8_t *bytes;
    uint32_t byte_count;
    uint32_t oldest_at;
    uint32_t next_at;
    uint64_t oldest;
    uint64_t next;
};

/* Where a reader is. */
struct log_cursor {
    uint64_t sequence;
    uint32_t at;
};

/* At least this many bytes, so that there is room for the longest record whatever stands where. */
#define LOG_RING_BYTES_MIN (2 * (16 + LOG_SOURCE_BYTES_MAX + LOG_TEXT_BYTES_MAX + 8))

/* An empty ring over an array of bytes, 8-aligned, as an initialiser. */
#define LOG_RING(array)                               \
    {                                                 \
        .bytes = (array), .byte_count = sizeof(array) \
    }

/* Adds a record; its sequence is the ring's. */
void log_ring_append(struct log_ring *ring, const struct log_record *record);

/* Goes to record `from`, or the first one after it that is there; beyond the newest: behind it. Returns how
 * many records from `from` on are lost. */
uint64_t log_ring_seek(const struct log_ring *ring, uint64_t from, struct log_cursor *cursor);

/* The record at the cursor, which goes on to the next. False: there is none. */
bool log_ring_next(const struct log_ring *ring, struct log_cursor *cursor, struct log_record *record);
