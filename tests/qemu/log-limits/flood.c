/* Writes as much as it can, then waits to be ended. Next: tests/qemu/log-limits/crash.c */
#include "tests/qemu/log-limits/lines.h"

int main(struct rt *rt)
{
    static char text[LENGTH_MAX];
    struct raw raw = raw_start(rt);
    for (uint32_t i = 0; i < FLOOD_LINES; i++)
        write_line(&raw, text, flood_line(i, text));
    print(raw.console, LAST_LINE);
    for (;;)
        rt_enter(0, CAP_TIMEOUT_NEVER);
}
