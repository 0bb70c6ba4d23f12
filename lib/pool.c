/* Pages with a bit for each record; a record is found by its place, so free ones hold no links.
 *
 * Next: tests/host/test_pool.c
 */
#include "lib/pool.h"

#include "lib/bits.h"
#include "lib/check.h"
#include "lib/mem.h"

#define PAGE_MAGIC           0x45474150204c4f4f /* "OOL PAGE" */
#define OBJECT_BYTES_MIN     16
#define OBJECTS_PER_PAGE_MAX (CAP_PAGE_BYTES / OBJECT_BYTES_MIN)

struct pool_page {
    uint64_t magic;
    struct pool *pool;
    struct list_node node; /* in pages_with_room, or unlinked */
    uint64_t used_count;
    uint64_t used_bits[OBJECTS_PER_PAGE_MAX / 64];
};
_Static_assert(sizeof(struct pool_page) + POOL_OBJECT_BYTES_MAX <= CAP_PAGE_BYTES, "the largest record fits");

void pool_init(struct pool *pool, uint32_t object_bytes, uint32_t align)
{
    CHECK(object_bytes > 0 && object_bytes <= POOL_OBJECT_BYTES_MAX);
    CHECK(align <= POOL_ALIGN_MAX && is_power_of_two(align));
    if (align < OBJECT_BYTES_MIN)
        align = OBJECT_BYTES_MIN;
    *pool = (struct pool){.object_bytes = (uint32_t)align_up(object_bytes, align),
                          .first_offset = (uint32_t)align_up(sizeof(struct pool_page), align)};
    CHECK(pool->first_offset + pool->object_bytes <= CAP_PAGE_BYTES);
    pool->objects_per_page = (CAP_PAGE_BYTES - pool->first_offset) / pool->object_bytes;
    list_init(&pool->pages_with_room);
}

/* The lowest record that is not in use; the page has room. */
static uint32_t page_find_room(const struct pool_page *page)
{
    uint32_t word = 0;
    while (page->used_bits[word] == UINT64_MAX)
        word++;
    return word * 64 + bit_lowest(~page->used_bits[word]);
}

void *pool_take(struct pool *pool)
{
    if (list_is_empty(&pool->pages_with_room)) {
        if (!pool->spare)
            return NULL;
        list_push_front(&pool->pages_with_room, &pool->spare->node);
        pool->spare = NULL;
    }
    struct pool_page *page = LIST_ENTRY(list_first(&pool->pages_with_room), struct pool_page, node);
    uint32_t index = page_find_room(page);
    page->used_bits[index / 64] |= (uint64_t)1 << index % 64;
    page->used_count++;
    pool->object_count++;
    if (page->used_count == pool->objects_per_page)
        list_remove(&page->node);
    void *object = (uint8_t *)page + pool->first_offset + index * pool->object_bytes;
    mem_zero(object, pool->object_bytes);
    return object;
}

void pool_add_page(struct pool *pool, void *page_start)
{
    CHECK(page_start && is_aligned((uintptr_t)page_start, CAP_PAGE_BYTES));
    CHECK(!pool->spare && list_is_empty(&pool->pages_with_room));
    struct pool_page *page = page_start;
    *page = (struct pool_page){.magic = PAGE_MAGIC, .pool = pool};
    list_node_init(&page->node);
    pool->spare = page;
    pool->page_count++;
}

static struct pool_page *page_of(const struct pool *pool, const void *object, uint32_t *index)
{
    struct pool_page *page = (struct pool_page *)align_down((uintptr_t)object, CAP_PAGE_BYTES);
    uint32_t offset = (uintptr_t)object % CAP_PAGE_BYTES;
    CHECK(page && page->magic == PAGE_MAGIC && page->pool == pool);
    CHECK(offset >= pool->first_offset && (offset - pool->first_offset) % pool->object_bytes == 0);
    *index = (offset - pool->first_offset) / pool->object_bytes;
    CHECK(*index < pool->objects_per_page);
    return page;
}

void *pool_give(struct pool *pool, void *object)
{
    uint32_t index;
    struct pool_page *page = page_of(pool, object, &index);
    uint64_t bit = (uint64_t)1 << index % 64;
    CHECK(page->used_bits[index / 64] & bit);
    if (page->used_count == pool->objects_per_page)
        list_push_front(&pool->pages_with_room, &page->node);
    page->used_bits[index / 64] &= ~bit;
    page->used_count--;
    pool->object_count--;
    if (page->used_count > 0)
        return NULL;
    list_remove(&page->node);
    if (!pool->spare) {
        pool->spare = page;
        return NULL;
    }
    pool->page_count--;
    return page;
}

void *pool_trim(struct pool *pool)
{
    struct pool_page *page = pool->spare;
    if (!page)
        return NULL;
    pool->spare = NULL;
    pool->page_count--;
    return page;
}
