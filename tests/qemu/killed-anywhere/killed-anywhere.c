/* init: starts victims and partners, kills one or both after a while, and has the kernel check its books
 * before and after each end.
 *
 * Next: tests/qemu/killed-anywhere/victim.c
 */
#include "tests/qemu/cases.h"

#define ROUNDS  60
/* A round of the victim takes some 600 us: the moments go over several, at steps that meet none of its parts.
 */
#define STEP_NS 37019

struct test {
    struct cases cases;
    struct os_FrameAllocator allocator;
    struct os_Timer timer;
    struct pair pair;
    struct os_ProcessHandle victim, partner;
    uint32_t victim_ends, partner_ends;
    uint32_t processes_max, objects_max; /* seen at one time */
};

static uint32_t look_up(struct test *test, uint32_t *objects, const char *what)
{
    uint32_t processes = 0, calls = 0;
    uint64_t references = 0;
    raw_expect_err(&test->cases.raw,
                   os_Inspector_check(test->cases.inspector, &processes, objects, &references, &calls),
                   CAP_OK, what);
    return processes;
}

static void sleep(struct test *test, uint64_t ns)
{
    uint64_t now = 0;
    raw_expect_err(&test->cases.raw, os_Timer_now(test->timer, &now), CAP_OK, "now");
    raw_expect_err(&test->cases.raw, os_Timer_sleepUntil(test->timer, now + ns), CAP_OK, "sleep");
}

static void start_victim(struct test *test)
{
    const struct grant grants[] = {
        {"processSpawner", test->cases.spawner.handle, CAP_TRANSFER_COPY},
        {"endpointFactory", test->cases.endpoints.handle, CAP_TRANSFER_COPY},
        {"frameAllocator", test->allocator.handle, CAP_TRANSFER_COPY},
        {"timer", test->timer.handle, CAP_TRANSFER_COPY},
        {"client", test->pair.client, CAP_TRANSFER_COPY},
    };
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, test->cases.spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("victim"));
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("victim"));
    (void)!os_ProcessSpawner_spawn_Params_set_ownMemory(params, wire_text_of("virtualMemory"));
    struct os_NamedCap_list_builder list = os_ProcessSpawner_spawn_Params_init_grants(params, 5);
    for (uint32_t i = 0; i < 5; i++) {
        (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(list, i), wire_text_of(grants[i].name));
        (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(list, i),
                                   rt_call_attach(&call, grants[i].handle, grants[i].mode));
    }
    enum cap_err err = spawn_finish(&call, &test->victim);
    raw_expect_err(&test->cases.raw, err, CAP_OK, "spawn victim");
    rt_call_end(&call);
}

static void start_partner(struct test *test)
{
    const struct grant grant = {"endpoint", test->pair.endpoint.handle, CAP_TRANSFER_COPY};
    test->partner = peer_start(&test->cases, "partner", "partner", &grant, 1);
}

static void play(struct test *test, uint32_t number)
{
    uint32_t objects;
    bool ends_victim = number % 3 != 1, ends_partner = number % 3 != 0;
    sleep(test, 1000000 + number * STEP_NS);
    uint32_t processes = look_up(test, &objects, "while they work");
    test->processes_max = processes > test->processes_max ? processes : test->processes_max;
    test->objects_max = objects > test->objects_max ? objects : test->objects_max;
    if (ends_victim)
        peer_kill(&test->cases, &test->victim);
    (void)look_up(test, &objects, "after an end");
    if (ends_partner)
        peer_kill(&test->cases, &test->partner);
    (void)look_up(test, &objects, "after an end");
    test->victim_ends += ends_victim;
    test->partner_ends += ends_partner;
    if (ends_victim)
        start_victim(test);
    if (ends_partner)
        start_partner(test);
}

int main(struct rt *rt)
{
    static struct test test;
    uint32_t before, after, process_count;
    test.cases = cases_start(rt);
    test.victim.handle.rt = test.partner.handle.rt = rt;
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &test.allocator) ||
        RT_CAPSET(rt, "timer", os_Timer, &test.timer))
        return 98;
    test.pair = pair_make(&test.cases, 1);
    (void)look_up(&test, &before, "before");
    start_victim(&test);
    start_partner(&test);
    for (uint32_t number = 0; test.victim_ends + test.partner_ends < 2 * ROUNDS; number++)
        play(&test, number);
    peer_kill(&test.cases, &test.victim);
    peer_kill(&test.cases, &test.partner);
    sleep(&test, 20000000); /* children that nobody waits for end by themselves */
    process_count = look_up(&test, &after, "afterwards");
    raw_expect_err(&test.cases.raw, process_count, 1, "init is alone");
    raw_expect_err(&test.cases.raw, after, before, "with what it had before");
    raw_expect(&test.cases.raw, test.processes_max >= 4 && test.objects_max >= before + 8,
               "init, a victim, its partner and its child were there, and what they make");
    print(test.cases.raw.console, "%u ends: %u of those that call, %u of those that serve",
          test.victim_ends + test.partner_ends, test.victim_ends, test.partner_ends);
    return raw_end(&test.cases.raw);
}
