/* A server with a flaw: it answers calls of the interface Echo, but the word "crash" kills it.
 *
 * It runs under supervision (systems/recovery.cue): init starts it again, with the same endpoint. What an
 * instance knew is gone with it; here that is the count of its calls.
 *
 * Next: user/stubborn/main.c
 */
#include "build/gen/user/echo/echo.client.h"
#include "user/rt/print.h"
#include "user/rt/serve.h"

struct fragile {
    struct os_Console console;
    uint32_t call_count;
};

static enum cap_err echo(void *self, struct wire_call *call, struct demo_Echo_echo_Params_reader params)
{
    struct fragile *server = self;
    struct wire_text text = demo_Echo_echo_Params_get_text(params);

    server->call_count++;
    print(server->console, "call %u of this instance, badge %lu: \"%.*s\"", server->call_count, call->badge,
          (int)text.length, text.bytes);
    if (wire_text_equal(text, wire_text_of("crash")))
        __builtin_trap();

    struct demo_Echo_echo_Results_builder results = demo_Echo_echo_Results_init(call);
    demo_Echo_echo_Results_set_count(results, server->call_count);
    return demo_Echo_echo_Results_set_text(results, text);
}

static const struct demo_Echo_server echo_methods = {.echo = echo};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return demo_Echo_dispatch(&echo_methods, self, call);
}

int main(struct rt *rt)
{
    struct fragile server = {.call_count = 0};
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "console", os_Console, &server.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint) != CAP_OK)
        return 2;
    /* An end with another code than 0 would be a reason to start it again, as the crash is. */
    return rt_serve(rt, endpoint.handle, dispatch, &server) == CAP_OK ? 0 : 3;
}
