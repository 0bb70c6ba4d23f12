/* A heap: blocks of any size out of one stretch of memory that can grow at its end.
 *
 *     head | bytes of one block ... | head | ...                  | head (of size 0: the end)
 *
 * Invariants
 *  - The blocks fill the memory without gaps; each head knows the size of its block and of the one before it.
 *  - Two free blocks are never neighbours.
 *  - Each free block is in the bin of its size (bin i: 2^i bytes up to twice that), and `bins_used` says
 * which bins are not empty. So every operation takes a bounded number of steps, however many blocks there
 * are. A request is served by one of the first blocks of its own size's bin, if one of them is large enough,
 * else by a block of the next larger bin that has any. (Segregated fits with boundary tags: Knuth, The Art of
 * Computer Programming vol. 1, 2.5.)
 *
 * A head that cannot be one (written over, freed twice, never given out) is a broken promise and fails a
 * CHECK.
 *
 * Next: lib/heap.c
 */
#pragma once

#include "lib/list.h"

#define HEAP_ALIGN 16
#define HEAP_BINS  48

/* What a heap of this memory cannot give out: two heads. A request takes a multiple of HEAP_ALIGN, at least
 * 16 bytes, and a head. */
#define HEAP_HEAD_BYTES 16

/* The largest request that can ever be served. */
#define HEAP_BYTES_MAX ((uint64_t)1 << (HEAP_BINS - 1))

struct heap {
    struct list bins[HEAP_BINS];
    uint64_t bins_used;
    uint8_t *start;
    uint8_t *end;
    uint64_t used_bytes; /* of blocks that are given out, heads included */
};

/* An empty heap over so many bytes, any contents. memory and byte_count are multiples of HEAP_ALIGN,
 * byte_count is at least 64 and at most HEAP_BYTES_MAX (CHECKed). */
void heap_init(struct heap *heap, void *memory, uint64_t byte_count);

/* The memory has become so much longer: a multiple of HEAP_ALIGN, at least 64 (CHECKed). */
void heap_extend(struct heap *heap, uint64_t byte_count);

/* byte_count bytes, aligned to HEAP_ALIGN, any contents. NULL: there is no room. 0 bytes are a block of its
 * own, too. */
void *heap_alloc(struct heap *heap, uint64_t byte_count);

/* Takes a block back. NULL: does nothing. */
void heap_free(struct heap *heap, void *block);

/* A block with the contents of this one, as far as both reach: the same block if it can be. NULL: there is no
 * room, and the block is as it was. A block of NULL is a new one. */
void *heap_resize(struct heap *heap, void *block, uint64_t byte_count);

/* So many bytes more make sure that byte_count can be allocated then, wherever free blocks are now. 0: never.
 */
uint64_t heap_bytes_needed(uint64_t byte_count);
