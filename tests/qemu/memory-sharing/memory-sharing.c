/* Memory of two processes, and faults in it, which end one of them. Next: tests/qemu/memory-sharing/child.c
 */
#include "tests/qemu/memory-sharing/roles.h"
#include "tests/qemu/spawn.h"

#define GRANTS_MAX 4

struct parent {
    struct memory_test test;
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory endpoints;
};

struct named {
    const char *name;
    struct rt_handle cap;
};

/* Starts binary "child" under this name with the console, the frame allocator and up to two grants. */
static enum cap_err start(struct parent *parent, const char *name, const struct named *extra,
                          uint32_t extra_count, const char *own_memory, struct os_ProcessHandle *process)
{
    const struct named all[GRANTS_MAX] = {
        {"console", parent->test.raw.console.handle},
        {"frameAllocator", parent->test.allocator.handle},
        extra_count > 0 ? extra[0] : (struct named){0},
        extra_count > 1 ? extra[1] : (struct named){0},
    };
    static struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, parent->spawner);
    os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("child"));
    os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(name));
    os_ProcessSpawner_spawn_Params_set_ownMemory(params, wire_text_of(own_memory));
    struct os_NamedCap_list_builder grants =
        os_ProcessSpawner_spawn_Params_init_grants(params, 2 + extra_count);
    for (uint32_t i = 0; i < 2 + extra_count; i++) {
        struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(grants, i);
        os_NamedCap_set_name(grant, wire_text_of(all[i].name));
        os_NamedCap_set_cap(grant, rt_call_attach(&call, all[i].cap, CAP_TRANSFER_COPY));
    }
    enum cap_err err = spawn_finish(&call, process);
    rt_call_end(&call);
    return err;
}

static struct os_ProcessHandle start_role(struct parent *parent, enum role role, const struct named *extra,
                                          uint32_t extra_count)
{
    struct os_ProcessHandle process = {{.rt = parent->test.raw.rt}};
    raw_expect_err(&parent->test.raw,
                   start(parent, role_names[role], extra, extra_count, "virtualMemory", &process), CAP_OK,
                   role_names[role]);
    return process;
}

static void expect_exit(struct raw *raw, enum role role, struct os_ProcessEnd_reader end, int32_t code)
{
    if (os_ProcessEnd_which(end) == os_ProcessEnd_exited)
        raw_expect_err(raw, os_ProcessEnd_get_exited(end), code, role_names[role]);
    else
        raw_expect(raw, false, role_names[role]);
}

static void expect_fault(struct raw *raw, enum role role, struct os_ProcessEnd_reader end, uint16_t kind,
                         uint64_t address)
{
    if (os_ProcessEnd_which(end) != os_ProcessEnd_faulted) {
        raw_expect(raw, false, role_names[role]);
        if (os_ProcessEnd_which(end) == os_ProcessEnd_exited)
            print(raw->console, "  exited with code %d", os_ProcessEnd_get_exited(end));
        return;
    }
    struct os_Fault_reader fault = os_ProcessEnd_get_faulted(end);
    raw_expect_err(raw, os_Fault_get_kind(fault), kind, role_names[role]);
    raw_expect(raw, os_Fault_get_address(fault) == address, role_names[role]);
}

/* How a role must end: address 0 stands for an exit, then `how` is its code, else the fault's kind. */
static void expect_end(struct parent *parent, enum role role, struct os_ProcessHandle *process, uint16_t how,
                       uint64_t address)
{
    static struct rt_call call;
    struct raw *raw = &parent->test.raw;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, *process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(raw, err, CAP_OK, "its end is reported");
    if (!err && address)
        expect_fault(raw, role, os_ProcessHandle_wait_Results_get_end(results), how, address);
    else if (!err)
        expect_exit(raw, role, os_ProcessHandle_wait_Results_get_end(results), how);
    rt_call_end(&call);
    rt_handle_drop(&process->handle);
    rt_flush(raw->rt);
}

/* ---- Alone ---------------------------------------------------------------------------------------- */

static void test_alone(struct parent *parent)
{
    static const uint64_t chosen = CAP_MAPPINGS_START + PAGE; /* where the kernel puts a first mapping */
    static const struct {
        enum role role;
        uint16_t how;
        uint64_t address;
    } ends[] = {
        {ROLE_ONE_PAGE, 0, 0},
        {ROLE_MANY_PAGES, 0, 0},
        {ROLE_RUN_CODE, 42, 0},
        {ROLE_READ_UNMAPPED, os_Fault_Kind_pageRead, chosen},
        {ROLE_READ_MANY_UNMAPPED, os_Fault_Kind_pageRead, chosen},
        {ROLE_WRITE_PROTECTED, os_Fault_Kind_pageWrite, chosen},
        {ROLE_WRITE_CODE, os_Fault_Kind_pageWrite, chosen},
        {ROLE_RUN_DATA, os_Fault_Kind_pageExecute, chosen},
        {ROLE_BEHIND_THE_END, os_Fault_Kind_pageWrite, chosen + 3 * PAGE},
        {ROLE_READ_RESERVED, os_Fault_Kind_pageRead, chosen + 4 * PAGE},
        {ROLE_STACK_GUARD, os_Fault_Kind_pageWrite, chosen + PAGE - 8},
    };
    for (uint32_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct os_ProcessHandle process = start_role(parent, ends[i].role, NULL, 0);
        expect_end(parent, ends[i].role, &process, ends[i].how, ends[i].address);
    }
}

/* ---- Together ------------------------------------------------------------------------------------- */

static void test_read_only(struct parent *parent)
{
    struct memory_test *test = &parent->test;
    struct os_MemoryObject memory = memory_new(test, PAGE), facet;
    uint64_t at = memory_map_any(test, memory, READ_WRITE);
    *words_at(at) = PATTERN;
    raw_expect_err(&test->raw, os_MemoryObject_readOnly(memory, &facet), CAP_OK, "a read-only facet");
    const struct named grant = {"memory", facet.handle};
    struct os_ProcessHandle process = start_role(parent, ROLE_WRITE_READ_ONLY, &grant, 1);
    memory_drop(test, &facet);
    expect_end(parent, ROLE_WRITE_READ_ONLY, &process, os_Fault_Kind_pageWrite, MAPPED_AT);
    raw_expect(&test->raw, *words_at(at) == PATTERN, "nothing was written");
    memory_unmap(test, at);
    memory_drop(test, &memory);
}

static void fill(uint64_t at, uint64_t factor)
{
    for (uint64_t i = 0; i < SHARED_PAGES; i++)
        *words_at(at + i * PAGE) = PATTERN * factor + i;
}

static void test_share(struct parent *parent)
{
    struct memory_test *test = &parent->test;
    struct os_MemoryObject memory = memory_new(test, SHARED_PAGES * PAGE), page = memory_new(test, PAGE);
    uint64_t at = memory_map_any(test, memory, READ_WRITE), second = memory_map_any(test, memory, READ);
    uint64_t signal_at = memory_map_any(test, page, READ_WRITE);
    const struct named grants[] = {{"memory", memory.handle}, {"signal", page.handle}};
    fill(at, 1);
    struct os_ProcessHandle process = start_role(parent, ROLE_SHARE, grants, 2);
    while (*words_at(signal_at) != SIGNAL_WRITTEN)
        rt_enter(0, 0);
    for (uint64_t i = 0; i < SHARED_PAGES; i++)
        raw_expect(&test->raw, *words_at(second + i * PAGE) == PATTERN * 2 + i, "one writes, the other sees");
    fill(at, 3);
    memory_unmap(test, at);
    raw_expect(&test->raw, *words_at(second) == PATTERN * 3, "another mapping of the same process stays");
    memory_unmap(test, second);
    memory_drop(test, &memory);
    struct os_MemoryObject other = memory_new(test, SHARED_PAGES * PAGE);
    fill(memory_map_any(test, other, READ_WRITE), 4);
    *words_at(signal_at) = SIGNAL_UNMAPPED;
    expect_end(parent, ROLE_SHARE, &process, 0, 0); /* the other process's mapping stayed, too */
    memory_unmap(test, signal_at);
    memory_drop(test, &other); /* its mapping is left for the end of this process */
    memory_drop(test, &page);
}

/* Memory that outlives the process that made it and paid for it. */
static void test_give(struct parent *parent)
{
    static struct cap_incoming incoming;
    static struct cap_transfer_in received[1];
    struct memory_test *test = &parent->test;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    raw_expect_err(&test->raw, os_EndpointFactory_create(parent->endpoints, SERVED_ID, &endpoint), CAP_OK,
                   "an endpoint");
    raw_expect_err(&test->raw, os_Endpoint_makeClient(endpoint, 1, &client), CAP_OK, "a client facet");
    const struct named grant = {"parent", client};
    struct os_ProcessHandle process = start_role(parent, ROLE_GIVE, &grant, 1);
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .receive_count = 1,
                                 .target = endpoint.handle.cap.bits,
                                 .buffer_addr = (uint64_t)&incoming,
                                 .buffer_bytes = sizeof incoming,
                                 .transfers_addr = (uint64_t)received};
    raw_expect_err(&test->raw, raw_status(&test->raw, &recv), CAP_OK, "memory arrives");
    const struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = incoming.call_id};
    raw_expect_err(&test->raw, raw_status(&test->raw, &answer), CAP_OK, "answered");
    expect_end(parent, ROLE_GIVE, &process, 0, 0);
    struct os_MemoryObject memory = {{test->raw.rt, {received[0].cap}, received[0].interface_id}};
    uint64_t at = memory_map_any(test, memory, READ);
    for (uint64_t i = 0; i < SHARED_PAGES; i++)
        raw_expect(&test->raw, *words_at(at + i * PAGE) == PATTERN + i, "memory outlives who made it");
    memory_drop(test, &memory);
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
}

/* ---- Own memory ----------------------------------------------------------------------------------- */

static void test_own_memory(struct parent *parent)
{
    static const char *const bad[] = {"console", "frameAllocator", "a b", "memory\n", "memory.1"};
    struct os_ProcessHandle process;
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        raw_expect_err(&parent->test.raw, start(parent, "one-page", NULL, 0, bad[i], &process),
                       CAP_ERR_INVALID, "a name for its own memory that is no name, or taken");
    raw_expect_err(&parent->test.raw, start(parent, "one-page", NULL, 0, "", &process), CAP_OK,
                   "without memory of its own");
    expect_end(parent, ROLE_ONE_PAGE, &process, 98, 0);
    raw_expect_err(&parent->test.raw, start(parent, "one-page", NULL, 0, "virtual-memory", &process), CAP_OK,
                   "under another name");
    expect_end(parent, ROLE_ONE_PAGE, &process, 98, 0);
}

int main(struct rt *rt)
{
    struct parent parent = {.test = memory_test_start(rt)};
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &parent.spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &parent.endpoints))
        return 97;
    test_alone(&parent);
    test_read_only(&parent);
    test_share(&parent);
    test_give(&parent);
    test_own_memory(&parent);
    return raw_end(&parent.test.raw);
}
