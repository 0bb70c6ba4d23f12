/* Submits random operations that are nearly right, and judges every completion.
 *
 * Its capabilities, call ids and user_data come from small pools, dead ones among them, so that operations
 * meet: calls on closed endpoints, releases of what is being moved, returns of calls that were cancelled, a
 * caller that is its own server. Every buffer is filled with a pattern first, so that what the kernel writes
 * is seen:
 *  - each completion belongs to an operation under way, and comes once;
 *  - an error writes nothing (I8), a success not a byte more than it says (I6).
 * What it does follows from its name alone. It ends in one of three ways, also by its name.
 *
 * Exit code: 0, or 1 + enum broken. Next: tests/qemu/random-calls/random-calls.c
 */
#include "build/gen/schema/capos.client.h"
#include "lib/mem.h"
#include "tests/qemu/random-calls/actors.h"
#include "tests/qemu/raw.h"

#define STEPS         1500
#define CAPS_MAX      16
#define CALL_IDS_MAX  3
#define SLOTS_MAX     CAP_CQ_ENTRIES
#define MESSAGE_WORDS 24 /* more than a call that waits keeps in its own record */
#define BUFFER_BYTES  (32 + 8 * MESSAGE_WORDS)
#define LIST_MAX      3
#define PATTERN       0xa5

enum broken {
    BROKEN_STRANGE_COMPLETION,
    BROKEN_ERROR_WROTE,
    BROKEN_WROTE_TOO_MUCH,
    BROKEN_BAD_RING,
};

/* One operation under way; its number is its user_data. */
struct slot {
    struct cap_sqe sqe;
    bool is_used;
    uint64_t message[MESSAGE_WORDS];
    struct cap_time_limit before_sent;      /* room for a time limit in front of all of them */
    struct cap_transfer_out sent[LIST_MAX]; /* the places of what arrives follow, as the SQE wants it */
    uint8_t received[LIST_MAX][sizeof(struct cap_transfer_in)];
    uint8_t buffer[BUFFER_BYTES];
};
_Static_assert(offsetof(struct slot, sent) == offsetof(struct slot, before_sent) + 16 &&
                   offsetof(struct slot, received) == offsetof(struct slot, sent) + LIST_MAX * 16,
               "one array");

struct actor {
    struct rt *rt;
    struct random random;
    struct cap_transfer_in caps[CAPS_MAX]; /* held, or dead; first those that it was born with */
    uint32_t born_count;
    uint64_t call_ids[CALL_IDS_MAX]; /* being served, or over */
    uint32_t under_way_count;
};

static struct slot slots[SLOTS_MAX];

static uint32_t below(struct actor *actor, uint32_t limit)
{
    return random_below(&actor->random, limit);
}

static _Noreturn void give_up(enum broken broken)
{
    rt_exit(1 + (int)broken);
}

/* ---- Making an operation -------------------------------------------------------------------------- */

/* Seldom one that was never there: in the beginning most places are empty. */
static const struct cap_transfer_in *any_cap(struct actor *actor)
{
    const struct cap_transfer_in *cap = &actor->caps[below(actor, CAPS_MAX)];
    return cap->cap || !below(actor, 16) ? cap : &actor->caps[below(actor, actor->born_count)];
}

/* One of this interface, if a few draws find it. */
static const struct cap_transfer_in *cap_of(struct actor *actor, uint64_t interface_id)
{
    const struct cap_transfer_in *cap = any_cap(actor);
    for (uint32_t i = 0; i < 8 && cap->interface_id != interface_id; i++)
        cap = any_cap(actor);
    return cap;
}

/* One to give away. What it was born with goes seldom, or soon nothing would be left to work with. */
static uint64_t spare_cap(struct actor *actor)
{
    uint32_t first = below(actor, 256) ? actor->born_count : 0;
    return actor->caps[first + below(actor, CAPS_MAX - first)].cap;
}

enum message {
    MESSAGE_EMPTY,
    MESSAGE_WORD,   /* of a struct with one data word: most methods */
    MESSAGE_TARGET, /* capability 0 and a list of numbers: FacetFactory.create */
    MESSAGE_ANY,
    MESSAGE_LONG, /* as MESSAGE_WORD, and words that nothing refers to */
    MESSAGE_COUNT,
};

static enum message message_for(struct actor *actor, uint64_t interface_id)
{
    if (!below(actor, 8))
        return (enum message)below(actor, MESSAGE_COUNT);
    return interface_id == os_FacetFactory_ID ? MESSAGE_TARGET : MESSAGE_WORD;
}

/* Words by hand: docs/spec/messages.md has their layout. How many there are. */
static uint32_t fill_message(struct actor *actor, enum message message, uint64_t *words)
{
    switch (message) {
    case MESSAGE_WORD:
        words[0] = 1ull << 32;
        words[1] = ACTORS_INTERFACE_ID;
        return 2;
    case MESSAGE_TARGET:
        words[0] = 2ull << 48;
        words[1] = 3;                           /* capability 0 */
        words[2] = 1 | 3ull << 32 | 2ull << 35; /* two elements of 16 bits, right behind: methods 0 and 1 */
        words[3] = 1ull << 16;
        return 4;
    case MESSAGE_ANY:
        for (uint32_t i = 0; i < 4; i++)
            words[i] = random_next(&actor->random) & random_next(&actor->random);
        return 4;
    case MESSAGE_LONG:
        words[0] = 1ull << 32;
        words[1] = ACTORS_INTERFACE_ID;
        return 2 + below(actor, MESSAGE_WORDS - 1);
    default:
        return 0;
    }
}

static void fill_call(struct actor *actor, struct slot *slot)
{
    const struct cap_transfer_in *target = any_cap(actor);
    slot->sqe.target = target->cap;
    slot->sqe.interface_id = below(actor, 16) ? target->interface_id : ACTORS_INTERFACE_ID;
    slot->sqe.method_id = below(actor, 32) ? 0 : (uint16_t)below(actor, 3);
    slot->sqe.receive_count = (uint16_t)(below(actor, 8) ? LIST_MAX : below(actor, LIST_MAX));
    slot->sqe.buffer_bytes = below(actor, 8) ? BUFFER_BYTES : below(actor, BUFFER_BYTES);
}

static void fill_receive(struct actor *actor, struct slot *slot)
{
    uint64_t endpoint = cap_of(actor, os_Endpoint_ID)->cap;
    if (slot->sqe.opcode == CAP_OP_RECV)
        slot->sqe.target = endpoint;
    else
        slot->sqe.endpoint = endpoint;
    slot->sqe.receive_count = (uint16_t)(below(actor, 8) ? LIST_MAX : below(actor, LIST_MAX));
    slot->sqe.buffer_bytes = below(actor, 8) ? BUFFER_BYTES : below(actor, BUFFER_BYTES);
}

/* What goes along: the last send_count places of `sent`, so that those of what arrives follow. */
static void fill_sent(struct actor *actor, struct slot *slot)
{
    uint32_t count = below(actor, 3) ? 0 : below(actor, LIST_MAX + 1);
    for (uint32_t i = LIST_MAX - count; i < LIST_MAX; i++) {
        bool is_move = below(actor, 2);
        slot->sent[i] = (struct cap_transfer_out){is_move ? spare_cap(actor) : any_cap(actor)->cap,
                                                  is_move ? CAP_TRANSFER_MOVE : CAP_TRANSFER_COPY};
    }
    slot->sqe.send_count = (uint16_t)count;
}

/* From at once to longer than the actor lives. */
static void fill_time_limit(struct actor *actor, struct slot *slot)
{
    const uint64_t limits[] = {0, 1000, 1000000, UINT64_MAX - 1, UINT64_MAX};
    if (below(actor, 4))
        return;
    slot->sqe.flags |= CAP_SQE_TIMEOUT;
    (&slot->before_sent)[LIST_MAX - slot->sqe.send_count] =
        (struct cap_time_limit){.timeout_ns = limits[below(actor, 5)]};
}

/* One address in 32 is not this process's to write: null, its ring, its CapSet, or in the kernel's half. */
static uint64_t address_of(struct actor *actor, void *memory)
{
    static const uint64_t bad[] = {0, CAP_RING_ADDRESS, CAP_CAPSET_ADDRESS, UINT64_MAX - 63};
    return below(actor, 32) ? (uint64_t)memory : bad[below(actor, 4)];
}

static bool is_receiving(uint8_t opcode)
{
    return opcode == CAP_OP_RECV || opcode == CAP_OP_RETURN_RECV;
}

static bool is_returning(uint8_t opcode)
{
    return opcode == CAP_OP_RETURN || opcode == CAP_OP_RETURN_RECV;
}

static void fill_message_and_sent(struct actor *actor, struct slot *slot)
{
    enum message message = message_for(actor, slot->sqe.interface_id);
    slot->sqe.message_bytes = fill_message(actor, message, slot->message) * 8;
    slot->sqe.message_addr = address_of(actor, slot->message);
    fill_sent(actor, slot);
}

static void fill_target(struct actor *actor, struct slot *slot, uint8_t opcode)
{
    if (opcode == CAP_OP_CALL)
        fill_call(actor, slot);
    if (is_receiving(opcode))
        fill_receive(actor, slot);
    if (is_returning(opcode)) {
        slot->sqe.target = actor->call_ids[below(actor, CALL_IDS_MAX)];
        slot->sqe.flags =
            (below(actor, 8) ? 0 : CAP_SQE_EXCEPTION) | (below(actor, 2) ? 0 : CAP_SQE_RELEASE_PARAMS);
    }
    if (opcode == CAP_OP_RELEASE)
        slot->sqe.target = spare_cap(actor);
    if (opcode == CAP_OP_CANCEL)
        slot->sqe.target = below(actor, SLOTS_MAX);
}

static void fill(struct actor *actor, struct slot *slot, uint8_t opcode)
{
    slot->sqe = (struct cap_sqe){.opcode = opcode, .user_data = (uint64_t)(slot - slots)};
    memset(slot->received, PATTERN, sizeof slot->received);
    memset(slot->buffer, PATTERN, sizeof slot->buffer);
    fill_target(actor, slot, opcode);
    if (opcode == CAP_OP_CALL || is_returning(opcode))
        fill_message_and_sent(actor, slot);
    if (opcode == CAP_OP_CALL || is_receiving(opcode))
        slot->sqe.buffer_addr = address_of(actor, slot->buffer);
    if (opcode == CAP_OP_CALL || opcode == CAP_OP_RECV)
        fill_time_limit(actor, slot);
    if (opcode != CAP_OP_RELEASE && opcode != CAP_OP_CANCEL) {
        uint32_t begin = LIST_MAX - slot->sqe.send_count;
        slot->sqe.transfers_addr =
            address_of(actor, slot->sqe.flags & CAP_SQE_TIMEOUT ? (void *)(&slot->before_sent + begin)
                                                                : &slot->sent[begin]);
    }
}

static void submit_one(struct actor *actor)
{
    static const uint8_t opcodes[] = {
        CAP_OP_CALL,   CAP_OP_CALL,   CAP_OP_CALL,    CAP_OP_CALL,        CAP_OP_CALL,       CAP_OP_CALL,
        CAP_OP_RECV,   CAP_OP_RECV,   CAP_OP_RECV,    CAP_OP_RETURN,      CAP_OP_RETURN,     CAP_OP_RETURN,
        CAP_OP_RETURN, CAP_OP_CANCEL, CAP_OP_RELEASE, CAP_OP_RETURN_RECV, CAP_OP_RETURN_RECV};
    struct slot *slot = &slots[below(actor, SLOTS_MAX)];
    if (slot->is_used)
        return;
    fill(actor, slot, opcodes[below(actor, sizeof opcodes)]);
    if (ring_client_submit(&actor->rt->ring, &slot->sqe))
        return;
    slot->is_used = true;
    actor->under_way_count++;
}

/* ---- Judging a completion ------------------------------------------------------------------------- */

static bool is_pattern(const uint8_t *bytes, uint32_t from, uint32_t to)
{
    while (from < to)
        if (bytes[from++] != PATTERN)
            return false;
    return true;
}

static struct cap_transfer_in *spare_place(struct actor *actor)
{
    return &actor->caps[actor->born_count + below(actor, CAPS_MAX - actor->born_count)];
}

static void learn(struct actor *actor, const struct slot *slot, const struct cap_cqe *cqe)
{
    if (is_receiving(slot->sqe.opcode))
        actor->call_ids[below(actor, CALL_IDS_MAX)] = ((const struct cap_incoming *)slot->buffer)->call_id;
    for (uint32_t i = 0; i < cqe->cap_count; i++)
        *spare_place(actor) = ((const struct cap_transfer_in *)slot->received)[i];
}

static void judge(struct actor *actor, const struct cap_cqe *cqe)
{
    if (cqe->user_data >= SLOTS_MAX || !slots[cqe->user_data].is_used)
        give_up(BROKEN_STRANGE_COMPLETION);
    struct slot *slot = &slots[cqe->user_data];
    bool is_message = cqe->status == CAP_OK || cqe->status == CAP_ERR_EXCEPTION;
    slot->is_used = false;
    actor->under_way_count--;
    if (!is_message && (!is_pattern(slot->buffer, 0, BUFFER_BYTES) ||
                        !is_pattern(slot->received[0], 0, sizeof slot->received)))
        give_up(BROKEN_ERROR_WROTE);
    if (!is_message)
        return;
    uint32_t head_bytes = is_receiving(slot->sqe.opcode) ? sizeof(struct cap_incoming) : 0;
    if (!is_pattern(slot->buffer, head_bytes + cqe->message_bytes, BUFFER_BYTES) ||
        !is_pattern(slot->received[0], cqe->cap_count * 16u, sizeof slot->received))
        give_up(BROKEN_WROTE_TOO_MUCH);
    learn(actor, slot, cqe);
}

/* Waits a millisecond at most, seldom, so that the others run and nobody waits for ever. */
static void enter(struct actor *actor)
{
    struct cap_cqe cqe;
    uint64_t timeout_ns = below(actor, 32) ? 0 : 1;
    if (rt_enter(below(actor, 4), timeout_ns) < 0)
        give_up(BROKEN_BAD_RING);
    while (below(actor, 8) && ring_client_take(&actor->rt->ring, &cqe))
        judge(actor, &cqe);
}

/* ---- Its life ------------------------------------------------------------------------------------- */

static void start(struct actor *actor, struct rt *rt)
{
    const struct cap_capset *capset = rt->capset;
    *actor = (struct actor){.rt = rt, .random = {.state = actors_seed(rt_process_name(rt))}};
    for (uint32_t i = 0; i < capset->count && i < CAPS_MAX / 2; i++)
        actor->caps[actor->born_count++] =
            (struct cap_transfer_in){capset->entries[i].cap, capset->entries[i].interface_id};
}

int main(struct rt *rt)
{
    static struct actor actor;
    start(&actor, rt);
    for (uint32_t i = 0; i < STEPS; i++) {
        submit_one(&actor);
        if (!below(&actor, 3))
            enter(&actor);
    }
    if (actors_end(rt_process_name(rt)) == ACTORS_END_FAULT)
        __builtin_trap();
    while (actors_end(rt_process_name(rt)) == ACTORS_END_KILLED)
        rt_enter(CAP_CQ_ENTRIES, 1000000);
    return 0;
}
