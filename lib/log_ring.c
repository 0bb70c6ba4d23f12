/* Placing records, and finding them again.
 *
 * Next: kernel/log.c
 */
#include "lib/log_ring.h"
#include "lib/bits.h"
#include "lib/check.h"

/* In front of each record, 8-aligned. entry_bytes 0: the next record is at the start of the ring. */
struct log_header {
    uint64_t time_ns;
    uint32_t entry_bytes; /* header, source, text, and what aligns the next one */
    uint16_t text_bytes;
    uint8_t source_bytes;
    uint8_t level;
};
CAP_ASSERT_SIZE(struct log_header, 16);

static struct log_header *header_at(const struct log_ring *ring, uint32_t at)
{
    return (struct log_header *)(void *)(ring->bytes + at);
}

/* Where the record at `at` stands, or its successor if `at` is only a mark. */
static uint32_t settle(const struct log_ring *ring, uint32_t at)
{
    bool has_header = ring->byte_count - at >= sizeof(struct log_header);
    return has_header && header_at(ring, at)->entry_bytes ? at : 0;
}

static void push_out(struct log_ring *ring)
{
    ring->oldest++;
    if (ring->oldest == ring->next)
        ring->oldest_at = ring->next_at = 0;
    else
        ring->oldest_at = settle(ring, ring->oldest_at + header_at(ring, ring->oldest_at)->entry_bytes);
}

/* Leaves the end of the ring, where the next record does not fit, and goes on at its start. */
static void wrap(struct log_ring *ring)
{
    if (ring->byte_count - ring->next_at >= sizeof(struct log_header))
        header_at(ring, ring->next_at)->entry_bytes = 0;
    ring->next_at = 0;
}

/* Makes room for entry_bytes at next_at. Each turn pushes a record out or wraps, once. */
static void make_room(struct log_ring *ring, uint32_t entry_bytes)
{
    CHECK(ring->byte_count >= LOG_RING_BYTES_MIN);
    for (;;) {
        bool is_empty = ring->oldest == ring->next;
        if (is_empty || ring->next_at > ring->oldest_at) {
            if (entry_bytes <= ring->byte_count - ring->next_at)
                return;
            wrap(ring);
            continue;
        }
        if (entry_bytes <= ring->oldest_at - ring->next_at)
            return;
        push_out(ring);
    }
}

void log_ring_append(struct log_ring *ring, const struct log_record *record)
{
    struct log_header header = {
        .time_ns = record->time_ns,
        .text_bytes = (uint16_t)min_u64(record->text_bytes, LOG_TEXT_BYTES_MAX),
        .source_bytes = (uint8_t)min_u64(record->source_bytes, LOG_SOURCE_BYTES_MAX),
        .level = record->level,
    };
    header.entry_bytes = (uint32_t)(sizeof header + header.source_bytes + header.text_bytes + 7) / 8 * 8;
    make_room(ring, header.entry_bytes);
    if (ring->oldest == ring->next)
        ring->oldest_at = ring->next_at;
    uint8_t *at = ring->bytes + ring->next_at;
    __builtin_memcpy(at, &header, sizeof header);
    __builtin_memcpy(at + sizeof header, record->source, header.source_bytes);
    __builtin_memcpy(at + sizeof header + header.source_bytes, record->text, header.text_bytes);
    ring->next_at += header.entry_bytes;
    ring->next++;
}

uint64_t log_ring_seek(const struct log_ring *ring, uint64_t from, struct log_cursor *cursor)
{
    uint64_t lost_count = from < ring->oldest ? ring->oldest - from : 0;
    uint64_t sequence = from > ring->next ? ring->next : from;
    struct log_record skipped;
    *cursor = (struct log_cursor){ring->oldest, ring->oldest_at};
    while (cursor->sequence < sequence)
        if (!log_ring_next(ring, cursor, &skipped))
            break;
    return lost_count;
}

bool log_ring_next(const struct log_ring *ring, struct log_cursor *cursor, struct log_record *record)
{
    if (cursor->sequence >= ring->next)
        return false;
    uint32_t at = settle(ring, cursor->at);
    const struct log_header *header = header_at(ring, at);
    const char *source = (const char *)(header + 1);
    *record = (struct log_record){
        .sequence = cursor->sequence,
        .time_ns = header->time_ns,
        .source = source,
        .text = source + header->source_bytes,
        .source_bytes = header->source_bytes,
        .text_bytes = header->text_bytes,
        .level = header->level,
    };
    *cursor = (struct log_cursor){cursor->sequence + 1, at + header->entry_bytes};
    return true;
}
