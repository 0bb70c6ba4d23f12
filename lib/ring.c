/* The start of a ring. Everything else is on the path of every call, and inline in lib/ring.h.
 *
 * Next: lib/sqe.h
 */
#include "lib/ring.h"

void ring_init(struct ring *ring, struct cap_ring *shared)
{
    *ring = (struct ring){.shared = shared};
    shared->header.magic = CAP_RING_MAGIC;
    shared->header.version = CAP_RING_VERSION;
    shared->header.sq_entries = CAP_SQ_ENTRIES;
    shared->header.cq_entries = CAP_CQ_ENTRIES;
}
