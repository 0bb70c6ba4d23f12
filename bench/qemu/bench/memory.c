/* Memory: mapping what is there already, and taking new memory.
 *
 * map_unmap is of memory that exists, so nothing is zeroed in it; new_memory begins with the frames and ends
 * when they are back. Both store one word to each page: what is mapped must be usable at once.
 *
 * Next: kernel/mm/mapping.c
 */
#include "abi/base.h"
#include "bench/qemu/bench/bench.h"

#define PAGES_MAX 256

static struct os_MemoryObject memory; /* what map_unmap maps */
static uint32_t memory_pages;

static enum cap_err memory_make(struct bench *bench, uint32_t page_count)
{
    if (memory_pages == page_count)
        return CAP_OK;
    rt_handle_drop(&memory.handle);
    memory_pages = page_count;
    return os_FrameAllocator_create(bench->allocator, page_count * CAP_PAGE_BYTES, &memory);
}

static enum cap_err memory_make_1(struct bench *bench)
{
    return memory_make(bench, 1);
}

static enum cap_err memory_make_256(struct bench *bench)
{
    return memory_make(bench, PAGES_MAX);
}

static enum cap_err map_unmap(struct bench *bench, struct os_MemoryObject what, uint32_t page_count)
{
    uint64_t address;
    enum cap_err err =
        os_VirtualMemory_map(bench->space, what, 0, os_VirtualMemory_Access_readWrite, &address);
    if (err)
        return err;
    for (uint32_t i = 0; i < page_count; i++)
        *(volatile uint8_t *)(uintptr_t)(address + i * CAP_PAGE_BYTES) = 1;
    return os_VirtualMemory_unmap(bench->space, address);
}

static enum cap_err map_unmap_1(struct bench *bench)
{
    return map_unmap(bench, memory, 1);
}

static enum cap_err map_unmap_256(struct bench *bench)
{
    return map_unmap(bench, memory, PAGES_MAX);
}

/* The memory goes with the last enter: the flush is part of it. */
static enum cap_err new_memory(struct bench *bench, uint32_t page_count)
{
    struct os_MemoryObject made;
    enum cap_err err = os_FrameAllocator_create(bench->allocator, page_count * CAP_PAGE_BYTES, &made);
    if (err)
        return err;
    err = map_unmap(bench, made, page_count);
    rt_handle_drop(&made.handle);
    rt_flush(bench->rt);
    return err;
}

static enum cap_err new_memory_1(struct bench *bench)
{
    return new_memory(bench, 1);
}

static enum cap_err new_memory_256(struct bench *bench)
{
    return new_memory(bench, PAGES_MAX);
}

const struct operation memory_operations[] = {
    {"map_unmap_1", 1000, 1, memory_make_1, map_unmap_1, 0},
    {"map_unmap_256", 50, PAGES_MAX, memory_make_256, map_unmap_256, 0},
    {"new_memory_1", 1000, 1, NULL, new_memory_1, 0},
    {"new_memory_256", 50, PAGES_MAX, NULL, new_memory_256, 0},
    {.name = NULL},
};
