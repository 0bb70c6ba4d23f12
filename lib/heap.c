/* Blocks, their heads, and bins of free ones.
 *
 * Next: tests/host/test_heap.c
 */
#include "lib/heap.h"

#include "lib/bits.h"
#include "lib/check.h"
#include "lib/mem.h"

/* How many blocks of its own bin a request looks at. */
#define LOOK_MAX 8

/* In front of each block. */
struct head {
    uint64_t size;        /* of head and block; bit 0: it is given out */
    uint64_t size_before; /* of the block before this one, bit 0 likewise; 1 at the start */
};
_Static_assert(sizeof(struct head) == HEAP_HEAD_BYTES, "a block is aligned like its head");

/* What a free block holds. */
struct free_block {
    struct head head;
    struct list_node link; /* in its bin */
};

#define BLOCK_BYTES_MIN sizeof(struct free_block)
#define IS_USED         ((uint64_t)1)

static uint64_t size_of(uint64_t size)
{
    return size & ~IS_USED;
}

static bool is_used(const struct head *head)
{
    return head->size & IS_USED;
}

static struct head *head_after(struct head *head)
{
    return (struct head *)(void *)((uint8_t *)head + size_of(head->size));
}

static struct head *head_before(struct head *head)
{
    return (struct head *)(void *)((uint8_t *)head - size_of(head->size_before));
}

/* Sets the size here and in the next head. */
static void head_set(struct head *head, uint64_t size)
{
    head->size = size;
    head_after(head)->size_before = size;
}

static struct free_block *free_of(struct head *head)
{
    return (struct free_block *)(void *)head;
}

static uint32_t bin_of(uint64_t size)
{
    return bit_highest(size);
}

static void bin_put(struct heap *heap, struct head *head)
{
    uint32_t bin = bin_of(head->size);
    list_node_init(&free_of(head)->link);
    list_push_front(&heap->bins[bin], &free_of(head)->link);
    heap->bins_used |= (uint64_t)1 << bin;
}

static void bin_take(struct heap *heap, struct head *head)
{
    uint32_t bin = bin_of(head->size);
    list_remove(&free_of(head)->link);
    if (list_is_empty(&heap->bins[bin]))
        heap->bins_used &= ~((uint64_t)1 << bin);
}

/* Makes one free block of this stretch, whose neighbours are both given out, and puts it into its bin. */
static void make_free(struct heap *heap, struct head *head, uint64_t size)
{
    head_set(head, size);
    bin_put(heap, head);
}

static void end_put(struct heap *heap)
{
    struct head *end = (struct head *)(void *)(heap->end - sizeof(struct head));
    end->size = IS_USED; /* of size 0: nothing comes after it */
}

void heap_init(struct heap *heap, void *memory, uint64_t byte_count)
{
    CHECK(is_aligned((uintptr_t)memory | byte_count, HEAP_ALIGN) && byte_count >= 64 &&
          byte_count <= HEAP_BYTES_MAX);
    for (uint32_t i = 0; i < HEAP_BINS; i++)
        list_init(&heap->bins[i]);
    heap->bins_used = 0;
    heap->used_bytes = 0;
    heap->start = memory;
    heap->end = heap->start + byte_count;
    struct head *first = memory;
    first->size_before = IS_USED;
    end_put(heap);
    make_free(heap, first, byte_count - sizeof(struct head));
}

/* The old end becomes the head of the new block. */
void heap_extend(struct heap *heap, uint64_t byte_count)
{
    CHECK(is_aligned(byte_count, HEAP_ALIGN) && byte_count >= 64 &&
          byte_count <= HEAP_BYTES_MAX - (uint64_t)(heap->end - heap->start));
    struct head *head = (struct head *)(void *)(heap->end - sizeof(struct head));
    uint64_t size = byte_count;
    heap->end += byte_count;
    end_put(heap);
    if (!(head->size_before & IS_USED)) {
        head = head_before(head);
        bin_take(heap, head);
        size += head->size;
    }
    make_free(heap, head, size);
}

/* Of the block that serves a request. The caller has judged byte_count. */
static uint64_t size_for(uint64_t byte_count)
{
    return max_u64(align_up(byte_count, HEAP_ALIGN) + sizeof(struct head), BLOCK_BYTES_MIN);
}

uint64_t heap_bytes_needed(uint64_t byte_count)
{
    return byte_count > HEAP_BYTES_MAX - 64 ? 0 : max_u64(size_for(byte_count), 64);
}

static struct head *find_free(struct heap *heap, uint64_t size)
{
    struct list *bin = &heap->bins[bin_of(size)];
    uint32_t looked_at = 0;
    LIST_FOR_EACH(node, bin)
    {
        struct free_block *block = LIST_ENTRY(node, struct free_block, link);
        if (block->head.size >= size)
            return &block->head;
        if (++looked_at == LOOK_MAX)
            break;
    }
    uint64_t larger = heap->bins_used >> bin_of(size) >> 1;
    if (!larger)
        return NULL;
    struct list_node *node = list_first(&heap->bins[bin_of(size) + 1 + bit_lowest(larger)]);
    return &LIST_ENTRY(node, struct free_block, link)->head;
}

/* Gives out the first `size` bytes of a stretch of blocks that are in no bin; the rest is free, if it is a
 * block. What follows the stretch is given out. */
static void give_out(struct heap *heap, struct head *head, uint64_t stretch, uint64_t size)
{
    if (stretch - size < BLOCK_BYTES_MIN) {
        head_set(head, stretch | IS_USED);
        heap->used_bytes += stretch;
        return;
    }
    head_set(head, size | IS_USED);
    heap->used_bytes += size;
    make_free(heap, head_after(head), stretch - size);
}

void *heap_alloc(struct heap *heap, uint64_t byte_count)
{
    if (byte_count > HEAP_BYTES_MAX - 64)
        return NULL;
    uint64_t size = size_for(byte_count);
    struct head *head = find_free(heap, size);
    if (!head)
        return NULL;
    bin_take(heap, head);
    give_out(heap, head, head->size, size);
    return head + 1;
}

/* The head of a block that was given out. */
static struct head *head_of(struct heap *heap, void *block)
{
    uint8_t *at = block;
    CHECK(is_aligned((uintptr_t)at, HEAP_ALIGN) && at >= heap->start + sizeof(struct head) && at < heap->end);
    struct head *head = (struct head *)block - 1;
    CHECK(is_used(head) && size_of(head->size) >= BLOCK_BYTES_MIN &&
          size_of(head->size) <= (uint64_t)(heap->end - at));
    CHECK(head_after(head)->size_before == head->size);
    return head;
}

/* The size of the block with what is free behind it, which leaves its bin. */
static uint64_t stretch_of(struct heap *heap, struct head *head)
{
    uint64_t size = size_of(head->size);
    struct head *after = head_after(head);
    if (is_used(after))
        return size;
    bin_take(heap, after);
    return size + after->size;
}

void heap_free(struct heap *heap, void *block)
{
    if (!block)
        return;
    struct head *head = head_of(heap, block);
    heap->used_bytes -= size_of(head->size);
    uint64_t size = stretch_of(heap, head);
    if (!(head->size_before & IS_USED)) {
        head = head_before(head);
        CHECK(!is_used(head));
        bin_take(heap, head);
        size += head->size;
    }
    make_free(heap, head, size);
}

static bool resize_in_place(struct heap *heap, struct head *head, uint64_t size)
{
    struct head *after = head_after(head);
    uint64_t room = size_of(head->size) + (is_used(after) ? 0 : after->size);
    if (room < size)
        return false;
    uint64_t stretch = stretch_of(heap, head);
    heap->used_bytes -= size_of(head->size);
    give_out(heap, head, stretch, size);
    return true;
}

void *heap_resize(struct heap *heap, void *block, uint64_t byte_count)
{
    if (!block)
        return heap_alloc(heap, byte_count);
    if (byte_count > HEAP_BYTES_MAX - 64)
        return NULL;
    struct head *head = head_of(heap, block);
    if (resize_in_place(heap, head, size_for(byte_count)))
        return block;
    void *moved = heap_alloc(heap, byte_count);
    if (!moved)
        return NULL;
    memcpy(moved, block, size_of(head->size) - sizeof(struct head));
    heap_free(heap, block);
    return moved;
}
