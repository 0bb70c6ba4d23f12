/* Growth, one memory object at a time.
 *
 * Next: tests/qemu/heap/heap.c
 */
#include "user/rt/heap.h"
#include "lib/bits.h"
#include "lib/check.h"

enum cap_err rt_heap_init(struct rt_heap *heap, struct os_FrameAllocator allocator,
                          struct os_VirtualMemory space, uint64_t bytes_max)
{
    uint64_t reserved;
    if (bytes_max == 0 || bytes_max > HEAP_BYTES_MAX - CAP_PAGE_BYTES)
        return CAP_ERR_INVALID;
    bytes_max = align_up(bytes_max, CAP_PAGE_BYTES);
    enum cap_err err = os_VirtualMemory_reserve(space, 0, bytes_max + 2 * CAP_PAGE_BYTES, &reserved);
    if (err)
        return err;
    heap->allocator = allocator;
    heap->space = space;
    heap->first = reserved + CAP_PAGE_BYTES;
    heap->bytes = 0;
    heap->bytes_max = bytes_max;
    heap->growth_count = 0;
    heap->error = CAP_OK;
    return CAP_OK;
}

/* Maps so many bytes more, in whole pages. The mapping keeps the memory. */
static enum cap_err map_more(struct rt_heap *heap, uint64_t bytes)
{
    struct os_MemoryObject memory;
    uint64_t address = heap->first + heap->bytes;
    enum cap_err err = os_FrameAllocator_create(heap->allocator, bytes, &memory);
    if (err)
        return err;
    err = os_VirtualMemory_map(heap->space, memory, address, os_VirtualMemory_Access_readWrite, &address);
    rt_handle_drop(&memory.handle);
    if (err)
        return err;
    if (heap->bytes)
        heap_extend(&heap->heap, bytes);
    else
        heap_init(&heap->heap, (void *)(uintptr_t)address, bytes);
    heap->mapped[heap->growth_count++] = address;
    heap->bytes += bytes;
    return CAP_OK;
}

/* At least so much that byte_count can be allocated afterwards. */
static enum cap_err grow(struct rt_heap *heap, uint64_t byte_count)
{
    uint64_t room = heap->bytes_max - heap->bytes, needed = heap_bytes_needed(byte_count);
    if (needed == 0 || heap->growth_count == RT_HEAP_GROWTHS_MAX)
        return CAP_ERR_NO_MEMORY;
    /* The first growth also holds the end mark. */
    needed = align_up(needed + (heap->bytes ? 0 : HEAP_HEAD_BYTES), CAP_PAGE_BYTES);
    if (needed > room)
        return CAP_ERR_NO_MEMORY;
    uint64_t wanted = align_up(max_u64(heap->bytes / 2, RT_HEAP_GROWTH_BYTES), CAP_PAGE_BYTES);
    wanted = min_u64(max_u64(wanted, needed), room);
    enum cap_err err;
    while ((err = map_more(heap, wanted)) && wanted > needed)
        wanted = max_u64(align_up(wanted / 2, CAP_PAGE_BYTES), needed);
    return err;
}

void *rt_heap_alloc(struct rt_heap *heap, uint64_t byte_count)
{
    return rt_heap_resize(heap, NULL, byte_count);
}

void *rt_heap_resize(struct rt_heap *heap, void *block, uint64_t byte_count)
{
    void *found = heap->bytes ? heap_resize(&heap->heap, block, byte_count) : NULL;
    if (found)
        return found;
    heap->error = grow(heap, byte_count);
    return heap->error ? NULL : heap_resize(&heap->heap, block, byte_count);
}

void rt_heap_free(struct rt_heap *heap, void *block)
{
    if (block)
        heap_free(&heap->heap, block);
}

/* Nothing here can be refused: what is given back is there. */
void rt_heap_end(struct rt_heap *heap)
{
    for (uint32_t i = 0; i < heap->growth_count; i++) {
        enum cap_err err = os_VirtualMemory_unmap(heap->space, heap->mapped[i]);
        CHECK(!err);
    }
    enum cap_err err = os_VirtualMemory_unreserve(heap->space, heap->first - CAP_PAGE_BYTES);
    CHECK(!err);
    heap->bytes = heap->growth_count = 0;
    heap->bytes_max = 0;
}
