/* Answers echo, without a word on the console. Next: tests/qemu/handoff/handoff.c */
#include "build/gen/schema/capos.client.h"
#include "build/gen/user/echo/echo.client.h"
#include "user/rt/serve.h"

static enum cap_err echo(void *self, struct wire_call *call, struct demo_Echo_echo_Params_reader params)
{
    (void)self;
    struct demo_Echo_echo_Results_builder results = demo_Echo_echo_Results_init(call);
    return demo_Echo_echo_Results_set_text(results, demo_Echo_echo_Params_get_text(params));
}

static const struct demo_Echo_server methods = {.echo = echo};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return demo_Echo_dispatch(&methods, self, call);
}

int main(struct rt *rt)
{
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint))
        return 1;
    return rt_serve(rt, endpoint.handle, dispatch, NULL) ? 2 : 0;
}
