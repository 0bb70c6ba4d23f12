/* Both ends of a ring whose page the program writes at will. The input is a program: where the indices
 * start, then steps of the kernel, of the client and of somebody who writes anywhere. A naive model holds the
 * five indices, and a second page that the kernel's steps must change in no other place.
 *
 * Next: tests/fuzz/fuzz_cap_table.c
 */
#include "lib/sqe.h"
#include "tests/fuzz/fuzz.h"
#include "tests/host/ring_fixture.h"

#define STEPS_MAX 2000

static struct cap_ring expected;
static struct {
    uint32_t sq_head, sq_tail, cq_tail, cq_head, reserved;
} model;

static void expect_model(void)
{
    EXPECT_BYTES(&page, &expected, sizeof page);
    EXPECT_EQ(ring_sqe_pending(&ring), model.sq_tail - model.sq_head);
    EXPECT_EQ(ring_cqe_unread(&ring), model.cq_tail - model.cq_head);
    EXPECT_EQ(ring_cqe_reachable(&ring), model.cq_tail - model.cq_head + model.reserved);
    EXPECT(ring_sqe_pending(&ring) <= CAP_SQ_ENTRIES && ring_cqe_reachable(&ring) <= CAP_CQ_ENTRIES);
}

/* ---- The program ------------------------------------------------------------------------------------ */

static void write_anywhere(uint32_t offset, uint32_t value)
{
    memcpy((uint8_t *)&page + offset / 4 * 4 % sizeof page, &value, sizeof value);
    memcpy((uint8_t *)&expected + offset / 4 * 4 % sizeof page, &value, sizeof value);
}

static void client_submit(struct fuzz_input *input)
{
    struct cap_sqe sqe = {.opcode = fuzz_u8(input), .flags = fuzz_u8(input), .user_data = fuzz_u16(input)};
    bool has_room = client.sq_tail - expected.header.sq_head < CAP_SQ_ENTRIES;

    if (has_room) {
        expected.sqes[client.sq_tail % CAP_SQ_ENTRIES] = sqe;
        expected.header.sq_tail = client.sq_tail + 1;
    }
    EXPECT_EQ(ring_client_submit(&client, &sqe), has_room ? CAP_OK : CAP_ERR_AGAIN);
}

static void client_take(void)
{
    struct cap_cqe cqe, first = expected.cqes[client.cq_head % CAP_CQ_ENTRIES];
    bool has_cqe = client.cq_head != expected.header.cq_tail;

    if (has_cqe)
        expected.header.cq_head = client.cq_head + 1;
    EXPECT_EQ(ring_client_take(&client, &cqe), has_cqe);
    EXPECT(!has_cqe || memcmp(&cqe, &first, sizeof cqe) == 0);
}

/* ---- The kernel ------------------------------------------------------------------------------------- */

static void kernel_observe(void)
{
    uint32_t sq_tail = expected.header.sq_tail, cq_head = expected.header.cq_head;
    uint64_t unread = (uint32_t)(model.cq_tail - cq_head);
    bool is_possible =
        (uint32_t)(sq_tail - model.sq_head) <= CAP_SQ_ENTRIES && unread + model.reserved <= CAP_CQ_ENTRIES;

    EXPECT_EQ(ring_observe(&ring), is_possible ? CAP_OK : CAP_ERR_BAD_RING);
    if (is_possible) {
        model.sq_tail = sq_tail;
        model.cq_head = cq_head;
    }
}

/* What sqe_check promises of any SQE. */
static void expect_judged(struct cap_sqe sqe)
{
    enum cap_err err = sqe_check(&sqe);
    EXPECT(err == CAP_OK || err == CAP_ERR_BAD_OPCODE || err == CAP_ERR_BAD_SQE || err == CAP_ERR_TOO_BIG);
    EXPECT_EQ(err == CAP_ERR_BAD_OPCODE, sqe.opcode == 0 || sqe.opcode >= CAP_OP_COUNT);
    if (err == CAP_OK) {
        EXPECT_EQ(sqe.flags & ~CAP_SQE_FLAGS_ALL, 0);
        EXPECT(sqe.message_bytes <= CAP_MESSAGE_BYTES_MAX && sqe.message_bytes % 8 == 0);
        EXPECT(sqe.send_count <= CAP_TRANSFER_MAX && sqe.receive_count <= CAP_TRANSFER_MAX);
    }
    sqe.user_data = ~sqe.user_data;
    EXPECT_EQ(sqe_check(&sqe), err);
}

static void kernel_take(void)
{
    struct cap_sqe sqe, first = expected.sqes[model.sq_head % CAP_SQ_ENTRIES];
    bool can_take =
        model.sq_tail != model.sq_head && model.cq_tail - model.cq_head + model.reserved < CAP_CQ_ENTRIES;

    if (can_take) {
        model.reserved++;
        expected.header.sq_head = ++model.sq_head;
    }
    EXPECT_EQ(ring_take(&ring, &sqe), can_take);
    if (can_take) {
        EXPECT_BYTES(&sqe, &first, sizeof sqe);
        expect_judged(sqe);
    }
}

static void kernel_post(struct fuzz_input *input)
{
    struct cap_cqe cqe = {.user_data = fuzz_u16(input), .status = (int8_t)fuzz_u8(input)};
    if (model.reserved == 0)
        return;
    /* The place is not one that is still unread. */
    EXPECT(model.cq_tail - model.cq_head < CAP_CQ_ENTRIES);
    expected.cqes[model.cq_tail % CAP_CQ_ENTRIES] = cqe;
    expected.header.cq_tail = ++model.cq_tail;
    model.reserved--;
    cqe.reserved[3] = 0xdead; /* is posted as zero */
    ring_post(&ring, &cqe);
}

static void step(struct fuzz_input *input)
{
    uint8_t operation = fuzz_u8(input);
    switch (operation % 8) {
    case 0:
        client_submit(input);
        break;
    case 1:
        kernel_observe();
        break;
    case 2:
        kernel_take();
        break;
    case 3:
        kernel_post(input);
        break;
    case 4:
        client_take();
        break;
    case 5:
        write_anywhere(fuzz_u16(input), fuzz_u32(input));
        break;
    case 6: /* indices that are just possible, or just not */
        write_anywhere(offsetof(struct cap_ring_header, sq_tail), model.sq_head + fuzz_u8(input) % 20);
        break;
    case 7:
        write_anywhere(offsetof(struct cap_ring_header, cq_head), model.cq_tail - fuzz_u8(input) % 40);
        break;
    }
}

FUZZ(bytes, byte_count)
{
    struct fuzz_input input = {bytes, byte_count};
    uint32_t start = fuzz_u32(&input);

    begin_at(start);
    expected = page;
    memset(&model, 0, sizeof model);
    model.sq_head = model.sq_tail = model.cq_tail = model.cq_head = start;
    for (uint32_t i = 0; i < STEPS_MAX && fuzz_has(&input); i++) {
        step(&input);
        expect_model();
    }
}
