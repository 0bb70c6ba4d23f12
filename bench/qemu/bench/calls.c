/* Typed calls through generated stubs: of an object of the kernel, and of another process.
 *
 * Next: bench/qemu/bench/server.c
 */
#include "bench/qemu/bench/bench.h"

/* ---- An object of the kernel ---------------------------------------------------------------------- */

static enum cap_err call_1(struct bench *bench)
{
    uint64_t bytes;
    return os_MemoryObject_size(bench->memory, &bytes);
}

static enum cap_err call_16(struct bench *bench)
{
    for (uint32_t i = 0; i < IN_FLIGHT; i++) {
        os_MemoryObject_size_begin(&bench->calls[i], bench->memory);
        enum cap_err err = os_MemoryObject_size_send(&bench->calls[i]);
        if (err)
            return err;
    }
    for (uint32_t i = 0; i < IN_FLIGHT; i++) {
        struct os_MemoryObject_size_Results_reader results;
        enum cap_err err = os_MemoryObject_size_wait(&bench->calls[i], &results);
        if (err)
            return err;
        rt_call_end(&bench->calls[i]);
    }
    return CAP_OK;
}

/* ---- Another process ------------------------------------------------------------------------------ */

static enum cap_err round_trip_0(struct bench *bench)
{
    return bench_Partner_nothing(bench->partner);
}

static enum cap_err reflect(struct bench *bench, uint32_t length)
{
    static const uint8_t bytes[1024] = {1, 2, 3};
    struct wire_data reflected;
    enum cap_err err = bench_Partner_reflect(
        bench->partner, (struct wire_data){.bytes = bytes, .length = length}, &reflected);
    if (err)
        return err;
    return reflected.length == length && reflected.bytes[2] == 3 ? CAP_OK : CAP_ERR_MALFORMED;
}

static enum cap_err round_trip_64(struct bench *bench)
{
    return reflect(bench, 64);
}

static enum cap_err round_trip_1024(struct bench *bench)
{
    return reflect(bench, 1024);
}

static enum cap_err in_flight_16(struct bench *bench)
{
    for (uint32_t i = 0; i < IN_FLIGHT; i++) {
        bench_Partner_nothing_begin(&bench->calls[i], bench->partner);
        enum cap_err err = bench_Partner_nothing_send(&bench->calls[i]);
        if (err)
            return err;
    }
    for (uint32_t i = 0; i < IN_FLIGHT; i++) {
        struct bench_Partner_nothing_Results_reader results;
        enum cap_err err = bench_Partner_nothing_wait(&bench->calls[i], &results);
        if (err)
            return err;
        rt_call_end(&bench->calls[i]);
    }
    return CAP_OK;
}

/* ---- With a capability ---------------------------------------------------------------------------- */

/* What bench_Partner_keep would be if stubs of one line could say how a capability travels. */
static enum cap_err keep(struct bench *bench, struct rt_handle handle, uint64_t mode)
{
    struct rt_call *call = rt_call_scratch(bench->rt);
    struct bench_Partner_keep_Params_builder params = bench_Partner_keep_begin(call, bench->partner);
    enum cap_err err = bench_Partner_keep_Params_set_cap(params, rt_call_attach(call, handle, mode));
    if (!err)
        err = bench_Partner_keep_send(call);
    struct bench_Partner_keep_Results_reader results;
    if (!err)
        err = bench_Partner_keep_wait(call, &results);
    rt_call_end(call);
    return err;
}

static enum cap_err round_trip_copy(struct bench *bench)
{
    return keep(bench, bench->memory.handle, CAP_TRANSFER_COPY);
}

static enum cap_err gift_make(struct bench *bench)
{
    return os_Endpoint_makeClient(bench->spare, 1, &bench->gift);
}

static enum cap_err round_trip_move(struct bench *bench)
{
    enum cap_err err = keep(bench, bench->gift, CAP_TRANSFER_MOVE);
    if (!err)
        rt_handle_forget(&bench->gift);
    return err;
}

/* The one that came back. */
static enum cap_err gift_find(struct bench *bench)
{
    return rt_handle_is_null(bench->gift) ? gift_make(bench) : CAP_OK;
}

/* It is never dropped: what is measured is two transfers, and nothing else but the round trip. */
static enum cap_err round_trip_pass(struct bench *bench)
{
    struct rt_call *call = rt_call_scratch(bench->rt);
    struct bench_Partner_pass_Params_builder params = bench_Partner_pass_begin(call, bench->partner);
    enum cap_err err =
        bench_Partner_pass_Params_set_cap(params, rt_call_attach(call, bench->gift, CAP_TRANSFER_MOVE));
    if (!err)
        err = bench_Partner_pass_send(call);
    struct bench_Partner_pass_Results_reader results;
    if (!err)
        err = bench_Partner_pass_wait(call, &results);
    if (!err)
        err = rt_call_take(call, bench_Partner_pass_Results_get_cap(results), &bench->gift);
    rt_call_end(call);
    return err;
}

const struct operation call_operations[] = {
    {"call_1", 4000, 1, NULL, call_1, 0},
    {"call_16", 2000, IN_FLIGHT, NULL, call_16, 0},
    {"round_trip_0", 4000, 1, NULL, round_trip_0, 0},
    {"round_trip_64", 4000, 1, NULL, round_trip_64, 0},
    {"round_trip_1024", 2000, 1, NULL, round_trip_1024, 0},
    {"in_flight_16", 1000, IN_FLIGHT, NULL, in_flight_16, 0},
    {"round_trip_copy", 2000, 1, NULL, round_trip_copy, 0},
    {"round_trip_move", 2000, 1, gift_make, round_trip_move, 0},
    {"round_trip_pass", 2000, 1, gift_find, round_trip_pass, 0},
    {.name = NULL},
};
