/* A server: it answers calls of the interface Echo on the endpoint that it exports as "echo".
 *
 * It never learns who its clients are. The badge tells them apart: system.cue wrote it into each client's
 * facet, where the client can neither read nor change it. When the last facet is gone, so is the work.
 *
 * Next: user/rt/serve.h
 */
#include "build/gen/user/echo/echo.client.h"
#include "lib/error.h"
#include "user/rt/print.h"
#include "user/rt/serve.h"

struct echo_server {
    struct os_Console console;
    uint32_t call_count;
};

static enum cap_err echo(void *self, struct wire_call *call, struct demo_Echo_echo_Params_reader params)
{
    struct echo_server *server = self;
    struct wire_text text = demo_Echo_echo_Params_get_text(params);
    if (text.length == 0)
        return wire_call_raise(call, os_CapException_Type_invalidArgument, wire_text_of("nothing to echo"));

    server->call_count++;
    print(server->console, "call %u, badge %lu: \"%.*s\"", server->call_count, call->badge, (int)text.length,
          text.bytes);

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
    struct echo_server server = {.call_count = 0};
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "console", os_Console, &server.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "echo", os_Endpoint, &endpoint) != CAP_OK)
        return 2;

    enum cap_err error = rt_serve(rt, endpoint.handle, dispatch, &server);
    if (error != CAP_OK) {
        print(server.console, "cannot receive: %s", error_text(error));
        return 3;
    }
    print(server.console, "the last client has gone after %u calls", server.call_count);
    return 0;
}
