/* frame_bitmap.c against one bool a frame: all short histories of a tiny memory, random ones of larger.
 *
 * Next: tests/host/test_pool.c
 */
#include "tests/host/test.h"
#include "lib/frame_bitmap.h"

#include <stdlib.h>

#define FRAMES_MAX 5000

struct model {
    struct frame_bitmap bitmap;
    uint64_t *words; /* of just the right size, so that a step beyond is seen */
    uint64_t frame_count, free_count;
    bool is_free[FRAMES_MAX];
};

static struct model model;

static void model_init(uint64_t frame_count)
{
    free(model.words);
    model.words = malloc(frame_bitmap_bytes(frame_count));
    memset(model.words, 0xff, frame_bitmap_bytes(frame_count));
    model.frame_count = frame_count;
    model.free_count = 0;
    memset(model.is_free, 0, sizeof(model.is_free));
    frame_bitmap_init(&model.bitmap, model.words, frame_count);
}

static void expect_same(void)
{
    EXPECT_EQ(model.bitmap.free_count, model.free_count);
    for (uint64_t i = 0; i < model.frame_count; i++)
        EXPECT_EQ(frame_bitmap_is_free(&model.bitmap, i), model.is_free[i]);
    EXPECT(!frame_bitmap_is_free(&model.bitmap, model.frame_count));
    EXPECT(!frame_bitmap_is_free(&model.bitmap, UINT64_MAX));
}

static void model_set(uint64_t first, uint64_t count, bool is_free)
{
    for (uint64_t i = first; i < first + count; i++)
        model.is_free[i] = is_free;
    model.free_count = is_free ? model.free_count + count : model.free_count - count;
}

static void do_alloc(void)
{
    uint64_t frame = 77777;
    enum cap_err err = frame_bitmap_alloc(&model.bitmap, &frame);
    EXPECT_EQ(err, model.free_count ? CAP_OK : CAP_ERR_NO_MEMORY);
    if (err) {
        EXPECT_EQ(frame, 77777);
    } else {
        EXPECT(frame < model.frame_count && model.is_free[frame]);
        model_set(frame, 1, false);
    }
}

static void do_alloc_run(uint64_t count)
{
    uint64_t expected = 0, length = 0;
    for (uint64_t i = 0; count && i < model.frame_count && length < count; i++) {
        length = model.is_free[i] ? length + 1 : 0;
        expected = i + 1 - length;
    }
    uint64_t first = 77777;
    enum cap_err err = frame_bitmap_alloc_run(&model.bitmap, count, &first);
    EXPECT_EQ(err, count == 0 ? CAP_ERR_INVALID : length == count ? CAP_OK : CAP_ERR_NO_MEMORY);
    EXPECT_EQ(first, err ? 77777 : expected);
    if (!err)
        model_set(first, count, false);
}

static void do_free(uint64_t frame)
{
    bool is_valid = frame < model.frame_count && !model.is_free[frame];
    EXPECT_EQ(frame_bitmap_free(&model.bitmap, frame), is_valid ? CAP_OK : CAP_ERR_INVALID);
    if (is_valid)
        model_set(frame, 1, true);
}

static void do_add(uint64_t first, uint64_t count)
{
    bool is_valid = first <= model.frame_count && count <= model.frame_count - first;
    for (uint64_t i = first; is_valid && i < first + count; i++)
        is_valid = !model.is_free[i];
    EXPECT_EQ(frame_bitmap_add(&model.bitmap, first, count), is_valid ? CAP_OK : CAP_ERR_INVALID);
    if (is_valid)
        model_set(first, count, true);
}

TEST(storage_is_a_bit_a_frame_in_whole_words)
{
    EXPECT_EQ(frame_bitmap_bytes(0), 0);
    EXPECT_EQ(frame_bitmap_bytes(1), 8);
    EXPECT_EQ(frame_bitmap_bytes(64), 8);
    EXPECT_EQ(frame_bitmap_bytes(65), 16);
    EXPECT_EQ(frame_bitmap_bytes((uint64_t)1 << 40), (uint64_t)1 << 37);
    EXPECT_EQ(frame_bitmap_bytes(UINT64_MAX), (uint64_t)1 << 61);
}

/* Of 3 frames: alloc, runs of 0 to 4, free of 0 to 3, add of 0..3 from 0..3. */
static void do_numbered(uint32_t number)
{
    if (number == 0)
        do_alloc();
    else if (number < 6)
        do_alloc_run(number - 1);
    else if (number < 10)
        do_free(number - 6);
    else
        do_add((number - 10) / 4, (number - 10) % 4);
}

TEST(every_history_of_four_steps_of_three_frames)
{
    for (uint32_t history = 0; history < 26 * 26 * 26 * 26; history++) {
        model_init(3);
        for (uint32_t step = 0, rest = history; step < 4; step++, rest /= 26)
            do_numbered(rest % 26);
        expect_same();
    }
}

TEST(every_range_of_a_memory_of_three_words)
{
    for (uint64_t first = 0; first <= 131; first++) {
        for (uint64_t count = 0; count <= 132 - first; count++) {
            model_init(131);
            do_add(first, count);
            expect_same();
            do_alloc_run(count + 1);
            do_alloc_run(count);
            expect_same();
        }
    }
}

TEST(ranges_that_wrap_are_refused)
{
    model_init(100);
    do_add(0, 100);
    uint64_t first = 5;
    EXPECT_EQ(frame_bitmap_alloc_run(&model.bitmap, UINT64_MAX, &first), CAP_ERR_NO_MEMORY);
    do_alloc_run(100);
    EXPECT_EQ(frame_bitmap_add(&model.bitmap, 1, UINT64_MAX), CAP_ERR_INVALID);
    EXPECT_EQ(frame_bitmap_add(&model.bitmap, UINT64_MAX, 1), CAP_ERR_INVALID);
    EXPECT_EQ(frame_bitmap_add(&model.bitmap, UINT64_MAX, 2), CAP_ERR_INVALID);
    EXPECT_EQ(frame_bitmap_add(&model.bitmap, 50, 51), CAP_ERR_INVALID);
    EXPECT_EQ(frame_bitmap_free(&model.bitmap, UINT64_MAX), CAP_ERR_INVALID);
    expect_same();
}

TEST(a_memory_without_frames_has_none)
{
    model_init(0);
    do_alloc();
    do_alloc_run(1);
    do_free(0);
    do_add(0, 0);
    do_add(0, 1);
    expect_same();
}

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % limit;
}

static void random_step(void)
{
    switch (random_below(8)) {
    case 0:
        do_add(random_below(model.frame_count + 2), random_below(70));
        break;
    case 1:
        do_alloc_run(random_below(90));
        break;
    case 2:
    case 3:
    case 4:
        do_free(random_below(model.frame_count + 1));
        break;
    default:
        do_alloc();
        break;
    }
}

TEST(random_histories)
{
    static const uint64_t frame_counts[] = {1, 2, 63, 64, 65, 127, 128, 129, 192, 1000, FRAMES_MAX};
    for (uint32_t i = 0; i < 11; i++) {
        random_state = 0x1234567 + i;
        model_init(frame_counts[i]);
        for (uint32_t step = 0; step < 4000; step++) {
            random_step();
            if (step % 16 == 0 || frame_counts[i] < 130)
                expect_same();
        }
    }
}

TEST(the_search_starts_where_a_frame_was_last_freed)
{
    model_init(FRAMES_MAX);
    do_add(0, FRAMES_MAX);
    do_alloc_run(FRAMES_MAX / 2);
    do_free(200);
    do_free(70);
    uint64_t frame;
    EXPECT_EQ(frame_bitmap_alloc(&model.bitmap, &frame), CAP_OK);
    EXPECT_EQ(frame, 70);
    EXPECT_EQ(frame_bitmap_alloc(&model.bitmap, &frame), CAP_OK);
    EXPECT_EQ(frame, 200);
}

TEST(all_frames_can_be_taken_and_given_back_in_any_order)
{
    model_init(1000);
    do_add(0, 1000);
    for (uint32_t i = 0; i < 1001; i++)
        do_alloc();
    for (uint64_t i = 0; i < 1000; i++)
        do_free(i * 381 % 1000);
    expect_same();
    EXPECT_EQ(model.free_count, 1000);
    do_alloc_run(1000);
    expect_same();
}

TEST_MAIN()
