/* Next: tests/qemu/stress.h */
#include "tests/qemu/stress.h"

int main(struct rt *rt)
{
    return stress_work(rt, 800);
}
