/* The other side of a round trip: the runtime's server loop, with as little as possible behind it.
 *
 * Next: user/rt/serve.h
 */
#include "bench/qemu/bench/bench.h"
#include "user/rt/serve.h"

static enum cap_err nothing(void *self, struct wire_call *call,
                            struct bench_Partner_nothing_Params_reader params)
{
    (void)self;
    (void)params;
    bench_Partner_nothing_Results_init(call);
    return CAP_OK;
}

static enum cap_err reflect(void *self, struct wire_call *call,
                            struct bench_Partner_reflect_Params_reader params)
{
    (void)self;
    return bench_Partner_reflect_Results_set_bytes(bench_Partner_reflect_Results_init(call),
                                                   bench_Partner_reflect_Params_get_bytes(params));
}

static enum cap_err keep(void *self, struct wire_call *call, struct bench_Partner_keep_Params_reader params)
{
    (void)self;
    struct rt_handle handle = rt_serve_borrow(call, bench_Partner_keep_Params_get_cap(params));
    bench_Partner_keep_Results_init(call);
    return rt_handle_is_null(handle) ? CAP_ERR_NO_CAP : CAP_OK;
}

static enum cap_err pass(void *self, struct wire_call *call, struct bench_Partner_pass_Params_reader params)
{
    (void)self;
    struct rt_handle handle;
    enum cap_err err = rt_serve_take(call, bench_Partner_pass_Params_get_cap(params), &handle);
    if (err)
        return err;
    return bench_Partner_pass_Results_set_cap(bench_Partner_pass_Results_init(call),
                                              rt_serve_attach(call, handle, CAP_TRANSFER_MOVE));
}

static const struct bench_Partner_server methods = {
    .nothing = nothing, .reflect = reflect, .keep = keep, .pass = pass};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return bench_Partner_dispatch(&methods, self, call);
}

int server_main(struct rt *rt)
{
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "partner", os_Endpoint, &endpoint))
        return 1;
    return rt_serve(rt, endpoint.handle, dispatch, NULL) ? 2 : 0;
}
