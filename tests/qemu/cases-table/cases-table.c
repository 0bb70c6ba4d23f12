/* Ids that are guessed, old, or somebody else's. Next: tests/qemu/cases-table/guesser.c */
#include "tests/qemu/cases.h"
#include "tests/qemu/random.h"

#define RANDOM_IDS 20000
#define REUSES     3000

static struct filling filling;

static void case_46(struct cases *cases)
{
    static const uint64_t special[] = {
        0, UINT64_MAX, UINT32_MAX, 1ull << 32 | 4095, 1ull << 32 | 4096, 1ull << 63 | 4095};
    uint32_t wrong_count = 0;
    for (uint32_t i = 0; i < sizeof special / sizeof special[0]; i++)
        expect_id(cases, special[i], CAP_ERR_NO_CAP, "an id that never was");
    struct random random = {0x46};
    for (uint32_t i = 0; i < RANDOM_IDS; i++) {
        enum cap_err err = id_state(cases, random_next(&random));
        wrong_count += err != CAP_ERR_NO_CAP && err != CAP_ERR_STALE;
    }
    raw_expect_err(&cases->raw, wrong_count, 0, "random ids");
}

/* Each generation of one slot, before and after. */
static void case_47(struct cases *cases)
{
    uint64_t before = 0;
    for (uint32_t i = 0; i < 5; i++) {
        struct pair pair = pair_make(cases, i);
        uint64_t id = pair.client.cap.bits;
        expect_id(cases, id, CAP_OK, "the id itself");
        expect_id(cases, id + (1ull << 32), CAP_ERR_STALE, "the next generation");
        if (id >> 32 > 1)
            expect_id(cases, id - (1ull << 32), CAP_ERR_STALE, "the one before");
        raw_expect(&cases->raw, id != before, "never the same twice");
        before = id;
        pair_drop(cases, &pair);
        expect_id(cases, id, CAP_ERR_STALE, "gone");
    }
}

/* A slot is used thousands of times, by objects of two kinds in turn; its first id never works again. */
static void case_49(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1);
    uint64_t first = 0, last = 0;
    uint32_t alive_count = 0, other_slot_count = 0;
    for (uint32_t i = 0; i < REUSES; i++) {
        struct rt_handle made;
        enum cap_err err;
        if (i % 2) {
            struct os_Endpoint endpoint;
            err = os_EndpointFactory_create(cases->endpoints, SERVED_ID, &endpoint);
            made = endpoint.handle;
        } else {
            err = os_Endpoint_makeClient(pair.endpoint, i, &made);
        }
        raw_expect_err(&cases->raw, err, CAP_OK, "another object");
        first = i ? first : made.cap.bits;
        last = made.cap.bits;
        other_slot_count += (uint32_t)last != (uint32_t)first;
        alive_count += i && id_state(cases, first) != CAP_ERR_STALE;
        rt_handle_drop(&made);
        rt_flush(cases->raw.rt);
    }
    raw_expect_err(&cases->raw, other_slot_count, 0, "all in the same slot");
    raw_expect_err(&cases->raw, alive_count, 0, "the first id never names a later object");
    raw_expect_err(&cases->raw, (int64_t)(last - first) >> 32, REUSES - 1,
                   "each has a generation of its own");
    pair_drop(cases, &pair);
}

static void case_52(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), parent = pair_make(cases, 2);
    table_fill(cases, &pair, CAP_SLOTS_MAX - 1000, &filling);
    const struct grant grants[] = {copy_of("client", pair.client), copy_of("parent", parent.client)};
    struct os_ProcessHandle peer = peer_start(cases, "guesser", "guesser", grants, 2);
    hear(cases, parent.endpoint, "the peer has guessed");
    raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "and found nothing");
    table_empty(cases, &filling);
    pair_drop(cases, &pair);
    pair_drop(cases, &parent);
}

static uint32_t objects_count(struct cases *cases)
{
    uint32_t processes = 0, objects = 0, calls = 0;
    uint64_t references = 0;
    raw_expect_err(&cases->raw,
                   os_Inspector_check(cases->inspector, &processes, &objects, &references, &calls), CAP_OK,
                   "the books are right");
    return objects;
}

/* A spawner for two processes at a time, of the binary `guesser`. */
static struct os_ProcessSpawner restricted(struct cases *cases)
{
    struct rt_call call;
    struct os_ProcessSpawner_restrict_Results_reader results;
    struct os_ProcessSpawner made = {{.rt = cases->raw.rt}};
    struct os_ProcessSpawner_restrict_Params_builder params =
        os_ProcessSpawner_restrict_begin(&call, cases->spawner);
    (void)!wire_list_set_text(os_ProcessSpawner_restrict_Params_init_binaries(params, 1), 0,
                              wire_text_of("guesser"));
    os_ProcessSpawner_restrict_Params_set_processes(params, 2);
    enum cap_err err = os_ProcessSpawner_restrict_send(&call);
    if (!err)
        err = os_ProcessSpawner_restrict_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_ProcessSpawner_restrict_Results_get_spawner(results), &made.handle);
    raw_expect_err(&cases->raw, err, CAP_OK, "a restricted spawner");
    rt_call_end(&call);
    return made;
}

/* A spawn moves the capability that it was called through into the child, who does the same with its own. */
static void spawn_itself(struct cases *cases)
{
    uint32_t before = objects_count(cases);
    struct cases inner = *cases;
    inner.spawner = restricted(cases);
    uint64_t cap = inner.spawner.handle.cap.bits;
    const struct grant grants[] = {move_of("spawner", inner.spawner.handle),
                                   copy_of("console", cases->raw.console.handle)};
    struct os_ProcessHandle process = {{.rt = cases->raw.rt}};
    raw_expect_err(&cases->raw, peer_try(&inner, "nobody", "heir", grants, 2, &process), CAP_ERR_EXCEPTION,
                   "a spawn that fails after it has taken itself");
    expect_id(cases, cap, CAP_OK, "the spawner is back");
    raw_expect_err(&cases->raw, peer_try(&inner, "guesser", "heir", grants, 2, &process), CAP_OK,
                   "a spawn through the spawner that it moves");
    expect_id(cases, cap, CAP_ERR_STALE, "which is the child's now");
    raw_expect_err(&cases->raw, peer_end(cases, &process), 0, "the child could use it");
    raw_expect_err(&cases->raw, objects_count(cases), before, "and with its last heir it is gone");
}

/* The object whose method runs loses its last reference while it runs. */
static void case_55(struct cases *cases)
{
    spawn_itself(cases);
    struct pair pair = pair_make(cases, 1), probe = pair_make(cases, 2);
    const struct grant grants[] = {copy_of("endpoint", pair.endpoint.handle), move_of("cap", probe.client)};
    struct os_ProcessHandle peer = peer_start(cases, "guesser", "suicide", grants, 2);
    rt_handle_forget(&probe.client);
    submit(cases, moving(call_of(pair.client), peer.handle.cap.bits), 1);
    expect(cases, 1, CAP_ERR_PEER_DEAD, "it kills itself by the only capability to its handle");
    expect_id(cases, peer.handle.cap.bits, CAP_ERR_STALE, "which went with it");
    expect_facet_gone(cases, &probe, "and all else it had");
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
}

static const struct hostile_case list[] = {
    {46, "ids 0, the greatest, and 20,000 random ones: ERR_NO_CAP or ERR_STALE", case_46},
    {47, "the generations before and after: ERR_STALE", case_47},
    {49, "a slot used 3,000 times by two kinds of objects: its first id stays dead", case_49},
    {52, "the ids of another process: its own or ERR_NO_CAP", case_52},
    {55,
     "an object is moved, or loses its last reference, while its method runs: it lives until that is over",
     case_55},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
