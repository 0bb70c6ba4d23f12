/* For tests of memory: what every one of them holds, and short words for what they do with it.
 *
 * Next: tests/qemu/memory/memory.c
 */
#pragma once

#include "tests/qemu/raw.h"

#define READ       os_VirtualMemory_Access_read
#define READ_WRITE os_VirtualMemory_Access_readWrite
#define READ_RUN   os_VirtualMemory_Access_readExecute
#define CHOOSE     0
#define PAGE       (uint64_t) CAP_PAGE_BYTES
#define BYTES_MAX  (1ull << 30) /* of one memory object */

struct memory_test {
    struct raw raw;
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;
};

static inline struct memory_test memory_test_start(struct rt *rt)
{
    struct memory_test test = {.raw = raw_start(rt)};
    if (RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &test.allocator) ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &test.space))
        rt_exit(98);
    return test;
}

static inline volatile uint64_t *words_at(uint64_t address)
{
    __asm__("" : "+r"(address));
    return (volatile uint64_t *)address;
}

/* Must work. */
static inline struct os_MemoryObject memory_new(struct memory_test *test, uint64_t bytes)
{
    struct os_MemoryObject memory = {{.rt = test->raw.rt}};
    raw_expect_err(&test->raw, os_FrameAllocator_create(test->allocator, bytes, &memory), CAP_OK,
                   "new memory");
    return memory;
}

static inline enum cap_err memory_map(struct memory_test *test, struct os_MemoryObject memory,
                                      uint64_t address, uint16_t access)
{
    uint64_t at = 1;
    enum cap_err err = os_VirtualMemory_map(test->space, memory, address, access, &at);
    if (!err && address)
        raw_expect(&test->raw, at == address, "it is mapped where it was asked for");
    return err;
}

/* Must work; where the kernel likes. */
static inline uint64_t memory_map_any(struct memory_test *test, struct os_MemoryObject memory,
                                      uint16_t access)
{
    uint64_t at = CAP_MAPPINGS_START;
    raw_expect_err(&test->raw, os_VirtualMemory_map(test->space, memory, CHOOSE, access, &at), CAP_OK,
                   "mapped");
    return at;
}

static inline void memory_unmap(struct memory_test *test, uint64_t address)
{
    raw_expect_err(&test->raw, os_VirtualMemory_unmap(test->space, address), CAP_OK, "unmapped");
}

static inline void memory_drop(struct memory_test *test, struct os_MemoryObject *memory)
{
    rt_handle_drop(&memory->handle);
    rt_flush(test->raw.rt);
}
