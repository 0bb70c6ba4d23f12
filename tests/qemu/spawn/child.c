/* Says that it runs; it must not. Next: tests/qemu/spawn/spawn.c */
#include "user/rt/print.h"

int main(struct rt *rt)
{
    struct os_Console console;
    if (!RT_CAPSET(rt, "console", os_Console, &console))
        print(console, "started");
    return 0;
}
