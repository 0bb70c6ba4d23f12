/* Frames as bits: ranges go word by word, single frames start their search where the last one ended.
 *
 * Next: tests/host/test_frame_bitmap.c
 */
#include "lib/frame_bitmap.h"

#include "lib/bits.h"
#include "lib/mem.h"

#define WORD_BITS 64

static uint64_t word_count(const struct frame_bitmap *bitmap)
{
    return frame_bitmap_bytes(bitmap->frame_count) / sizeof(uint64_t);
}

static uint64_t next_word_frame(uint64_t frame)
{
    return (frame / WORD_BITS + 1) * WORD_BITS;
}

/* The bits of [frame, end) that lie in frame's own word. */
static uint64_t mask_in_word(uint64_t frame, uint64_t end)
{
    uint64_t mask = UINT64_MAX << frame % WORD_BITS;
    if (end < next_word_frame(frame))
        mask &= ~(UINT64_MAX << end % WORD_BITS);
    return mask;
}

/* The first frame from `frame` on whose bit differs from flip's, or frame_count. */
static uint64_t find_bit(const struct frame_bitmap *bitmap, uint64_t frame, uint64_t flip)
{
    while (frame < bitmap->frame_count) {
        uint64_t bits = (bitmap->words[frame / WORD_BITS] ^ flip) >> frame % WORD_BITS;
        if (bits) {
            frame += bit_lowest(bits);
            break;
        }
        frame = next_word_frame(frame);
    }
    return min_u64(frame, bitmap->frame_count);
}

static uint64_t find_free(const struct frame_bitmap *bitmap, uint64_t frame)
{
    return find_bit(bitmap, frame, 0);
}

static uint64_t find_used(const struct frame_bitmap *bitmap, uint64_t frame)
{
    return find_bit(bitmap, frame, UINT64_MAX);
}

static bool is_in_range(const struct frame_bitmap *bitmap, uint64_t first_frame, uint64_t count)
{
    return first_frame <= bitmap->frame_count && count <= bitmap->frame_count - first_frame;
}

void frame_bitmap_init(struct frame_bitmap *bitmap, uint64_t *words, uint64_t frame_count)
{
    *bitmap = (struct frame_bitmap){.words = words, .frame_count = frame_count};
    mem_zero(words, frame_bitmap_bytes(frame_count));
}

enum cap_err frame_bitmap_add(struct frame_bitmap *bitmap, uint64_t first_frame, uint64_t count)
{
    if (!is_in_range(bitmap, first_frame, count))
        return CAP_ERR_INVALID;
    uint64_t end = first_frame + count;
    if (find_free(bitmap, first_frame) < end)
        return CAP_ERR_INVALID;
    for (uint64_t frame = first_frame; frame < end; frame = next_word_frame(frame))
        bitmap->words[frame / WORD_BITS] |= mask_in_word(frame, end);
    bitmap->free_count += count;
    return CAP_OK;
}

enum cap_err frame_bitmap_alloc(struct frame_bitmap *bitmap, uint64_t *frame)
{
    if (bitmap->free_count == 0)
        return CAP_ERR_NO_MEMORY;
    uint64_t word = bitmap->hint_word, words = word_count(bitmap);
    while (bitmap->words[word] == 0) /* ends: free_count says that one is not */
        word = word + 1 < words ? word + 1 : 0;
    uint64_t bit = bit_lowest(bitmap->words[word]);
    bitmap->words[word] &= ~((uint64_t)1 << bit);
    bitmap->free_count--;
    bitmap->hint_word = word;
    *frame = word * WORD_BITS + bit;
    return CAP_OK;
}

enum cap_err frame_bitmap_alloc_run(struct frame_bitmap *bitmap, uint64_t count, uint64_t *first_frame)
{
    if (count == 0)
        return CAP_ERR_INVALID;
    uint64_t first = find_free(bitmap, 0);
    while (first < bitmap->frame_count) {
        uint64_t used = find_used(bitmap, first);
        if (used - first >= count)
            break;
        first = find_free(bitmap, used);
    }
    if (first == bitmap->frame_count)
        return CAP_ERR_NO_MEMORY;
    uint64_t end = first + count;
    for (uint64_t frame = first; frame < end; frame = next_word_frame(frame))
        bitmap->words[frame / WORD_BITS] &= ~mask_in_word(frame, end);
    bitmap->free_count -= count;
    *first_frame = first;
    return CAP_OK;
}

enum cap_err frame_bitmap_free(struct frame_bitmap *bitmap, uint64_t frame)
{
    if (frame >= bitmap->frame_count || frame_bitmap_is_free(bitmap, frame))
        return CAP_ERR_INVALID;
    bitmap->words[frame / WORD_BITS] |= (uint64_t)1 << frame % WORD_BITS;
    bitmap->free_count++;
    bitmap->hint_word = frame / WORD_BITS;
    return CAP_OK;
}

bool frame_bitmap_is_free(const struct frame_bitmap *bitmap, uint64_t frame)
{
    return frame < bitmap->frame_count && bitmap->words[frame / WORD_BITS] >> frame % WORD_BITS & 1;
}
