/* A list of frames that is held in frames: it needs no memory but what it lists and one frame for each 512.
 *
 *   frames         depth   root_paddr
 *   1              0       the frame
 *   2 to 512       1       a table of frames
 *   to 262144      2       a table of tables
 *
 * Frame 0 is never handed out, so an entry of 0 means that nothing is there yet.
 *
 * Next: lib/elf.h
 */
#pragma once

#include "abi/error.h"
#include "lib/page_table.h" /* struct page_source */

#define FRAME_LIST_ENTRIES 512
#define FRAME_LIST_MAX     (FRAME_LIST_ENTRIES * FRAME_LIST_ENTRIES) /* 1 GiB */

struct frame_list {
    uint64_t root_paddr;
    uint64_t frame_count;
    uint32_t depth;
};

/* How many frames a list of frame_count takes, tables included. frame_count is in 1..FRAME_LIST_MAX. */
uint64_t frame_list_cost(uint64_t frame_count);

/* Fills a list with zeroed frames. All or nothing: CAP_ERR_INVALID if frame_count is 0 or above
 * FRAME_LIST_MAX, or the source's error. */
CAP_MUST_CHECK enum cap_err frame_list_make(struct frame_list *list, const struct page_source *source,
                                            uint64_t frame_count);

/* Takes the last frame off a list (CHECKed: there is one), whose it was becomes the caller's. Gives tables
 * back that list nothing any more; frames and tables come in turn, until nothing is left. Constant time. */
CAP_MUST_CHECK uint64_t frame_list_pop(struct frame_list *list, const struct page_source *source);

/* Gives all of it back to the source that it was made from. */
void frame_list_free(struct frame_list *list, const struct page_source *source);

/* Where frame `index` < frame_count (CHECKed) is, and those behind it that the same table lists: *count in
 * all, at least one. */
const uint64_t *frame_list_run(const struct frame_list *list, const struct page_source *source,
                               uint64_t index, uint64_t *count);
