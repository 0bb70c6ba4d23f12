/* A client that outlives its server: it makes its server crash, and calls the next instance through the same
 * capability.
 *
 * The call that the server was working on ends with CAP_ERR_PEER_DEAD. Whether it took effect, only the
 * client can guess: so it is for the client to repeat it, or, as here, not to. The call after that is made
 * while no server runs at all. It waits.
 *
 * Next: systems/recovery.cue
 */
#include "build/gen/user/echo/echo.client.h"
#include "lib/error.h"
#include "user/rt/print.h"

static enum cap_err call(struct os_Console console, struct demo_Echo echo, const char *word)
{
    struct wire_text text;
    uint32_t count;

    enum cap_err error = demo_Echo_echo(echo, wire_text_of(word), &text, &count);
    if (error == CAP_OK)
        print(console, "\"%s\" came back, as call %u of that instance", word, count);
    else
        print(console, "\"%s\" did not come back: %s", word, error_text(error));
    return error;
}

int main(struct rt *rt)
{
    struct os_Console console;
    struct demo_Echo echo;
    if (RT_CAPSET(rt, "console", os_Console, &console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "echo", demo_Echo, &echo) != CAP_OK)
        return 2;

    bool is_good = call(console, echo, "before") == CAP_OK;
    is_good &= call(console, echo, "crash") == CAP_ERR_PEER_DEAD;
    is_good &= call(console, echo, "after") == CAP_OK;
    return is_good ? 0 : 3;
}
