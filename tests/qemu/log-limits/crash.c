/* Says that it fails, twice, and fails. Next: tests/qemu/log-limits/system.cue */
#include "tests/qemu/log-limits/lines.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    print(raw.console, "something is wrong");
    print(raw.console, LAST_LINE);
    __builtin_trap();
}
