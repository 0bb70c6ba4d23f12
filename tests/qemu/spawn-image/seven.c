/* Ends with code 7, if its data is what the file says. Next: tests/qemu/thread-local/thread-local.c */
#include "user/rt/rt.h"

static volatile uint32_t data[3000] = {[0] = 3, [2999] = 4};
static volatile uint32_t zeros[3000];

int main(struct rt *rt)
{
    (void)rt;
    return (int)(data[0] + data[2999] + zeros[0] + zeros[2999]);
}
