/* A server of which each instance answers four calls and faults while it serves the fifth.
 * Next: tests/qemu/restart/counter.c */
#include "build/gen/schema/capos.client.h"
#include "build/gen/user/echo/echo.client.h"
#include "user/rt/serve.h"

#define ANSWERED_MAX 4

static enum cap_err echo(void *self, struct wire_call *call, struct demo_Echo_echo_Params_reader params)
{
    uint32_t *answered_count = self;
    if (*answered_count == ANSWERED_MAX)
        __builtin_trap();
    ++*answered_count;
    struct demo_Echo_echo_Results_builder results = demo_Echo_echo_Results_init(call);
    demo_Echo_echo_Results_set_count(results, (uint32_t)call->badge);
    return demo_Echo_echo_Results_set_text(results, demo_Echo_echo_Params_get_text(params));
}

static const struct demo_Echo_server methods = {.echo = echo};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return demo_Echo_dispatch(&methods, self, call);
}

int main(struct rt *rt)
{
    uint32_t answered_count = 0;
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint))
        return 1;
    return rt_serve(rt, endpoint.handle, dispatch, &answered_count) ? 2 : 0;
}
