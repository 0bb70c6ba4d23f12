/* Filling and emptying lists of frames. A list that is half made is emptied like any other.
 *
 * Next: tests/host/test_frame_list.c
 */
#include "lib/frame_list.h"
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

/* Which entry of the table at this level (1: of frames) leads to frame `index`. */
static uint32_t entry_index(uint64_t index, uint32_t level)
{
    return (uint32_t)(level == 1 ? index % FRAME_LIST_ENTRIES : index / FRAME_LIST_ENTRIES);
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

/* Adds the next frame, and the tables on the way to it that are missing. */
static enum cap_err append(struct frame_list *list, const struct page_source *source)
{
    uint64_t *entry = &list->root_paddr;
    for (uint32_t level = list->depth; level > 0; level--) {
        enum cap_err err = *entry ? CAP_OK : source->alloc(source->context, entry);
        if (err)
            return err;
        entry = table_at(source, *entry) + entry_index(list->frame_count, level);
    }
    enum cap_err err = source->alloc(source->context, entry);
    if (!err)
        list->frame_count++;
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

enum cap_err frame_list_make(struct frame_list *list, const struct page_source *source, uint64_t frame_count)
{
    if (frame_count == 0 || frame_count > FRAME_LIST_MAX)
        return CAP_ERR_INVALID;
    struct frame_list made = {.depth = depth_of(frame_count)};
    while (made.frame_count < frame_count) {
        enum cap_err err = append(&made, source);
        if (err) {
            frame_list_free(&made, source);
            return err;
        }
    }
    *list = made;
    return CAP_OK;
}

uint64_t frame_list_at(const struct frame_list *list, const struct page_source *source, uint64_t index)
{
    CHECK(index < list->frame_count);
    uint64_t paddr = list->root_paddr;
    for (uint32_t level = list->depth; level > 0; level--)
        paddr = table_at(source, paddr)[entry_index(index, level)];
    return paddr;
}
