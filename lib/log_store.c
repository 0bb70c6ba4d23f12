/* Placing records, and finding them again.
 *
 * Next: kernel/log.c
 */
#include "lib/log_store.h"
#include "lib/bits.h"
#include "lib/check.h"

/* In front of each record, 8-aligned. */
struct log_header {
    struct log_owner *owner; /* NULL: a hole */
    uint64_t sequence;
    uint64_t time_ns;
    uint32_t next_at; /* of the same owner; LOG_NOWHERE: this is its newest */
    uint16_t text_bytes;
    uint8_t source_bytes;
    uint8_t level;
};
CAP_ASSERT_SIZE(struct log_header, LOG_RECORD_BYTES_MIN);

static struct log_header *header_at(const struct log_store *store, uint32_t at)
{
    return (struct log_header *)(void *)(store->bytes + at);
}

uint32_t log_record_bytes(uint32_t source_bytes, uint32_t text_bytes)
{
    uint64_t source = min_u64(source_bytes, LOG_SOURCE_BYTES_MAX);
    uint64_t text = min_u64(text_bytes, LOG_TEXT_BYTES_MAX);
    return (uint32_t)(sizeof(struct log_header) + (source + text + 7) / 8 * 8);
}

static uint32_t bytes_of(const struct log_header *header)
{
    return log_record_bytes(header->source_bytes, header->text_bytes);
}

/* Makes the record at `at` the newest of its owner, which may be at its first one. */
static void link_newest(const struct log_store *store, struct log_owner *owner, bool is_first, uint32_t at)
{
    header_at(store, at)->next_at = LOG_NOWHERE;
    if (is_first)
        owner->oldest_at = at;
    else
        header_at(store, owner->newest_at)->next_at = at;
    owner->newest_at = at;
}

/* Slides all records to the front. Nothing moves behind where it was, so the place at which an owner's oldest
 * was tells it from all that follow. */
static void squeeze(struct log_store *store)
{
    uint32_t to = 0, size;
    for (uint32_t at = 0; at < store->end_at; at += size) {
        struct log_header *header = header_at(store, at);
        struct log_owner *owner = header->owner;
        size = bytes_of(header);
        if (!owner)
            continue;
        bool is_first = owner->oldest_at == at;
        __builtin_memmove(store->bytes + to, header, size);
        link_newest(store, owner, is_first, to);
        to += size;
    }
    store->end_at = to;
}

void log_store_append(struct log_store *store, struct log_owner *owner, const struct log_record *record)
{
    struct log_header header = {
        .owner = owner,
        .sequence = store->next,
        .time_ns = record->time_ns,
        .text_bytes = (uint16_t)min_u64(record->text_bytes, LOG_TEXT_BYTES_MAX),
        .source_bytes = (uint8_t)min_u64(record->source_bytes, LOG_SOURCE_BYTES_MAX),
        .level = record->level,
    };
    uint32_t size = bytes_of(&header);
    CHECK(size <= store->byte_count - store->live_bytes);
    if (size > store->byte_count - store->end_at)
        squeeze(store);
    uint8_t *at = store->bytes + store->end_at;
    __builtin_memcpy(at, &header, sizeof header);
    __builtin_memcpy(at + sizeof header, record->source, header.source_bytes);
    __builtin_memcpy(at + sizeof header + header.source_bytes, record->text, header.text_bytes);
    link_newest(store, owner, log_owner_is_empty(owner), store->end_at);
    store->next++;
    store->end_at += size;
    store->live_bytes += size;
    owner->byte_count += size;
}

void log_store_skip(struct log_store *store)
{
    store->next++;
}

uint64_t log_store_oldest(const struct log_store *store, const struct log_owner *owner)
{
    CHECK(!log_owner_is_empty(owner));
    return header_at(store, owner->oldest_at)->sequence;
}

uint32_t log_store_drop_oldest(struct log_store *store, struct log_owner *owner)
{
    CHECK(!log_owner_is_empty(owner));
    struct log_header *header = header_at(store, owner->oldest_at);
    CHECK(header->owner == owner);
    uint32_t size = bytes_of(header);
    header->owner = NULL;
    owner->oldest_at = header->next_at;
    owner->byte_count -= size;
    store->live_bytes -= size;
    return size;
}

void log_store_give(struct log_store *store, struct log_owner *from, struct log_owner *to)
{
    if (log_owner_is_empty(from))
        return;
    /* LOG_NOWHERE is beyond every place. */
    uint32_t *link = &to->oldest_at, given = from->oldest_at;
    while (given != LOG_NOWHERE) {
        while (*link < given)
            link = &header_at(store, *link)->next_at;
        struct log_header *header = header_at(store, given);
        uint32_t following = header->next_at;
        header->owner = to;
        header->next_at = *link;
        *link = given;
        given = following;
    }
    if (log_owner_is_empty(to) || to->newest_at < from->newest_at)
        to->newest_at = from->newest_at;
    to->byte_count += from->byte_count;
    log_owner_init(from);
}

uint64_t log_store_count_owner(const struct log_store *store, const struct log_owner *owner)
{
    uint64_t sum = 0;
    for (uint32_t at = owner->oldest_at; at != LOG_NOWHERE; at = header_at(store, at)->next_at)
        sum += bytes_of(header_at(store, at));
    return sum;
}

uint64_t log_store_count(const struct log_store *store)
{
    uint64_t sum = 0;
    uint32_t size;
    for (uint32_t at = 0; at < store->end_at; at += size) {
        size = bytes_of(header_at(store, at));
        sum += header_at(store, at)->owner ? size : 0;
    }
    return sum;
}

/* The cursor is anywhere: over holes, to the next record or to the end. */
static void settle(const struct log_store *store, struct log_cursor *cursor)
{
    while (cursor->at < store->end_at && !header_at(store, cursor->at)->owner)
        cursor->at += bytes_of(header_at(store, cursor->at));
    cursor->sequence = cursor->at < store->end_at ? header_at(store, cursor->at)->sequence : store->next;
}

void log_store_seek(const struct log_store *store, uint64_t from, struct log_cursor *cursor)
{
    struct log_record skipped;
    *cursor = (struct log_cursor){0};
    settle(store, cursor);
    while (cursor->sequence < from)
        if (!log_store_next(store, cursor, &skipped))
            break;
}

bool log_store_next(const struct log_store *store, struct log_cursor *cursor, struct log_record *record)
{
    if (cursor->at >= store->end_at)
        return false;
    const struct log_header *header = header_at(store, cursor->at);
    const char *source = (const char *)(header + 1);
    *record = (struct log_record){
        .sequence = header->sequence,
        .time_ns = header->time_ns,
        .source = source,
        .text = source + header->source_bytes,
        .source_bytes = header->source_bytes,
        .text_bytes = header->text_bytes,
        .level = header->level,
    };
    cursor->at += bytes_of(header);
    settle(store, cursor);
    return true;
}
