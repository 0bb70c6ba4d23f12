/* The capability table against a naive model: an array of every id that was ever given out.
 * Numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_transfer.c
 */
#include "lib/cap_table.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

#include <stdlib.h>

static _Alignas(CAP_PAGE_BYTES) struct cap_slot blocks[CAP_TABLE_BLOCK_MAX + 1][CAP_TABLE_BLOCK_SLOTS];
static struct cap_table table;
static char objects[CAP_SLOTS_MAX]; /* any distinct addresses */

static void begin_without_block(uint32_t slot_limit)
{
    memset(blocks, 0, sizeof blocks);
    memset(&table, 0xee, sizeof table);
    cap_table_init(&table, slot_limit);
}

static void grow(void)
{
    cap_table_add_block(&table, blocks[table.block_count]);
}

/* A table with all the blocks it may have. */
static void begin(uint32_t slot_limit)
{
    begin_without_block(slot_limit);
    while (cap_table_can_grow(&table))
        grow();
}

static cap_id_t insert(void *object)
{
    cap_id_t id = CAP_ID_NULL;
    EXPECT_EQ(cap_table_insert(&table, object, &id), CAP_OK);
    return id;
}

static void *remove_held(cap_id_t id)
{
    void *object = NULL;
    EXPECT_EQ(cap_table_remove(&table, id, &object), CAP_OK);
    return object;
}

/* The id is refused with this error by everything that takes one, and nothing changes. */
static void expect_refused(cap_id_t id, enum cap_err expected)
{
    static struct cap_slot blocks_before[2][CAP_TABLE_BLOCK_SLOTS];
    struct cap_table before = table;
    void *object = &table;
    memcpy(blocks_before, blocks, sizeof blocks_before);
    EXPECT_EQ(cap_table_lookup(&table, id, &object), expected);
    EXPECT_EQ(cap_table_remove(&table, id, &object), expected);
    EXPECT_EQ(cap_table_reserve(&table, id, &object), expected);
    EXPECT(object == &table);
    EXPECT_BYTES(&table, &before, sizeof table);
    EXPECT_BYTES(blocks, blocks_before, sizeof blocks_before);
}

static void expect_held(cap_id_t id, void *expected)
{
    void *object = NULL;
    EXPECT_EQ(cap_table_lookup(&table, id, &object), CAP_OK);
    EXPECT(object == expected);
}

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

/* Moves the generation of a slot forward, as many uses would. */
static void fast_forward(uint32_t slot_index, uint32_t generation)
{
    table.blocks[slot_index / CAP_TABLE_BLOCK_SLOTS][slot_index % CAP_TABLE_BLOCK_SLOTS].generation =
        generation;
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

/* ---- The model ----------------------------------------------------------------------------------- */

#define ISSUED_MAX 4096

enum issued_state {
    ISSUED_HELD,
    ISSUED_RESERVED,
    ISSUED_DEAD
};

/* Every id that was ever given out. */
static struct issued {
    cap_id_t id;
    void *object;
    enum issued_state state;
} issued[ISSUED_MAX];
static uint32_t issued_count, alive_count, retired_count;

enum operation {
    INSERT,
    REMOVE,
    RESERVE,
    UNRESERVE,
    REMOVE_RESERVED,
    OPERATIONS
};

static void model_insert(void)
{
    bool has_room = alive_count + retired_count < table.slot_count && issued_count < ISSUED_MAX;
    if (!has_room && issued_count == ISSUED_MAX)
        return;
    cap_id_t id = {77};
    void *object = &objects[issued_count % CAP_SLOTS_MAX];
    EXPECT_EQ(cap_table_insert(&table, object, &id), has_room ? CAP_OK : CAP_ERR_NO_SLOT);
    if (!has_room) {
        EXPECT_EQ(id.bits, 77);
        return;
    }
    EXPECT(cap_id_generation(id) != 0);
    for (uint32_t i = 0; i < issued_count; i++)
        EXPECT(issued[i].id.bits != id.bits);
    issued[issued_count++] = (struct issued){id, object, ISSUED_HELD};
    alive_count++;
}

static enum cap_err issued_error(const struct issued *one)
{
    static const enum cap_err errors[] = {
        [ISSUED_HELD] = CAP_OK, [ISSUED_RESERVED] = CAP_ERR_BUSY, [ISSUED_DEAD] = CAP_ERR_STALE};
    return errors[one->state];
}

static void issued_die(struct issued *one, const void *object)
{
    EXPECT(object == one->object);
    one->state = ISSUED_DEAD;
    alive_count--;
    retired_count += cap_id_generation(one->id) == UINT32_MAX;
}

static void model_apply(enum operation operation, struct issued *one)
{
    void *object = NULL;
    enum cap_err expected = issued_error(one);
    switch (operation) {
    case REMOVE:
        EXPECT_EQ(cap_table_remove(&table, one->id, &object), expected);
        if (!expected)
            issued_die(one, object);
        break;
    case RESERVE:
        EXPECT_EQ(cap_table_reserve(&table, one->id, &object), expected);
        if (!expected)
            one->state = ISSUED_RESERVED;
        break;
    case UNRESERVE:
        if (one->state == ISSUED_RESERVED) {
            cap_table_unreserve(&table, one->id);
            one->state = ISSUED_HELD;
        }
        break;
    case REMOVE_RESERVED:
        if (one->state == ISSUED_RESERVED)
            issued_die(one, cap_table_remove_reserved(&table, one->id));
        break;
    default:
        EXPECT(false);
    }
}

/* The table says of every id ever given out what the model says, and holds nothing else. */
static void model_compare(void)
{
    EXPECT_EQ(cap_table_used_count(&table), alive_count);
    EXPECT_EQ(cap_table_free_count(&table), table.slot_count - alive_count - retired_count);
    for (uint32_t i = 0; i < issued_count; i++) {
        void *object = &table;
        EXPECT_EQ(cap_table_lookup(&table, issued[i].id, &object), issued_error(&issued[i]));
        EXPECT(object == (issued[i].state == ISSUED_HELD ? issued[i].object : (void *)&table));
    }
    uint32_t cursor = 0, seen = 0;
    cap_id_t id;
    void *object;
    while (cap_table_next(&table, &cursor, &id, &object))
        seen++;
    EXPECT_EQ(seen, alive_count);
}

/* No slot was lost: as many inserts succeed as the table said. */
static void model_fill_up(void)
{
    uint32_t free_count = cap_table_free_count(&table), inserted = 0;
    cap_id_t id;
    while (cap_table_insert(&table, &objects[0], &id) == CAP_OK)
        inserted++;
    EXPECT_EQ(inserted, free_count);
}

static void model_begin(uint32_t slot_limit, uint32_t generation)
{
    /* Only what a few slots need: this runs once for each sequence. */
    for (uint32_t i = 0; i <= slot_limit; i++)
        blocks[0][i] = (struct cap_slot){0};
    cap_table_init(&table, slot_limit);
    grow();
    for (uint32_t i = 0; i < slot_limit; i++)
        fast_forward(i, generation);
    issued_count = alive_count = retired_count = 0;
}

/* One step of a sequence: 0 inserts, the others apply an operation to one of the latest three ids. */
#define STEPS (1 + (OPERATIONS - 1) * 3)

static void sequence_run(uint32_t sequence, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++, sequence /= STEPS) {
        uint32_t step = sequence % STEPS;
        if (step == 0)
            model_insert();
        else if ((step - 1) % 3 < issued_count)
            model_apply(INSERT + 1 + (step - 1) / 3, &issued[issued_count - 1 - (step - 1) % 3]);
        model_compare();
    }
    model_fill_up();
}

TEST(every_sequence_of_six_steps_on_two_slots_agrees_with_the_model)
{
    uint32_t sequences = STEPS * STEPS * STEPS * STEPS * STEPS;
    for (uint32_t sequence = 0; sequence < sequences; sequence++) {
        model_begin(2, 0);
        model_insert(); /* the first step: without it nothing can happen */
        sequence_run(sequence, 5);
    }
}

TEST(every_sequence_of_six_steps_agrees_with_the_model_when_generations_run_out) /* 50, 51 */
{
    uint32_t sequences = STEPS * STEPS * STEPS * STEPS * STEPS;
    for (uint32_t sequence = 0; sequence < sequences; sequence++) {
        model_begin(2, UINT32_MAX - 2);
        model_insert();
        sequence_run(sequence, 5);
    }
}

/* A long random life of a table with some slots close to their last generation. */
static void random_life(uint32_t seed, uint32_t slot_limit)
{
    srand(seed);
    begin_without_block(slot_limit);
    issued_count = alive_count = retired_count = 0;
    grow();
    for (uint32_t i = 0; i < slot_limit && i < CAP_TABLE_BLOCK_SLOTS; i += 3)
        fast_forward(i, UINT32_MAX - 1 - (uint32_t)rand() % 6);
    for (uint32_t step = 0; step < 6000; step++) {
        if (cap_table_can_grow(&table) && cap_table_free_count(&table) == 0 && rand() % 4 == 0)
            grow();
        /* Filling and emptying take turns. */
        bool is_filling = step / 700 % 2 == 0;
        if (issued_count == 0 || rand() % 8 < (is_filling ? 6 : 1)) {
            model_insert();
            continue;
        }
        uint32_t recent = issued_count < 2 * slot_limit ? issued_count : 2 * slot_limit;
        model_apply(REMOVE + rand() % (OPERATIONS - REMOVE),
                    &issued[issued_count - 1 - (uint32_t)rand() % recent]);
        if (step % 101 == 0)
            model_compare();
    }
    model_compare();
    EXPECT(issued_count >= slot_limit);
    model_fill_up();
}

TEST(random_lives_agree_with_the_model)
{
    static const uint32_t limits[] = {1, 2, 7, 64, 255, 256, 257, 600};
    for (uint32_t seed = 1; seed <= 24; seed++)
        random_life(seed, limits[seed % 8]);
}

TEST_MAIN()
