/* The capability table at its limits: no block, the last slot, the last generation, teardown, misuse.
 * Numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_cap_table_model.c
 */
#include "lib/cap_table.h"
#include "tests/host/cap_table_fixture.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

TEST(a_table_without_a_block_knows_no_id)
{
    begin_without_block(8);
    for (uint32_t i = 0; i < 10; i++)
        expect_refused(cap_id_make(i, 1), CAP_ERR_NO_CAP);
    cap_id_t id = {77};
    EXPECT_EQ(cap_table_insert(&table, &objects[0], &id), CAP_ERR_NO_SLOT);
    EXPECT_EQ(id.bits, 77);
}

TEST(random_ids_are_refused) /* 46 */
{
    begin(40);
    for (int i = 0; i < 40; i++)
        (void)insert(&objects[i]);
    (void)remove_held(cap_id_make(7, 1));
    srand(1);
    for (int i = 0; i < 20000; i++) {
        uint64_t high = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 17;
        cap_id_t id = {high ^ (uint64_t)(rand() % 64)};
        void *object = &table;
        enum cap_err err = cap_table_lookup(&table, id, &object);
        bool is_real = cap_id_generation(id) == 1 && cap_id_slot_index(id) < 40 && cap_id_slot_index(id) != 7;
        EXPECT_EQ(err == CAP_OK, is_real);
        EXPECT(is_real || (object == &table && (err == CAP_ERR_NO_CAP || err == CAP_ERR_STALE)));
    }
}

TEST(a_reserved_slot_is_retired_too_when_its_last_use_is_moved_away) /* 50 */
{
    begin(1);
    fast_forward(0, UINT32_MAX - 1);
    cap_id_t id = insert(&objects[0]);
    void *object;
    EXPECT_EQ(cap_table_reserve(&table, id, &object), CAP_OK);
    EXPECT(cap_table_remove_reserved(&table, id) == &objects[0]);
    EXPECT_EQ(cap_table_free_count(&table), 0);
    expect_refused(id, CAP_ERR_STALE);
}

TEST(all_uses_of_a_slot_have_different_ids_up_to_the_last) /* 51 */
{
    begin(1);
    uint64_t latest = 0;
    for (uint32_t uses = 0; uses < 5000; uses++) {
        if (uses == 2500)
            fast_forward(0, UINT32_MAX - 2500);
        cap_id_t id = insert(&objects[0]);
        EXPECT(id.bits > latest);
        latest = id.bits;
        (void)remove_held(id);
    }
    cap_id_t id = {77};
    EXPECT_EQ(latest >> 32, UINT32_MAX);
    EXPECT_EQ(cap_table_insert(&table, &objects[0], &id), CAP_ERR_NO_SLOT);
    EXPECT_EQ(id.bits, 77);
}

TEST(a_table_grows_by_blocks_up_to_its_limit)
{
    begin_without_block(600);
    static const uint32_t expected[] = {256, 512, 600};
    for (int i = 0; i < 3; i++) {
        EXPECT(cap_table_can_grow(&table));
        grow();
        EXPECT_EQ(cap_table_free_count(&table), expected[i]);
    }
    EXPECT(!cap_table_can_grow(&table));
    EXPECT_CHECK(grow());
    EXPECT_CHECK(cap_table_init(&table, CAP_SLOTS_MAX + 1));
}

TEST(growing_keeps_every_id)
{
    begin_without_block(600);
    grow();
    for (int i = 0; i < 256; i++)
        (void)insert(&objects[i]);
    (void)remove_held(cap_id_make(9, 1));
    grow();
    for (uint32_t i = 0; i < 256; i++) {
        if (i != 9)
            expect_held(cap_id_make(i, 1), &objects[i]);
    }
    expect_refused(cap_id_make(9, 1), CAP_ERR_STALE);
    EXPECT_EQ(cap_table_free_count(&table), 257);
}

TEST(ending_a_reservation_that_is_not_there_is_caught)
{
    begin(4);
    cap_id_t id = insert(&objects[0]);
    EXPECT_CHECK(cap_table_unreserve(&table, id));
    EXPECT_CHECK((void)!cap_table_remove_reserved(&table, id));
    EXPECT_CHECK(cap_table_unreserve(&table, cap_id_make(1, 0)));
    EXPECT_CHECK(cap_table_unreserve(&table, cap_id_make(99, 1)));
    void *object;
    EXPECT_EQ(cap_table_reserve(&table, id, &object), CAP_OK);
    EXPECT_CHECK(cap_table_unreserve(&table, cap_id_make(0, 2)));
    expect_refused(id, CAP_ERR_BUSY);
    EXPECT_CHECK((void)!cap_table_insert(&table, NULL, &id));
}

TEST(a_torn_down_table_gives_every_block_back_and_stays_dead)
{
    begin(600);
    cap_id_t id = insert(&objects[0]);
    EXPECT_CHECK((void)!cap_table_take_block(&table));
    (void)remove_held(id);
    for (int i = 2; i >= 0; i--) {
        EXPECT(cap_table_take_block(&table) == blocks[i]);
        EXPECT(!cap_table_can_grow(&table));
        EXPECT_EQ(cap_table_free_count(&table), 0);
        EXPECT_EQ(cap_table_insert(&table, &objects[0], &id), CAP_ERR_NO_SLOT);
        void *object;
        uint32_t cursor = 0;
        EXPECT_EQ(cap_table_lookup(&table, id, &object), CAP_ERR_NO_CAP);
        EXPECT(!cap_table_next(&table, &cursor, &id, &object));
    }
    EXPECT(!cap_table_take_block(&table));
}

TEST_MAIN()
