/* Transfers among three processes: every state that can be reached, and every operation in each of them.
 *
 * A state is who holds what, and what is on its way: `struct state`, in which slots have no names and ids no
 * generations (tests/host/test_cap_table_model.c is about those). From the empty state on, each operation is
 * carried out by the real code and, on a copy, by a model of a few lines; both must agree on the error and on
 * the next state, until no operation leads to a state that was not seen before. So nothing of this size is
 * left out, in any order: full tables, roll-backs (a fault, a quota, a time limit or a cancellation are all
 * the same here), the death of a sender, of a receiver, of both.
 *
 * Next: tests/host/test_transfer_model.c
 */
#include "lib/transfer.h"
#include "tests/host/test.h"
#include "tests/host/transfer_world.h"

#define PROCESSES     WORLD_TABLES
#define OBJECTS       2
#define TRANSFERS_MAX 2
#define LIST_MAX      3
#define GENERATION    7 /* of every slot in use, when a state is set up */

struct state {
    uint8_t held[PROCESSES][OBJECTS]; /* slots that name it and are not reserved */
    struct {
        uint8_t is_prepared, sender;
        uint8_t moved[OBJECTS], copied[OBJECTS];
    } under_way[TRANSFERS_MAX];
};

/* What is explored: object 0 may be handed on in any way, object 1 as it says here. */
static struct {
    uint32_t slots, transfers, list_max;
    bool can_copy, can_move;
} bounds;

/* ---- States that were seen ------------------------------------------------------------------------ */

#define SEEN_MAX (1u << 22)

static struct state *seen; /* in the order of their discovery; room for SEEN_MAX / 2 */
static uint32_t *buckets;  /* 1 + index into seen, or 0; as many as SEEN_MAX */
static uint32_t seen_count;

static uint32_t hash_of(const struct state *state)
{
    const uint8_t *bytes = (const uint8_t *)state;
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (size_t i = 0; i < sizeof *state; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return (uint32_t)(hash ^ hash >> 32);
}

static void see(const struct state *state)
{
    uint32_t at = hash_of(state) % SEEN_MAX;
    while (buckets[at]) {
        if (memcmp(&seen[buckets[at] - 1], state, sizeof *state) == 0)
            return;
        at = (at + 1) % SEEN_MAX;
    }
    EXPECT(seen_count < SEEN_MAX / 2);
    seen[seen_count++] = *state;
    buckets[at] = seen_count;
}

/* ---- A state in the real tables, and back --------------------------------------------------------- */

static struct transfer transfers[TRANSFERS_MAX];

static cap_id_t slot_fill(uint32_t process, uint32_t object, enum cap_slot_state slot_state)
{
    struct cap_table *table = &tables[process];
    uint32_t slot_index = table->used_count++;
    blocks[process][slot_index].object = &objects[object];
    blocks[process][slot_index].state = (uint16_t)slot_state;
    objects[object].references++;
    return cap_id_make(slot_index, GENERATION);
}

static void load_transfer(const struct state *state, uint32_t index)
{
    struct transfer *transfer = &transfers[index];
    transfer_init(transfer);
    if (!state->under_way[index].is_prepared)
        return;
    uint32_t sender = state->under_way[index].sender;
    transfer->sender = &tables[sender];
    transfer->state = TRANSFER_PREPARED;
    for (uint32_t object = 0; object < OBJECTS; object++) {
        for (uint32_t i = 0; i < state->under_way[index].moved[object]; i++) {
            cap_id_t id = slot_fill(sender, object, CAP_SLOT_RESERVED);
            transfer->entries[transfer->count++] = (struct transfer_entry){&objects[object], id, true};
        }
        for (uint32_t i = 0; i < state->under_way[index].copied[object]; i++) {
            objects[object].references++;
            transfer->entries[transfer->count++] =
                (struct transfer_entry){&objects[object], CAP_ID_NULL, false};
        }
    }
}

static void load(const struct state *state)
{
    world_begin(bounds.slots);
    object_count = OBJECTS;
    objects[0] = (struct world_object){.can_copy = true, .can_move = true};
    objects[1] = (struct world_object){.can_copy = bounds.can_copy, .can_move = bounds.can_move};
    for (uint32_t process = 0; process < PROCESSES; process++) {
        for (uint32_t slot = 0; slot < bounds.slots; slot++)
            blocks[process][slot] = (struct cap_slot){.generation = GENERATION, .state = CAP_SLOT_FREE};
        for (uint32_t object = 0; object < OBJECTS; object++)
            for (uint32_t i = 0; i < state->held[process][object]; i++)
                (void)slot_fill(process, object, CAP_SLOT_HELD);
    }
    for (uint32_t i = 0; i < bounds.transfers; i++)
        load_transfer(state, i);
    for (uint32_t process = 0; process < PROCESSES; process++) {
        struct cap_table *table = &tables[process];
        table->fresh_index = bounds.slots;
        for (uint32_t slot = bounds.slots; slot-- > table->used_count;) {
            blocks[process][slot].next_free = (uint16_t)table->first_free;
            table->first_free = slot;
        }
    }
    for (uint32_t object = 0; object < OBJECTS; object++)
        objects[object].is_freed = objects[object].references == 0;
}

static uint32_t object_index(const void *object)
{
    return (uint32_t)((const struct world_object *)object - objects);
}

static struct state read_back(void)
{
    struct state state = {0};
    uint32_t reserved_count = 0, moved_count = 0;
    for (uint32_t process = 0; process < PROCESSES; process++)
        for (uint32_t slot = 0; slot < bounds.slots; slot++) {
            const struct cap_slot *at = &blocks[process][slot];
            if (at->state == CAP_SLOT_HELD)
                state.held[process][object_index(at->object)]++;
            reserved_count += at->state == CAP_SLOT_RESERVED;
        }
    for (uint32_t i = 0; i < bounds.transfers; i++) {
        const struct transfer *transfer = &transfers[i];
        if (!transfer_is_prepared(transfer))
            continue;
        state.under_way[i].is_prepared = 1;
        state.under_way[i].sender = (uint8_t)(transfer->sender - tables);
        for (uint32_t k = 0; k < transfer->count; k++) {
            const struct transfer_entry *entry = &transfer->entries[k];
            uint32_t object = object_index(entry->object);
            if (!entry->is_move) {
                state.under_way[i].copied[object]++;
                continue;
            }
            const struct cap_slot *slot = cap_table_slot(transfer->sender, entry->id);
            EXPECT(slot && slot->state == CAP_SLOT_RESERVED && slot->object == entry->object);
            state.under_way[i].moved[object]++;
            moved_count++;
        }
    }
    EXPECT_EQ(reserved_count, moved_count);
    return state;
}

/* ---- The model ------------------------------------------------------------------------------------ */

static uint32_t used_count(const struct state *state, uint32_t process)
{
    uint32_t count = 0;
    for (uint32_t object = 0; object < OBJECTS; object++) {
        count += state->held[process][object];
        for (uint32_t i = 0; i < bounds.transfers; i++)
            if (state->under_way[i].is_prepared && state->under_way[i].sender == process)
                count += state->under_way[i].moved[object];
    }
    return count;
}

static void model_settle(struct state *state, uint32_t index)
{
    memset(&state->under_way[index], 0, sizeof state->under_way[index]);
}

static void model_roll_back(struct state *state, uint32_t index)
{
    for (uint32_t object = 0; object < OBJECTS; object++)
        state->held[state->under_way[index].sender][object] += state->under_way[index].moved[object];
    model_settle(state, index);
}

static enum cap_err model_finish(struct state *state, uint32_t index, uint32_t receiver)
{
    uint32_t count = 0;
    for (uint32_t object = 0; object < OBJECTS; object++)
        count += state->under_way[index].moved[object] + state->under_way[index].copied[object];
    if (used_count(state, receiver) + count > bounds.slots) {
        model_roll_back(state, index);
        return CAP_ERR_NO_SLOT;
    }
    for (uint32_t object = 0; object < OBJECTS; object++)
        state->held[receiver][object] +=
            (uint8_t)(state->under_way[index].moved[object] + state->under_way[index].copied[object]);
    model_settle(state, index);
    return CAP_OK;
}

static void model_die(struct state *state, uint32_t process)
{
    for (uint32_t i = 0; i < bounds.transfers; i++)
        if (state->under_way[i].is_prepared && state->under_way[i].sender == process)
            model_roll_back(state, i);
    memset(state->held[process], 0, sizeof state->held[process]);
}

/* What a process's slots hold when its state has been loaded: an object, or none; and which are reserved. */
struct slot_view {
    int object; /* -1: none */
    bool is_reserved;
};

static struct slot_view view(uint32_t process, uint32_t slot)
{
    const struct cap_slot *at = &blocks[process][slot];
    if (at->state == CAP_SLOT_FREE)
        return (struct slot_view){-1, false};
    return (struct slot_view){(int)object_index(at->object), at->state == CAP_SLOT_RESERVED};
}

/* A list of descriptors: slots, and whether each is moved. The slot behind the last is an id that was never
 * valid. */
struct message {
    uint32_t count;
    uint32_t slot[LIST_MAX];
    bool is_move[LIST_MAX];
};

static enum cap_err model_judge(const struct message *message, uint32_t sender)
{
    for (uint32_t i = 0; i < message->count; i++) {
        if (message->slot[i] == bounds.slots)
            return CAP_ERR_NO_CAP;
        struct slot_view slot = view(sender, message->slot[i]);
        if (slot.object < 0)
            return CAP_ERR_STALE;
        if (slot.is_reserved)
            return CAP_ERR_BUSY;
        for (uint32_t k = 0; k < i; k++)
            if (message->slot[k] == message->slot[i] && (message->is_move[k] || message->is_move[i]))
                return CAP_ERR_BAD_SQE;
        if (slot.object == 1 && !(message->is_move[i] ? bounds.can_move : bounds.can_copy))
            return CAP_ERR_NOT_TRANSFERABLE;
    }
    return CAP_OK;
}

static enum cap_err model_prepare(struct state *state, uint32_t index, uint32_t sender,
                                  const struct message *message)
{
    enum cap_err err = model_judge(message, sender);
    if (err)
        return err;
    state->under_way[index].is_prepared = 1;
    state->under_way[index].sender = (uint8_t)sender;
    for (uint32_t i = 0; i < message->count; i++) {
        int object = view(sender, message->slot[i]).object;
        state->held[sender][object] -= message->is_move[i];
        if (message->is_move[i])
            state->under_way[index].moved[object]++;
        else
            state->under_way[index].copied[object]++;
    }
    return CAP_OK;
}

/* ---- Every operation ------------------------------------------------------------------------------ */

static uint64_t operation_count, outcome_counts[64]; /* by -enum cap_err */
static uint64_t died_sending_count, died_otherwise_count;

/* The real tables must be what the model says. */
static void agree(const struct state *expected, enum cap_err got, enum cap_err wanted)
{
    EXPECT_EQ(got, wanted);
    struct state now = read_back();
    EXPECT_BYTES(&now, expected, sizeof now);
    EXPECT(world_is_consistent(transfers, bounds.transfers));
    operation_count++;
    outcome_counts[-wanted]++;
    see(expected);
}

static void try_holding(const struct state *state, uint32_t process)
{
    struct state next;
    for (uint32_t object = 0; object < OBJECTS; object++) {
        load(state);
        if (objects[object].references > 0)
            continue;
        next = *state;
        cap_id_t id;
        bool is_full = used_count(state, process) == bounds.slots;
        next.held[process][object] += !is_full;
        enum cap_err err = cap_table_insert(&tables[process], &objects[object], &id);
        objects[object].references += !is_full;
        objects[object].is_freed = is_full;
        agree(&next, err, is_full ? CAP_ERR_NO_SLOT : CAP_OK);
    }
    for (uint32_t slot = 0; slot < bounds.slots; slot++) {
        load(state);
        next = *state;
        struct slot_view at = view(process, slot);
        enum cap_err wanted = at.object < 0 ? CAP_ERR_STALE : at.is_reserved ? CAP_ERR_BUSY : CAP_OK;
        if (!wanted)
            next.held[process][at.object]--;
        agree(&next, release(&tables[process], cap_id_make(slot, GENERATION)), wanted);
        load(state);
        agree(state, release(&tables[process], cap_id_make(slot, GENERATION - 1)), CAP_ERR_STALE);
    }
}

static void try_death(const struct state *state, uint32_t process)
{
    struct state next = *state;
    bool is_sending = false;
    load(state);
    for (uint32_t i = 0; i < bounds.transfers; i++) {
        if (!transfer_is_prepared(&transfers[i]) || transfers[i].sender != &tables[process])
            continue;
        roll_back(&transfers[i]);
        is_sending = true;
    }
    process_end(&tables[process]);
    table_begin(process, bounds.slots);
    model_die(&next, process);
    agree(&next, CAP_OK, CAP_OK);
    died_sending_count += is_sending;
    died_otherwise_count += !is_sending;
}

static void try_prepare(const struct state *state, uint32_t index, uint32_t sender,
                        const struct message *message)
{
    struct cap_transfer_out out[LIST_MAX];
    struct state next = *state;
    load(state);
    enum cap_err wanted = model_prepare(&next, index, sender, message);
    for (uint32_t i = 0; i < message->count; i++)
        out[i] = (struct cap_transfer_out){cap_id_make(message->slot[i], GENERATION).bits,
                                           message->is_move[i] ? CAP_TRANSFER_MOVE : CAP_TRANSFER_COPY};
    enum cap_err err = prepare(&transfers[index], &tables[sender], out, message->count);
    agree(&next, err, wanted);
}

static void try_prepares(const struct state *state, uint32_t index, uint32_t sender)
{
    uint32_t descriptors = (bounds.slots + 1) * 2, lists = 1;
    for (uint32_t count = 1; count <= bounds.list_max; count++) {
        lists *= descriptors;
        for (uint32_t number = 0; number < lists; number++) {
            struct message message = {.count = count};
            for (uint32_t i = 0, rest = number; i < count; i++, rest /= descriptors) {
                message.slot[i] = rest % descriptors / 2;
                message.is_move[i] = rest % 2;
            }
            try_prepare(state, index, sender, &message);
        }
    }
}

static void try_settle(const struct state *state, uint32_t index)
{
    cap_id_t ids[CAP_TRANSFER_MAX];
    struct state next;
    for (uint32_t receiver = 0; receiver < PROCESSES; receiver++) {
        load(state);
        next = *state;
        enum cap_err wanted = model_finish(&next, index, receiver);
        enum cap_err err = finish(&transfers[index], &tables[receiver], ids);
        agree(&next, err, wanted);
    }
    load(state);
    next = *state;
    model_roll_back(&next, index);
    roll_back(&transfers[index]);
    agree(&next, CAP_OK, CAP_OK);

    /* To an object of the kernel, which drops what it got. */
    load(state);
    next = *state;
    model_settle(&next, index);
    transfer_deliver(&transfers[index]);
    for (uint32_t i = 0; i < transfers[index].count; i++)
        reference_drop(transfer_object(&transfers[index], i));
    agree(&next, CAP_OK, CAP_OK);
}

static void explore(void)
{
    static const struct state empty;
    if (!seen) {
        seen = malloc(SEEN_MAX / 2 * sizeof *seen);
        buckets = malloc(SEEN_MAX * sizeof *buckets);
    }
    EXPECT(seen && buckets);
    memset(buckets, 0, SEEN_MAX * sizeof *buckets);
    seen_count = 0;
    operation_count = died_sending_count = died_otherwise_count = 0;
    memset(outcome_counts, 0, sizeof outcome_counts);
    see(&empty);
    for (uint32_t i = 0; i < seen_count; i++) {
        const struct state state = seen[i];
        for (uint32_t process = 0; process < PROCESSES; process++) {
            try_holding(&state, process);
            try_death(&state, process);
        }
        for (uint32_t index = 0; index < bounds.transfers; index++) {
            if (state.under_way[index].is_prepared)
                try_settle(&state, index);
            else
                for (uint32_t sender = 0; sender < PROCESSES; sender++)
                    try_prepares(&state, index, sender);
        }
    }
    static const enum cap_err outcomes[] = {CAP_OK,        CAP_ERR_NO_SLOT, CAP_ERR_BUSY,
                                            CAP_ERR_STALE, CAP_ERR_NO_CAP,  CAP_ERR_BAD_SQE};
    for (uint32_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        EXPECT(outcome_counts[-outcomes[i]] > 0 || (bounds.list_max == 1 && outcomes[i] == CAP_ERR_BAD_SQE));
    EXPECT(died_sending_count > 0 && died_otherwise_count > 0);
    EXPECT(outcome_counts[-CAP_ERR_NOT_TRANSFERABLE] > 0 || (bounds.can_copy && bounds.can_move));
    printf("%u slots, %u under way, up to %u in each: %u states, %" PRIu64 " operations, no other state\n",
           bounds.slots, bounds.transfers, bounds.list_max, seen_count, operation_count);
}

TEST(one_transfer_among_three_slots_each_with_an_object_that_is_only_moved) /* 60, 61, 67 to 70, 81, 85 */
{
    bounds.slots = 3, bounds.transfers = 1, bounds.list_max = 3;
    bounds.can_copy = false, bounds.can_move = true;
    explore();
}

TEST(one_transfer_among_three_slots_each_with_an_object_that_is_only_copied) /* 80 */
{
    bounds.slots = 3, bounds.transfers = 1, bounds.list_max = 2;
    bounds.can_copy = true, bounds.can_move = false;
    explore();
}

TEST(two_transfers_at_once_among_two_slots_each) /* 62, 63, 66, 70, 78 */
{
    bounds.slots = 2, bounds.transfers = 2, bounds.list_max = 2;
    bounds.can_copy = true, bounds.can_move = true;
    explore();
}

TEST_MAIN()
