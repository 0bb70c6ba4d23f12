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
#define OWN_COUNT (7 + 5 + QUEUES)

/* The newest capability of this process is one for the partner. The partner began with its endpoint. */
enum cap_err curve_capabilities(struct growth *growth)
{
    static const uint32_t counts[] = {16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
    uint32_t own = OWN_COUNT, partners = 1, last = 0;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < COUNT_OF(counts) && !err; i++) {
        for (; own < counts[i] && !err; own++)
            err = os_Endpoint_makeClient(growth->endpoint, 1, &held[last++]);
        for (; partners < counts[i] && !err; partners++)
            err = partner_hold(growth, growth->never.handle);
        newest.handle = last ? held[last - 1] : growth->partner.handle;
        if (!err)
            err = point_measure(growth, "capabilities", "round_trip", counts[i], NULL, round_trip);
        if (!err)
            err = point_measure(growth, "capabilities", "round_trip_newest", counts[i], NULL,
                                round_trip_newest);
    }
    while (last > 0)
        rt_handle_drop(&held[--last]);
    return err ? err : partner_start(growth);
}

/* ---- Calls that wait for a server ----------------------------------------------------------------- */

static enum cap_err callers_add(struct growth *growth, uint32_t count)
{
    enum cap_err err = CAP_OK;
    for (uint32_t queue = 0; count > 0 && !err; queue = (queue + 1) % QUEUES) {
        struct rt_handle client;
        uint32_t each = count < CROWD_EACH ? count : CROWD_EACH;
        err = os_Endpoint_makeClient(growth->queues[queue], 1, &client);
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
        .target = growth->queues[0].handle.cap.bits,
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
