/* Pages and mappings of one process.
 *
 * Next: kernel/mm/user_memory.c
 */
#include "kernel/mm/address_space.h"
#include "abi/memory_map.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/mm/record.h"
#include "kernel/object.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/mem.h"

static struct record_pool mapping_pool = RECORD_POOL(struct mapping);

void address_space_forget(struct address_space *space)
{
    if (!space->is_cache_used)
        return;
    mem_zero(space->cache, sizeof space->cache);
    space->is_cache_used = false;
}

static enum cap_err charged_frame_alloc(void *context, uint64_t *paddr)
{
    struct address_space *space = context;
    enum cap_err err = ledger_charge(space->ledger, LEDGER_FRAMES, 1);
    if (err)
        return err;
    err = frame_alloc_zeroed(paddr);
    if (err)
        ledger_refund(space->ledger, LEDGER_FRAMES, 1);
    return err;
}

static void charged_frame_free(void *context, uint64_t paddr)
{
    struct address_space *space = context;
    frame_free(paddr);
    ledger_refund(space->ledger, LEDGER_FRAMES, 1);
}

enum cap_err address_space_init(struct address_space *space, struct ledger *ledger)
{
    space->ledger = ledger;
    space->source = (struct page_source){
        .context = space, .direct_map = DIRECT_MAP, .alloc = charged_frame_alloc, .free = charged_frame_free};
    list_init(&space->mappings);
    enum cap_err err = page_table_init(&space->table, &space->source);
    if (!err)
        page_table_share_top(&space->table, kernel_space());
    return err;
}

enum cap_err address_space_add_page(struct address_space *space, uint64_t address, uint32_t rights,
                                    uint64_t *paddr)
{
    uint64_t frame;
    enum cap_err err = charged_frame_alloc(space, &frame);
    if (err)
        return err;
    address_space_forget(space);
    err = page_table_map(&space->table, address, frame, rights | PAGE_READ | PAGE_USER);
    if (err) {
        charged_frame_free(space, frame);
        return err;
    }
    *paddr = frame;
    return CAP_OK;
}

static void unmap_pages(struct address_space *space, uint64_t address, uint64_t page_count)
{
    address_space_forget(space);
    for (uint64_t i = 0; i < page_count; i++) {
        uint64_t paddr;
        enum cap_err err = page_table_unmap(&space->table, address + i * CAP_PAGE_BYTES, &paddr);
        CHECK(!err);
    }
}

static enum cap_err map_pages(struct address_space *space, uint64_t address, uint64_t first_paddr,
                              uint64_t page_count, uint32_t rights)
{
    address_space_forget(space);
    for (uint64_t i = 0; i < page_count; i++) {
        uint64_t offset = i * CAP_PAGE_BYTES;
        enum cap_err err = page_table_map(&space->table, address + offset, first_paddr + offset,
                                          rights | PAGE_READ | PAGE_USER);
        if (err) {
            unmap_pages(space, address, i);
            return err;
        }
    }
    return CAP_OK;
}

enum cap_err address_space_map_object(struct address_space *space, uint64_t address, uint64_t first_paddr,
                                      uint64_t page_count, uint32_t rights, struct object *object)
{
    uint64_t room = (CAP_MAPPINGS_END - CAP_MAPPINGS_START) / CAP_PAGE_BYTES;
    if (!is_aligned(address, CAP_PAGE_BYTES) || address < CAP_MAPPINGS_START || address >= CAP_MAPPINGS_END ||
        page_count > room || page_count > (CAP_MAPPINGS_END - address) / CAP_PAGE_BYTES)
        return CAP_ERR_INVALID;
    struct mapping *mapping;
    enum cap_err err = record_take(&mapping_pool, space->ledger, (void **)&mapping);
    if (err)
        return err;
    err = map_pages(space, address, first_paddr, page_count, rights);
    if (err) {
        record_give(&mapping_pool, space->ledger, mapping);
        return err;
    }
    *mapping = (struct mapping){.object = object, .address = address, .page_count = page_count};
    object_reference(object);
    list_push_back(&space->mappings, &mapping->link);
    return CAP_OK;
}

static void page_removed(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    (void)vaddr;
    CHECK(page_bytes == CAP_PAGE_BYTES);
    charged_frame_free(context, paddr);
}

void address_space_destroy(struct address_space *space)
{
    struct list_node *node;
    while ((node = list_pop_front(&space->mappings))) {
        struct mapping *mapping = LIST_ENTRY(node, struct mapping, link);
        unmap_pages(space, mapping->address, mapping->page_count);
        object_release(mapping->object);
        record_give(&mapping_pool, space->ledger, mapping);
    }
    const struct page_sink sink = {.context = space, .leaf = page_removed};
    while (!page_table_destroy_step(&space->table, 0, CAP_USER_END, 1024, &sink)) {}
    page_table_destroy(&space->table);
}
