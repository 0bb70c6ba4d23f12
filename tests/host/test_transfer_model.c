/* Transfers, all of them: every message of up to three capabilities between small tables, and random
 * lives of three processes. Whatever happens, authority is only moved or copied as documented.
 *
 * Next: tests/host/test_ledger.c
 */
#include "lib/transfer.h"
#include "tests/host/test.h"
#include "tests/host/transfer_world.h"

/* ---- Every message ------------------------------------------------------------------------------- */

/* The sender's three slots, before the transfer. */
enum slot_kind {
    SLOT_HELD,
    SLOT_STALE,
    SLOT_BUSY,
    SLOT_KINDS
};

/* One message: which slots (3 is beyond the table) in which modes (0 is not one). */
struct message {
    uint32_t count;
    uint32_t slot[3];
    uint64_t mode[3];
};
#define DESCRIPTORS (4 * 3)

/* Slot 0 may be handed on in any way, slot 1 only moved, slot 2 only copied. */
static bool slot_can_copy(uint32_t slot)
{
    return slot != 1;
}

static bool slot_can_move(uint32_t slot)
{
    return slot != 2;
}

static cap_id_t source_ids[4];
static struct transfer blocker;

/* Sender: table 0. Receiver: table 1 with `receiver_used` slots in use. */
static void state_begin(const enum slot_kind kinds[3], uint32_t receiver_used)
{
    struct cap_transfer_out moves[3];
    uint32_t move_count = 0;
    world_begin(3);
    transfer_init(&blocker);
    for (uint32_t i = 0; i < 3; i++) {
        source_ids[i] = object_make(&tables[0], slot_can_copy(i), slot_can_move(i));
        if (kinds[i] == SLOT_BUSY)
            moves[move_count++] = (struct cap_transfer_out){source_ids[i].bits, CAP_TRANSFER_MOVE};
    }
    source_ids[3] = cap_id_make(3, 1);
    for (uint32_t i = 0; i < 3; i++) {
        if (kinds[i] == SLOT_STALE)
            EXPECT_EQ(release(&tables[0], source_ids[i]), CAP_OK);
    }
    if (move_count > 0) {
        objects[2].can_move = true; /* for the blocker alone */
        EXPECT_EQ(prepare(&blocker, &tables[0], moves, move_count), CAP_OK);
        objects[2].can_move = slot_can_move(2);
    }
    for (uint32_t i = 0; i < receiver_used; i++)
        (void)object_make(&tables[1], true, true);
}

/* What the manual says about this message, in the plainest words. */
static enum cap_err message_expected(const struct message *message, const enum slot_kind kinds[3])
{
    for (uint32_t i = 0; i < message->count; i++) {
        uint32_t slot = message->slot[i];
        bool is_move = message->mode[i] == CAP_TRANSFER_MOVE;
        if (message->mode[i] == 0)
            return CAP_ERR_BAD_SQE;
        if (slot == 3)
            return CAP_ERR_NO_CAP;
        if (kinds[slot] != SLOT_HELD)
            return kinds[slot] == SLOT_STALE ? CAP_ERR_STALE : CAP_ERR_BUSY;
        for (uint32_t k = 0; k < i; k++) {
            if (message->slot[k] == slot && (is_move || message->mode[k] == CAP_TRANSFER_MOVE))
                return CAP_ERR_BAD_SQE;
        }
        if (!(is_move ? slot_can_move(slot) : slot_can_copy(slot)))
            return CAP_ERR_NOT_TRANSFERABLE;
    }
    return CAP_OK;
}

/* Sender, receiver and counts are as documented after a commit. */
static void expect_delivered(const struct message *message, struct cap_table *receiver, const cap_id_t *ids,
                             const struct world_image *before)
{
    for (uint32_t i = 0; i < message->count; i++) {
        void *object = NULL;
        bool is_move = message->mode[i] == CAP_TRANSFER_MOVE;
        EXPECT_EQ(lookup(&tables[0], source_ids[message->slot[i]]), is_move ? CAP_ERR_STALE : CAP_OK);
        EXPECT_EQ(cap_table_lookup(receiver, ids[i], &object), CAP_OK);
        EXPECT(object == &objects[message->slot[i]]);
    }
    for (uint32_t i = 0; i < object_count; i++) {
        int references = before->objects[i].references;
        for (uint32_t k = 0; k < message->count; k++)
            references += message->slot[k] == i && message->mode[k] == CAP_TRANSFER_COPY;
        EXPECT_EQ(objects[i].references, references);
    }
    EXPECT(world_is_consistent(&blocker, 1));
}

static void message_try(const struct message *message, const enum slot_kind kinds[3],
                        struct cap_table *receiver)
{
    static struct world_image before;
    static struct transfer transfer;
    struct cap_transfer_out out[3] = {0};
    cap_id_t ids[3];
    transfer_init(&transfer);
    for (uint32_t i = 0; i < message->count; i++)
        out[i] = (struct cap_transfer_out){source_ids[message->slot[i]].bits, message->mode[i]};
    world_save(&before);

    enum cap_err expected = message_expected(message, kinds);
    EXPECT_EQ(prepare(&transfer, &tables[0], out, message->count), expected);
    if (expected) {
        EXPECT(!transfer_is_prepared(&transfer));
        EXPECT(world_is(&before));
        return;
    }
    EXPECT(world_is_consistent((struct transfer[]){transfer, blocker}, 2));
    roll_back(&transfer);
    EXPECT(world_is(&before));

    EXPECT_EQ(prepare(&transfer, &tables[0], out, message->count), CAP_OK);
    expected = cap_table_free_count(receiver) < message->count ? CAP_ERR_NO_SLOT : CAP_OK;
    EXPECT_EQ(finish(&transfer, receiver, ids), expected);
    if (expected)
        EXPECT(world_is(&before));
    else
        expect_delivered(message, receiver, ids, &before);
}

static struct message message_at(uint32_t number, uint32_t count)
{
    struct message message = {.count = count};
    for (uint32_t i = 0; i < count; i++, number /= DESCRIPTORS) {
        message.slot[i] = number % DESCRIPTORS / 3;
        message.mode[i] = number % 3;
    }
    return message;
}

/* Every message of `count` capabilities from every state of the sender. A refused message leaves the
 * state as it was, so the state is made anew only after one that went through. */
static void messages_try(uint32_t count, uint32_t receiver_index, uint32_t receiver_used)
{
    uint32_t messages = 1;
    for (uint32_t i = 0; i < count; i++)
        messages *= DESCRIPTORS;
    for (uint32_t state = 0; state < SLOT_KINDS * SLOT_KINDS * SLOT_KINDS; state++) {
        const enum slot_kind kinds[3] = {state % 3, state / 3 % 3, state / 9};
        bool is_fresh = false;
        for (uint32_t number = 0; number < messages; number++) {
            struct message message = message_at(number, count);
            if (!is_fresh)
                state_begin(kinds, receiver_used);
            message_try(&message, kinds, &tables[receiver_index]);
            is_fresh = message_expected(&message, kinds) != CAP_OK;
        }
    }
}

TEST(every_message_to_another_process_is_as_documented)
{
    for (uint32_t count = 0; count <= 3; count++) {
        for (uint32_t receiver_used = 0; receiver_used <= 3; receiver_used++)
            messages_try(count, 1, receiver_used);
    }
}

TEST(every_message_to_oneself_is_as_documented)
{
    for (uint32_t count = 0; count <= 3; count++)
        messages_try(count, 0, 0);
}

/* ---- Random lives -------------------------------------------------------------------------------- */

#define TRANSFERS 4

static struct transfer transfers[TRANSFERS];
static uint32_t committed_count, refused_count, ended_count;

static uint32_t random_below(uint32_t bound)
{
    return (uint32_t)(rand() >> 8) % bound;
}

/* Mostly ids that are held, reserved or stale; some are nonsense. */
static cap_id_t random_id(void)
{
    return cap_id_make(random_below(WORLD_SLOTS + 1), 1 + random_below(12));
}

static void random_prepare(struct transfer *transfer)
{
    struct cap_table *sender = &tables[random_below(WORLD_TABLES)];
    struct cap_transfer_out out[3];
    uint32_t count = random_below(4), cursor = 0;
    for (uint32_t i = 0; i < count; i++) {
        cap_id_t id = random_id();
        void *object;
        if (random_below(8) && !cap_table_next(sender, &cursor, &id, &object))
            cursor = 0;
        out[i] = (struct cap_transfer_out){id.bits, random_below(32) ? 1 + random_below(2) : 0};
    }
    if (prepare(transfer, sender, out, count) != CAP_OK)
        refused_count++;
}

static void random_finish(struct transfer *transfer)
{
    cap_id_t ids[CAP_TRANSFER_MAX];
    switch (random_below(4)) {
    case 0:
        roll_back(transfer);
        break;
    case 1:
        transfer_deliver(transfer);
        for (uint32_t i = 0; i < transfer->count; i++)
            reference_drop(transfer_object(transfer, i));
        break;
    default:
        if (finish(transfer, &tables[random_below(WORLD_TABLES)], ids) == CAP_OK)
            committed_count++;
    }
}

/* A process ends, with transfers under way, and another takes its place. */
static void random_end(void)
{
    uint32_t index = random_below(WORLD_TABLES);
    for (uint32_t i = 0; i < TRANSFERS; i++) {
        if (transfer_is_prepared(&transfers[i]) && transfers[i].sender == &tables[index])
            roll_back(&transfers[i]);
    }
    process_end(&tables[index]);
    table_begin(index, WORLD_SLOTS);
    ended_count++;
}

static void random_step(void)
{
    struct cap_table *table = &tables[random_below(WORLD_TABLES)];
    struct transfer *transfer = &transfers[random_below(TRANSFERS)];
    uint32_t cursor = 0;
    cap_id_t id;
    void *object;

    switch (random_below(32)) {
    case 0:
        random_end();
        break;
    case 1 ... 5:
        if (object_count < WORLD_OBJECTS && cap_table_free_count(table) > 0)
            (void)object_make(table, random_below(8) > 0, random_below(8) > 0);
        break;
    case 6 ... 8:
        if (cap_table_next(table, &cursor, &id, &object) && release(table, id) != CAP_OK)
            refused_count++;
        break;
    default:
        if (transfer_is_prepared(transfer))
            random_finish(transfer);
        else
            random_prepare(transfer);
    }
}

TEST(random_lives_conserve_authority) /* 67 to 70, 79, 85 */
{
    committed_count = refused_count = ended_count = 0;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        srand(seed);
        world_begin(WORLD_SLOTS);
        memset(transfers, 0, sizeof transfers);
        for (uint32_t step = 0; step < 400; step++) {
            random_step();
            EXPECT(world_is_consistent(transfers, TRANSFERS));
        }
        for (uint32_t i = 0; i < TRANSFERS; i++) {
            if (transfer_is_prepared(&transfers[i]))
                roll_back(&transfers[i]);
        }
        for (uint32_t i = 0; i < WORLD_TABLES; i++)
            process_end(&tables[i]);
        for (uint32_t i = 0; i < object_count; i++)
            EXPECT(objects[i].is_freed);
    }
    EXPECT(committed_count > 2000 && refused_count > 2000 && ended_count > 1000); /* it was a life */
}

TEST_MAIN()
