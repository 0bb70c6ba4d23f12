/* What a capability table promises, case by case; numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_cap_table_limits.c
 */
#include "lib/cap_table.h"
#include "tests/host/cap_table_fixture.h"
#include "tests/host/test.h"

TEST(a_capability_is_found_under_its_id_until_it_is_removed) /* 48 */
{
    begin(8);
    cap_id_t id = insert(&objects[0]);
    EXPECT(!cap_id_is_null(id));
    expect_held(id, &objects[0]);
    EXPECT_EQ(cap_table_used_count(&table), 1);
    EXPECT_EQ(cap_table_free_count(&table), 7);
    EXPECT(remove_held(id) == &objects[0]);
    expect_refused(id, CAP_ERR_STALE);
    EXPECT_EQ(cap_table_used_count(&table), 0);
    EXPECT_EQ(cap_table_free_count(&table), 8);
}

TEST(ids_that_were_never_valid_name_no_capability) /* 46 */
{
    static const uint32_t beyond[] = {300, 301, 511, 512, 4095, 4096, 0x10000, 0x80000000, UINT32_MAX};
    begin(300);
    cap_id_t id = insert(&objects[0]);
    EXPECT_EQ(cap_id_slot_index(id), 0);
    expect_refused(CAP_ID_NULL, CAP_ERR_NO_CAP);
    expect_refused(cap_id_make(0, 0), CAP_ERR_NO_CAP);
    expect_refused(cap_id_make(1, 0), CAP_ERR_NO_CAP);
    expect_refused(cap_id_make(1, 1), CAP_ERR_NO_CAP);
    expect_refused(cap_id_make(299, 1), CAP_ERR_NO_CAP);
    expect_refused((cap_id_t){UINT64_MAX}, CAP_ERR_NO_CAP);
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        for (uint32_t generation = 0; generation < 3; generation++)
            expect_refused(cap_id_make(beyond[i], generation), CAP_ERR_NO_CAP);
    }
    expect_held(id, &objects[0]);
}

TEST(the_right_slot_with_another_generation_is_stale) /* 47 */
{
    begin(4);
    for (int i = 0; i < 5; i++)
        EXPECT(remove_held(insert(&objects[1])) == &objects[1]);
    cap_id_t id = insert(&objects[0]);
    uint32_t slot_index = cap_id_slot_index(id), generation = cap_id_generation(id);
    EXPECT_EQ(generation, 6);
    for (uint32_t other = 1; other < 12; other++) {
        if (other != generation)
            expect_refused(cap_id_make(slot_index, other), CAP_ERR_STALE);
    }
    expect_refused(cap_id_make(slot_index, UINT32_MAX), CAP_ERR_STALE);
    expect_refused(cap_id_make(slot_index, 0), CAP_ERR_NO_CAP);
    (void)remove_held(id);
    for (uint32_t other = 1; other < 12; other++)
        expect_refused(cap_id_make(slot_index, other), CAP_ERR_STALE);
}

TEST(an_old_id_never_finds_the_next_object_in_its_slot) /* 49 */
{
    begin(1);
    cap_id_t old = insert(&objects[0]);
    (void)remove_held(old);
    cap_id_t new = insert(&objects[1]);
    EXPECT_EQ(cap_id_slot_index(new), cap_id_slot_index(old));
    expect_refused(old, CAP_ERR_STALE);
    expect_held(new, &objects[1]);
}

TEST(a_second_release_is_stale) /* 29 */
{
    begin(4);
    cap_id_t id = insert(&objects[0]), other = insert(&objects[0]);
    EXPECT(remove_held(id) == &objects[0]);
    expect_refused(id, CAP_ERR_STALE);
    expect_held(other, &objects[0]); /* another capability to the same object */
}

TEST(a_removed_capability_is_the_callers_and_its_id_dead_at_once) /* 54 */
{
    begin(4);
    cap_id_t id = insert(&objects[0]);
    void *object = remove_held(id);
    expect_refused(id, CAP_ERR_STALE);
    EXPECT(object == &objects[0]);
    EXPECT(!table.blocks[0][cap_id_slot_index(id)].object);
}

TEST(ids_of_one_table_mean_nothing_in_another) /* 52 */
{
    begin(4);
    static struct cap_slot other_block[CAP_TABLE_BLOCK_SLOTS];
    struct cap_table other;
    void *object;
    cap_table_init(&other, 4);
    cap_table_add_block(&other, other_block);
    cap_id_t mine = insert(&objects[0]), same = CAP_ID_NULL;
    EXPECT_EQ(cap_table_lookup(&other, mine, &object), CAP_ERR_NO_CAP);
    EXPECT_EQ(cap_table_insert(&other, &objects[1], &same), CAP_OK);
    EXPECT_EQ(same.bits, mine.bits); /* may well have the same bits, and names its own object */
    EXPECT_EQ(cap_table_lookup(&other, mine, &object), CAP_OK);
    EXPECT(object == &objects[1]);
    expect_held(mine, &objects[0]);
}

TEST(a_slot_whose_generation_is_spent_is_retired) /* 50 */
{
    begin(2);
    cap_id_t first = insert(&objects[0]);
    (void)remove_held(first);
    fast_forward(0, UINT32_MAX - 1);
    cap_id_t last = insert(&objects[1]);
    EXPECT_EQ(cap_id_generation(last), UINT32_MAX);
    EXPECT_EQ(cap_id_slot_index(last), 0);
    EXPECT(remove_held(last) == &objects[1]);
    EXPECT_EQ(cap_table_free_count(&table), 1);
    expect_refused(last, CAP_ERR_STALE);
    expect_refused(first, CAP_ERR_STALE);
    expect_refused(cap_id_make(0, 0), CAP_ERR_NO_CAP);

    cap_id_t other = insert(&objects[0]);
    EXPECT_EQ(cap_id_slot_index(other), 1);
    EXPECT_EQ(cap_table_insert(&table, &objects[0], &other), CAP_ERR_NO_SLOT);
}

TEST(a_full_table_refuses_and_changes_nothing) /* 53 */
{
    static const uint32_t limits[] = {0, 1, 2, 255, 256, 257, 512, 4095, CAP_SLOTS_MAX};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        begin(limits[i]);
        EXPECT_EQ(cap_table_free_count(&table), limits[i]);
        for (uint32_t k = 0; k < limits[i]; k++)
            EXPECT_EQ(cap_id_slot_index(insert(&objects[k])), k);
        struct cap_table before = table;
        cap_id_t id = {77};
        EXPECT_EQ(cap_table_insert(&table, &objects[0], &id), CAP_ERR_NO_SLOT);
        EXPECT_EQ(id.bits, 77);
        EXPECT_BYTES(&table, &before, sizeof table);
        for (uint32_t k = 0; k < limits[i]; k++)
            expect_held(cap_id_make(k, 1), &objects[k]);
    }
}

TEST(while_reserved_an_id_is_busy_for_everything) /* 62, 63, 66 */
{
    begin(4);
    cap_id_t id = insert(&objects[0]);
    void *object = NULL;
    EXPECT_EQ(cap_table_reserve(&table, id, &object), CAP_OK);
    EXPECT(object == &objects[0]);
    expect_refused(id, CAP_ERR_BUSY);
    expect_refused(cap_id_make(0, 2), CAP_ERR_STALE);
    EXPECT_EQ(cap_table_used_count(&table), 1);
    cap_table_unreserve(&table, id);
    expect_held(id, &objects[0]);

    EXPECT_EQ(cap_table_reserve(&table, id, &object), CAP_OK);
    EXPECT(cap_table_remove_reserved(&table, id) == &objects[0]);
    expect_refused(id, CAP_ERR_STALE);
    EXPECT_EQ(cap_table_free_count(&table), 4);
}

TEST(iteration_sees_each_capability_once_and_allows_removing_it) /* 59 */
{
    begin(600);
    for (int i = 0; i < 600; i++)
        (void)insert(&objects[i]);
    void *object;
    for (uint32_t i = 0; i < 600; i += 3)
        (void)remove_held(cap_id_make(i, 1));
    EXPECT_EQ(cap_table_reserve(&table, cap_id_make(1, 1), &object), CAP_OK);

    uint32_t cursor = 0, seen = 0;
    cap_id_t id;
    while (cap_table_next(&table, &cursor, &id, &object)) {
        uint32_t expected = seen / 2 * 3 + 1 + seen % 2;
        EXPECT_EQ(cap_id_slot_index(id), expected);
        EXPECT(object == &objects[expected]);
        if (expected == 1)
            EXPECT(cap_table_remove_reserved(&table, id) == object);
        else
            EXPECT(remove_held(id) == object);
        seen++;
    }
    EXPECT_EQ(seen, 400);
    EXPECT_EQ(cap_table_used_count(&table), 0);
    EXPECT(!cap_table_next(&table, &cursor, &id, &object));
}

TEST_MAIN()
