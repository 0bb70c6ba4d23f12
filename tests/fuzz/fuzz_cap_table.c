/* A capability table against a naive model of its slots. The input is a sequence of operations on ids, of
 * which some are good, some old and some nonsense.
 *
 * Next: tests/fuzz/fuzz_transfer.c
 */
#include "tests/fuzz/fuzz.h"
#include "tests/host/cap_table_fixture.h"

#define STEPS_MAX 2000
#define SLOTS     (2 * CAP_TABLE_BLOCK_SLOTS + 3)

enum use {
    NEVER,
    FREE,
    HELD,
    RESERVED,
    RETIRED
};

/* Each slot in the plainest words. */
static struct slot {
    enum use use;
    uint32_t generation;
    void *object;
} slots[SLOTS];
static uint32_t held_count, reserved_count, retired_count;

static enum cap_err expected_error(cap_id_t id)
{
    uint32_t index = cap_id_slot_index(id), generation = cap_id_generation(id);
    if (index >= table.slot_count || generation == 0 || slots[index].use == NEVER)
        return CAP_ERR_NO_CAP;
    if (generation != slots[index].generation || slots[index].use == FREE || slots[index].use == RETIRED)
        return CAP_ERR_STALE;
    return slots[index].use == RESERVED ? CAP_ERR_BUSY : CAP_OK;
}

/* A slot near others of the kind that the input asks for, so that few bytes find a good id. */
static cap_id_t pick_id(struct fuzz_input *input)
{
    uint8_t kind = fuzz_u8(input);
    uint32_t index = fuzz_u8(input);
    if (kind >= 250)
        return (cap_id_t){fuzz_u64(input)};
    if (table.slot_count > 0)
        index = (index + kind / 8 * 32) % table.slot_count;
    /* Mostly the present use, else one before or after. */
    uint32_t generation = index < SLOTS ? slots[index].generation : 1;
    return cap_id_make(index, generation + (kind % 8 == 6) - (kind % 8 == 7));
}

static void slot_end(uint32_t index)
{
    bool is_last = slots[index].generation == UINT32_MAX;
    slots[index].use = is_last ? RETIRED : FREE;
    retired_count += is_last;
}

static void do_insert(struct fuzz_input *input)
{
    cap_id_t id = {77};
    void *object = &objects[fuzz_u8(input)];
    bool has_room = held_count + reserved_count + retired_count < table.slot_count;

    EXPECT_EQ(cap_table_insert(&table, object, &id), has_room ? CAP_OK : CAP_ERR_NO_SLOT);
    if (!has_room) {
        EXPECT_EQ(id.bits, 77);
        return;
    }
    struct slot *slot = &slots[cap_id_slot_index(id)];
    EXPECT(cap_id_slot_index(id) < table.slot_count && (slot->use == NEVER || slot->use == FREE));
    EXPECT_EQ(cap_id_generation(id), (uint64_t)slot->generation + 1);
    *slot = (struct slot){HELD, slot->generation + 1, object};
    held_count++;
}

static void do_remove(cap_id_t id)
{
    void *object = &table;
    enum cap_err expected = expected_error(id);
    EXPECT_EQ(cap_table_remove(&table, id, &object), expected);
    EXPECT(object == (expected ? (void *)&table : slots[cap_id_slot_index(id)].object));
    if (!expected) {
        slot_end(cap_id_slot_index(id));
        held_count--;
    }
}

static void do_reserve(cap_id_t id)
{
    void *object = &table;
    enum cap_err expected = expected_error(id);
    EXPECT_EQ(cap_table_reserve(&table, id, &object), expected);
    EXPECT(object == (expected ? (void *)&table : slots[cap_id_slot_index(id)].object));
    if (!expected) {
        slots[cap_id_slot_index(id)].use = RESERVED;
        held_count--;
        reserved_count++;
    }
}

static void do_end_reservation(cap_id_t id, bool is_remove)
{
    if (expected_error(id) != CAP_ERR_BUSY)
        return;
    struct slot *slot = &slots[cap_id_slot_index(id)];
    reserved_count--;
    if (is_remove) {
        EXPECT(cap_table_remove_reserved(&table, id) == slot->object);
        slot_end(cap_id_slot_index(id));
    } else {
        cap_table_unreserve(&table, id);
        slot->use = HELD;
        held_count++;
    }
}

/* As if a slot that is not in use had been used very often. */
static void do_fast_forward(uint32_t index, uint8_t uses_left)
{
    uint32_t generation = UINT32_MAX - uses_left;
    if (index >= table.slot_count || (slots[index].use != NEVER && slots[index].use != FREE) ||
        generation == UINT32_MAX || generation < slots[index].generation)
        return;
    fast_forward(index, generation);
    slots[index].generation = generation;
}

static void step(struct fuzz_input *input)
{
    switch (fuzz_u8(input) % 8) {
    case 0:
    case 1:
        do_insert(input);
        break;
    case 2:
        do_remove(pick_id(input));
        break;
    case 3:
        do_reserve(pick_id(input));
        break;
    case 4:
        do_end_reservation(pick_id(input), false);
        break;
    case 5:
        do_end_reservation(pick_id(input), true);
        break;
    case 6:
        do_fast_forward(fuzz_u16(input), fuzz_u8(input));
        break;
    case 7:
        if (cap_table_can_grow(&table))
            grow();
        break;
    }
}

static void expect_lookup(cap_id_t id)
{
    void *object = &table;
    enum cap_err expected = expected_error(id);
    EXPECT_EQ(cap_table_lookup(&table, id, &object), expected);
    EXPECT(object == (expected ? (void *)&table : slots[cap_id_slot_index(id)].object));
}

/* The table and the model say the same of every slot, and stepping finds what is held, in order. */
static void expect_model(void)
{
    uint32_t cursor = 0;
    cap_id_t id;
    void *object;
    for (uint32_t i = 0; i < table.slot_count; i++) {
        expect_lookup(cap_id_make(i, slots[i].generation));
        expect_lookup(cap_id_make(i, slots[i].generation - 1));
        if (slots[i].use != HELD && slots[i].use != RESERVED)
            continue;
        EXPECT(cap_table_next(&table, &cursor, &id, &object));
        EXPECT(id.bits == cap_id_make(i, slots[i].generation).bits && object == slots[i].object);
    }
    EXPECT(!cap_table_next(&table, &cursor, &id, &object));
}

/* Everything is let go of, and each block comes back once. */
static void end(void)
{
    uint32_t block_count = table.block_count;
    for (uint32_t i = 0; i < table.slot_count; i++) {
        do_end_reservation(cap_id_make(i, slots[i].generation), i % 2);
        if (slots[i].use == HELD)
            do_remove(cap_id_make(i, slots[i].generation));
    }
    while (block_count > 0)
        EXPECT(cap_table_take_block(&table) == blocks[--block_count]);
    EXPECT(cap_table_take_block(&table) == NULL);
    void *object;
    EXPECT_EQ(cap_table_lookup(&table, cap_id_make(0, slots[0].generation), &object), CAP_ERR_NO_CAP);
}

FUZZ(bytes, byte_count)
{
    static const uint32_t limits[] = {1, 2, 3, 8, CAP_TABLE_BLOCK_SLOTS, CAP_TABLE_BLOCK_SLOTS + 1, SLOTS, 0};
    struct fuzz_input input = {bytes, byte_count};

    memset(blocks, 0, 3 * sizeof *blocks);
    memset(slots, 0, sizeof slots);
    held_count = reserved_count = retired_count = 0;
    cap_table_init(&table, limits[fuzz_u8(&input) % 8]);
    for (uint32_t i = 0; i < STEPS_MAX && fuzz_has(&input); i++) {
        step(&input);
        EXPECT_EQ(cap_table_used_count(&table), held_count + reserved_count);
        EXPECT_EQ(cap_table_free_count(&table),
                  table.slot_count - held_count - reserved_count - retired_count);
    }
    expect_model();
    end();
}
