/* init of tests that start processes and see them end, then take all that they have left, as they did before.
 *
 * Next: tests/qemu/brief.h
 */
#pragma once

#include "tests/qemu/brief.h"
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define TAKE_MAX 1000

struct test {
    struct raw raw;
    struct os_ProcessSpawner spawner;
    struct os_FrameAllocator allocator;
    struct os_EndpointFactory factory;
};

/* The ways to end, in turn. */
static const struct way {
    const char *what;
    bool is_killed_at_once, is_killed;
    uint16_t end;
} ways[] = {
    {BRIEF_EXIT, false, false, os_ProcessEnd_exited}, {BRIEF_FAULT, false, false, os_ProcessEnd_faulted},
    {BRIEF_WAIT, false, true, os_ProcessEnd_killed},  {BRIEF_WAIT, true, true, os_ProcessEnd_killed},
    {BRIEF_HOLD, false, false, os_ProcessEnd_exited}, {BRIEF_HOLD, true, true, os_ProcessEnd_killed},
};
#define WAYS (sizeof ways / sizeof ways[0])

/* ---- What is left --------------------------------------------------------------------------------- */

static inline uint32_t take_all(struct test *test, bool of_frames)
{
    static struct rt_handle taken[TAKE_MAX];
    uint32_t count = 0;
    enum cap_err err = CAP_OK;
    while (!err && count < TAKE_MAX) {
        struct os_MemoryObject memory = {{.rt = test->raw.rt}};
        struct os_Endpoint endpoint = {{.rt = test->raw.rt}};
        err = of_frames ? os_FrameAllocator_create(test->allocator, 4096, &memory)
                        : os_EndpointFactory_create(test->factory, 1, &endpoint);
        if (!err)
            taken[count++] = of_frames ? memory.handle : endpoint.handle;
    }
    raw_expect(&test->raw, err == CAP_ERR_QUOTA || err == CAP_ERR_EXCEPTION, "the limit is reached");
    for (uint32_t i = 0; i < count; i++)
        rt_handle_drop(&taken[i]);
    rt_flush(test->raw.rt);
    return count;
}

/* ---- One process ---------------------------------------------------------------------------------- */

static inline void set_arguments(struct os_ProcessSpawner_spawn_Params_builder params, const char *what)
{
    uint64_t words[16];
    struct wire_message_builder message;
    wire_message_build(&message, words, 16);
    struct wire_list_builder texts = os_Arguments_init_texts(os_Arguments_init_root(&message), 1);
    (void)!wire_list_set_text(texts, 0, wire_text_of(what));
    (void)!os_ProcessSpawner_spawn_Params_set_arguments(
        params, (struct wire_data){(const uint8_t *)words, message.word_count * 8});
}

static inline void add_grant(struct os_NamedCap_list_builder grants, uint32_t index, const char *name,
                             uint32_t cap)
{
    (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(grants, index), wire_text_of(name));
    (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(grants, index), cap);
}

static inline enum cap_err start(struct test *test, const struct way *way, struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_Endpoint endpoint = {{.rt = test->raw.rt}};
    enum cap_err err = os_EndpointFactory_create(test->factory, 1, &endpoint);
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, test->spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("brief"));
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("brief"));
    (void)!os_ProcessSpawner_spawn_Params_set_ownMemory(params, wire_text_of("virtualMemory"));
    set_arguments(params, way->what);
    struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 2);
    add_grant(grants, 0, "frameAllocator", rt_call_attach(&call, test->allocator.handle, CAP_TRANSFER_COPY));
    add_grant(grants, 1, "endpoint", rt_call_attach(&call, endpoint.handle, CAP_TRANSFER_MOVE));
    if (!err)
        err = spawn_finish(&call, process);
    rt_call_end(&call);
    return err;
}

/* Whether it ended as it should. */
static inline bool run_one(struct test *test, const struct way *way)
{
    struct os_ProcessHandle process = {{.rt = test->raw.rt}};
    struct os_ProcessEnd_reader end;
    struct rt_call *call = rt_call_scratch(test->raw.rt);
    enum cap_err err = start(test, way, &process);
    if (!err && way->is_killed && !way->is_killed_at_once)
        rt_enter(1, 20000); /* it runs, and waits */
    if (!err && way->is_killed)
        err = os_ProcessHandle_kill(process);
    if (!err)
        err = spawn_wait(call, process, &end);
    bool is_right = !err && os_ProcessEnd_which(end) == way->end &&
                    (way->end != os_ProcessEnd_exited || os_ProcessEnd_get_exited(end) == 0);
    rt_call_end(call);
    rt_handle_drop(&process.handle);
    return is_right;
}

/* The exit code of main. */
static inline int run_cycles(struct rt *rt, uint32_t cycle_count)
{
    static struct test test;
    test.raw = raw_start(rt);
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &test.allocator) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &test.factory))
        return 98;
    /* The table of capabilities grows once and stays so. */
    take_all(&test, true);
    take_all(&test, false);
    uint32_t frames = take_all(&test, true), records = take_all(&test, false), wrong_count = 0;
    for (uint32_t i = 0; i < cycle_count; i++)
        wrong_count += !run_one(&test, &ways[i % WAYS]);
    raw_expect(&test.raw, wrong_count == 0, "every process ended as it should");
    rt_flush(rt);
    raw_expect(&test.raw, take_all(&test, true) == frames, "as many frames are left as before");
    raw_expect(&test.raw, take_all(&test, false) == records, "as many records are left as before");
    print(test.raw.console, "%u processes: %u frames and %u records left, before and after", cycle_count,
          frames, records);
    return raw_end(&test.raw);
}
