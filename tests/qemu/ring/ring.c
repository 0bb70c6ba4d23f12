/* The ring as a hostile program uses it. Next: tests/qemu/caps/caps.c */
#include "tests/qemu/raw.h"

static volatile struct cap_ring_header *header(struct raw *raw)
{
    return &raw->rt->ring.shared->header;
}

static struct cap_sqe nop(uint64_t user_data)
{
    return (struct cap_sqe){.opcode = CAP_OP_NOP, .user_data = user_data};
}

static void test_indices(struct raw *raw)
{
    struct cap_sqe sqe = nop(1);
    uint32_t tail = raw->rt->ring.sq_tail;
    header(raw)->sq_tail = tail + CAP_SQ_ENTRIES + 1;
    raw_expect_err(raw, rt_enter(0, 0), CAP_ERR_BAD_RING, "case 1: a tail too far ahead");
    header(raw)->sq_tail = tail - 1;
    raw_expect_err(raw, rt_enter(0, 0), CAP_ERR_BAD_RING, "case 2: a tail that moves back");
    header(raw)->sq_tail = tail;
    raw_expect_err(raw, rt_enter(0, 0), 0, "nothing was consumed, and the next correct tail works");

    header(raw)->cq_head = raw->rt->ring.cq_head + 1;
    raw_expect_err(raw, rt_enter(0, 0), CAP_ERR_BAD_RING, "case 5: a CQ head beyond the tail");
    header(raw)->cq_head = raw->rt->ring.cq_head;
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_OK, "the ring works again");

    raw_submit(raw, &sqe);
    header(raw)->sq_head = 77;
    header(raw)->sq_entries = 1;
    header(raw)->cq_entries = 0;
    header(raw)->magic = 0;
    rt_enter(1, CAP_TIMEOUT_NEVER);
    raw_expect(raw, raw_take(raw).user_data == 1, "cases 4 and 7: words of the kernel's are only output");
    sqe = nop(2);
    raw_submit(raw, &sqe);
    header(raw)->cq_tail = 77;
    rt_enter(1, CAP_TIMEOUT_NEVER);
    raw_expect(raw, raw_take(raw).user_data == 2, "case 8: the shared CQ tail is only output");
}

static void test_fields(struct raw *raw)
{
    uint32_t wrong_count = 0;
    for (uint32_t opcode = 0; opcode < 256; opcode++) {
        if (opcode >= CAP_OP_NOP && opcode < CAP_OP_COUNT)
            continue;
        struct cap_sqe sqe = {.opcode = (uint8_t)opcode, .user_data = opcode};
        struct cap_cqe cqe = raw_run(raw, &sqe);
        wrong_count += cqe.status != CAP_ERR_BAD_OPCODE || cqe.user_data != opcode;
    }
    raw_expect_err(raw, wrong_count, 0, "case 15: every unknown opcode");

    wrong_count = 0;
    for (uint32_t bit = 8; bit < 8 * sizeof(struct cap_sqe); bit++) {
        if (bit / 64 == offsetof(struct cap_sqe, user_data) / 8)
            continue;
        struct cap_sqe sqe = nop(bit);
        ((uint8_t *)&sqe)[bit / 8] |= (uint8_t)(1u << bit % 8);
        wrong_count += raw_status(raw, &sqe) != CAP_ERR_BAD_SQE;
    }
    raw_expect_err(raw, wrong_count, 0, "cases 16 and 17: every reserved bit of a NOP");

    static const uint64_t tokens[] = {0, UINT64_MAX, 42, 42};
    for (uint32_t i = 0; i < 4; i++) {
        struct cap_sqe sqe = nop(tokens[i]);
        raw_expect(raw, raw_run(raw, &sqe).user_data == tokens[i], "case 18: user_data comes back untouched");
    }
}

static void test_batch(struct raw *raw)
{
    for (uint32_t i = 0; i < CAP_SQ_ENTRIES; i++) {
        struct cap_sqe sqe = {.opcode = i % 3 ? CAP_OP_NOP : 200, .user_data = i};
        raw_submit(raw, &sqe);
    }
    raw_expect_err(raw, rt_enter(0, 0), CAP_SQ_ENTRIES, "a batch completes in one enter");
    for (uint32_t i = 0; i < CAP_SQ_ENTRIES; i++) {
        struct cap_cqe cqe = raw_take(raw);
        raw_expect(raw, cqe.user_data == i && cqe.status == (i % 3 ? CAP_OK : CAP_ERR_BAD_OPCODE),
                   "case 30: good ones and bad ones complete, in order");
    }
}

static void test_back_pressure(struct raw *raw)
{
    uint64_t token = 0;
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < CAP_SQ_ENTRIES; i++) {
            struct cap_sqe sqe = nop(token++);
            raw_submit(raw, &sqe);
        }
        uint32_t wanted = round < 2 ? (round + 1) * CAP_SQ_ENTRIES : CAP_CQ_ENTRIES;
        raw_expect_err(raw, rt_enter(0, 0), wanted,
                       "cases 6 and 103: a full CQ stops the drain, nothing else");
    }
    raw_expect_err(raw, rt_enter(CAP_CQ_ENTRIES, CAP_TIMEOUT_NEVER), CAP_CQ_ENTRIES,
                   "case 110: entering goes on");
    for (uint64_t i = 0; i < CAP_CQ_ENTRIES; i++)
        raw_expect(raw, raw_take(raw).user_data == i, "none is lost, none overwritten");
    raw_expect_err(raw, rt_enter(CAP_SQ_ENTRIES, CAP_TIMEOUT_NEVER), CAP_SQ_ENTRIES,
                   "then the rest is drained");
    for (uint64_t i = CAP_CQ_ENTRIES; i < token; i++)
        raw_expect(raw, raw_take(raw).user_data == i, "in order");
}

static void test_waiting(struct raw *raw)
{
    raw_expect_err(raw, rt_enter(CAP_CQ_ENTRIES + 1, 0), CAP_ERR_INVALID, "case 104: more than the CQ holds");
    raw_expect_err(raw, rt_enter(UINT32_MAX, CAP_TIMEOUT_NEVER), CAP_ERR_INVALID, "case 104: 2^32 - 1");
    raw_expect_err(raw, rt_enter(1, CAP_TIMEOUT_NEVER), 0,
                   "case 104: nothing can arrive, so nothing is waited for");
    raw_expect_err(raw, rt_enter(1, 0), 0, "case 105: a poll");
    raw_expect_err(raw, rt_enter(1, 1), 0, "case 105: one nanosecond");
    raw_expect_err(raw, rt_enter(1, 5000000), 0, "case 105: five milliseconds");
}

/* Spins until a completion is there, without entering the kernel; false if none comes for long. */
static bool spin_for_completion(struct raw *raw, uint64_t rounds)
{
    struct cap_cqe cqe;
    for (uint64_t i = 0; i < rounds; i++) {
        if (ring_client_peek(&raw->rt->ring, &cqe))
            return true;
        __asm__ volatile("" : : : "memory");
    }
    return false;
}

static void test_timer_tick(struct raw *raw)
{
    struct cap_sqe sqe = nop(5);
    raw_submit(raw, &sqe);
    raw_expect(raw, spin_for_completion(raw, UINT64_MAX), "the timer tick completes a NOP");
    raw_expect(raw, raw_take(raw).user_data == 5, "the right one");

    struct cap_sqe call = {.opcode = CAP_OP_CALL,
                           .user_data = 6,
                           .target = raw->console.handle.cap.bits,
                           .interface_id = os_Console_ID};
    raw_submit(raw, &call);
    sqe = nop(7);
    raw_submit(raw, &sqe);
    raw_expect(raw, !spin_for_completion(raw, 20000000), "but no ordinary CALL, nor what comes after one");
    raw_expect_err(raw, rt_enter(2, CAP_TIMEOUT_NEVER), 2, "which the next enter completes");
    raw_expect(raw, raw_take(raw).user_data == 6 && raw_take(raw).user_data == 7, "in order");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    test_indices(&raw);
    test_fields(&raw);
    test_batch(&raw);
    test_back_pressure(&raw);
    test_waiting(&raw);
    test_timer_tick(&raw);
    return raw_end(&raw);
}
