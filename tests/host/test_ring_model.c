/* The ring under random pages, and against a naive model: three plain queues. Numbers in comments are those
 * of the hostile cases.
 *
 * Next: tests/host/test_sqe.c
 */
#include "lib/sqe.h"
#include "tests/host/ring_fixture.h"
#include "tests/host/test.h"

static void page_randomise(uint32_t seed)
{
    srand(seed);
    for (size_t i = 0; i < sizeof page; i++)
        ((uint8_t *)&page)[i] = (uint8_t)(rand() >> 8);
    /* Half of the time an index is possible, else hardly anything would ever be taken. */
    if (rand() & 256)
        page.header.sq_tail = ring.sq_head + (uint32_t)rand() % (CAP_SQ_ENTRIES + 2);
    if (rand() & 256)
        page.header.cq_head = ring.cq_tail - (uint32_t)rand() % (CAP_CQ_ENTRIES + 2 - ring.cq_reserved);
    for (uint32_t i = 0; i < CAP_SQ_ENTRIES; i++) {
        if (rand() & 256)
            page.sqes[i] = (struct cap_sqe){.opcode = (uint8_t)(rand() % (CAP_OP_COUNT + 1))};
    }
}

static bool ring_invariants_hold(void)
{
    return ring_sqe_pending(&ring) <= CAP_SQ_ENTRIES && ring_cqe_reachable(&ring) <= CAP_CQ_ENTRIES &&
           ring.cq_reserved <= CAP_CQ_ENTRIES;
}

TEST(random_pages_yield_only_the_documented_errors_and_break_no_invariant) /* 13 */
{
    uint32_t taken = 0, posted = 0, bad_rings = 0, good = 0;
    begin_at(UINT32_MAX - 1000);
    for (uint32_t seed = 1; seed <= 3000; seed++) {
        struct cap_sqe sqe;
        page_randomise(seed);
        enum cap_err err = ring_observe(&ring);
        EXPECT(err == CAP_OK || err == CAP_ERR_BAD_RING);
        EXPECT(ring_invariants_hold());
        bad_rings += err != CAP_OK;
        for (uint32_t i = 0; err == CAP_OK && ring_take(&ring, &sqe); i++) {
            EXPECT(i < CAP_SQ_ENTRIES);
            taken++;
            err = sqe_check(&sqe);
            EXPECT(err == CAP_OK || err == CAP_ERR_BAD_SQE || err == CAP_ERR_BAD_OPCODE);
            good += err == CAP_OK;
            err = CAP_OK;
            EXPECT(ring_invariants_hold());
        }
        while (ring.cq_reserved > 0 && rand() % 8 != 0) {
            post(seed);
            posted++;
            EXPECT(ring_invariants_hold());
        }
        EXPECT_EQ(taken - posted, ring.cq_reserved);
        EXPECT_EQ(ring.sq_head, UINT32_MAX - 1000 + taken);
        EXPECT_EQ(ring.cq_tail, UINT32_MAX - 1000 + posted);
    }
    EXPECT(taken > 1000 && bad_rings > 1000 && good > 500); /* the pages were neither all bad nor all good */
}

/* A naive model: three queues of tokens. */
struct model {
    uint64_t pending[64], reserved[64], unread[64];
    uint32_t pending_count, reserved_count, unread_count;
};

static uint64_t queue_remove(uint64_t *queue, uint32_t *count, uint32_t at)
{
    uint64_t token = queue[at];
    memmove(&queue[at], &queue[at + 1], (--*count - at) * sizeof *queue);
    return token;
}

static void model_step(struct model *model, uint64_t token)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_NOP, .user_data = token};
    struct cap_cqe cqe;
    uint32_t at;

    switch ((rand() >> 8) % 4) {
    case 0:
        EXPECT_EQ(ring_client_submit(&client, &sqe),
                  model->pending_count < CAP_SQ_ENTRIES ? CAP_OK : CAP_ERR_AGAIN);
        if (model->pending_count < CAP_SQ_ENTRIES)
            model->pending[model->pending_count++] = token;
        break;
    case 1:
        EXPECT_EQ(ring_observe(&ring), CAP_OK);
        bool can_take = model->pending_count && model->reserved_count + model->unread_count < CAP_CQ_ENTRIES;
        EXPECT_EQ(ring_take(&ring, &sqe), can_take);
        if (can_take) {
            uint64_t first = queue_remove(model->pending, &model->pending_count, 0);
            EXPECT_EQ(sqe.user_data, first);
            model->reserved[model->reserved_count++] = first;
        }
        break;
    case 2: /* completions in any order */
        if (model->reserved_count == 0)
            break;
        at = (uint32_t)rand() % model->reserved_count;
        token = queue_remove(model->reserved, &model->reserved_count, at);
        post(token);
        model->unread[model->unread_count++] = token;
        break;
    case 3:
        EXPECT_EQ(ring_client_take(&client, &cqe), model->unread_count > 0);
        if (model->unread_count > 0)
            EXPECT_EQ(cqe.user_data, queue_remove(model->unread, &model->unread_count, 0));
        break;
    }
}

TEST(any_sequence_of_steps_agrees_with_three_plain_queues)
{
    for (uint32_t seed = 1; seed <= 40; seed++) {
        struct model model = {0};
        srand(seed);
        begin_at(UINT32_MAX - 500);
        for (uint64_t token = 1; token <= 5000; token++)
            model_step(&model, token);
    }
}

TEST_MAIN()
