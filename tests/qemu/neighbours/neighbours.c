/* Looks at what its neighbours leave it. Next: tests/qemu/fairness/fairness.c */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x1234
#define SLEEPS    20
#define SLEEP_NS  1000000ull

/* A fair share of three is back within 20 ms; unfair ones take seconds. Between them is room for a busy host.
 */
#define WORST_NS 1000000000ull

static void test_selectors(struct raw *raw, struct os_ProcessSpawner spawner)
{
    struct os_ProcessHandle process;
    raw_expect_err(raw, spawn_with(spawner, "selectors", NULL, raw->console.handle, &process), CAP_OK,
                   "it starts");
    uint32_t seen = 0;
    for (uint32_t i = 0; i < SLEEPS; i++) {
        uint32_t ds, es, fs, gs;
        rt_enter(1, SLEEP_NS);
        __asm__ volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
                         : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
        seen |= ds | es | fs | gs;
    }
    raw_expect_err(raw, seen, 0, "no selector of another process");
    rt_handle_drop(&process.handle);
}

static uint64_t now(struct raw *raw, struct os_Timer timer)
{
    uint64_t nanoseconds = 0;
    raw_expect_err(raw, os_Timer_now(timer, &nanoseconds), CAP_OK, "the time");
    return nanoseconds;
}

static void test_pair(struct raw *raw, struct os_ProcessSpawner spawner, struct os_EndpointFactory factory,
                      struct os_Timer timer)
{
    struct os_Endpoint endpoint = {0};
    struct rt_handle client = {0};
    struct os_ProcessHandle process;
    raw_expect_err(raw, os_EndpointFactory_create(factory, SERVED_ID, &endpoint), CAP_OK, "an endpoint");
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 1, &client), CAP_OK, "a client facet");
    raw_expect_err(raw, spawn_with(spawner, "woken", "echo", endpoint.handle, &process), CAP_OK,
                   "one of them");
    raw_expect_err(raw, spawn_with(spawner, "waker", "echo", client, &process), CAP_OK, "the other");
    uint64_t worst_ns = 0;
    for (uint32_t i = 0; i < SLEEPS; i++) {
        uint64_t start = now(raw, timer);
        rt_enter(1, SLEEP_NS);
        uint64_t took_ns = now(raw, timer) - start;
        if (took_ns > worst_ns)
            worst_ns = took_ns;
    }
    raw_expect(raw, worst_ns < WORST_NS,
               "a sleeper gets the processor back from a pair that hands it to and fro");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_Timer timer;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    test_selectors(&raw, spawner);
    test_pair(&raw, spawner, factory, timer);
    return raw_end(&raw);
}
