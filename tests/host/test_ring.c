/* The ring: every index that a program can write, every fill of the queues, the wrap of the indices.
 * Numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_ring_model.c
 */
#include "lib/sqe.h"
#include "tests/host/check.h"
#include "tests/host/ring_fixture.h"
#include "tests/host/test.h"

TEST(a_new_ring_has_its_header_and_is_empty)
{
    static const struct cap_ring zero;
    memset(&ring, 0xee, sizeof ring);
    memset(&page, 0, sizeof page);
    ring_init(&ring, &page);
    EXPECT_EQ(page.header.magic, CAP_RING_MAGIC);
    EXPECT_EQ(page.header.version, CAP_RING_VERSION);
    EXPECT_EQ(page.header.sq_entries, CAP_SQ_ENTRIES);
    EXPECT_EQ(page.header.cq_entries, CAP_CQ_ENTRIES);
    EXPECT_BYTES((const uint8_t *)&page + 16, (const uint8_t *)&zero + 16, sizeof page - 16);
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    EXPECT_EQ(ring_sqe_pending(&ring), 0);
    EXPECT_EQ(ring_cqe_unread(&ring), 0);
    EXPECT_EQ(ring_cqe_reachable(&ring), 0);
}

TEST(every_byte_of_an_sqe_arrives)
{
    struct cap_sqe sqe, copy;
    begin();
    for (uint32_t i = 0; i < 3 * CAP_SQ_ENTRIES; i++) {
        struct cap_cqe cqe;
        for (size_t k = 0; k < sizeof sqe; k++)
            ((uint8_t *)&sqe)[k] = (uint8_t)(rand() >> 7);
        EXPECT_EQ(ring_client_submit(&client, &sqe), CAP_OK);
        EXPECT_EQ(ring_observe(&ring), CAP_OK);
        EXPECT(ring_take(&ring, &copy));
        EXPECT_BYTES(&copy, &sqe, sizeof sqe);
        post(0);
        EXPECT(ring_client_take(&client, &cqe));
    }
}

TEST(every_field_of_a_cqe_arrives_and_reserved_ones_are_posted_as_zero)
{
    static const uint16_t zero[6];
    struct cap_cqe cqe, copy;
    begin();
    for (uint32_t i = 0; i < 3 * CAP_CQ_ENTRIES; i++) {
        memset(&cqe, 0xab, sizeof cqe);
        cqe.user_data += i;
        cqe.status = -(int32_t)i;
        submit(0);
        take_and_keep();
        ring_post(&ring, &cqe);
        EXPECT(ring_client_take(&client, &copy));
        EXPECT_BYTES(&copy, &cqe, offsetof(struct cap_cqe, reserved));
        EXPECT_BYTES(copy.reserved, zero, sizeof zero);
    }
}

TEST(a_batch_completes_in_order) /* 30 */
{
    begin();
    for (uint64_t i = 0; i < CAP_SQ_ENTRIES; i++)
        submit(i);
    EXPECT_EQ(drain(), CAP_SQ_ENTRIES);
    for (uint64_t i = 0; i < CAP_SQ_ENTRIES; i++)
        expect_cqe(i);
}

TEST(one_token_on_several_sqes_is_delivered_for_each) /* 18, 111 */
{
    static const uint64_t tokens[] = {0, UINT64_MAX, 7, 7, UINT64_MAX, 0};
    begin();
    for (size_t i = 0; i < 6; i++)
        submit(tokens[i]);
    EXPECT_EQ(drain(), 6);
    for (size_t i = 0; i < 6; i++)
        expect_cqe(tokens[i]);
    struct cap_cqe none;
    EXPECT(!ring_client_take(&client, &none));
}

TEST(the_client_does_not_overrun_a_full_sq)
{
    begin();
    for (uint64_t i = 0; i < CAP_SQ_ENTRIES; i++)
        submit(i);
    struct cap_ring before = page;
    struct ring_client client_before = client;
    struct cap_sqe sqe = {.opcode = CAP_OP_NOP, .user_data = 99};
    EXPECT_EQ(ring_client_submit(&client, &sqe), CAP_ERR_AGAIN);
    EXPECT_BYTES(&page, &before, sizeof page);
    EXPECT_BYTES(&client, &client_before, sizeof client);
    EXPECT_EQ(drain(), CAP_SQ_ENTRIES);
    EXPECT_EQ(ring_client_submit(&client, &sqe), CAP_OK);
}

TEST(peeking_leaves_the_cqe)
{
    struct cap_cqe cqe;
    begin();
    EXPECT(!ring_client_peek(&client, &cqe));
    submit(5);
    drain();
    EXPECT(ring_client_peek(&client, &cqe));
    EXPECT_EQ(cqe.user_data, 5);
    EXPECT_EQ(page.header.cq_head, 0);
    expect_cqe(5);
    EXPECT_EQ(page.header.cq_head, 1);
    EXPECT(!ring_client_peek(&client, &cqe));
}

TEST(a_second_client_goes_on_where_the_first_stopped)
{
    begin();
    submit(1);
    submit(2);
    EXPECT_EQ(drain(), 2);
    expect_cqe(1);
    ring_client_init(&client, &page);
    expect_cqe(2);
    submit(3);
    EXPECT_EQ(drain(), 1);
    expect_cqe(3);
}

/* Distances that a hostile index may have from the right one, both ways. */
static uint32_t distance_at(uint32_t i)
{
    if (i < 200)
        return i - 100;
    if (i < 232)
        return 1u << (i - 200);
    if (i < 264)
        return -(1u << (i - 232));
    return (uint32_t)rand() * 2654435761u;
}
#define DISTANCES 400

/* Starts where indices are about to wrap, have wrapped, and turn signed. */
static const uint32_t starts[] = {0,         1, 15, 0x7ffffff0, 0x80000000, UINT32_MAX - 40, UINT32_MAX - 3,
                                  UINT32_MAX};
#define STARTS (sizeof starts / sizeof *starts)

TEST(sq_tail_is_accepted_exactly_if_the_sq_can_hold_what_it_says) /* 1, 2 */
{
    for (size_t s = 0; s < STARTS; s++) {
        for (uint32_t pending = 0; pending <= CAP_SQ_ENTRIES; pending++) {
            for (uint32_t i = 0; i < DISTANCES; i++) {
                begin_at(starts[s]);
                fill(0, 0, pending);
                uint32_t distance = distance_at(i);
                page.header.sq_tail = ring.sq_head + distance;
                struct ring before = ring;
                struct cap_ring page_before = page;
                bool is_possible = distance <= CAP_SQ_ENTRIES;
                EXPECT_EQ(ring_observe(&ring), is_possible ? CAP_OK : CAP_ERR_BAD_RING);
                EXPECT_BYTES(&page, &page_before, sizeof page);
                if (is_possible)
                    EXPECT_EQ(ring_sqe_pending(&ring), distance);
                else
                    EXPECT_BYTES(&ring, &before, sizeof ring);
            }
        }
    }
}

TEST(a_tail_that_jumps_ahead_or_falls_behind_consumes_nothing_and_is_recovered_from) /* 1, 2 */
{
    static const uint32_t jumps[] = {CAP_SQ_ENTRIES - 3 + 1, 1000, 0x80000000, -4u, -100u};
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        begin();
        fill(2, 0, 3);
        page.header.sq_tail += jumps[i];
        EXPECT_EQ(ring_observe(&ring), CAP_ERR_BAD_RING);
        EXPECT_EQ(ring_observe(&ring), CAP_ERR_BAD_RING);
        page.header.sq_tail -= jumps[i];
        EXPECT_EQ(drain(), 3);
        expect_cqe(0);
        expect_cqe(1);
        for (uint64_t k = 0; k < 3; k++)
            expect_cqe(2000 + k);
    }
}

TEST(an_sqe_that_was_not_taken_may_be_withdrawn)
{
    begin();
    fill(0, 0, 3);
    page.header.sq_tail = client.sq_tail -= 2;
    submit(7);
    EXPECT_EQ(drain(), 2);
    expect_cqe(2000);
    expect_cqe(7);
}

TEST(cq_head_is_accepted_exactly_if_the_cq_can_hold_what_it_says) /* 5 */
{
    for (size_t s = 0; s < STARTS; s++) {
        for (uint32_t unread = 0; unread <= CAP_CQ_ENTRIES; unread += 4) {
            for (uint32_t reserved = 0; unread + reserved <= CAP_CQ_ENTRIES; reserved += 4) {
                begin_at(starts[s]);
                fill(unread, reserved, 0);
                for (uint32_t i = 0; i < DISTANCES; i++) {
                    uint32_t claimed = distance_at(i);
                    page.header.cq_head = ring.cq_tail - claimed;
                    struct ring before = ring;
                    bool is_possible = claimed <= CAP_CQ_ENTRIES && claimed + reserved <= CAP_CQ_ENTRIES;
                    EXPECT_EQ(ring_observe(&ring), is_possible ? CAP_OK : CAP_ERR_BAD_RING);
                    if (is_possible)
                        EXPECT_EQ(ring_cqe_unread(&ring), claimed);
                    else
                        EXPECT_BYTES(&ring, &before, sizeof ring);
                }
            }
        }
    }
}

TEST(a_corrupt_cq_head_overwrites_no_cqe_even_if_more_are_posted_meanwhile) /* 5 */
{
    begin();
    fill(20, 12, 4);
    page.header.cq_head = 21;
    EXPECT_EQ(ring_observe(&ring), CAP_ERR_BAD_RING);
    for (uint64_t i = 0; i < 12; i++)
        post(1000 + i);
    page.header.cq_head = 33;
    EXPECT_EQ(ring_observe(&ring), CAP_ERR_BAD_RING);
    page.header.cq_head = client.cq_head;
    EXPECT_EQ(drain(), 0);
    for (uint64_t i = 0; i < 20; i++)
        expect_cqe(i);
    for (uint64_t i = 0; i < 12; i++)
        expect_cqe(1000 + i);
    EXPECT_EQ(drain(), 4);
}

TEST(a_program_that_lost_its_indices_starts_anew_from_the_kernels)
{
    begin();
    fill(9, 5, 7);
    page.header.sq_tail = 0xdeadbeef;
    page.header.cq_head = 0xdeadbeef;
    EXPECT_EQ(ring_observe(&ring), CAP_ERR_BAD_RING);
    page.header.sq_tail = page.header.sq_head;
    page.header.cq_head = page.header.cq_tail;
    ring_client_init(&client, &page);
    EXPECT_EQ(drain(), 0);
    submit(1);
    EXPECT_EQ(drain(), 1);
    expect_cqe(1);
    post(2); /* one of the 5 that were under way */
    expect_cqe(2);
}

TEST(indices_wrap_at_2_to_the_32) /* 3, 12 */
{
    begin_at(UINT32_MAX - 100);
    for (uint64_t i = 0; i < 1000; i += 5) {
        for (uint64_t k = 0; k < 5; k++)
            submit(i + k);
        EXPECT_EQ(drain(), 5);
        for (uint64_t k = 0; k < 5; k++)
            expect_cqe(i + k);
    }
    EXPECT_EQ(page.header.sq_head, 1000u - 101u);
    EXPECT_EQ(page.header.cq_tail, 1000u - 101u);
}

TEST(full_queues_work_across_the_wrap) /* 3 */
{
    for (uint32_t start = UINT32_MAX - 40; start != 3; start++) {
        begin_at(start);
        fill(CAP_CQ_ENTRIES - 3, 3, CAP_SQ_ENTRIES);
        EXPECT_EQ(drain(), 0);
        for (uint64_t i = 0; i < CAP_CQ_ENTRIES - 3; i++)
            expect_cqe(i);
        EXPECT_EQ(drain(), CAP_SQ_ENTRIES);
    }
}

TEST(the_kernels_indices_in_the_page_are_never_read) /* 4 */
{
    begin();
    for (uint64_t i = 0; i < 100; i++) {
        submit(i);
        page.header.sq_head = (uint32_t)rand();
        page.header.cq_tail = (uint32_t)rand();
        EXPECT_EQ(drain(), 1);
        EXPECT_EQ(page.header.sq_head, i + 1); /* and are put right again */
        EXPECT_EQ(page.header.cq_tail, i + 1);
        expect_cqe(i);
    }
}

TEST(sizes_and_reserved_words_of_the_page_are_never_read) /* 7, 8 */
{
    begin();
    for (uint64_t i = 0; i < 50; i++) {
        submit(i);
        uint32_t sq_tail = page.header.sq_tail, cq_head = page.header.cq_head;
        memset(&page.header, (int)i * 5 + 1, offsetof(struct cap_ring_header, sq_tail));
        memset(page.header.reserved1, 0xff, sizeof page.header.reserved1);
        memset(page.header.reserved2, 0xff, sizeof page.header.reserved2);
        memset(page.reserved0, 0xff, sizeof page.reserved0);
        memset(page.reserved1, 0xff, sizeof page.reserved1);
        EXPECT_EQ(page.header.sq_tail, sq_tail);
        EXPECT_EQ(page.header.cq_head, cq_head);
        EXPECT_EQ(drain(), 1);
        expect_cqe(i);
    }
}

TEST(a_client_that_broke_its_own_page_is_refused_not_overrun)
{
    begin();
    page.header.sq_head = 5; /* ahead of all that was ever published */
    struct cap_sqe sqe = {.opcode = CAP_OP_NOP};
    EXPECT_EQ(ring_client_submit(&client, &sqe), CAP_ERR_AGAIN);
}

TEST(a_cq_that_is_never_read_stops_the_sq_and_loses_nothing) /* 6, 110 */
{
    begin();
    uint64_t submitted = 0;
    for (uint32_t enter = 0; enter < 100; enter++) {
        struct cap_sqe sqe = {.opcode = CAP_OP_NOP, .user_data = submitted};
        while (ring_client_submit(&client, &sqe) == CAP_OK)
            sqe.user_data = ++submitted;
        uint32_t taken = drain();
        EXPECT_EQ(taken, enter < 2 ? CAP_SQ_ENTRIES : 0);
    }
    EXPECT_EQ(submitted, CAP_CQ_ENTRIES + CAP_SQ_ENTRIES);
    for (uint64_t i = 0; i < CAP_CQ_ENTRIES; i++)
        expect_cqe(i);
    EXPECT_EQ(drain(), CAP_SQ_ENTRIES);
    for (uint64_t i = CAP_CQ_ENTRIES; i < submitted; i++)
        expect_cqe(i);
}

TEST(as_many_sqes_are_taken_as_there_are_free_cq_places) /* 103 */
{
    for (uint32_t reserved = 0; reserved <= CAP_CQ_ENTRIES; reserved++) {
        for (uint32_t unread = 0; unread + reserved <= CAP_CQ_ENTRIES; unread++) {
            uint32_t free_places = CAP_CQ_ENTRIES - unread - reserved;
            begin_at(UINT32_MAX - 30);
            fill(unread, reserved, CAP_SQ_ENTRIES);
            uint32_t expected = free_places < CAP_SQ_ENTRIES ? free_places : CAP_SQ_ENTRIES;
            EXPECT_EQ(drain(), expected);
            EXPECT_EQ(ring_sqe_pending(&ring), CAP_SQ_ENTRIES - expected);
            for (uint32_t i = 0; i < reserved; i++)
                post(1000 + i);
            for (uint64_t i = 0; i < unread; i++)
                expect_cqe(i);
            for (uint64_t i = 0; i < expected; i++)
                expect_cqe(2000 + i);
            for (uint64_t i = 0; i < reserved; i++)
                expect_cqe(1000 + i);
            EXPECT_EQ(drain(), CAP_SQ_ENTRIES - expected);
        }
    }
}

TEST(a_wait_knows_how_many_completions_can_still_arrive) /* 104 */
{
    begin();
    fill(3, 2, 5);
    EXPECT_EQ(ring_cqe_reachable(&ring), 5);
    EXPECT_EQ(drain(), 5);
    EXPECT_EQ(ring_cqe_reachable(&ring), 10);
    post(0);
    EXPECT_EQ(ring_cqe_reachable(&ring), 10);
    expect_cqe(0);
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    EXPECT_EQ(ring_cqe_reachable(&ring), 9);
}

TEST(only_what_was_taken_can_be_posted)
{
    begin();
    EXPECT_CHECK(post(0));
    submit(1);
    EXPECT_CHECK(post(0));
    EXPECT_EQ(drain(), 1);
    EXPECT_CHECK(post(0));
    EXPECT_EQ(page.header.cq_tail, 1);
}

TEST(taking_stops_at_what_was_observed)
{
    struct cap_sqe sqe;
    begin();
    submit(1);
    EXPECT(!ring_take(&ring, &sqe));
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    submit(2);
    EXPECT(ring_take(&ring, &sqe));
    memset(&sqe, 0xee, sizeof sqe);
    struct cap_sqe before = sqe;
    EXPECT(!ring_take(&ring, &sqe));
    EXPECT_BYTES(&sqe, &before, sizeof sqe);
}

TEST(an_sqe_written_after_it_was_taken_has_no_effect) /* 21, 22 */
{
    struct cap_sqe copy;
    begin();
    submit(1);
    page.sqes[0].user_data = 2; /* published, not taken: the new one is taken, whole */
    EXPECT_EQ(ring_observe(&ring), CAP_OK);
    page.sqes[0].target = 3;
    EXPECT(ring_take(&ring, &copy));
    EXPECT_EQ(copy.user_data, 2);
    EXPECT_EQ(copy.target, 3);
    memset(&page.sqes[0], 0xff, sizeof page.sqes[0]);
    EXPECT_EQ(copy.user_data, 2);
    EXPECT_EQ(copy.target, 3);
    EXPECT_EQ(sqe_check(&(struct cap_sqe){.opcode = copy.opcode, .user_data = copy.user_data}), CAP_OK);
    EXPECT(!ring_take(&ring, &copy));
    post(2);
    EXPECT(!ring_take(&ring, &copy));
}

TEST_MAIN()
