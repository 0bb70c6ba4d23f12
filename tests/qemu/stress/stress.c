/* The driver. Next: tests/qemu/stress_run.h */
#include "tests/qemu/stress_run.h"

int main(struct rt *rt)
{
    return stress_run(rt, 4, 800);
}
