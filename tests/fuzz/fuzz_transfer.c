/* Transfers among three small processes. The input is a sequence: objects are made and released, messages
 * with capabilities prepared, delivered and rolled back, processes end. Every error is the documented one, a
 * refusal changes nothing, and at each moment the references of an object are those that somebody holds.
 *
 * Next: tests/fuzz/README.md
 */
#include "tests/fuzz/fuzz.h"
#include "tests/host/transfer_world.h"

#define STEPS_MAX       400
#define TRANSFERS       3
#define DESCRIPTORS_MAX (CAP_TRANSFER_MAX + 3)

static struct transfer transfers[TRANSFERS];
static struct world_image before;

static cap_id_t pick_id(struct fuzz_input *input, const struct cap_table *table)
{
    uint8_t kind = fuzz_u8(input);
    if (kind >= 250)
        return (cap_id_t){fuzz_u64(input)};
    uint32_t index = kind % (WORLD_SLOTS + 1), back = kind / 64;
    uint32_t generation = index < table->slot_count ? table->blocks[0][index].generation : 1;
    return cap_id_make(index, generation - (back == 3));
}

static enum cap_err expected_error(const struct cap_table *sender, const struct cap_transfer_out *out,
                                   uint32_t count)
{
    if (count > CAP_TRANSFER_MAX)
        return CAP_ERR_TOO_BIG;
    for (uint32_t i = 0; i < count; i++) {
        void *object;
        bool is_move = out[i].mode == CAP_TRANSFER_MOVE;
        if (!is_move && out[i].mode != CAP_TRANSFER_COPY)
            return CAP_ERR_BAD_SQE;
        enum cap_err err = cap_table_lookup(sender, (cap_id_t){out[i].cap}, &object);
        if (err)
            return err;
        for (uint32_t k = 0; k < i; k++) {
            if (out[k].cap == out[i].cap && (is_move || out[k].mode == CAP_TRANSFER_MOVE))
                return CAP_ERR_BAD_SQE;
        }
        const struct world_object *shared = object;
        if (!(is_move ? shared->can_move : shared->can_copy))
            return CAP_ERR_NOT_TRANSFERABLE;
    }
    return CAP_OK;
}

static void do_prepare(struct fuzz_input *input, struct cap_table *sender, struct transfer *transfer)
{
    struct cap_transfer_out out[DESCRIPTORS_MAX];
    uint8_t shape = fuzz_u8(input);
    uint32_t count = shape < 240 ? shape % 5 : shape % (DESCRIPTORS_MAX + 1);

    for (uint32_t i = 0; i < count; i++) {
        out[i].cap = pick_id(input, sender).bits;
        uint8_t mode = fuzz_u8(input);
        out[i].mode = mode < 240 ? CAP_TRANSFER_COPY + mode % 2 : mode;
    }
    enum cap_err expected = expected_error(sender, out, count);
    world_save(&before);
    EXPECT_EQ(prepare(transfer, sender, out, count), expected);
    EXPECT_EQ(transfer_is_prepared(transfer), expected == CAP_OK);
    if (expected)
        EXPECT(world_is(&before));
    for (uint32_t i = 0; !expected && i < count; i++)
        EXPECT_EQ(lookup(sender, (cap_id_t){out[i].cap}),
                  out[i].mode == CAP_TRANSFER_MOVE ? CAP_ERR_BUSY : CAP_OK);
}

static void do_commit(struct transfer *transfer, struct cap_table *receiver)
{
    cap_id_t ids[CAP_TRANSFER_MAX];
    uint32_t count = transfer->count;
    bool has_room = cap_table_free_count(receiver) >= count;

    EXPECT_EQ(finish(transfer, receiver, ids), has_room ? CAP_OK : CAP_ERR_NO_SLOT);
    EXPECT(!transfer_is_prepared(transfer));
    for (uint32_t i = 0; has_room && i < count; i++) {
        void *object = NULL;
        EXPECT_EQ(cap_table_lookup(receiver, ids[i], &object), CAP_OK);
        EXPECT(object == transfer_object(transfer, i));
    }
}

static void do_deliver(struct transfer *transfer)
{
    transfer_deliver(transfer);
    for (uint32_t i = 0; i < transfer->count; i++)
        reference_drop(transfer_object(transfer, i));
}

static void do_end(uint32_t index)
{
    for (uint32_t i = 0; i < TRANSFERS; i++) {
        if (transfer_is_prepared(&transfers[i]) && transfers[i].sender == &tables[index])
            roll_back(&transfers[i]);
    }
    process_end(&tables[index]);
    table_begin(index, WORLD_SLOTS);
}

static void do_release(struct fuzz_input *input, struct cap_table *table)
{
    cap_id_t id = pick_id(input, table);
    enum cap_err expected = lookup(table, id);
    EXPECT_EQ(release(table, id), expected);
    if (!expected)
        EXPECT_EQ(lookup(table, id), CAP_ERR_STALE);
}

static void step(struct fuzz_input *input)
{
    uint8_t operation = fuzz_u8(input), who = fuzz_u8(input);
    struct cap_table *table = &tables[who % WORLD_TABLES];
    struct transfer *transfer = &transfers[who / WORLD_TABLES % TRANSFERS];
    bool is_prepared = transfer_is_prepared(transfer);

    switch (operation % 8) {
    case 0:
    case 1:
        if (object_count < WORLD_OBJECTS && cap_table_free_count(table) > 0)
            (void)object_make(table, who & 64, who & 128);
        break;
    case 2:
        do_release(input, table);
        break;
    case 3:
    case 4:
        if (!is_prepared)
            do_prepare(input, table, transfer);
        break;
    case 5:
        if (is_prepared)
            do_commit(transfer, table);
        break;
    case 6:
        if (is_prepared && operation & 64)
            do_deliver(transfer);
        else if (is_prepared)
            roll_back(transfer);
        break;
    case 7:
        do_end(who % WORLD_TABLES);
        break;
    }
}

FUZZ(bytes, byte_count)
{
    struct fuzz_input input = {bytes, byte_count};

    world_begin(WORLD_SLOTS);
    memset(transfers, 0, sizeof transfers);
    for (uint32_t i = 0; i < STEPS_MAX && fuzz_has(&input); i++) {
        step(&input);
        EXPECT(world_is_consistent(transfers, TRANSFERS));
    }
    for (uint32_t i = 0; i < WORLD_TABLES; i++)
        do_end(i);
    for (uint32_t i = 0; i < object_count; i++)
        EXPECT(objects[i].is_freed && objects[i].references == 0);
}
