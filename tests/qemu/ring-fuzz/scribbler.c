/* Fills its whole ring page with random bytes before every enter, and knows what the kernel must do.
 *
 * A copy of the page is brought up to date by a model of the ring's rules; after the enter the page must
 * equal it, byte for byte. So nothing is consumed twice or skipped, nothing is written where it should not
 * be, and no byte of the kernel's shows up. A page is random, but many SQEs and indices are nearly right, or
 * nothing would get past the first check. The process holds no capability, so each SQE ends at once, in the
 * timer tick as well.
 *
 * Exit code: 0, or what went wrong: 1 the result of the enter, 2 the page, 3 too little was accepted.
 *
 * Next: docs/spec/ring.md
 */
#include "abi/memory_map.h"
#include "abi/syscall.h"
#include "lib/mem.h"
#include "lib/sqe.h"
#include "tests/qemu/random.h"
#include "user/rt/enter.h"
#include "user/rt/rt.h"

#define ENTERS       100000
#define ACCEPTED_MIN (ENTERS / 4)

/* What the kernel knows about the ring. No SQE stays without its CQE here, so none is reserved. */
struct model {
    uint32_t sq_head;
    uint32_t cq_tail;
    uint32_t cq_head; /* as last accepted */
    uint32_t accepted_count;
};

static struct cap_ring expected;

static void scribble(struct random *random, uint64_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        words[i] = random_next(random);
}

/* Every second SQE is a valid opcode in a record of zeros, with one more field at times. */
static void scribble_sqes(struct random *random, struct cap_sqe *sqes)
{
    for (uint32_t i = 0; i < CAP_SQ_ENTRIES; i++) {
        uint64_t choice = random_next(random);
        if (choice & 1)
            continue;
        struct cap_sqe sqe = {.opcode = (uint8_t)(choice >> 8) % (CAP_OP_COUNT + 1), .user_data = choice};
        if (choice & 2)
            ((uint8_t *)&sqe)[(choice >> 16) % sizeof sqe] = (uint8_t)(choice >> 24);
        sqes[i] = sqe;
    }
}

/* One index in eight stays random; the others are at most a little out of range. */
static void scribble_indices(struct random *random, struct cap_ring_header *header, const struct model *model)
{
    uint64_t choice = random_next(random);
    if (choice & 7)
        header->sq_tail = model->sq_head + (uint32_t)(choice >> 8) % (CAP_SQ_ENTRIES + 3);
    if (choice >> 3 & 7)
        header->cq_head = model->cq_tail - (uint32_t)(choice >> 32) % (CAP_CQ_ENTRIES + 3);
}

/* A process without a capability has no use for an operation but NOP. */
static enum cap_err status_of(const struct cap_sqe *sqe)
{
    enum cap_err err = sqe_check(sqe);
    if (err || sqe->opcode == CAP_OP_NOP)
        return err;
    return sqe->opcode == CAP_OP_CANCEL ? CAP_ERR_STALE : CAP_ERR_NO_CAP;
}

/* What cap_enter with these arguments does to `expected`, and what it returns. */
static int64_t model_enter(struct model *model, uint64_t min_complete)
{
    struct cap_ring_header *header = &expected.header;
    if (min_complete > CAP_CQ_ENTRIES)
        return CAP_ERR_INVALID;
    uint32_t pending = header->sq_tail - model->sq_head;
    if (pending > CAP_SQ_ENTRIES || model->cq_tail - header->cq_head > CAP_CQ_ENTRIES)
        return CAP_ERR_BAD_RING;
    model->cq_head = header->cq_head;
    model->accepted_count++;
    while (pending > 0 && model->cq_tail - model->cq_head < CAP_CQ_ENTRIES) {
        const struct cap_sqe *sqe = &expected.sqes[model->sq_head % CAP_SQ_ENTRIES];
        expected.cqes[model->cq_tail % CAP_CQ_ENTRIES] =
            (struct cap_cqe){.user_data = sqe->user_data, .status = status_of(sqe)};
        header->sq_head = ++model->sq_head;
        header->cq_tail = ++model->cq_tail;
        pending--;
    }
    return model->cq_tail - model->cq_head;
}

/* Waits for ever only for what is there, and sleeps seldom. */
static uint64_t timeout_of(uint64_t choice)
{
    if (choice % 4096 == 0)
        return 1;
    return choice & 1 ? CAP_TIMEOUT_NEVER : 0;
}

/* Puts the page in place. The tail comes last, and is an impossible one until then: the timer tick looks at
 * the ring too, and must not find half a page. */
static void publish(struct cap_ring *ring, const struct cap_ring *page, uint32_t sq_head)
{
    const uint32_t tail_at = offsetof(struct cap_ring_header, sq_tail);
    const uint32_t rest_at = tail_at + sizeof ring->header.sq_tail;
    __atomic_store_n(&ring->header.sq_tail, sq_head + CAP_SQ_ENTRIES + 1, __ATOMIC_SEQ_CST);
    memcpy(ring, page, tail_at);
    memcpy((uint8_t *)ring + rest_at, (const uint8_t *)page + rest_at, sizeof *page - rest_at);
    __atomic_store_n(&ring->header.sq_tail, page->header.sq_tail, __ATOMIC_SEQ_CST);
}

int main(struct rt *rt)
{
    struct cap_ring *ring = (struct cap_ring *)CAP_RING_ADDRESS;
    struct random random = {.state = 0x243f6a8885a308d3};
    struct model model = {0};
    (void)rt;
    for (uint32_t i = 0; i < ENTERS; i++) {
        scribble(&random, (uint64_t *)&expected, sizeof expected / sizeof(uint64_t));
        scribble_sqes(&random, expected.sqes);
        scribble_indices(&random, &expected.header, &model);
        uint64_t choice = random_next(&random);
        uint64_t min_complete =
            choice >> 32 & 7 ? (choice >> 40) % (CAP_CQ_ENTRIES + 1) : choice | (CAP_CQ_ENTRIES + 1);
        if (min_complete > CAP_CQ_ENTRIES)
            expected.header.sq_tail = model.sq_head - 1;
        publish(ring, &expected, model.sq_head);
        int64_t wanted = model_enter(&model, min_complete);
        if (rt_enter(min_complete, timeout_of(choice)) != wanted)
            return 1;
        if (memcmp(ring, &expected, sizeof expected) != 0)
            return 2;
    }
    return model.accepted_count < ACCEPTED_MIN ? 3 : 0;
}
