/* Both ends of the capability ring of abi/ring.h.
 *
 * The kernel's drain is: ring_observe, then at most CAP_SQ_ENTRIES times ring_take and run. Each SQE
 * that was taken is answered by exactly one ring_post, then or later.
 *
 *   SQ  free --client_submit--> pending --ring_take--> free, and a CQ place is reserved
 *   CQ  free --ring_take--> reserved --ring_post--> unread --client_take--> free
 *
 * Invariants of struct ring, whatever the program writes to the page
 *  - sq_tail - sq_head <= CAP_SQ_ENTRIES, and cqe_unread + cq_reserved <= CAP_CQ_ENTRIES.
 *  - The kernel's own indices are private; the shared copies are written and never read. A shared index
 *    of the program is read once, in ring_observe, and either taken over or refused.
 *  - A place of the CQ is written only while it is reserved, so nothing that is unread is overwritten
 *    and ring_post cannot fail.
 *  - Indices run freely over 32 bits: counts are differences, and 2^32 is a multiple of both sizes.
 *
 * Next: lib/sqe.h
 */
#pragma once

#include "abi/error.h"
#include "abi/ring.h"
#include "lib/check.h"
#include "lib/sqe.h"

/* ---- The kernel's end ---------------------------------------------------------------------------- */

struct ring {
    struct cap_ring *shared; /* the page, where the kernel sees it */

    /* The kernel's own indices. */
    uint32_t sq_head;     /* SQEs taken */
    uint32_t cq_tail;     /* CQEs posted */
    uint32_t cq_reserved; /* SQEs taken that have no CQE yet */

    /* The program's indices as they were last accepted. */
    uint32_t sq_tail;
    uint32_t cq_head;
};

/* `shared` is a zeroed page that stays valid as long as the ring; its header is filled in. */
void ring_init(struct ring *ring, struct cap_ring *shared);

/* SQEs that are published and not yet taken, as of the last ring_observe. */
static inline uint32_t ring_sqe_pending(const struct ring *ring)
{
    return ring->sq_tail - ring->sq_head;
}

/* CQEs that the program has not taken, as of the last ring_observe and with all posted since. */
static inline uint32_t ring_cqe_unread(const struct ring *ring)
{
    return ring->cq_tail - ring->cq_head;
}

/* The most CQEs that can be available without another SQE being taken: what a wait may wait for. */
static inline uint32_t ring_cqe_reachable(const struct ring *ring)
{
    return ring_cqe_unread(ring) + ring->cq_reserved;
}

/* Reads the program's two indices, once each. CAP_ERR_BAD_RING if one is impossible: more SQEs pending
 * than the SQ holds, or more CQEs unread than have been posted, or so many that they and the reserved
 * places exceed the CQ. Then nothing changes, and the next call judges afresh. */
CAP_MUST_CHECK static inline enum cap_err ring_observe(struct ring *ring)
{
    const struct cap_ring_header *header = &ring->shared->header;
    /* Acquire: what the program wrote to its SQEs before it published them is seen after this. */
    uint32_t sq_tail = __atomic_load_n(&header->sq_tail, __ATOMIC_ACQUIRE);
    /* Acquire: no CQ place is written again before the program has read it. */
    uint32_t cq_head = __atomic_load_n(&header->cq_head, __ATOMIC_ACQUIRE);

    if (sq_tail - ring->sq_head > CAP_SQ_ENTRIES)
        return CAP_ERR_BAD_RING;
    if (ring->cq_tail - cq_head > CAP_CQ_ENTRIES - ring->cq_reserved)
        return CAP_ERR_BAD_RING;
    ring->sq_tail = sq_tail;
    ring->cq_head = cq_head;
    return CAP_OK;
}

/* How many SQEs that were observed can be taken: each has a place of the CQ that is free. Taking one takes
 * one off; completions change nothing, since the place that they fill was reserved. */
static inline uint32_t ring_sqe_takeable(const struct ring *ring)
{
    uint32_t pending = ring_sqe_pending(ring), room = CAP_CQ_ENTRIES - ring_cqe_reachable(ring);
    return pending < room ? pending : room;
}

/* Copies the next SQE, once; it stays where it is. One can be taken (the caller has asked
 * ring_sqe_takeable). The copy is the caller's to judge; who acts on it calls ring_advance, and never
 * looks at the page again. */
static inline void ring_copy_sqe(const struct ring *ring, struct cap_sqe *copy)
{
    /* Volatile: the program may write the SQE meanwhile; each word is read once, and what is judged is
     * what is used. */
    const volatile struct sqe_words *from =
        (const volatile struct sqe_words *)&ring->shared->sqes[ring->sq_head % CAP_SQ_ENTRIES];
    struct sqe_words *to = (struct sqe_words *)copy;
#pragma GCC unroll 8
    for (uint32_t i = 0; i < SQE_WORDS; i++)
        to->word[i] = from->word[i];
}

/* Takes the SQE that was just copied: reserves a place of the CQ and frees that of the SQ. */
static inline void ring_advance(struct ring *ring)
{
    ring->cq_reserved++;
    ring->sq_head++;
    /* Release: the program may use the place again once it sees this. */
    __atomic_store_n(&ring->shared->header.sq_head, ring->sq_head, __ATOMIC_RELEASE);
}

/* All three: false, and nothing happens, if no SQE can be taken. */
CAP_MUST_CHECK static inline bool ring_peek(const struct ring *ring, struct cap_sqe *copy)
{
    if (ring_sqe_takeable(ring) == 0)
        return false;
    ring_copy_sqe(ring, copy);
    return true;
}

CAP_MUST_CHECK static inline bool ring_take(struct ring *ring, struct cap_sqe *copy)
{
    if (!ring_peek(ring, copy))
        return false;
    ring_advance(ring);
    return true;
}

/* Posts the one CQE of an SQE that was taken (CHECKed: one is owed). The CQE's reserved fields are
 * posted as zero, whatever they hold. */
static inline void ring_post(struct ring *ring, const struct cap_cqe *cqe)
{
    CHECK(ring->cq_reserved > 0);

    struct cap_ring *shared = ring->shared;
    shared->cqes[ring->cq_tail % CAP_CQ_ENTRIES] = (struct cap_cqe){
        .user_data = cqe->user_data,
        .status = cqe->status,
        .message_bytes = cqe->message_bytes,
        .cap_count = cqe->cap_count,
        .flags = cqe->flags,
    };
    ring->cq_reserved--;
    ring->cq_tail++;
    /* Release: the CQE is complete before the program can see that it is there. */
    __atomic_store_n(&shared->header.cq_tail, ring->cq_tail, __ATOMIC_RELEASE);
}

/* ---- The program's end --------------------------------------------------------------------------- */

struct ring_client {
    struct cap_ring *shared;
    uint32_t sq_tail; /* SQEs published */
    uint32_t cq_head; /* CQEs taken */
};

/* Goes on where the program's indices in the page stand: at 0 when the process has just started. */
static inline void ring_client_init(struct ring_client *client, struct cap_ring *shared)
{
    client->shared = shared;
    client->sq_tail = __atomic_load_n(&shared->header.sq_tail, __ATOMIC_RELAXED);
    client->cq_head = __atomic_load_n(&shared->header.cq_head, __ATOMIC_RELAXED);
}

/* Where the next SQE goes; NULL if the SQ is full: enter, so that the kernel takes some. Write all of it,
 * then ring_client_publish. */
CAP_MUST_CHECK static inline struct cap_sqe *ring_client_slot(const struct ring_client *client)
{
    struct cap_ring *shared = client->shared;
    /* Acquire: the kernel has copied what is in a place before it counts as free. */
    uint32_t sq_head = __atomic_load_n(&shared->header.sq_head, __ATOMIC_ACQUIRE);
    return client->sq_tail - sq_head < CAP_SQ_ENTRIES ? &shared->sqes[client->sq_tail % CAP_SQ_ENTRIES]
                                                      : NULL;
}

/* The kernel sees the SQE at the next cap_enter. */
static inline void ring_client_publish(struct ring_client *client)
{
    client->sq_tail++;
    /* Release: the SQE is complete before it is published. */
    __atomic_store_n(&client->shared->header.sq_tail, client->sq_tail, __ATOMIC_RELEASE);
}

/* Copies the SQE into the SQ and publishes it. CAP_ERR_AGAIN if the SQ is full. */
CAP_MUST_CHECK static inline enum cap_err ring_client_submit(struct ring_client *client,
                                                             const struct cap_sqe *sqe)
{
    struct cap_sqe *slot = ring_client_slot(client);
    if (!slot)
        return CAP_ERR_AGAIN;
    *slot = *sqe;
    ring_client_publish(client);
    return CAP_OK;
}

/* CQEs that are not taken. */
static inline uint32_t ring_client_unread(const struct ring_client *client)
{
    /* Acquire: the CQEs are read after the index that says they are there. */
    return __atomic_load_n(&client->shared->header.cq_tail, __ATOMIC_ACQUIRE) - client->cq_head;
}

/* The CQE behind `index` older ones of those; it stays where it is until ring_client_advance. */
static inline const struct cap_cqe *ring_client_cqe(const struct ring_client *client, uint32_t index)
{
    return &client->shared->cqes[(client->cq_head + index) % CAP_CQ_ENTRIES];
}

/* Gives the places of the oldest `count` CQEs back to the kernel. */
static inline void ring_client_advance(struct ring_client *client, uint32_t count)
{
    client->cq_head += count;
    /* Release: the CQEs have been read before their places are free. */
    __atomic_store_n(&client->shared->header.cq_head, client->cq_head, __ATOMIC_RELEASE);
}

/* Copies the oldest CQE that is not taken; false if there is none. It stays where it is. */
CAP_MUST_CHECK static inline bool ring_client_peek(const struct ring_client *client, struct cap_cqe *cqe)
{
    if (ring_client_unread(client) == 0)
        return false;
    *cqe = *ring_client_cqe(client, 0);
    return true;
}

/* As ring_client_peek, and gives its place back to the kernel. */
CAP_MUST_CHECK static inline bool ring_client_take(struct ring_client *client, struct cap_cqe *cqe)
{
    if (!ring_client_peek(client, cqe))
        return false;
    ring_client_advance(client, 1);
    return true;
}
