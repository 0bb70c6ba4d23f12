/* For tests that play the same inputs in several ways, of which one is quick in the kernel and the others are
 * not, and compare all that a program can see afterwards.
 *
 * The quick ways need memory that the kernel remembers from before (kernel/mm/user_memory.h) and no time
 * limit. So an operation is made to go the general way by
 *   - a change of what is mapped just before it, after which the kernel remembers nothing: the very same SQE
 *   - a time limit that never passes
 *   - messages, buffers and lists that cross a page.
 *
 * What can be seen is noted, one number after the other; two ways agree if their notes do.
 *
 * Next: tests/qemu/fastpath/fastpath.c
 */
#pragma once

#include "abi/transfer.h"
#include "build/gen/schema/capos.client.h"
#include "tests/qemu/memory.h"

/* ---- Memory --------------------------------------------------------------------------------------- */

/* Each area has two pages, so that what is in it may cross into the second. */
enum area {
    AREA_MESSAGE,
    AREA_BUFFER,
    AREA_CALL_LIST,
    AREA_INCOMING,
    AREA_INCOMING_LIST,
    AREA_RESULTS,
    AREA_RESULTS_LIST,
    AREA_COUNT
};
#define AREA_BYTES (2 * PAGE)

/* No two of these pages have the same place in the kernel's memory of pages. */
#define ARENA          CAP_MAPPINGS_START
#define READ_ONLY_PAGE (ARENA + AREA_COUNT * AREA_BYTES)
#define EDGE_PAGE      (READ_ONLY_PAGE + PAGE) /* nothing is behind it */
#define NOTHING_PAGE   (EDGE_PAGE + PAGE)
#define TURN_PAGE      (NOTHING_PAGE + PAGE) /* its access is changed */
#define OWN_PAGE       (TURN_PAGE + PAGE)    /* for what the test itself asks of the kernel */
#define LAST_PAGE      (CAP_USER_END - PAGE)
#define POISON         0xa5a5a5a5a5a5a5a5

enum place {
    PLACE_GOOD,
    PLACE_TOUCHES,   /* ends where nothing is */
    PLACE_LAST,      /* ends where user memory does */
    PLACE_READ_ONLY, /* only read */
    PLACE_INTO_READ_ONLY,
    PLACE_NOTHING,
    PLACE_EDGE, /* the last byte is not there */
    PLACE_BEYOND_LAST,
    PLACE_NULL,
    PLACE_RING,
    PLACE_CAPSET,
    PLACE_KERNEL,
    PLACE_NOT_CANONICAL,
    PLACE_WRAPS,
    PLACE_COUNT
};

/* ---- Ways ----------------------------------------------------------------------------------------- */

struct way {
    const char *name;
    uint32_t cold;    /* bit per opcode: nothing is remembered */
    uint32_t limited; /* bit per opcode: with a time limit */
    bool crosses;
};
#define OPS(opcode) (1u << (opcode))
#define ALL_OPS     0xffffffffu

struct note {
    const char *what;
    uint64_t value;
};
#define NOTES_MAX 400

struct outcome {
    uint32_t count;
    struct note notes[NOTES_MAX];
};

struct ways {
    struct memory_test memory;
    const struct way *way;
    struct outcome *outcome;
    bool is_warm;
    struct os_MemoryObject edge;
    uint32_t edge_rights; /* what EDGE_PAGE allows: 0 nothing, 1 reading, 2 writing, too */
    uint32_t input_count;
    uint32_t differing_count;
};

#define LIMIT_NS  (1ull << 60)
#define OWN_TOKEN 0xffff0000

static inline void note(struct ways *ways, const char *what, uint64_t value)
{
    struct outcome *outcome = ways->outcome;
    if (outcome->count == NOTES_MAX)
        rt_exit(97);
    outcome->notes[outcome->count++] = (struct note){what, value};
}

/* ---- Addresses ------------------------------------------------------------------------------------ */

static inline uint64_t place_at(const struct ways *ways, enum area area, enum place place, uint64_t bytes)
{
    uint64_t good = ARENA + area * AREA_BYTES;
    uint64_t last = bytes ? bytes - 1 : 0;
    switch (place) {
    case PLACE_TOUCHES:
        return NOTHING_PAGE - bytes;
    case PLACE_LAST:
        return CAP_USER_END - bytes;
    case PLACE_READ_ONLY:
        return READ_ONLY_PAGE;
    case PLACE_INTO_READ_ONLY:
        return READ_ONLY_PAGE - last;
    case PLACE_NOTHING:
        return NOTHING_PAGE;
    case PLACE_EDGE:
        return NOTHING_PAGE - last;
    case PLACE_BEYOND_LAST:
        return CAP_USER_END - last;
    case PLACE_NULL:
        return 0;
    case PLACE_RING:
        return CAP_RING_ADDRESS + 0xc00;
    case PLACE_CAPSET:
        return CAP_CAPSET_ADDRESS;
    case PLACE_KERNEL:
        return 0xffff800000000000;
    case PLACE_NOT_CANONICAL:
        return 0x0000800000000000;
    case PLACE_WRAPS:
        return UINT64_MAX - last / 2;
    default:
        return ways->way->crosses ? good + PAGE - 8 : good + 64;
    }
}

/* Whether the program can write there, and in front of it, to prepare what is sent. */
static inline bool place_is_writable(enum place place)
{
    return place == PLACE_GOOD || place == PLACE_TOUCHES || place == PLACE_LAST;
}

/* Whether there is room for a time limit in front of a list there. */
static inline bool place_takes_limit(enum place place)
{
    return place <= PLACE_BEYOND_LAST;
}

static inline void words_fill(uint64_t address, uint64_t word_count, uint64_t value, uint64_t step)
{
    for (uint64_t i = 0; i < word_count; i++)
        words_at(address)[i] = value + i * step;
}

static inline void poison(uint64_t address, uint64_t bytes)
{
    uint64_t word_count = bytes / 8;
    __asm__ volatile("rep stosq" : "+D"(address), "+c"(word_count) : "a"(POISON) : "memory");
}

static inline void areas_poison(void)
{
    poison(ARENA, AREA_COUNT * AREA_BYTES);
    poison(EDGE_PAGE, PAGE);
    poison(LAST_PAGE, PAGE);
}

static inline uint64_t hash_words(uint64_t hash, uint64_t first, uint64_t end)
{
    for (; first < end; first += 8)
        hash = (hash ^ *words_at(first)) * 0x100000001b3;
    return hash;
}

/* From `start` on, and around: so it does not matter where in its area something lies. */
static inline uint64_t hash_around(uint64_t area, uint64_t bytes, uint64_t start)
{
    return hash_words(hash_words(0xcbf29ce484222325, start, area + bytes), area, start);
}

static inline void note_memory(struct ways *ways)
{
    static const char *const names[AREA_COUNT] = {
        "message bytes",       "buffer bytes",  "call list bytes",   "incoming bytes",
        "incoming list bytes", "results bytes", "results list bytes"};
    for (enum area area = 0; area < AREA_COUNT; area++)
        note(ways, names[area],
             hash_around(ARENA + area * AREA_BYTES, AREA_BYTES, place_at(ways, area, PLACE_GOOD, 0)));
    note(ways, "bytes before nothing", hash_around(EDGE_PAGE, PAGE, EDGE_PAGE));
    note(ways, "last bytes of user memory", hash_around(LAST_PAGE, PAGE, LAST_PAGE));
}

/* ---- What the kernel remembers -------------------------------------------------------------------- */

/* A call of the test's own, with words in OWN_PAGE, which changes nothing that is compared. */
static inline enum cap_err own_call(struct ways *ways, struct rt_handle target, uint16_t method_id,
                                    const uint64_t *words, uint32_t word_count)
{
    struct raw *raw = &ways->memory.raw;
    for (uint32_t i = 0; i < word_count; i++)
        words_at(OWN_PAGE)[i] = words[i];
    const struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                                .method_id = method_id,
                                .user_data = OWN_TOKEN,
                                .target = target.cap.bits,
                                .interface_id = target.interface_id,
                                .message_addr = OWN_PAGE,
                                .message_bytes = word_count * 8,
                                .buffer_addr = OWN_PAGE + PAGE / 2,
                                .buffer_bytes = PAGE / 2};
    return raw_status(raw, &sqe);
}

/* A change of what is mapped makes the kernel forget what it remembers of pages. */
static inline void make_cold(struct ways *ways)
{
    static bool is_turned;
    is_turned = !is_turned;
    const uint64_t words[] = {2ull << 32, TURN_PAGE, is_turned ? READ_WRITE : READ};
    raw_expect_err(&ways->memory.raw,
                   own_call(ways, ways->memory.space.handle, os_VirtualMemory_protect_METHOD, words, 3),
                   CAP_OK, "a change of access");
    ways->is_warm = false;
}

/* A call of no method looks at its message and buffer, and does nothing. */
static inline void touch(struct ways *ways, uint64_t page, bool is_writable)
{
    struct raw *raw = &ways->memory.raw;
    const struct cap_sqe sqe = {.opcode = CAP_OP_CALL,
                                .method_id = 999,
                                .user_data = OWN_TOKEN,
                                .target = raw->console.handle.cap.bits,
                                .interface_id = os_Console_ID,
                                .message_addr = page,
                                .message_bytes = 8,
                                .buffer_addr = is_writable ? page : OWN_PAGE,
                                .buffer_bytes = 8};
    raw_submit(raw, &sqe);
}

static inline void make_warm(struct ways *ways)
{
    if (ways->is_warm)
        return;
    struct raw *raw = &ways->memory.raw;
    struct cap_cqe cqe;
    for (uint64_t page = ARENA; page < READ_ONLY_PAGE; page += PAGE)
        touch(ways, page, true);
    touch(ways, READ_ONLY_PAGE, false);
    if (ways->edge_rights)
        touch(ways, EDGE_PAGE, ways->edge_rights == 2);
    touch(ways, LAST_PAGE, true);
    rt_enter(0, 0);
    uint32_t wrong_count = 0;
    while (ring_client_take(&raw->rt->ring, &cqe))
        wrong_count += cqe.user_data != OWN_TOKEN || cqe.status != CAP_ERR_UNIMPLEMENTED;
    raw_expect_err(raw, wrong_count, 0, "a look at a page");
    ways->is_warm = true;
}

/* While operations are under way. */
static inline void edge_narrow(struct ways *ways, uint32_t rights)
{
    const uint64_t protect[] = {2ull << 32, EDGE_PAGE, READ}, unmap[] = {1ull << 32, EDGE_PAGE};
    struct rt_handle space = ways->memory.space.handle;
    enum cap_err err = rights ? own_call(ways, space, os_VirtualMemory_protect_METHOD, protect, 3)
                              : own_call(ways, space, os_VirtualMemory_unmap_METHOD, unmap, 2);
    raw_expect_err(&ways->memory.raw, err, CAP_OK, "the edge is narrower");
    ways->edge_rights = rights;
    ways->is_warm = false;
}

/* While none are. */
static inline void edge_restore(struct ways *ways)
{
    if (ways->edge_rights == 2)
        return;
    enum cap_err err = ways->edge_rights ? os_VirtualMemory_protect(ways->memory.space, EDGE_PAGE, READ_WRITE)
                                         : memory_map(&ways->memory, ways->edge, EDGE_PAGE, READ_WRITE);
    raw_expect_err(&ways->memory.raw, err, CAP_OK, "the edge is as it was");
    ways->edge_rights = 2;
}

/* ---- One operation -------------------------------------------------------------------------------- */

static inline void note_completions(struct ways *ways)
{
    struct cap_cqe cqe;
    while (ring_client_take(&ways->memory.raw.rt->ring, &cqe)) {
        uint64_t reserved = 0;
        for (uint32_t i = 0; i < 6; i++)
            reserved |= cqe.reserved[i];
        note(ways, "user_data", cqe.user_data);
        note(ways, "status", (uint64_t)cqe.status);
        note(ways, "message_bytes", cqe.message_bytes);
        note(ways, "cap_count", cqe.cap_count);
        note(ways, "flags", cqe.flags);
        note(ways, "reserved", reserved);
    }
}

/* Submits one SQE in the present way, and notes what completes at once. */
static inline void step(struct ways *ways, struct cap_sqe sqe)
{
    uint32_t op = OPS(sqe.opcode);
    if (ways->way->limited & op) {
        if (sqe.send_count + sqe.receive_count == 0)
            sqe.transfers_addr = ARENA + AREA_CALL_LIST * AREA_BYTES + 64;
        sqe.transfers_addr -= sizeof(struct cap_time_limit);
        sqe.flags |= CAP_SQE_TIMEOUT;
        words_at(sqe.transfers_addr)[0] = LIMIT_NS;
        words_at(sqe.transfers_addr)[1] = 0;
    }
    if (ways->way->cold & op)
        make_cold(ways);
    else
        make_warm(ways);
    raw_submit(&ways->memory.raw, &sqe);
    rt_enter(0, 0);
    note(ways, "after opcode", sqe.opcode);
    note_completions(ways);
    if (ways->way->limited & op) {
        words_at(sqe.transfers_addr)[0] = POISON;
        words_at(sqe.transfers_addr)[1] = POISON;
    }
}

/* What an id is good for; no interface has the id 1. */
static inline void note_id(struct ways *ways, const char *what, uint64_t cap)
{
    const struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL, .user_data = OWN_TOKEN, .target = cap, .interface_id = 1};
    note(ways, what, (uint64_t)raw_status(&ways->memory.raw, &sqe));
}

/* ---- Comparing ------------------------------------------------------------------------------------ */

static inline void compare_outcomes(struct ways *ways, const char *input, const struct outcome *quick,
                                    const struct outcome *general)
{
    struct raw *raw = &ways->memory.raw;
    raw->checked_count++;
    uint32_t i = 0;
    while (i < quick->count && i < general->count && quick->notes[i].value == general->notes[i].value)
        i++;
    if (i == quick->count && i == general->count)
        return;
    raw->failed_count++;
    if (ways->differing_count++ >= 20)
        return;
    const struct note *a = &quick->notes[i], *b = &general->notes[i];
    print(raw->console, "CHECK failed: input %u (%s), %s, note %u: %s 0x%lx, but quick %s 0x%lx",
          ways->input_count, input, ways->way->name, i, i < general->count ? b->what : "none",
          i < general->count ? (unsigned long)b->value : 0ul, i < quick->count ? a->what : "none",
          i < quick->count ? (unsigned long)a->value : 0ul);
}

/* ---- The start ------------------------------------------------------------------------------------ */

static inline void map_at(struct ways *ways, uint64_t address, uint64_t bytes, uint16_t access)
{
    struct os_MemoryObject memory = memory_new(&ways->memory, bytes);
    raw_expect_err(&ways->memory.raw, memory_map(&ways->memory, memory, address, access), CAP_OK, "mapped");
    memory_drop(&ways->memory, &memory);
}

static inline struct ways *ways_start(struct rt *rt)
{
    static struct ways ways;
    ways.memory = memory_test_start(rt);
    map_at(&ways, ARENA, AREA_COUNT * AREA_BYTES, READ_WRITE);
    map_at(&ways, READ_ONLY_PAGE, PAGE, READ);
    map_at(&ways, TURN_PAGE, PAGE, READ);
    map_at(&ways, OWN_PAGE, PAGE, READ_WRITE);
    map_at(&ways, LAST_PAGE, PAGE, READ_WRITE);
    ways.edge = memory_new(&ways.memory, PAGE);
    edge_restore(&ways);
    return &ways;
}
