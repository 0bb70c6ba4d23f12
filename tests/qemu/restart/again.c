/* A client that is started again: each instance calls once, and only the badge can tell that it is the same
 * client. Exits with the server's count as code, so it ends well never. Next: systems/recovery.cue */
#include "build/gen/user/echo/echo.client.h"
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    struct demo_Echo echo;
    struct wire_text text;
    uint32_t count;
    if (RT_CAPSET(rt, "echo", demo_Echo, &echo))
        return 98;
    return demo_Echo_echo(echo, wire_text_of("again"), &text, &count) ? 99 : (int)count;
}
