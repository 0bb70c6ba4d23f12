/* Next: tests/qemu/brief.h */
#include "tests/qemu/brief.h"

int main(struct rt *rt)
{
    return brief_run(rt);
}
