/* Calls echo without end: with its server it passes the processor to and fro. */
#include "build/gen/user/echo/echo.client.h"

int main(struct rt *rt)
{
    struct demo_Echo echo;
    if (RT_CAPSET(rt, "echo", demo_Echo, &echo))
        return 1;
    for (;;) {
        struct wire_text text;
        uint32_t count;
        if (demo_Echo_echo(echo, wire_text_of("again"), &text, &count))
            return 2;
    }
}
