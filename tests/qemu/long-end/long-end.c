/* init: ends the giant while the meter runs.
 *
 * Next: tests/qemu/long-end/giant.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define MS 1000000ull

/* The longest that the kernel may keep a process from running because another one ends. */
#define PAUSE_US_MAX 600

#define SERVED_ID 0x5e11ed

/* An endpoint that init can call and the giant alone could serve. */
static struct rt_handle make_channel(struct raw *raw, struct os_EndpointFactory factory,
                                     struct rt_handle *client)
{
    struct os_Endpoint endpoint = {{.rt = raw->rt}};
    raw_expect_err(raw, os_EndpointFactory_create(factory, SERVED_ID, &endpoint), CAP_OK, "an endpoint");
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 0, client), CAP_OK, "its client facet");
    return endpoint.handle;
}

static void call_send(struct rt_call *call, struct rt_handle client)
{
    rt_call_begin(call, client, SERVED_ID, 0);
    (void)!rt_call_send(call);
    rt_flush(client.rt);
}

static void expect_disconnected(struct raw *raw, struct rt_call *call, const char *what)
{
    raw_expect_err(raw, rt_call_wait(call), CAP_ERR_DISCONNECTED, what);
    rt_call_end(call);
}

static enum cap_err start_giant(struct raw *raw, struct os_ProcessSpawner spawner, struct rt_handle *client,
                                struct os_ProcessHandle *giant)
{
    static const char *const names[] = {"console", "frameAllocator", "endpointFactory"};
    static const uint64_t interfaces[] = {os_Console_ID, os_FrameAllocator_ID, os_EndpointFactory_ID};
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(&call, spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("giant"));
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("giant"));
    (void)!os_ProcessSpawner_spawn_Params_set_ownMemory(params, wire_text_of("virtualMemory"));
    struct os_Limits_builder limits = os_ProcessSpawner_spawn_Params_init_limits(params);
    os_Limits_set_frames(limits, 5000);
    os_Limits_set_records(limits, 5000);
    struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 4);
    struct rt_handle handle = raw->console.handle;
    for (uint32_t i = 0; i < 3; i++) {
        if (i)
            raw_expect_err(raw, rt_capset_find(raw->rt, names[i], interfaces[i], &handle), CAP_OK, names[i]);
        (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(grants, i), wire_text_of(names[i]));
        (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(grants, i),
                                   rt_call_attach(&call, handle, CAP_TRANSFER_COPY));
    }
    handle = make_channel(raw, (struct os_EndpointFactory){handle}, client);
    (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(grants, 3), wire_text_of("endpoint"));
    (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(grants, 3),
                               rt_call_attach(&call, handle, CAP_TRANSFER_MOVE));
    enum cap_err err = spawn_finish(&call, giant);
    rt_call_end(&call);
    return err;
}

static void sleep(struct os_Timer timer, uint64_t ns)
{
    uint64_t now = 0;
    (void)!os_Timer_now(timer, &now);
    (void)!os_Timer_sleepUntil(timer, now + ns);
}

/* The exit code of a process; -1 if it ended in another way. */
static int32_t exit_code(struct raw *raw, struct os_ProcessHandle process)
{
    struct os_ProcessEnd_reader end;
    struct rt_call *call = rt_call_scratch(raw->rt);
    int32_t code = -1;
    if (!spawn_wait(call, process, &end) && os_ProcessEnd_which(end) == os_ProcessEnd_exited)
        code = os_ProcessEnd_get_exited(end);
    rt_call_end(call);
    return code;
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_Timer timer;
    struct os_ProcessHandle giant = {{.rt = rt}}, meter = {{.rt = rt}};
    struct rt_handle client = {.rt = rt};
    static struct rt_call before, meanwhile;
    uint64_t killed = 0, over = 0;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "timer", os_Timer, &timer))
        return 98;
    raw_expect_err(&raw, start_giant(&raw, spawner, &client, &giant), CAP_OK, "spawn giant");
    sleep(timer, 1000 * MS);
    raw_expect_err(&raw, spawn_with(spawner, "meter", NULL, (struct rt_handle){0}, &meter), CAP_OK,
                   "spawn meter");
    sleep(timer, 50 * MS);
    call_send(&before, client);
    raw_expect_err(&raw, os_Timer_now(timer, &killed), CAP_OK, "now");
    raw_expect_err(&raw, os_ProcessHandle_kill(giant), CAP_OK, "kill");
    raw_expect_err(&raw, os_ProcessHandle_kill(giant), CAP_OK, "kill while it is ending");
    call_send(&meanwhile, client);
    raw_expect_err(&raw, os_Timer_now(timer, &over), CAP_OK, "now");
    raw_expect(&raw, over - killed < 5 * MS, "the process is ending");
    raw_expect(&raw, exit_code(&raw, giant) == -1, "it was killed");
    raw_expect_err(&raw, os_Timer_now(timer, &over), CAP_OK, "now");
    expect_disconnected(&raw, &before, "a call that waited when its server was killed");
    expect_disconnected(&raw, &meanwhile, "a call that came while its server was ending");
    int32_t pause_us = exit_code(&raw, meter);
    print(raw.console, "the end took %lu us; the longest pause of another process was %d us",
          (unsigned long)(over - killed) / 1000, (int)pause_us);
    raw_expect(&raw, over - killed > PAUSE_US_MAX * 1000, "the end took longer than any pause");
    raw_expect(&raw, pause_us > 0 && pause_us <= PAUSE_US_MAX, "another process runs meanwhile");
    return raw_end(&raw);
}
