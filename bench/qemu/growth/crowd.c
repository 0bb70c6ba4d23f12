/* Starting and ending the others.
 *
 * Next: bench/qemu/crowd/main.c
 */
#include "bench/qemu/growth/growth.h"
#include "abi/limits.h"
#include "lib/fmt.h"
#include "user/rt/serve.h"

#define CROWD_MAX 500

/* While this process sleeps so long, all that are ready run; time that does not pass while they do. */
#define SETTLE_NS 1000

static struct os_ProcessHandle crowd[CROWD_MAX];
static uint32_t crowd_count;

static enum cap_err add(struct growth *growth, const char *role, uint32_t count, const struct grant *grants,
                        uint32_t grant_count)
{
    char name[CAP_NAME_BYTES_MAX + 1];
    if (crowd_count == CROWD_MAX)
        return CAP_ERR_TOO_BIG;
    fmt_print(name, sizeof name, "%s-%u", role, count);
    enum cap_err err =
        process_start(growth->spawner, CROWD_BINARY, name, grants, grant_count, &crowd[crowd_count]);
    crowd_count += !err;
    return err;
}

enum cap_err crowd_add(struct growth *growth, const char *role, uint32_t count, struct rt_handle it)
{
    const struct grant grant = {CROWD_GRANT, it, CAP_TRANSFER_COPY};
    return add(growth, role, count, &grant, 1);
}

enum cap_err crowd_add_holder(struct growth *growth, struct rt_handle held, uint32_t count)
{
    struct grant grants[1 + HOLDER_COPIES_MAX] = {{CROWD_GRANT, growth->never.handle, CAP_TRANSFER_COPY}};
    char names[1 + HOLDER_COPIES_MAX][4];
    for (uint32_t i = 1; i <= count; i++) {
        fmt_print(names[i], sizeof names[i], "%u", i);
        grants[i] = (struct grant){names[i], held, CAP_TRANSFER_COPY};
    }
    return add(growth, CROWD_WAITER, 1, grants, 1 + count);
}

enum cap_err crowd_settle(struct growth *growth)
{
    uint64_t now_ns;
    enum cap_err err = os_Timer_now(growth->timer, &now_ns);
    return err ? err : os_Timer_sleepUntil(growth->timer, now_ns + SETTLE_NS);
}

enum cap_err crowd_end(struct growth *growth)
{
    enum cap_err err = CAP_OK;
    while (crowd_count > 0 && !err) {
        crowd_count--;
        err = os_ProcessHandle_kill(crowd[crowd_count]);
        rt_handle_drop(&crowd[crowd_count].handle);
    }
    rt_flush(growth->rt);
    return err;
}

/* ---- The other side of the round trips ------------------------------------------------------------ */

enum cap_err partner_start(struct growth *growth)
{
    if (!rt_handle_is_null(growth->server.handle)) {
        enum cap_err err = os_ProcessHandle_kill(growth->server);
        if (err)
            return err;
        rt_handle_drop(&growth->server.handle);
        rt_handle_drop(&growth->partner.handle);
        rt_handle_drop(&growth->endpoint.handle);
    }
    enum cap_err err = os_EndpointFactory_create(growth->factory, bench_Partner_ID, &growth->endpoint);
    if (!err)
        err = os_Endpoint_makeClient(growth->endpoint, 1, &growth->partner.handle);
    const struct grant grant = {CROWD_GRANT, growth->endpoint.handle, CAP_TRANSFER_COPY};
    return err ? err : process_start(growth->spawner, "growth", "partner", &grant, 1, &growth->server);
}

static enum cap_err nothing(void *self, struct wire_call *call,
                            struct bench_Partner_nothing_Params_reader params)
{
    (void)self;
    (void)params;
    bench_Partner_nothing_Results_init(call);
    return CAP_OK;
}

static enum cap_err hold(void *self, struct wire_call *call, struct bench_Partner_hold_Params_reader params)
{
    (void)self;
    struct rt_handle handle;
    enum cap_err err = rt_serve_take(call, bench_Partner_hold_Params_get_cap(params), &handle);
    bench_Partner_hold_Results_init(call);
    return err;
}

static enum cap_err keep(void *self, struct wire_call *call, struct bench_Partner_keep_Params_reader params)
{
    (void)self;
    struct rt_handle handle = rt_serve_borrow(call, bench_Partner_keep_Params_get_cap(params));
    bench_Partner_keep_Results_init(call);
    return rt_handle_is_null(handle) ? CAP_ERR_NO_CAP : CAP_OK;
}

static const struct bench_Partner_server methods = {.nothing = nothing, .hold = hold, .keep = keep};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return bench_Partner_dispatch(&methods, self, call);
}

int partner_main(struct rt *rt)
{
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, CROWD_GRANT, os_Endpoint, &endpoint))
        return 1;
    return rt_serve(rt, endpoint.handle, dispatch, NULL) ? 2 : 0;
}
