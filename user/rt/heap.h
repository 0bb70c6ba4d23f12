/* A heap of a program's own: lib/heap over memory objects, in a range of addresses that is reserved for it.
 *
 *     guard |  memory object  |  memory object  | reserved, not mapped yet ...            | guard
 *           ^ mapped one behind the other as the heap grows             at most bytes_max ^
 *
 * It lives on two capabilities, like everything: where memory comes from, and the address space. Each growth
 * takes one memory object, at least RT_HEAP_GROWTH_BYTES and at least half of what is there, so that a large
 * heap is made of few; where the quota does not allow that, half as much, and so on down to what is needed.
 * Memory comes back with rt_heap_end.
 *
 *   static struct rt_heap heap;
 *   rt_heap_init(&heap, allocator, space, 64 << 20);
 *   struct thing *thing = rt_heap_alloc(&heap, sizeof *thing);
 *   rt_heap_free(&heap, thing);
 *
 * Next: user/rt/heap.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"
#include "lib/heap.h"

#define RT_HEAP_GROWTH_BYTES 65536
#define RT_HEAP_GROWTHS_MAX  64

struct rt_heap {
    struct heap heap;
    struct os_FrameAllocator allocator; /* lent */
    struct os_VirtualMemory space;      /* lent */
    uint64_t first;                     /* where the memory begins: behind the guard */
    uint64_t bytes;                     /* mapped so far */
    uint64_t bytes_max;
    uint64_t mapped[RT_HEAP_GROWTHS_MAX]; /* where each memory object begins */
    uint32_t growth_count;
    enum cap_err error; /* why the last growth was refused */
};

/* Reserves addresses for at most bytes_max bytes, in whole pages; takes no memory yet. The two capabilities
 * are lent until the end. CAP_ERR_INVALID: no bytes, or more than HEAP_BYTES_MAX. Else
 * VirtualMemory.reserve's errors. */
CAP_MUST_CHECK enum cap_err rt_heap_init(struct rt_heap *heap, struct os_FrameAllocator allocator,
                                         struct os_VirtualMemory space, uint64_t bytes_max);

/* As malloc, free and realloc; aligned to HEAP_ALIGN. NULL: the heap has no room and does not grow; `error`
 * says why: CAP_ERR_NO_MEMORY (bytes_max is reached, too), or what FrameAllocator.create or VirtualMemory.map
 * ended with, whose reason is in rt_call_scratch until the next call. A block that is not one is a failing
 * CHECK, that is, the end of the program. */
void *rt_heap_alloc(struct rt_heap *heap, uint64_t byte_count);
void rt_heap_free(struct rt_heap *heap, void *block);
void *rt_heap_resize(struct rt_heap *heap, void *block, uint64_t byte_count);

/* Gives all memory and the addresses back; every block is gone. It may be initialised again. */
void rt_heap_end(struct rt_heap *heap);
