/* The capability table against a naive model: an array of every id that was ever given out. Every short
 * sequence of operations, and long random ones. Numbers in comments are those of the hostile cases.
 *
 * Next: tests/host/test_transfer.c
 */
#include "lib/cap_table.h"
#include "tests/host/cap_table_fixture.h"
#include "tests/host/test.h"

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
