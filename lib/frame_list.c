/* Filling and emptying lists of frames. A list that is half made is emptied like any other.
 *
 * Next: tests/host/test_frame_list.c
 */
#include "lib/frame_list.h"
#include "lib/bits.h"
#include "lib/check.h"

#define DEPTH_MAX 2

static uint64_t *table_at(const struct page_source *source, uint64_t paddr)
{
    return (uint64_t *)(uintptr_t)(source->direct_map + paddr);
}

static uint32_t depth_of(uint64_t frame_count)
{
    if (frame_count == 1)
        return 0;
    return frame_count <= FRAME_LIST_ENTRIES ? 1 : DEPTH_MAX;
}

uint64_t frame_list_cost(uint64_t frame_count)
{
    uint64_t leaf_tables = (frame_count + FRAME_LIST_ENTRIES - 1) / FRAME_LIST_ENTRIES;
    switch (depth_of(frame_count)) {
    case 0:
        return frame_count;
    case 1:
        return frame_count + 1;
    default:
        return frame_count + leaf_tables + 1;
    }
}

/* The place of the next frame, which is not there yet, and how many places follow in the same table, itself
 * included. Makes the tables on the way to it that are missing. */
static enum cap_err next_place(struct frame_list *list, const struct page_source *source, uint64_t **place,
                               uint64_t *place_count)
{
    uint64_t *table = &list->root_paddr;
    enum cap_err err = CAP_OK;
    if (list->depth == DEPTH_MAX) {
        if (!*table)
            err = source->alloc(source->context, table);
        if (err)
            return err;
        table = table_at(source, *table) + list->frame_count / FRAME_LIST_ENTRIES;
    }
    if (list->depth > 0) {
        err = source->alloc(source->context, table);
        if (err)
            return err;
        table = table_at(source, *table);
    }
    *place = table;
    *place_count = list->depth ? FRAME_LIST_ENTRIES : 1;
    return CAP_OK;
}

/* Fills the next table, or as much of it as there is to be. */
static enum cap_err append(struct frame_list *list, const struct page_source *source, uint64_t frame_count)
{
    uint64_t *place, place_count;
    enum cap_err err = next_place(list, source, &place, &place_count);
    uint64_t end = min_u64(frame_count, list->frame_count + place_count);
    while (!err && list->frame_count < end) {
        err = source->alloc(source->context, place++);
        list->frame_count += err ? 0 : 1;
    }
    return err;
}

static void free_one(const struct page_source *source, uint64_t paddr)
{
    if (paddr)
        source->free(source->context, paddr);
}

/* A table of frames, and what it lists. */
static void free_table(const struct page_source *source, uint64_t paddr)
{
    if (!paddr)
        return;
    const uint64_t *entries = table_at(source, paddr);
    for (uint32_t i = 0; i < FRAME_LIST_ENTRIES && entries[i]; i++)
        free_one(source, entries[i]);
    free_one(source, paddr);
}

void frame_list_free(struct frame_list *list, const struct page_source *source)
{
    if (list->depth == 0) {
        free_one(source, list->root_paddr);
    } else if (list->depth == 1) {
        free_table(source, list->root_paddr);
    } else if (list->root_paddr) {
        const uint64_t *tables = table_at(source, list->root_paddr);
        for (uint32_t i = 0; i < FRAME_LIST_ENTRIES && tables[i]; i++)
            free_table(source, tables[i]);
        free_one(source, list->root_paddr);
    }
    *list = (struct frame_list){0};
}

uint64_t frame_list_pop(struct frame_list *list, const struct page_source *source)
{
    CHECK(list->frame_count > 0);
    uint64_t index = --list->frame_count, paddr = list->root_paddr;
    if (list->depth == 0) {
        list->root_paddr = 0;
        return paddr;
    }
    uint64_t *place = &list->root_paddr; /* of the table that lists the frame */
    if (list->depth == DEPTH_MAX)
        place = table_at(source, *place) + index / FRAME_LIST_ENTRIES;
    paddr = table_at(source, *place)[index % FRAME_LIST_ENTRIES];
    if (index % FRAME_LIST_ENTRIES == 0)
        source->free(source->context, *place);
    if (index == 0 && list->depth == DEPTH_MAX)
        source->free(source->context, list->root_paddr);
    if (index == 0)
        list->root_paddr = 0;
    return paddr;
}

enum cap_err frame_list_make(struct frame_list *list, const struct page_source *source, uint64_t frame_count)
{
    if (frame_count == 0 || frame_count > FRAME_LIST_MAX)
        return CAP_ERR_INVALID;
    struct frame_list made = {.depth = depth_of(frame_count)};
    while (made.frame_count < frame_count) {
        enum cap_err err = append(&made, source, frame_count);
        if (err) {
            frame_list_free(&made, source);
            return err;
        }
    }
    *list = made;
    return CAP_OK;
}

const uint64_t *frame_list_run(const struct frame_list *list, const struct page_source *source,
                               uint64_t index, uint64_t *count)
{
    CHECK(index < list->frame_count);
    uint64_t in_table = index % FRAME_LIST_ENTRIES, table = list->root_paddr;
    *count = min_u64(FRAME_LIST_ENTRIES - in_table, list->frame_count - index);
    if (list->depth == 0)
        return &list->root_paddr;
    if (list->depth == DEPTH_MAX)
        table = table_at(source, table)[index / FRAME_LIST_ENTRIES];
    return table_at(source, table) + in_table;
}
