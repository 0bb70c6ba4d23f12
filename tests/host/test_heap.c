/* The heap: random lives with every byte checked, growth, and what breaks its promises.
 *
 * Next: user/rt/heap.h
 */
#include "lib/heap.h"
#include "lib/bits.h"
#include "tests/host/check.h"
#include "tests/host/test.h"
#include "tests/host/random.h"

#include <stdlib.h>

#define MEMORY 65536
#define BLOCKS 200

static struct heap heap;
static _Alignas(HEAP_ALIGN) uint8_t memory[MEMORY];

static struct block {
    uint8_t *bytes;
    uint64_t byte_count;
    uint8_t fill;
} blocks[BLOCKS];

static void begin(uint64_t byte_count)
{
    memset(memory, 0xee, sizeof memory);
    memset(blocks, 0, sizeof blocks);
    heap_init(&heap, memory, byte_count);
}

/* ---- Invariants: written down once more, from the head's two words ---------------------------------- */

static uint64_t word_at(const uint8_t *at, uint32_t index)
{
    uint64_t word;
    memcpy(&word, at + 8 * index, sizeof word);
    return word;
}

static bool is_in_bin(const uint8_t *head, uint64_t size)
{
    LIST_FOR_EACH(node, &heap.bins[bit_highest(size)])
    if ((const uint8_t *)node == head + HEAP_HEAD_BYTES)
        return true;
    return false;
}

static void expect_invariants(void)
{
    uint64_t before = 1, used = 0, free_count = 0, in_bins = 0;
    const uint8_t *at = heap.start;
    while (at < heap.end - HEAP_HEAD_BYTES) {
        uint64_t size = word_at(at, 0);
        EXPECT_EQ(word_at(at, 1), before);
        EXPECT(before & 1 || size & 1);
        if (size & 1)
            used += size & ~(uint64_t)1;
        else
            EXPECT(is_in_bin(at, size));
        free_count += !(size & 1);
        before = size;
        at += size & ~(uint64_t)1;
    }
    EXPECT(at == heap.end - HEAP_HEAD_BYTES);
    EXPECT_EQ(word_at(at, 0), 1);
    EXPECT_EQ(word_at(at, 1), before);
    EXPECT_EQ(heap.used_bytes, used);
    for (uint32_t i = 0; i < HEAP_BINS; i++) {
        EXPECT_EQ(!list_is_empty(&heap.bins[i]), heap.bins_used >> i & 1);
        LIST_FOR_EACH(node, &heap.bins[i])
        in_bins++;
    }
    EXPECT_EQ(in_bins, free_count);
}

/* ---- Blocks ---------------------------------------------------------------------------------------- */

static void expect_contents(const struct block *block, uint64_t byte_count)
{
    for (uint64_t i = 0; i < byte_count; i++)
        EXPECT_EQ(block->bytes[i], (uint8_t)(block->fill + i));
}

static void fill(struct block *block, uint8_t *bytes, uint64_t byte_count)
{
    EXPECT((uintptr_t)bytes % HEAP_ALIGN == 0);
    EXPECT(bytes >= heap.start && bytes + byte_count <= heap.end);
    *block = (struct block){.bytes = bytes, .byte_count = byte_count, .fill = (uint8_t)random_below(256)};
    for (uint64_t i = 0; i < byte_count; i++)
        bytes[i] = (uint8_t)(block->fill + i);
}

static void allocate(struct block *block, uint64_t byte_count)
{
    uint8_t *bytes = heap_alloc(&heap, byte_count);
    if (bytes)
        fill(block, bytes, byte_count);
}

static void give_back(struct block *block)
{
    expect_contents(block, block->byte_count);
    heap_free(&heap, block->bytes);
    *block = (struct block){0};
}

static void resize(struct block *block, uint64_t byte_count)
{
    uint8_t *bytes = heap_resize(&heap, block->bytes, byte_count);
    if (!bytes) {
        expect_contents(block, block->byte_count);
        return;
    }
    block->bytes = bytes;
    expect_contents(block, min_u64(block->byte_count, byte_count));
    fill(block, bytes, byte_count);
}

static uint64_t random_size(void)
{
    return random_below(1u << random_below(13));
}

static void expect_one_free_block(void)
{
    EXPECT_EQ(heap.used_bytes, 0);
    EXPECT_EQ(word_at(heap.start, 0), heap.end - heap.start - HEAP_HEAD_BYTES);
}

TEST(random_lives_keep_every_byte_and_every_invariant)
{
    begin(4096);
    uint64_t byte_count = 4096;
    for (int step = 0; step < 20000; step++) {
        struct block *block = &blocks[random_below(BLOCKS)];
        if (!block->bytes)
            allocate(block, random_size());
        else if (random_below(3) == 0)
            resize(block, random_size());
        else
            give_back(block);
        if (step % 100 == 99 && byte_count + 1024 <= MEMORY) {
            uint64_t more = 64 + 16 * random_below(60);
            heap_extend(&heap, more);
            byte_count += more;
        }
        expect_invariants();
    }
    for (int i = 0; i < BLOCKS; i++)
        if (blocks[i].bytes)
            give_back(&blocks[i]);
    expect_invariants();
    expect_one_free_block();
}

/* ---- Sizes ----------------------------------------------------------------------------------------- */

TEST(all_but_two_heads_can_be_had_in_one_block)
{
    begin(MEMORY);
    EXPECT(!heap_alloc(&heap, MEMORY - 2 * HEAP_HEAD_BYTES + 1));
    allocate(&blocks[0], MEMORY - 2 * HEAP_HEAD_BYTES);
    EXPECT(blocks[0].bytes);
    expect_invariants();
    EXPECT(!heap_alloc(&heap, 0));
    give_back(&blocks[0]);
    expect_one_free_block();
}

TEST(no_size_wraps)
{
    static const uint64_t sizes[] = {HEAP_BYTES_MAX,  1ull << 48,      1ull << 63,     UINT64_MAX - 31,
                                     UINT64_MAX - 16, UINT64_MAX - 15, UINT64_MAX - 1, UINT64_MAX};
    begin(MEMORY);
    allocate(&blocks[0], 100);
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        EXPECT(!heap_alloc(&heap, sizes[i]));
        EXPECT(!heap_resize(&heap, blocks[0].bytes, sizes[i]));
        EXPECT(!heap_resize(&heap, NULL, sizes[i]));
        EXPECT_EQ(heap_bytes_needed(sizes[i]), 0);
    }
    expect_contents(&blocks[0], 100);
    expect_invariants();
}

TEST(no_bytes_are_a_block_of_their_own)
{
    begin(MEMORY);
    uint8_t *first = heap_alloc(&heap, 0), *second = heap_alloc(&heap, 0);
    EXPECT(first && second && first != second);
    heap_free(&heap, first);
    heap_free(&heap, second);
    heap_free(&heap, NULL);
    expect_one_free_block();
}

TEST(after_growth_by_what_is_needed_there_is_room)
{
    for (uint64_t wanted = 0; wanted < 3000; wanted += 7) {
        for (int is_last_used = 0; is_last_used < 2; is_last_used++) {
            begin(1024);
            for (int i = 0; i < 6 + is_last_used; i++)
                allocate(&blocks[i], 100 + is_last_used * 30);
            heap_extend(&heap, heap_bytes_needed(wanted));
            EXPECT(heap_alloc(&heap, wanted));
            expect_invariants();
        }
    }
}

TEST(a_block_grows_into_free_memory_behind_it)
{
    begin(MEMORY);
    allocate(&blocks[0], 100);
    allocate(&blocks[1], 100);
    allocate(&blocks[2], 100);
    give_back(&blocks[1]);
    uint8_t *before = blocks[0].bytes;
    resize(&blocks[0], 200);
    EXPECT(blocks[0].bytes == before);
    resize(&blocks[0], 20);
    EXPECT(blocks[0].bytes == before);
    resize(&blocks[0], 4000);
    EXPECT(blocks[0].bytes != before);
    expect_invariants();
}

/* Bounded, whatever is in the bins: a search that looked at all would take a hundred times as long. */
TEST(a_bin_full_of_blocks_that_are_too_small_does_not_hide_a_larger_one)
{
    begin(MEMORY);
    for (int i = 0; i < BLOCKS; i++)
        allocate(&blocks[i], 64 + 16 * (i % 3));
    for (int i = 0; i < BLOCKS; i += 2)
        give_back(&blocks[i]);
    EXPECT(heap_alloc(&heap, 120));
    expect_invariants();
}

/* ---- Broken promises ------------------------------------------------------------------------------- */

TEST(freeing_what_is_no_block_fails_a_check)
{
    begin(MEMORY);
    allocate(&blocks[0], 100);
    allocate(&blocks[1], 100);
    allocate(&blocks[2], 100);
    EXPECT_CHECK(heap_free(&heap, blocks[1].bytes + 1));
    EXPECT_CHECK(heap_free(&heap, blocks[1].bytes + 16));
    EXPECT_CHECK(heap_free(&heap, heap.start));
    EXPECT_CHECK(heap_free(&heap, heap.end));
    EXPECT_CHECK(heap_free(&heap, &heap));
    expect_invariants();
}

TEST(freeing_twice_fails_a_check)
{
    for (volatile int neighbours = 0; neighbours < 4; neighbours++) {
        begin(MEMORY);
        for (int i = 0; i < 4; i++)
            allocate(&blocks[i], 100);
        if (neighbours & 1)
            heap_free(&heap, blocks[0].bytes);
        if (neighbours & 2)
            heap_free(&heap, blocks[2].bytes);
        heap_free(&heap, blocks[1].bytes);
        EXPECT_CHECK(heap_free(&heap, blocks[1].bytes));
        EXPECT_CHECK(heap_resize(&heap, blocks[1].bytes, 10));
    }
}

TEST(writing_behind_a_block_is_found_when_it_is_freed)
{
    begin(MEMORY);
    allocate(&blocks[0], 96);
    allocate(&blocks[1], 96);
    memset(blocks[0].bytes, 0x41, 96 + HEAP_HEAD_BYTES);
    EXPECT_CHECK(heap_free(&heap, blocks[0].bytes));
    EXPECT_CHECK(heap_free(&heap, blocks[1].bytes));
}

TEST(memory_that_is_no_heap_is_refused)
{
    EXPECT_CHECK(heap_init(&heap, memory + 8, 1024));
    EXPECT_CHECK(heap_init(&heap, memory, 1032));
    EXPECT_CHECK(heap_init(&heap, memory, 48));
    begin(1024);
    EXPECT_CHECK(heap_extend(&heap, 48));
    EXPECT_CHECK(heap_extend(&heap, 72));
    EXPECT_CHECK(heap_extend(&heap, HEAP_BYTES_MAX));
}

TEST_MAIN()
