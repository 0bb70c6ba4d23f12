/* Next: kernel/mm/frame.c */
#include "kernel/mm/fail_alloc.h"

static uint64_t failing_number, count;

bool fail_alloc_count(void)
{
    return ++count == failing_number;
}

uint64_t fail_alloc_set(uint64_t number)
{
    uint64_t counted = count;
    failing_number = number;
    count = 0;
    return counted;
}
