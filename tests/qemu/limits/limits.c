/* Limits of processes: carved out of the parent's, returned, inherited. Hostile cases 130, 156, 160.
 *
 * How much is left is found out by what can still be given to a child, to the last frame.
 *
 * Next: tests/qemu/limits/donor.c
 */
#include "tests/qemu/limits/roles.h"
#include "tests/qemu/spawn_limited.h"
#include "tests/qemu/memory.h"

#define FRAMES_LEAST 40 /* idle starts with less */
#define FRAMES_MOST  4096

struct test {
    struct raw raw;
    struct os_ProcessSpawner spawner;
    struct os_FrameAllocator allocator;
    struct os_EndpointFactory endpoints;
};

static enum cap_err start_idle(struct test *test, struct limits limits, struct os_ProcessHandle *process)
{
    return spawn_limited(test->spawner, "idle", limits, NULL, 0, process);
}

static void stop(struct test *test, struct os_ProcessHandle *process)
{
    raw_expect_err(&test->raw, os_ProcessHandle_kill(*process), CAP_OK, "killed");
    rt_handle_drop(&process->handle);
    rt_flush(test->raw.rt);
}

static bool has_left(struct test *test, uint32_t frames)
{
    struct os_ProcessHandle process;
    if (start_idle(test, (struct limits){.frames = frames}, &process))
        return false;
    stop(test, &process);
    return true;
}

/* How many frames there are to give away. */
static uint32_t frames_left(struct test *test)
{
    uint32_t low = FRAMES_LEAST, high = FRAMES_MOST;
    while (low + 1 < high) {
        uint32_t middle = (low + high) / 2;
        if (has_left(test, middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void expect_left(struct test *test, uint32_t wanted, const char *what)
{
    uint32_t left = frames_left(test);
    raw_expect(&test->raw, left == wanted, what);
    if (left != wanted)
        print(test->raw.console, "  %u frames left, wanted %u", left, wanted);
}

static void test_carved_and_returned(struct test *test, uint32_t all)
{
    struct os_ProcessHandle first, second;
    raw_expect_err(&test->raw, start_idle(test, (struct limits){.frames = 300}, &first), CAP_OK, "a child");
    expect_left(test, all - 300, "its limit is kept for it");
    raw_expect_err(&test->raw, start_idle(test, (struct limits){.frames = all - 300}, &second), CAP_OK,
                   "the rest to another");
    raw_expect(&test->raw, !has_left(test, FRAMES_LEAST), "then there is nothing left");
    stop(test, &second);
    stop(test, &first);
    expect_left(test, all, "and it is back when they have ended");
}

static void test_defaults(struct test *test, uint32_t all)
{
    struct os_ProcessHandle process;
    raw_expect_err(&test->raw, start_idle(test, (struct limits){0}, &process), CAP_OK, "no limits");
    uint32_t left = frames_left(test);
    raw_expect(&test->raw, left < all && left > all - 64, "it has taken what it needs, little more");
    stop(test, &process);
    expect_left(test, all, "and given it back");
}

struct frames {
    uint64_t own, given, limit, reserved, peak;
    uint32_t kind_count;
};

static struct frames frames_of(struct test *test, struct os_ProcessHandle process)
{
    struct rt_call *call = rt_call_scratch(test->raw.rt);
    struct os_ProcessHandle_usage_Results_reader results;
    struct frames frames = {0};
    os_ProcessHandle_usage_begin(call, process);
    enum cap_err err = os_ProcessHandle_usage_send(call);
    if (!err)
        err = os_ProcessHandle_usage_wait(call, &results);
    if (!err) {
        struct os_Usage_list_reader list = os_ProcessHandle_usage_Results_get_usage(results);
        struct os_Usage_reader usage = os_Usage_list_at(list, 0);
        frames = (struct frames){.own = os_Usage_get_own(usage),
                                 .given = os_Usage_get_given(usage),
                                 .limit = os_Usage_get_limit(usage),
                                 .reserved = os_Usage_get_reserved(usage),
                                 .peak = os_Usage_get_peak(usage),
                                 .kind_count = os_Usage_list_count(list)};
    }
    rt_call_end(call);
    raw_expect_err(&test->raw, err, CAP_OK, "usage");
    return frames;
}

static void test_usage(struct test *test)
{
    struct os_ProcessHandle process;
    raw_expect_err(&test->raw, start_idle(test, (struct limits){.frames = 300}, &process), CAP_OK, "a child");
    struct frames frames = frames_of(test, process);
    raw_expect(&test->raw, frames.kind_count == 7, "each kind");
    raw_expect(&test->raw, frames.limit == 300 && frames.reserved == 300, "its limit is kept for it");
    raw_expect(&test->raw, frames.own > 20 && frames.own < 64 && frames.given == 0, "it uses some of it");
    raw_expect(&test->raw, frames.peak >= frames.own && frames.peak <= 64, "and used little more");
    raw_expect_err(&test->raw, os_ProcessHandle_kill(process), CAP_OK, "killed");
    raw_expect(&test->raw, frames_of(test, process).kind_count == 0, "who has ended has nothing");
    rt_handle_drop(&process.handle);
    raw_expect_err(&test->raw, start_idle(test, (struct limits){0}, &process), CAP_OK, "a child without");
    frames = frames_of(test, process);
    raw_expect(&test->raw, frames.limit == CAP_DEFAULT_FRAMES, "it may grow to the default");
    raw_expect(&test->raw, frames.reserved >= frames.own && frames.reserved < frames.own + 16,
               "and has what it needs, in steps of 16");
    stop(test, &process);
}

static bool ends_with(const char *text, const char *end)
{
    struct wire_text whole = wire_text_of(text), last = wire_text_of(end);
    return whole.length >= last.length &&
           wire_text_equal((struct wire_text){whole.bytes + whole.length - last.length, last.length}, last);
}

static void test_refused(struct test *test, uint32_t all)
{
    static const struct {
        struct limits limits;
        const char *reason;
    } too_much[] = {
        {{.frames = 1000000}, " of 1200 in use, 1000000 more asked; release some or ask for a larger limit"},
        {{.slots = 100000000}, ", 100000000 more asked; release some or ask for a larger limit"},
        {{.calls = 1000000}, ", 1000000 more asked; release some or ask for a larger limit"},
        {{.records = 100000000}, ", 100000000 more asked; release some or ask for a larger limit"},
        {{.frames = 5}, "the child's frames: 5 of 5 in use, 1 more asked; give it a larger limit"},
        {{.queued_bytes = 1000000000}, ", 1000000000 more asked; release some or ask for a larger limit"},
        {{.log_bytes = 32769}, " of 32768 in use, 32769 more asked; release some or ask for a larger limit"},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         ", 4294967295 more asked; release some or ask for a larger limit"},
    };
    struct os_ProcessHandle process;
    for (uint32_t i = 0; i < sizeof too_much / sizeof too_much[0]; i++) {
        raw_expect_err(&test->raw, start_idle(test, too_much[i].limits, &process), CAP_ERR_EXCEPTION,
                       "case 130: more than there is");
        raw_expect(&test->raw, ends_with(spawn_reason, too_much[i].reason), "the reason says so");
        print(test->raw.console, "%s", spawn_reason);
    }
    expect_left(test, all, "and nothing has changed");
}

/* A process lives within its slots. */
static void test_slots(struct test *test)
{
    struct os_ProcessHandle process;
    struct limits_grant grants[3] = {
        {"a", test->raw.console.handle}, {"b", test->raw.console.handle}, {"c", test->raw.console.handle}};
    raw_expect_err(&test->raw,
                   spawn_limited(test->spawner, "idle", (struct limits){.slots = 2}, grants, 3, &process),
                   CAP_ERR_NO_SLOT, "three capabilities in two slots");
    raw_expect_err(&test->raw,
                   spawn_limited(test->spawner, "idle", (struct limits){.slots = 3}, grants, 3, &process),
                   CAP_OK, "and in three");
    stop(test, &process);
}

static struct cap_incoming incoming;
static struct cap_transfer_in received[2];

static void receive(struct test *test, struct os_Endpoint endpoint)
{
    const struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                                 .receive_count = 2,
                                 .target = endpoint.handle.cap.bits,
                                 .buffer_addr = (uint64_t)&incoming,
                                 .buffer_bytes = sizeof incoming,
                                 .transfers_addr = (uint64_t)received};
    raw_expect_err(&test->raw, raw_status(&test->raw, &recv), CAP_OK, "a call");
}

static void answer(struct test *test)
{
    const struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = incoming.call_id};
    raw_expect_err(&test->raw, raw_status(&test->raw, &answer), CAP_OK, "answered");
}

static void wait_for(struct test *test, struct os_ProcessHandle process)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    raw_expect_err(&test->raw, err ? err : os_ProcessHandle_wait_wait(&call, &results), CAP_OK, "it ends");
    rt_call_end(&call);
}

/* A process that comes to its limits by itself. */
static void test_narrow(struct test *test)
{
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct os_ProcessHandle process;
    raw_expect_err(&test->raw, os_EndpointFactory_create(test->endpoints, SERVED_ID, &endpoint), CAP_OK, "");
    raw_expect_err(&test->raw, os_Endpoint_makeClient(endpoint, 0, &client), CAP_OK, "");
    const struct limits_grant grants[] = {{"console", test->raw.console.handle},
                                          {"endpointFactory", test->endpoints.handle},
                                          {"parent", client}};
    const struct limits limits = {.calls = NARROW_CALLS, .records = NARROW_RECORDS};
    raw_expect_err(&test->raw, spawn_limited(test->spawner, "narrow", limits, grants, 3, &process), CAP_OK,
                   "a process with narrow limits");
    wait_for(test, process);
    rt_handle_drop(&process.handle);
    const struct limits_grant queue_grants[] = {{"console", test->raw.console.handle}, {"queue", client}};
    const struct limits queue_limits = {.queued_calls = NARROW_QUEUED_CALLS,
                                        .queued_bytes = NARROW_QUEUED_BYTES};
    raw_expect_err(&test->raw,
                   spawn_limited(test->spawner, "narrow", queue_limits, queue_grants, 2, &process), CAP_OK,
                   "a process that may queue little");
    wait_for(test, process);
    rt_handle_drop(&process.handle);
    rt_handle_drop(&client);
    rt_handle_drop(&endpoint.handle);
}

/* Whose limit it is when it is not the caller's own. */
static void test_full_server(struct test *test)
{
    struct raw *raw = &test->raw;
    struct os_Endpoint endpoint;
    struct rt_handle client = {.rt = raw->rt}, spare = {.rt = raw->rt};
    struct os_ProcessHandle process;
    raw_expect_err(raw, os_EndpointFactory_create(test->endpoints, SERVED_ID, &endpoint), CAP_OK, "");
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 0, &client), CAP_OK, "");
    raw_expect_err(raw, os_Endpoint_makeClient(endpoint, 1, &spare), CAP_OK, "");
    const struct limits_grant grants[] = {{"console", raw->console.handle},
                                          {"frameAllocator", test->allocator.handle},
                                          {"endpointFactory", test->endpoints.handle},
                                          {"endpoint", endpoint.handle}};
    raw_expect_err(raw,
                   spawn_limited(test->spawner, "full", (struct limits){.frames = 100}, grants, 4, &process),
                   CAP_OK, "a server that will be full");
    rt_handle_drop(&endpoint.handle);
    rt_flush(raw->rt);
    struct cap_transfer_out sent = {.cap = spare.cap.bits, .mode = CAP_TRANSFER_MOVE};
    struct cap_sqe call = {.opcode = CAP_OP_CALL, .target = client.cap.bits, .interface_id = SERVED_ID};
    raw_expect_err(raw, raw_status(raw, &call), CAP_OK, "a first call");
    call.send_count = 1;
    call.transfers_addr = (uint64_t)&sent;
    struct cap_cqe cqe = raw_run(raw, &call);
    raw_expect_err(raw, cqe.status, CAP_ERR_QUOTA, "the server has no room for the capability");
    raw_expect(raw, cqe.cap_count == (CAP_LIMIT_FRAMES | CAP_LIMIT_OF_OTHER) && cqe.message_bytes == 0,
               "the limit is not the caller's, and not told");
    call.send_count = 0;
    call.transfers_addr = 0;
    call.target = spare.cap.bits;
    raw_expect_err(raw, raw_status(raw, &call), CAP_OK,
                   "what was to be moved is here, and a call without gets through");
    wait_for(test, process);
    rt_handle_drop(&process.handle);
    rt_handle_drop(&client);
    rt_handle_drop(&spare);
    rt_flush(raw->rt);
}

/* The first call that a process serves brings the table of them, which stays. */
static uint32_t serve_once(struct test *test, struct os_Endpoint endpoint, struct rt_handle client)
{
    const struct cap_sqe call = {.opcode = CAP_OP_CALL, .target = client.cap.bits, .interface_id = SERVED_ID};
    raw_submit(&test->raw, &call);
    receive(test, endpoint);
    answer(test);
    raw_expect_err(&test->raw, raw_take(&test->raw).status, CAP_OK, "called");
    return frames_left(test);
}

/* What the donor made stays when it ends, and is this process's to pay for. */
static void test_inherited(struct test *test)
{
    struct os_Endpoint endpoint;
    struct rt_handle client;
    struct os_ProcessHandle donor;
    raw_expect_err(&test->raw, os_EndpointFactory_create(test->endpoints, SERVED_ID, &endpoint), CAP_OK, "");
    raw_expect_err(&test->raw, os_Endpoint_makeClient(endpoint, 0, &client), CAP_OK, "");
    uint32_t all = serve_once(test, endpoint, client);
    const struct limits_grant grants[] = {{"console", test->raw.console.handle},
                                          {"frameAllocator", test->allocator.handle},
                                          {"processSpawner", test->spawner.handle},
                                          {"parent", client}};
    raw_expect_err(
        &test->raw,
        spawn_limited(test->spawner, "donor", (struct limits){.frames = DONOR_FRAMES}, grants, 4, &donor),
        CAP_OK, "the donor");
    rt_handle_drop(&client);
    receive(test, endpoint);
    uint32_t left = frames_left(test);
    raw_expect(&test->raw, left == all - DONOR_FRAMES || left == all - DONOR_FRAMES - 1,
               "while it lives it pays; the call that is served may take a frame here");
    struct frames of_donor = frames_of(test, donor);
    raw_expect(&test->raw, of_donor.given == CHILD_FRAMES, "what it gave to its child");
    raw_expect(&test->raw, of_donor.own > DONATED_PAGES, "what it uses with the memory that it gave away");
    answer(test);
    uint64_t memory = received[0].cap;
    struct os_ProcessHandle child = {{test->raw.rt, {received[1].cap}, os_ProcessHandle_ID}};
    wait_for(test, donor);
    expect_left(test, all - DONATED_PAGES - 1 - CHILD_FRAMES,
                "then this process pays for what is left of it");
    stop(test, &child);
    expect_left(test, all - DONATED_PAGES - 1, "without the child");
    const struct cap_sqe release = {.opcode = CAP_OP_RELEASE, .target = memory};
    raw_expect_err(&test->raw, raw_status(&test->raw, &release), CAP_OK, "");
    rt_handle_drop(&donor.handle);
    rt_handle_drop(&endpoint.handle);
    rt_flush(test->raw.rt);
    expect_left(test, all, "and without the memory");
}

int main(struct rt *rt)
{
    struct test test = {.raw = raw_start(rt)};
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &test.allocator) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &test.endpoints))
        return 98;
    uint32_t all = frames_left(&test);
    print(test.raw.console, "%u frames to give away", all);
    test_carved_and_returned(&test, all);
    test_defaults(&test, all);
    test_usage(&test);
    test_refused(&test, all);
    test_slots(&test);
    test_narrow(&test);
    test_full_server(&test);
    test_inherited(&test);
    return raw_end(&test.raw);
}
