/* What struct rt is made of. Only user/rt looks inside.
 *
 * Next: user/rt/pending.h
 */
#pragma once

#include "abi/capset.h"
#include "lib/ring.h"
#include "user/rt/call.h"

struct rt {
    struct ring_client ring;
    uint32_t under_way_count; /* SQEs submitted whose CQE is not taken yet */
    uint32_t prompt_count;    /* of these, those that complete as soon as the kernel takes them */
    uint32_t releases_failed;

    const struct cap_capset *capset;
    uint64_t capset_taken; /* bit i: entry i of the CapSet has got its owner */

    struct rt_call scratch; /* of the one-line stubs */
};
_Static_assert(CAP_CAPSET_MAX <= 64, "capset_taken has a bit for each entry");

/* Of pending.c: the SQ was full. */
struct cap_sqe *rt_sqe_wait_for_slot(struct rt *rt);

/* Where the next SQE goes: write all of it, then ring_client_publish. */
static inline struct cap_sqe *rt_sqe_slot(struct rt *rt)
{
    struct cap_sqe *slot = ring_client_slot(&rt->ring);
    return __builtin_expect(slot != NULL, 1) ? slot : rt_sqe_wait_for_slot(rt);
}

/* The same for an SQE whose user_data is going to be the address of `pending`. */
static inline struct cap_sqe *rt_sqe_claim(struct rt *rt, struct rt_pending *pending, bool is_prompt)
{
    struct cap_sqe *slot = rt_sqe_slot(rt);
    pending->is_done = false;
    pending->is_prompt = is_prompt;
    rt->under_way_count++;
    rt->prompt_count += is_prompt;
    return slot;
}

void rt_init(struct rt *rt, struct cap_ring *ring, const struct cap_capset *capset);

/* Submits the RELEASE of a cap; see rt_handle_drop. */
void rt_release(struct rt *rt, cap_id_t cap);
