/* The curves, each over something that a system has few or many of.
 *
 * Next: bench/qemu/growth/points.c
 */
#include "abi/limits.h"
#include "abi/memory_map.h"
#include "bench/qemu/growth/growth.h"
#include "user/rt/enter.h"
#include "user/rt/state.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum cap_err round_trip(struct growth *growth)
{
    return bench_Partner_nothing(growth->partner);
}

/* ---- Processes alive ------------------------------------------------------------------------------ */

enum cap_err curve_processes(struct growth *growth)
{
    static const uint32_t counts[] = {2, 5, 10, 20, 50, 100, 200, 500};
    uint32_t alive = 2; /* this one and its partner */
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        for (; alive < counts[i] && !err; alive++)
            err = crowd_add(growth, CROWD_WAITER, 1, growth->never.handle);
        if (!err)
            err = crowd_settle(growth);
        if (!err)
            err = point_measure(growth, "processes", "round_trip", counts[i], NULL, round_trip);
    }
    return err ? err : crowd_end(growth);
}

/* ---- Capabilities in both tables ------------------------------------------------------------------ */

static struct rt_handle held[CAP_SLOTS_MAX];
static struct bench_Partner newest; /* the partner, by the capability that was made last */

static enum cap_err round_trip_newest(struct growth *growth)
{
    (void)growth;
    return bench_Partner_nothing(newest);
}

/* A copy is inserted into the partner's table, and released there. */
static enum cap_err copy_and_release(struct growth *growth)
{
    struct rt_call *call = rt_call_scratch(growth->rt);
    struct bench_Partner_keep_Params_builder params = bench_Partner_keep_begin(call, growth->partner);
    struct bench_Partner_keep_Results_reader results;
    enum cap_err err = bench_Partner_keep_Params_set_cap(
        params, rt_call_attach(call, growth->never.handle, CAP_TRANSFER_COPY));
    if (!err)
        err = bench_Partner_keep_send(call);
    if (!err)
        err = bench_Partner_keep_wait(call, &results);
    rt_call_end(call);
    return err;
}

/* One of the kernel's answers is inserted into this process's own table, and released there. */
static enum cap_err make_and_release(struct growth *growth)
{
    struct rt_handle facet;
    enum cap_err err = os_Endpoint_makeClient(growth->endpoint, 1, &facet);
    if (err)
        return err;
    rt_handle_drop(&facet);
    rt_flush(growth->rt);
    return CAP_OK;
}

static enum cap_err partner_hold(struct growth *growth, struct rt_handle handle)
{
    struct rt_call *call = rt_call_scratch(growth->rt);
    struct bench_Partner_hold_Params_builder params = bench_Partner_hold_begin(call, growth->partner);
    struct bench_Partner_hold_Results_reader results;
    enum cap_err err =
        bench_Partner_hold_Params_set_cap(params, rt_call_attach(call, handle, CAP_TRANSFER_COPY));
    if (!err)
        err = bench_Partner_hold_send(call);
    if (!err)
        err = bench_Partner_hold_wait(call, &results);
    rt_call_end(call);
    return err;
}

/* How many capabilities this process has: those of growth.cue, and those that main.c makes. */
#define OWN_COUNT (8 + 5)

static enum cap_err measure_capabilities(struct growth *growth, uint32_t count)
{
    static const struct {
        const char *name;
        enum cap_err (*run)(struct growth *growth);
    } series[] = {
        {"round_trip", round_trip},
        {"round_trip_newest", round_trip_newest},
        {"copy_and_release", copy_and_release},
        {"make_and_release", make_and_release},
    };
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < COUNT_OF(series) && !err; i++)
        err = point_measure(growth, "capabilities", series[i].name, count, NULL, series[i].run);
    return err;
}

/* The newest capability of this process is one for the partner. The partner began with its endpoint. In both
 * tables one slot of so many is left for what is inserted. */
enum cap_err curve_capabilities(struct growth *growth)
{
    static const uint32_t counts[] = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
    uint32_t own = OWN_COUNT, partners = 1, last = 0;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        for (; own < counts[i] - 1 && !err; own++)
            err = os_Endpoint_makeClient(growth->endpoint, 1, &held[last++]);
        for (; partners < counts[i] - 1 && !err; partners++)
            err = partner_hold(growth, growth->never.handle);
        newest.handle = last ? held[last - 1] : growth->partner.handle;
        if (!err)
            err = measure_capabilities(growth, counts[i]);
    }
    while (last > 0)
        rt_handle_drop(&held[--last]);
    return err ? err : partner_start(growth);
}

/* ---- Holders of what is revoked ------------------------------------------------------------------- */

static struct {
    uint32_t holders;
    struct os_Endpoint endpoint;
    struct rt_handle client; /* of that endpoint */
    struct rt_handle facet;  /* in front of the partner */
    struct os_Revoker revoker;
} revoked;

/* So many copies in other processes, besides this one's. */
static enum cap_err spread(struct growth *growth, struct rt_handle facet)
{
    enum cap_err err = CAP_OK;
    for (uint32_t left = revoked.holders - 1; left > 0 && !err;) {
        uint32_t each = left < HOLDER_COPIES_MAX ? left : HOLDER_COPIES_MAX;
        err = crowd_add_holder(growth, facet, each);
        left -= each;
    }
    return err ? err : crowd_settle(growth);
}

/* What was revoked in the run before is of no use any more, and its holders go. */
static enum cap_err expect_revoked(struct growth *growth, struct rt_handle *facet)
{
    struct bench_Partner through = {*facet};
    if (rt_handle_is_null(*facet))
        return CAP_OK;
    if (bench_Partner_nothing(through) != CAP_ERR_DISCONNECTED)
        return CAP_ERR_BUSY;
    rt_handle_drop(facet);
    return crowd_end(growth);
}

static enum cap_err prepare_clients(struct growth *growth)
{
    enum cap_err err = expect_revoked(growth, &revoked.client);
    if (!err)
        err = os_Endpoint_makeClient(revoked.endpoint, 1, &revoked.client);
    return err ? err : spread(growth, revoked.client);
}

static enum cap_err revoke_clients(struct growth *growth)
{
    (void)growth;
    return os_Endpoint_revokeClients(revoked.endpoint);
}

static enum cap_err make_facet(struct growth *growth)
{
    struct rt_call *call = rt_call_scratch(growth->rt);
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(call, growth->facets);
    struct os_FacetFactory_create_Results_reader results;
    os_FacetFactory_create_Params_set_target(params,
                                             rt_call_attach(call, growth->partner.handle, CAP_TRANSFER_COPY));
    wire_list_set_u16(os_FacetFactory_create_Params_init_methods(params, 1), 0, bench_Partner_nothing_METHOD);
    enum cap_err err = os_FacetFactory_create_send(call);
    if (!err)
        err = os_FacetFactory_create_wait(call, &results);
    if (!err)
        err = rt_call_take(call, os_FacetFactory_create_Results_get_facet(results), &revoked.facet);
    if (!err)
        err =
            rt_call_take(call, os_FacetFactory_create_Results_get_revoker(results), &revoked.revoker.handle);
    rt_call_end(call);
    return err;
}

static enum cap_err prepare_facet(struct growth *growth)
{
    enum cap_err err = expect_revoked(growth, &revoked.facet);
    if (err)
        return err;
    rt_handle_drop(&revoked.revoker.handle);
    err = make_facet(growth);
    if (!err)
        err = bench_Partner_nothing((struct bench_Partner){revoked.facet});
    return err ? err : spread(growth, revoked.facet);
}

static enum cap_err revoke_facet(struct growth *growth)
{
    (void)growth;
    return os_Revoker_revoke(revoked.revoker);
}

enum cap_err curve_revocation(struct growth *growth)
{
    static const uint32_t counts[] = {1, 4, 16, 64, 256, 1024, 4096};
    enum cap_err err = os_EndpointFactory_create(growth->factory, bench_Partner_ID, &revoked.endpoint);
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        revoked.holders = counts[i];
        err = point_measure_few(growth, "revocation", "revoke_clients", counts[i], prepare_clients,
                                revoke_clients);
        if (!err)
            err = expect_revoked(growth, &revoked.client);
        if (!err)
            err = point_measure_few(growth, "revocation", "revoke_facet", counts[i], prepare_facet,
                                    revoke_facet);
        if (!err)
            err = expect_revoked(growth, &revoked.facet);
    }
    rt_handle_drop(&revoked.endpoint.handle);
    rt_handle_drop(&revoked.revoker.handle);
    return err;
}

/* ---- Calls that wait for a server ----------------------------------------------------------------- */

#define QUEUES 4 /* endpoints for calls that wait: each takes CAP_ENDPOINT_QUEUE_MAX */

static struct os_Endpoint queues[QUEUES]; /* served by nobody, until it is measured */

static enum cap_err callers_add(struct growth *growth, uint32_t count)
{
    enum cap_err err = CAP_OK;
    for (uint32_t queue = 0; count > 0 && !err; queue = (queue + 1) % QUEUES) {
        struct rt_handle client;
        uint32_t each = count < CROWD_EACH ? count : CROWD_EACH;
        err = os_Endpoint_makeClient(queues[queue], 1, &client);
        if (err)
            return err;
        err = crowd_add(growth, CROWD_CALLER, each, client);
        rt_handle_drop(&client);
        count -= each;
    }
    return err ? err : crowd_settle(growth);
}

static enum cap_err run_sqe(struct growth *growth, const struct cap_sqe *sqe)
{
    struct cap_cqe cqe;
    if (ring_client_submit(&growth->rt->ring, sqe) || rt_enter(1, CAP_TIMEOUT_NEVER) < 0 ||
        !ring_client_take(&growth->rt->ring, &cqe))
        return CAP_ERR_BAD_RING;
    return cqe.status;
}

/* Takes the first call of a queue and answers it; its caller has called again before the next run. */
static enum cap_err receive_and_answer(struct growth *growth)
{
    static struct {
        struct cap_incoming head;
        uint64_t words[8];
    } incoming;
    static const uint64_t results[1] = {0xfffffffc}; /* an empty struct */
    const struct cap_sqe receive = {
        .opcode = CAP_OP_RECV,
        .target = queues[0].handle.cap.bits,
        .buffer_addr = (uint64_t)&incoming,
        .buffer_bytes = sizeof incoming,
    };
    enum cap_err err = run_sqe(growth, &receive);
    if (err)
        return err;
    const struct cap_sqe answer = {
        .opcode = CAP_OP_RETURN,
        .target = incoming.head.call_id,
        .message_addr = (uint64_t)results,
        .message_bytes = sizeof results,
    };
    return run_sqe(growth, &answer);
}

enum cap_err curve_queued_calls(struct growth *growth)
{
    static const uint32_t counts[] = {1, 2, 5, 10, 25, 50, 100, 200, 500, 1000};
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < QUEUES && !err; i++)
        err = os_EndpointFactory_create(growth->factory, bench_Partner_ID, &queues[i]);
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        err = callers_add(growth, counts[i]);
        if (!err)
            err = point_measure(growth, "queued_calls", "round_trip", counts[i], NULL, round_trip);
        if (!err)
            err = point_measure(growth, "queued_calls", "receive_and_answer", counts[i], crowd_settle,
                                receive_and_answer);
        if (!err)
            err = crowd_end(growth);
    }
    return err;
}

/* ---- Timers --------------------------------------------------------------------------------------- */

/* A round trip with a time limit, that is, with a timer of its own that starts and stops. */
static enum cap_err round_trip_limited(struct growth *growth)
{
    static const uint64_t params[1] = {0xfffffffc}; /* an empty struct */
    static const struct cap_time_limit limit = {.timeout_ns = 1000000000};
    static uint64_t answer[8];
    const struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .flags = CAP_SQE_TIMEOUT,
        .method_id = bench_Partner_nothing_METHOD,
        .target = growth->partner.handle.cap.bits,
        .interface_id = bench_Partner_ID,
        .message_addr = (uint64_t)params,
        .message_bytes = sizeof params,
        .buffer_addr = (uint64_t)answer,
        .buffer_bytes = sizeof answer,
        .transfers_addr = (uint64_t)&limit,
    };
    return run_sqe(growth, &sqe);
}

/* A sleep that is cancelled, among others that end before and after it would. */
static enum cap_err sleep_and_cancel(struct growth *growth)
{
    static const uint64_t params[2] = {1ull << 32, UINT64_MAX / 4};
    static uint64_t answer[8];
    const struct cap_sqe sleep = {
        .opcode = CAP_OP_CALL,
        .method_id = os_Timer_sleepUntil_METHOD,
        .user_data = 1,
        .target = growth->timer.handle.cap.bits,
        .interface_id = os_Timer_ID,
        .message_addr = (uint64_t)params,
        .message_bytes = sizeof params,
        .buffer_addr = (uint64_t)answer,
        .buffer_bytes = sizeof answer,
    };
    const struct cap_sqe cancel = {.opcode = CAP_OP_CANCEL, .user_data = 2, .target = 1};
    struct cap_cqe first, second;
    struct ring_client *ring = &growth->rt->ring;
    if (ring_client_submit(ring, &sleep) || ring_client_submit(ring, &cancel) ||
        rt_enter(2, CAP_TIMEOUT_NEVER) < 0 || !ring_client_take(ring, &first) ||
        !ring_client_take(ring, &second))
        return CAP_ERR_BAD_RING;
    return first.status == CAP_ERR_CANCELLED ? second.status : CAP_ERR_BAD_RING;
}

enum cap_err curve_timers(struct growth *growth)
{
    static const uint32_t counts[] = {1, 10, 25, 100, 250, 1000, 2500, 10000};
    uint32_t armed = 0;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        while (armed < counts[i] && !err) {
            uint32_t each = counts[i] - armed < CROWD_EACH ? counts[i] - armed : CROWD_EACH;
            err = crowd_add(growth, CROWD_SLEEPER, each, growth->timer.handle);
            armed += each;
        }
        if (!err)
            err = crowd_settle(growth);
        if (!err)
            err = point_measure(growth, "timers", "round_trip", counts[i], NULL, round_trip);
        if (!err)
            err = point_measure(growth, "timers", "round_trip_limited", counts[i], NULL, round_trip_limited);
        if (!err)
            err = point_measure(growth, "timers", "sleep_and_cancel", counts[i], NULL, sleep_and_cancel);
    }
    return err ? err : crowd_end(growth);
}

/* ---- Mappings of one process ---------------------------------------------------------------------- */

/* The measured one is below all others, in a table of pages that is there already. */
#define NEIGHBOUR_AT CAP_MAPPINGS_START
#define MEASURED_AT  (CAP_MAPPINGS_START + 2 * CAP_PAGE_BYTES)
#define OTHERS_AT    (CAP_MAPPINGS_START + (1ull << 30))

static struct os_MemoryObject page;

static enum cap_err map_at(struct growth *growth, uint64_t address)
{
    return os_VirtualMemory_map(growth->space, page, address, os_VirtualMemory_Access_readWrite, &address);
}

static enum cap_err map_and_unmap(struct growth *growth)
{
    enum cap_err err = map_at(growth, MEASURED_AT);
    return err ? err : os_VirtualMemory_unmap(growth->space, MEASURED_AT);
}

enum cap_err curve_mappings(struct growth *growth)
{
    static const uint32_t counts[] = {1, 10, 100, 1000, 10000};
    uint32_t mapped = 1;
    enum cap_err err = os_FrameAllocator_create(growth->allocator, CAP_PAGE_BYTES, &page);
    if (!err)
        err = map_at(growth, NEIGHBOUR_AT);
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        for (; mapped < counts[i] && !err; mapped++)
            err = map_at(growth, OTHERS_AT + mapped * 2 * CAP_PAGE_BYTES);
        if (!err)
            err = point_measure(growth, "mappings", "map_and_unmap", counts[i], NULL, map_and_unmap);
    }
    return err;
}
