/* Writes a few lines and waits to be ended. Next: tests/qemu/log-limits/flood.c */
#include "tests/qemu/log-limits/lines.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    for (uint32_t i = 0; i < QUIET_LINES; i++)
        print(raw.console, "quiet %02u", i);
    print(raw.console, LAST_LINE);
    for (;;)
        rt_enter(0, CAP_TIMEOUT_NEVER);
}
