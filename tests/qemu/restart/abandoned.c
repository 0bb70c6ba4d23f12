/* Calls a server that never answers and that is given up. Next: tests/qemu/restart/again.c */
#include "build/gen/user/echo/echo.client.h"
#include "tests/qemu/raw.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct demo_Echo echo;
    struct wire_text text;
    uint32_t count;
    if (RT_CAPSET(rt, "echo", demo_Echo, &echo))
        return 98;
    raw_expect_err(&raw, demo_Echo_echo(echo, wire_text_of("word"), &text, &count), CAP_ERR_DISCONNECTED,
                   "a call waits for as long as there may be another instance");
    raw_expect_err(&raw, demo_Echo_echo(echo, wire_text_of("word"), &text, &count), CAP_ERR_DISCONNECTED,
                   "later ones do not wait");
    return raw_end(&raw);
}
