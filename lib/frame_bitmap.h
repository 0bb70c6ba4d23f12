/* Physical frames (4 KiB each) as arithmetic: one bit a frame in the caller's storage, set when free.
 *
 * Frame numbers are physical addresses divided by 4096. Nothing here touches a frame.
 *
 * Invariants
 *  - free_count is the number of set bits; bits of frames beyond frame_count are never set.
 *  - A frame is used until it is added or freed, so a frame that was never added is never handed out.
 *
 * Next: lib/pool.h
 */
#pragma once

#include "abi/error.h"

struct frame_bitmap {
    uint64_t *words; /* the caller's; frame n is bit n % 64 of word n / 64 */
    uint64_t frame_count;
    uint64_t free_count;
    uint64_t hint_word; /* where the next search starts */
};

/* Bytes of storage for frame_count frames; a multiple of 8. */
static inline uint64_t frame_bitmap_bytes(uint64_t frame_count)
{
    return (frame_count / 64 + (frame_count % 64 != 0)) * 8;
}

/* Starts with every frame used. words has frame_bitmap_bytes(frame_count), and stays the caller's. */
void frame_bitmap_init(struct frame_bitmap *bitmap, uint64_t *words, uint64_t frame_count);

/* Makes count frames from first_frame on free: how the memory map comes in. CAP_ERR_INVALID, with
 * nothing changed, if one is out of range or free already (a memory map that overlaps itself). */
CAP_MUST_CHECK enum cap_err frame_bitmap_add(struct frame_bitmap *bitmap, uint64_t first_frame,
                                             uint64_t count);

/* Takes one frame, near the last ones taken or freed. CAP_ERR_NO_MEMORY if none is free.
 * Usually looks at one word, at worst at each word once. */
CAP_MUST_CHECK enum cap_err frame_bitmap_alloc(struct frame_bitmap *bitmap, uint64_t *frame);

/* Takes count frames in a row, the lowest that fit. CAP_ERR_NO_MEMORY if no such run is free,
 * CAP_ERR_INVALID for count 0. Linear in frame_count: for start-up and rare large needs. */
CAP_MUST_CHECK enum cap_err frame_bitmap_alloc_run(struct frame_bitmap *bitmap, uint64_t count,
                                                   uint64_t *first_frame);

/* Gives one frame back. CAP_ERR_INVALID, with nothing changed, if it is out of range or free already. */
CAP_MUST_CHECK enum cap_err frame_bitmap_free(struct frame_bitmap *bitmap, uint64_t frame);

/* False also for frames out of range. */
bool frame_bitmap_is_free(const struct frame_bitmap *bitmap, uint64_t frame);
