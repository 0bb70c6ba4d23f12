/* Lists of frames of every depth, with memory that ends at every point. Next: kernel/mm/mapping.h */
#include "tests/host/test.h"
#include "lib/frame_list.h"

#include <stdlib.h>

#define FRAMES_MAX   2101 /* odd, so that steps of two reach each */
#define MEMORY_PADDR 0x7654321000

static struct {
    uint8_t (*frames)[CAP_PAGE_BYTES];
    bool is_used[FRAMES_MAX];
    uint32_t next;
    uint32_t used_count;
    uint32_t room; /* allocations that still succeed */
} memory;

/* Every other frame twice around: nothing is contiguous. */
static enum cap_err memory_alloc(void *context, uint64_t *paddr)
{
    EXPECT(context == &memory);
    if (memory.room == 0)
        return CAP_ERR_NO_MEMORY;
    while (memory.is_used[memory.next])
        memory.next = (memory.next + 2) % FRAMES_MAX;
    memory.room--;
    memory.is_used[memory.next] = true;
    memory.used_count++;
    memset(memory.frames[memory.next], 0, CAP_PAGE_BYTES);
    *paddr = MEMORY_PADDR + memory.next * (uint64_t)CAP_PAGE_BYTES;
    return CAP_OK;
}

static void memory_free(void *context, uint64_t paddr)
{
    EXPECT(context == &memory);
    uint64_t frame = (paddr - MEMORY_PADDR) / CAP_PAGE_BYTES;
    EXPECT(paddr % CAP_PAGE_BYTES == 0 && frame < FRAMES_MAX && memory.is_used[frame]);
    memory.is_used[frame] = false;
    memory.used_count--;
}

static struct page_source source = {.context = &memory, .alloc = memory_alloc, .free = memory_free};

static void memory_init(uint32_t room)
{
    if (!memory.frames)
        memory.frames = aligned_alloc(CAP_PAGE_BYTES, sizeof(*memory.frames) * FRAMES_MAX);
    memset(memory.is_used, 0, sizeof(memory.is_used));
    memory.next = 0;
    memory.used_count = 0;
    memory.room = room;
    source.direct_map = (uint64_t)(uintptr_t)memory.frames - MEMORY_PADDR;
}

static const uint64_t counts[] = {1, 2, 3, 511, 512, 513, 1023, 1024, 1025, 2000};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static uint64_t frame_list_at(const struct frame_list *list, uint64_t index)
{
    uint64_t count = 0;
    return *frame_list_run(list, &source, index, &count);
}

/* Writes every byte of every frame: a table among them would be lost, and a frame that is there twice. */
static void expect_own_frames(const struct frame_list *list)
{
    for (uint64_t i = 0; i < list->frame_count; i++) {
        uint64_t *words = (uint64_t *)(uintptr_t)(source.direct_map + frame_list_at(list, i));
        for (uint32_t k = 0; k < CAP_PAGE_BYTES / 8; k++) {
            EXPECT_EQ(words[k], 0);
            words[k] = i + 1;
        }
    }
    for (uint64_t i = 0; i < list->frame_count; i++)
        EXPECT_EQ(*(uint64_t *)(uintptr_t)(source.direct_map + frame_list_at(list, i)), i + 1);
}

TEST(a_list_has_frames_of_its_own_and_costs_what_it_says)
{
    for (uint32_t i = 0; i < COUNTS; i++) {
        struct frame_list list;
        memory_init(FRAMES_MAX);
        EXPECT_EQ(frame_list_make(&list, &source, counts[i]), CAP_OK);
        EXPECT_EQ(list.frame_count, counts[i]);
        EXPECT_EQ(memory.used_count, frame_list_cost(counts[i]));
        expect_own_frames(&list);
        frame_list_free(&list, &source);
        EXPECT_EQ(memory.used_count, 0);
        EXPECT_EQ(list.frame_count, 0);
    }
}

TEST(runs_cover_the_list_and_break_only_between_tables)
{
    for (uint32_t i = 0; i < COUNTS; i++) {
        struct frame_list list;
        memory_init(FRAMES_MAX);
        EXPECT_EQ(frame_list_make(&list, &source, counts[i]), CAP_OK);
        for (uint64_t first = 0; first < counts[i]; first++) {
            uint64_t count = 0, end = (first / FRAME_LIST_ENTRIES + 1) * FRAME_LIST_ENTRIES;
            const uint64_t *run = frame_list_run(&list, &source, first, &count);
            EXPECT_EQ(first + count, end < counts[i] ? end : counts[i]);
            EXPECT_EQ(run[count - 1], frame_list_at(&list, first + count - 1));
        }
        frame_list_free(&list, &source);
    }
}

TEST(costs_are_known)
{
    EXPECT_EQ(frame_list_cost(1), 1);
    EXPECT_EQ(frame_list_cost(2), 3);
    EXPECT_EQ(frame_list_cost(512), 513);
    EXPECT_EQ(frame_list_cost(513), 513 + 2 + 1);
    EXPECT_EQ(frame_list_cost(FRAME_LIST_MAX), FRAME_LIST_MAX + 512 + 1);
}

TEST(a_list_that_memory_does_not_suffice_for_gives_everything_back)
{
    static const uint64_t few[] = {1, 2, 512, 514, 1026};
    for (uint32_t i = 0; i < sizeof(few) / sizeof(few[0]); i++) {
        uint32_t cost = (uint32_t)frame_list_cost(few[i]);
        for (uint32_t room = 0; room < cost; room++) {
            struct frame_list list = {.root_paddr = 5};
            memory_init(room);
            EXPECT_EQ(frame_list_make(&list, &source, few[i]), CAP_ERR_NO_MEMORY);
            EXPECT_EQ(memory.used_count, 0);
            EXPECT_EQ(memory.room, 0);
            EXPECT_EQ(list.root_paddr, 5);
        }
    }
}

TEST(counts_out_of_range_are_refused)
{
    static const uint64_t bad[] = {0, FRAME_LIST_MAX + 1, 1ull << 52, UINT64_MAX};
    memory_init(FRAMES_MAX);
    for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct frame_list list;
        EXPECT_EQ(frame_list_make(&list, &source, bad[i]), CAP_ERR_INVALID);
    }
    EXPECT_EQ(memory.room, FRAMES_MAX);
}

TEST(an_empty_list_is_freed_without_harm)
{
    struct frame_list list = {0};
    memory_init(0);
    frame_list_free(&list, &source);
    EXPECT_EQ(memory.used_count, 0);
}

TEST(frames_are_taken_off_one_by_one)
{
    for (uint32_t n = 0; n < COUNTS; n++) {
        struct frame_list list;
        memory_init(FRAMES_MAX);
        EXPECT_EQ(frame_list_make(&list, &source, counts[n]), CAP_OK);
        for (uint64_t left = counts[n]; left > 0; left--) {
            uint64_t last = frame_list_at(&list, left - 1), first = frame_list_at(&list, 0);
            uint64_t paddr = frame_list_pop(&list, &source);
            EXPECT_EQ(paddr, last);
            EXPECT(left == 1 || frame_list_at(&list, 0) == first);
            EXPECT_EQ(list.frame_count, left - 1);
            memory_free(&memory, paddr);
            /* What is left costs its frames, and the tables that list them: of the depth that it began with.
             */
            uint64_t tables = counts[n] == 1 ? 0 : (left - 1 + 511) / 512 + (counts[n] > 512 && left > 1);
            EXPECT_EQ(memory.used_count, left - 1 + tables);
        }
        EXPECT_EQ(list.root_paddr, 0);
    }
}

TEST_MAIN()
