/* Looks at the clock all the time. Exit code: the longest time that it did not, in microseconds.
 *
 * Next: tests/qemu/arguments/reader.c
 */
#include "tests/qemu/meter.h"
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    return meter_run();
}
