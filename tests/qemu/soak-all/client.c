/* Next: tests/qemu/soak.h */
#include "tests/qemu/soak.h"

int main(struct rt *rt)
{
    return soak_ask(rt);
}
