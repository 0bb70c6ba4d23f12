/* A service that keeps something in memory of its own. Next: user/init/service.c */
#include "tests/qemu/memory.h"

#define AT CAP_MAPPINGS_START

int main(struct rt *rt)
{
    struct memory_test test = memory_test_start(rt);
    struct os_MemoryObject memory = memory_new(&test, 3 * PAGE);
    raw_expect_err(&test.raw, memory_map(&test, memory, AT, READ_WRITE), CAP_OK,
                   "an address space of its own has room at the same address");
    raw_expect(&test.raw, *words_at(AT) == 0, "and memory of its own there");
    *words_at(AT) = 1;
    return raw_end(&test.raw);
}
