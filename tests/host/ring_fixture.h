/* One ring with both of its ends, for the tests of lib/ring.
 *
 * Next: tests/host/test_ring.c
 */
#pragma once

#include "lib/ring.h"
#include "tests/host/test.h"

#include <stdlib.h>

static _Alignas(CAP_PAGE_BYTES) struct cap_ring page;
static struct ring ring;
static struct ring_client client;

/* A ring whose four indices all stand at `index`, as after that many NOPs. */
static inline void begin_at(uint32_t index)
{
    memset(&page, 0, sizeof page);
    ring_init(&ring, &page);
    ring.sq_head = ring.sq_tail = ring.cq_tail = ring.cq_head = index;
    page.header.sq_head = page.header.sq_tail = page.header.cq_tail = page.header.cq_head = index;
    ring_client_init(&client, &page);
}

static inline void begin(void)
{
    begin_at(0);
}

static inline void submit(uint64_t user_data)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_NOP, .user_data = user_data};
    EXPECT_EQ(ring_client_submit(&client, &sqe), CAP_OK);
}

static inline void post(uint64_t user_data)
{
    ring_post(&ring, &(struct cap_cqe){.user_data = user_data});
}

/* The kernel's drain, each SQE completed at once. How many were taken. */
static inline uint32_t drain(void)
{
    struct cap_sqe sqe;
    uint32_t taken = 0;
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    while (ring_take(&ring, &sqe)) {
        post(sqe.user_data);
        taken++;
    }
    return taken;
}

/* Takes one SQE and leaves its CQE owed. */
static inline void take_and_keep(void)
{
    struct cap_sqe sqe;
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    EXPECT(ring_take(&ring, &sqe));
}

static inline void expect_cqe(uint64_t user_data)
{
    struct cap_cqe cqe;
    EXPECT(ring_client_take(&client, &cqe));
    EXPECT_EQ(cqe.user_data, user_data);
}

/* Fills the two queues: posts `unread` CQEs that stay unread, owes `reserved`, leaves `pending` SQEs. */
static inline void fill(uint32_t unread, uint32_t reserved, uint32_t pending)
{
    for (uint32_t i = 0; i < unread; i++) {
        submit(i);
        EXPECT_EQ(drain(), 1);
    }
    for (uint32_t i = 0; i < reserved; i++) {
        submit(1000 + i);
        take_and_keep();
    }
    for (uint32_t i = 0; i < pending; i++)
        submit(2000 + i);
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    EXPECT_EQ(ring_cqe_unread(&ring), unread);
    EXPECT_EQ(ring.cq_reserved, reserved);
    EXPECT_EQ(ring_sqe_pending(&ring), pending);
}
