/* init: operations of the kernel's objects, each with every allocation in it failing once. When none is left
 * to fail, it must work, so nothing was lost on the way; and after each failure the kernel checks its books,
 * which are as before.
 *
 * Next: tests/qemu/fail-alloc/transfers.h
 */
#include "tests/qemu/fail-alloc/transfers.h"
#include "lib/manifest.h"
#include "lib/mem.h"

#define PAGES 600

struct step {
    const char *name;
    enum cap_err (*run)(struct test *test);
    void (*undo)(struct test *test);
    uint32_t failures_min;
    bool is_table_full; /* the answer needs a slot, and the table has none */
};

static void drop_made(struct test *test)
{
    for (uint32_t i = 0; i < 2; i++)
        rt_handle_drop(&test->made[i]);
    rt_flush(test->cases.raw.rt);
}

/* ---- Objects -------------------------------------------------------------------------------------- */

static enum cap_err make_endpoint(struct test *test)
{
    struct os_Endpoint made = {{.rt = test->cases.raw.rt}};
    enum cap_err err = os_EndpointFactory_create(test->cases.endpoints, 1, &made);
    test->made[0] = made.handle;
    return err;
}

static enum cap_err make_client(struct test *test)
{
    return os_Endpoint_makeClient(test->probe.endpoint, 1, &test->made[0]);
}

static enum cap_err make_notification(struct test *test)
{
    struct os_Notification notification = {{.rt = test->cases.raw.rt}};
    struct os_Signal signal = {{.rt = test->cases.raw.rt}};
    enum cap_err err = os_NotificationFactory_create(test->notifications, &notification, &signal);
    test->made[0] = notification.handle;
    test->made[1] = signal.handle;
    return err;
}

static enum cap_err make_facet(struct test *test)
{
    struct rt_call call;
    struct os_FacetFactory_create_Results_reader results;
    struct os_FacetFactory_create_Params_builder params =
        os_FacetFactory_create_begin(&call, test->cases.facets);
    (void)!os_FacetFactory_create_Params_set_target(
        params, rt_call_attach(&call, test->probe.client, CAP_TRANSFER_COPY));
    (void)os_FacetFactory_create_Params_init_methods(params, 1);
    enum cap_err err = os_FacetFactory_create_send(&call);
    if (!err)
        err = os_FacetFactory_create_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), &test->made[0]);
    if (!err)
        err = rt_call_take(&call, os_FacetFactory_create_Results_get_revoker(results), &test->made[1]);
    rt_call_end(&call);
    return err;
}

static enum cap_err make_memory(struct test *test)
{
    struct os_MemoryObject made = {{.rt = test->cases.raw.rt}};
    enum cap_err err = os_FrameAllocator_create(test->allocator, PAGES * CAP_PAGE_BYTES, &made);
    test->made[0] = made.handle;
    return err;
}

static enum cap_err make_read_only(struct test *test)
{
    struct os_MemoryObject made = {{.rt = test->cases.raw.rt}};
    enum cap_err err = os_MemoryObject_readOnly(test->memory, &made);
    test->made[0] = made.handle;
    return err;
}

static enum cap_err one_more(struct test *test)
{
    return take_slot(test, &test->made[0]);
}

/* ---- Memory and time ------------------------------------------------------------------------------ */

/* Far from all others: it takes three levels of tables. */
#define FAR 0x0000500000000000

static enum cap_err map(struct test *test)
{
    return os_VirtualMemory_map(test->space, test->memory, FAR, os_VirtualMemory_Access_readWrite,
                                &test->address);
}

static void unmap(struct test *test)
{
    ((volatile uint64_t *)test->address)[PAGES * 512 - 1] = 1;
    raw_expect_err(&test->cases.raw, os_VirtualMemory_unmap(test->space, test->address), CAP_OK, "unmap");
}

static enum cap_err sleep(struct test *test)
{
    uint64_t now = 0;
    (void)!os_Timer_now(test->timer, &now);
    return os_Timer_sleepUntil(test->timer, now + 20000000); /* long enough that it has to wait */
}

static void nothing(struct test *test)
{
    (void)test;
}

/* ---- Spawn ---------------------------------------------------------------------------------------- */

static void add_grants(struct test *test, struct rt_call *call,
                       struct os_ProcessSpawner_spawn_Params_builder params)
{
    struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 2);
    (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(grants, 0), wire_text_of("copied"));
    (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(grants, 0),
                               rt_call_attach(call, test->cases.raw.console.handle, CAP_TRANSFER_COPY));
    (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(grants, 1), wire_text_of("moved"));
    (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(grants, 1),
                               rt_call_attach(call, test->probe.client, CAP_TRANSFER_MOVE));
}

static void add_arguments(struct os_ProcessSpawner_spawn_Params_builder params)
{
    uint64_t words[16];
    struct wire_message_builder message;
    wire_message_build(&message, words, 16);
    (void)os_Arguments_init_texts(os_Arguments_init_root(&message), 2);
    (void)!os_ProcessSpawner_spawn_Params_set_arguments(
        params, (struct wire_data){(const uint8_t *)words, message.word_count * 8});
}

static enum cap_err spawn(struct test *test, struct rt_handle image)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Results_reader results;
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, test->cases.spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("local"));
    (void)!os_ProcessSpawner_spawn_Params_set_ownMemory(params, wire_text_of("own"));
    add_grants(test, &call, params);
    add_arguments(params);
    if (rt_handle_is_null(image))
        (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("local"));
    else
        (void)!os_ProcessSpawner_spawn_Params_set_image(params,
                                                        rt_call_attach(&call, image, CAP_TRANSFER_COPY));
    enum cap_err err = os_ProcessSpawner_spawn_send(&call);
    if (!err)
        err = os_ProcessSpawner_spawn_wait(&call, &results);
    if (!err)
        err = rt_call_take(&call, os_ProcessSpawner_spawn_Results_get_process(results), &test->made[0]);
    rt_call_end(&call);
    expect_id(&test->cases, test->probe.client.cap.bits, err ? CAP_OK : CAP_ERR_STALE,
              "case 84: what was to be moved is still there, or gone");
    return err;
}

static enum cap_err spawn_binary(struct test *test)
{
    return spawn(test, (struct rt_handle){0});
}

static enum cap_err spawn_image(struct test *test)
{
    return spawn(test, test->memory.handle);
}

static enum cap_err wait_for_end(struct test *test)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, (struct os_ProcessHandle){test->made[0]});
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    if (!err)
        raw_expect(&test->cases.raw,
                   os_ProcessEnd_get_exited(os_ProcessHandle_wait_Results_get_end(results)) == 7,
                   "the process was whole");
    rt_call_end(&call);
    return err;
}

/* The process has not run yet; its end is the next step. */
static void make_probe(struct test *test)
{
    rt_handle_drop(&test->probe.endpoint.handle);
    rt_flush(test->cases.raw.rt);
    test->probe = pair_make(&test->cases, 1);
}

static const struct step steps[] = {
    {"an endpoint", make_endpoint, drop_made, 1, false},
    {"a client facet", make_client, drop_made, 1, false},
    {"a notification", make_notification, drop_made, 2, false},
    {"a facet", make_facet, drop_made, 2, false},
    {"a read-only facet", make_read_only, drop_made, 1, false},
    {"a capability that the table has no slot for", one_more, drop_made, 1, true},
    {"memory", make_memory, drop_made, PAGES + 4, false},
    {"a mapping", map, unmap, 5, false},
    {"a sleep", sleep, nothing, 1, false},
    {"spawn of a binary", spawn_binary, make_probe, 30, false},
    {"a wait for its end", wait_for_end, drop_made, 0, false},
    {"spawn of an image", spawn_image, make_probe, 30, true},
    {"another wait", wait_for_end, drop_made, 0, false},
};

static void run_step(struct test *test, const struct step *step)
{
    uint64_t number = 1;
    if (step->is_table_full)
        table_prepare(test, 0);
    const struct books before = look_up(test, step->name);
    for (; number < ATTEMPTS; number++) {
        arm(test, number);
        enum cap_err err = step->run(test);
        bool has_failed = disarm(test) >= number;
        raw_expect_err(&test->cases.raw, err, has_failed ? CAP_ERR_NO_MEMORY : CAP_OK, step->name);
        if (!has_failed)
            break;
        expect_books(test, &before, step->name);
    }
    (void)look_up(test, step->name);
    step->undo(test);
    table_release(test);
    raw_expect(&test->cases.raw, number > step->failures_min && number < ATTEMPTS, step->name);
    print(test->cases.raw.console, "%s: failed at each of %u allocations", step->name, (unsigned)number - 1);
}

/* ---- All of it ------------------------------------------------------------------------------------ */

/* Memory that holds the file of `local`, out of the boot module. */
static void fill_memory(struct test *test, struct os_BootPackage package)
{
    struct os_MemoryObject module = {{.rt = test->cases.raw.rt}};
    uint64_t bytes = 0, from = 0, to = 0;
    const uint64_t *words;
    uint32_t word_count;
    struct wire_message_reader message;
    struct wire_data program = {0};
    enum cap_err err = os_BootPackage_manifest(package, &module);
    err = err ? err : os_MemoryObject_size(module, &bytes);
    err = err ? err : os_VirtualMemory_map(test->space, module, 0, os_VirtualMemory_Access_read, &from);
    err = err ? err : os_FrameAllocator_create(test->allocator, PAGES * CAP_PAGE_BYTES, &test->memory);
    err = err ? err
              : os_VirtualMemory_map(test->space, test->memory, 0, os_VirtualMemory_Access_readWrite, &to);
    err = err ? err : manifest_open((const uint8_t *)from, bytes, NULL, &words, &word_count);
    if (!err) {
        wire_message_read(&message, words, word_count, 0);
        err = manifest_validate(&message, NULL);
    }
    if (!err)
        err = manifest_find_binary(os_SystemManifest_read_root(&message), wire_text_of("local"), &program);
    if (!err)
        memcpy((void *)to, program.bytes, program.length);
    raw_expect_err(&test->cases.raw, err, CAP_OK, "the program in memory");
    raw_expect_err(&test->cases.raw, os_VirtualMemory_unmap(test->space, to), CAP_OK, "unmap");
    raw_expect_err(&test->cases.raw, os_MemoryObject_readOnly(test->memory, &test->facet), CAP_OK, "a facet");
}

int main(struct rt *rt)
{
    static struct test test;
    struct os_BootPackage package;
    test.cases = cases_start(rt);
    test.memory.handle.rt = test.facet.handle.rt = rt;
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &test.allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &test.space) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &test.notifications) ||
        RT_CAPSET(rt, "timer", os_Timer, &test.timer) ||
        RT_CAPSET(rt, "allocationFault", os_AllocationFault, &test.fault) ||
        RT_CAPSET(rt, "bootPackage", os_BootPackage, &package))
        return 98;
    fill_memory(&test, package);
    test.probe = pair_make(&test.cases, 1);
    for (uint32_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        run_step(&test, &steps[i]);
    run_transfers(&test);
    return raw_end(&test.cases.raw);
}
