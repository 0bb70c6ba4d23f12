/* Reading the audit ring.
 *
 * Next: kernel/task/audit.h
 */
#include "lib/audit.h"
#include "lib/check.h"

static uint64_t oldest(const struct audit_ring *ring)
{
    return ring->next > AUDIT_RECORDS ? ring->next - AUDIT_RECORDS : 0;
}

uint64_t audit_seek(const struct audit_ring *ring, uint64_t from, uint64_t *lost_count)
{
    uint64_t first = oldest(ring);
    *lost_count = from < first ? first - from : 0;
    if (from < first)
        return first;
    return from < ring->next ? from : ring->next;
}

const struct audit_record *audit_at(const struct audit_ring *ring, uint64_t sequence)
{
    CHECK(sequence >= oldest(ring) && sequence < ring->next);
    return &ring->records[sequence % AUDIT_RECORDS];
}
