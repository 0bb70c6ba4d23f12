/* Calls a server while another process is always ready. Next: tests/qemu/neighbours/neighbours.c */
#include "build/gen/user/echo/echo.client.h"
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define CALLS 200

/* With a slice of 10 ms for the busy process before each server and each answer, it would be 4 s. */
#define WORST_NS 1500000000ull

static uint64_t now(struct raw *raw, struct os_Timer timer)
{
    uint64_t nanoseconds = 0;
    raw_expect_err(raw, os_Timer_now(timer, &nanoseconds), CAP_OK, "the time");
    return nanoseconds;
}

static void test_calls(struct raw *raw, struct os_Timer timer, struct demo_Echo client)
{
    uint64_t start = now(raw, timer);
    for (uint32_t i = 0; i < CALLS; i++) {
        struct wire_text text;
        uint32_t count;
        raw_expect_err(raw, demo_Echo_echo(client, wire_text_of("again"), &text, &count), CAP_OK, "a call");
    }
    raw_expect(raw, now(raw, timer) - start < WORST_NS,
               "calls do not wait for a process that is not part of them");
}

/* This process has never loaded xmm7; busy has nothing else. */
static void test_registers(struct raw *raw)
{
    for (uint32_t i = 0; i < 20; i++) {
        uint64_t mine = 0x1111111111111111 + i, found;
        __asm__ volatile("movq %0, %%xmm7" : : "r"(mine));
        rt_enter(1, 1000000);
        __asm__ volatile("movq %%xmm7, %0" : "=r"(found));
        raw_expect(raw, found == mine, "a register is what it was before other processes ran");
    }
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_Timer timer;
    struct os_Endpoint endpoint;
    struct demo_Echo client;
    struct os_ProcessHandle busy, server;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer) ||
        os_EndpointFactory_create(factory, demo_Echo_ID, &endpoint) ||
        os_Endpoint_makeClient(endpoint, 1, &client.handle))
        return 98;
    raw_expect_err(&raw, spawn_with(spawner, "server", "echo", endpoint.handle, &server), CAP_OK, "a server");
    raw_expect_err(&raw, spawn_with(spawner, "busy", NULL, client.handle, &busy), CAP_OK, "a busy process");
    rt_enter(1, 30000000);
    test_calls(&raw, timer, client);
    test_registers(&raw);
    return raw_end(&raw);
}
