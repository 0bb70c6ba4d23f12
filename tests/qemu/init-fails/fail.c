/* Exits with a code that is neither 0 nor positive. */
#include "user/rt/rt.h"

int main(struct rt *rt)
{
    (void)rt;
    return -3;
}
