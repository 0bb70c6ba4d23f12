/* Sleeps and works among processes that never wait. If it does not get its share, it does not end.
 *
 * Next: tests/qemu/peer-death/peer-death.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define ROUNDS   20
#define SLEEP_NS 1000000

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct os_ProcessHandle handle;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory) ||
        os_EndpointFactory_create(factory, 0x93b4c5d6e7f80912, &endpoint) ||
        os_Endpoint_makeClient(endpoint, 1, &client))
        return 98;
    raw_expect_err(&raw, spawn_with(spawner, "spinner", NULL, client, &handle), CAP_OK, "spinner starts");
    raw_expect_err(&raw, spawn_with(spawner, "submitter", NULL, client, &handle), CAP_OK, "submitter starts");
    raw_expect_err(&raw, spawn_with(spawner, "server", "echo", endpoint.handle, &handle), CAP_OK,
                   "server starts");
    raw_expect_err(&raw, spawn_with(spawner, "caller", "echo", client, &handle), CAP_OK, "caller starts");
    for (uint32_t i = 0; i < ROUNDS; i++) {
        raw_expect_err(&raw, rt_enter(1, SLEEP_NS), 0, "a sleeper wakes");
        for (uint32_t k = 0; k < 1000000; k++)
            __asm__ volatile("");
    }
    return raw_end(&raw);
}
