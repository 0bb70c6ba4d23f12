/* Every state of the model of endpoints that can be reached, and every operation in each of them, on the
 * kernel's own code.
 *
 * States are found breadth first, so the way to each is a shortest one, and what fails is printed with such a
 * way. To try an operation the world is brought to its state and the operation is played, on both sides. A
 * world comes to a state by way of the states before it, and at each of these a copy of it is kept; states
 * one behind the other in the order of their discovery share most of their ways, so there are hardly two
 * operations to repeat for a state, and none for another operation in it. In each state, once, everything
 * dies, and no frame, record, reference or charge may be left.
 *
 * Next: tests/host/test_endpoint_model.c
 */
#pragma once

#include "tests/host/endpoint_world.h"
#include "tests/host/random.h"

#define STATES_MAX (1u << 21)
#define BUCKETS    (1u << 23)
#define DEPTH_MAX  255

/* What is explored: these calls, after these operations. */
struct part {
    const char *name;
    bool is_quick;
    uint8_t calls; /* one bit each */
    uint8_t beginning_count;
    struct operation beginning[2];
};

struct state {
    struct model model;
    uint8_t operation, depth;
    uint32_t from;
};

static struct state *states;
static uint32_t *buckets; /* 1 + index into states, or 0 */
static uint32_t state_count;

/* The way to the state that was tried last: its states, and the world at each. */
static struct {
    uint32_t index;
    uint8_t *world;
} way[DEPTH_MAX];
static uint32_t way_count;

static void see(const struct model *model, uint32_t from, uint8_t operation)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (size_t i = 0; i < sizeof *model; i++)
        hash = (hash ^ ((const uint8_t *)model)[i]) * 0x100000001b3;
    uint32_t bucket = (uint32_t)(hash ^ hash >> 32) % BUCKETS;
    for (; buckets[bucket]; bucket = (bucket + 1) % BUCKETS)
        if (memcmp(&states[buckets[bucket] - 1].model, model, sizeof *model) == 0)
            return;
    EXPECT(state_count < STATES_MAX);
    uint8_t depth = state_count ? (uint8_t)(states[from].depth + 1) : 0;
    EXPECT(depth < DEPTH_MAX);
    states[state_count++] = (struct state){*model, operation, depth, from};
    buckets[bucket] = state_count;
}

/* What is played at the moment; printed when it fails, by an EXPECT, a CHECK or a sanitizer. */
static struct {
    bool is_underway;
    uint32_t index;
    uint8_t operation; /* OPERATIONS: everything dies */
} latest;

static void print_latest(void)
{
    uint8_t way_to[DEPTH_MAX];
    if (latest.is_underway) {
        for (uint32_t i = latest.index; i; i = states[i].from)
            way_to[states[i].depth - 1] = states[i].operation;
        printf("the way there, verb:which of each operation:");
        for (uint32_t i = 0; i < states[latest.index].depth; i++)
            printf(" %u:%u", operations[way_to[i]].verb, operations[way_to[i]].which);
        if (latest.operation < OPERATIONS)
            printf(" %u:%u\n", operations[latest.operation].verb, operations[latest.operation].which);
        else
            printf(" and the end\n");
    }
    latest.is_underway = false;
    fflush(stdout);
}

/* A CHECK that fails, which aborts, comes to the death callback too. */
const char *__asan_default_options(void)
{
    return "handle_abort=1";
}

static void play_latest(struct model *model, uint32_t index, uint8_t operation)
{
    latest = (typeof(latest)){true, index, operation};
    play(model, operations[operation]);
    latest.is_underway = false;
}

/* Brings the world to a state. */
static void go_to(uint32_t index)
{
    uint32_t depth = states[index].depth, wanted[DEPTH_MAX], shared_count = 0;
    for (uint32_t i = index;; i = states[i].from) {
        wanted[states[i].depth] = i;
        if (i == 0)
            break;
    }
    while (shared_count < way_count && shared_count <= depth &&
           way[shared_count].index == wanted[shared_count])
        shared_count++;
    world_restore(way[shared_count - 1].world);
    for (uint32_t at_depth = shared_count; at_depth <= depth; at_depth++) {
        const struct state *next = &states[wanted[at_depth]];
        struct model model = states[next->from].model;
        play_latest(&model, next->from, next->operation);
        EXPECT_BYTES(&model, &next->model, sizeof model);
        way[at_depth].index = wanted[at_depth];
        if (!way[at_depth].world)
            way[at_depth].world = world_make_copy();
        world_save(way[at_depth].world);
    }
    way_count = depth + 1;
}

/* The world as it is at first, a copy of it in way[0], and its state. */
static struct model begin_part(const struct part *part)
{
    if (!states) {
        states = malloc(STATES_MAX * sizeof *states);
        buckets = malloc(BUCKETS * sizeof *buckets);
        (void)atexit(print_latest);
        __sanitizer_set_death_callback(print_latest);
    }
    print_latest(); /* if the test before this one has failed */
    EXPECT(states && buckets);
    is_quick = part->is_quick;
    struct model first = begin();
    for (uint32_t i = 0; i < part->beginning_count; i++)
        play(&first, part->beginning[i]);
    if (!way[0].world)
        way[0].world = world_make_copy();
    world_save(way[0].world);
    way[0].index = 0;
    way_count = 1;
    return first;
}

static bool is_tried(const struct part *part, const struct model *model, struct operation op)
{
    bool is_of_call = op.verb == DO_CALL || op.verb == DO_CANCEL || op.verb == DO_TIME_OUT;
    return !(is_of_call && !(part->calls >> op.which & 1)) && is_possible(model, op);
}

static inline void explore(const struct part *part)
{
    const struct model first = begin_part(part);
    uint64_t tried_count = 0;
    memset(buckets, 0, BUCKETS * sizeof *buckets);
    state_count = 0;
    see(&first, 0, 0);
    for (uint32_t index = 0; index < state_count; index++) {
        const uint32_t depth = states[index].depth;
        go_to(index);
        latest = (typeof(latest)){true, index, OPERATIONS};
        world_end();
        latest.is_underway = false;
        for (uint8_t operation = 0; operation < OPERATIONS; operation++) {
            struct model model = states[index].model;
            if (!is_tried(part, &model, operations[operation]))
                continue;
            world_restore(way[depth].world);
            play_latest(&model, index, operation);
            see(&model, index, operation);
            tried_count++;
        }
    }
    world_restore(way[0].world);
    world_end();
    printf("%s, memory that was %s: %u states, %" PRIu64
           " ways, the longest of %u operations; no other state\n",
           part->name, part->is_quick ? "used" : "not used", state_count, tried_count,
           states[state_count - 1].depth + 1u);
}

static bool is_end(struct operation op)
{
    return op.verb == DO_REVOKE || op.verb == DO_RELEASE || op.verb == DO_DIE;
}

/* One long way, by chance, on which clients and servers last: what differs between ways to one state (places,
 * generations, indices) differs more on it than on the shortest ones. Returns how many operations were
 * played. */
static inline uint32_t wander(const struct part *part)
{
    const struct model first = begin_part(part);
    uint32_t count = 0;
    states[0] = (struct state){.model = first};
    for (uint32_t tries = 0; count < DEPTH_MAX - 1 && tries < 20 * DEPTH_MAX; tries++) {
        struct model model = states[count].model;
        uint8_t operation = (uint8_t)random_below(OPERATIONS);
        bool is_too_soon = is_end(operations[operation]) && random_below(64);
        if (is_too_soon || !is_tried(part, &model, operations[operation]))
            continue;
        play_latest(&model, count, operation);
        count++;
        states[count] = (struct state){model, operation, (uint8_t)count, count - 1};
    }
    world_end();
    return count;
}
