/* A heap that grows. What happens inside it is tested on the host (tests/host/test_heap.c).
 *
 * Next: user/rt/heap.h
 */
#include "tests/qemu/memory.h"
#include "user/rt/heap.h"

#define MIB    (1ull << 20)
#define BLOCKS 4000

static struct rt_heap heap;
static uint64_t *blocks[BLOCKS];

static uint64_t bytes_of(uint64_t index)
{
    return 16 + index * 37 % 2000;
}

/* Every block knows its number, at both ends. */
static uint64_t blocks_allocate(uint64_t count)
{
    uint64_t i = 0;
    for (; i < count && (blocks[i] = rt_heap_alloc(&heap, bytes_of(i))); i++)
        blocks[i][0] = blocks[i][bytes_of(i) / 8 - 1] = i;
    return i;
}

static uint64_t blocks_check(uint64_t count)
{
    uint64_t wrong_count = 0;
    for (uint64_t i = 0; i < count; i++)
        wrong_count += blocks[i][0] != i || blocks[i][bytes_of(i) / 8 - 1] != i;
    return wrong_count;
}

static void test_growth(struct memory_test *test)
{
    struct raw *raw = &test->raw;
    raw_expect_err(raw, rt_heap_init(&heap, test->allocator, test->space, 16 * MIB), CAP_OK, "a heap");
    raw_expect(raw, heap.bytes == 0, "that takes nothing yet");
    raw_expect(raw, blocks_allocate(BLOCKS) == BLOCKS, "four thousand blocks, about four megabytes");
    raw_expect(raw, heap.bytes > 3 * MIB && heap.bytes < 7 * MIB && heap.growth_count < 20, "few growths");
    raw_expect(raw, blocks_check(BLOCKS) == 0, "each has its own bytes");
    for (uint64_t i = 0; i < BLOCKS; i += 2)
        rt_heap_free(&heap, blocks[i]);
    uint64_t bytes = heap.bytes;
    for (uint64_t i = 0; i < BLOCKS; i += 2) {
        blocks[i] = rt_heap_alloc(&heap, bytes_of(i));
        blocks[i][0] = blocks[i][bytes_of(i) / 8 - 1] = i;
    }
    raw_expect(raw, heap.bytes == bytes, "what was given back is used again");
    raw_expect(raw, blocks_check(BLOCKS) == 0, "and nothing else is");
    uint64_t *large = rt_heap_alloc(&heap, MIB);
    large[MIB / 8 - 1] = 9;
    uint64_t *larger = rt_heap_resize(&heap, large, 2 * MIB);
    raw_expect(raw, larger && larger[MIB / 8 - 1] == 9, "a block that grows keeps what is in it");
    for (uint64_t i = 0; i < BLOCKS; i++)
        rt_heap_free(&heap, blocks[i]);
    rt_heap_free(&heap, larger);
    rt_heap_free(&heap, NULL);
    raw_expect(raw, heap.heap.used_bytes == 0, "all is given back");
    rt_heap_end(&heap);
}

/* 2048 frames are 8 MiB; some of them are the program's. */
static void test_quota(struct memory_test *test)
{
    struct raw *raw = &test->raw;
    for (int round = 0; round < 3; round++) {
        uint64_t count = 0;
        raw_expect_err(raw, rt_heap_init(&heap, test->allocator, test->space, 64 * MIB), CAP_OK,
                       "larger than memory");
        while (rt_heap_alloc(&heap, 4000))
            count++;
        raw_expect_overloaded(raw, heap.error, "frames: ", "it ends with the quota");
        raw_expect(raw, count * 4016 > 7 * MIB, "nearly all of which it could use");
        raw_expect(raw, !rt_heap_alloc(&heap, MIB), "it stays so");
        rt_heap_end(&heap);
    }
}

static void test_limit(struct memory_test *test)
{
    struct raw *raw = &test->raw;
    raw_expect_err(raw, rt_heap_init(&heap, test->allocator, test->space, 0), CAP_ERR_INVALID, "no bytes");
    raw_expect_err(raw, rt_heap_init(&heap, test->allocator, test->space, UINT64_MAX), CAP_ERR_INVALID,
                   "too many");
    raw_expect_err(raw, rt_heap_init(&heap, test->allocator, test->space, 3 * PAGE - 5), CAP_OK,
                   "three pages");
    raw_expect(raw, !rt_heap_alloc(&heap, 3 * PAGE - 2 * HEAP_HEAD_BYTES + 1), "a byte too much");
    raw_expect_err(raw, heap.error, CAP_ERR_NO_MEMORY, "more than its limit");
    raw_expect(raw, !rt_heap_alloc(&heap, UINT64_MAX), "as much as a number can say");
    raw_expect(raw, rt_heap_alloc(&heap, 3 * PAGE - 2 * HEAP_HEAD_BYTES), "all of it");
    raw_expect(raw, !rt_heap_alloc(&heap, 0), "not a byte more");
    raw_expect_err(raw, memory_map(test, memory_new(test, PAGE), CHOOSE, READ_WRITE), CAP_OK, "other memory");
}

int main(struct rt *rt)
{
    struct memory_test test = memory_test_start(rt);
    test_growth(&test);
    test_quota(&test);
    test_limit(&test);
    if (raw_end(&test.raw))
        return 1;
    *words_at(heap.first + heap.bytes) = 1;
    return 2;
}
