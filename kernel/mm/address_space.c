/* Pages of one process.
 *
 * Next: kernel/mm/mapping.h
 */
#include "kernel/mm/address_space.h"
#include "abi/memory_map.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/mm/mapping.h"
#include "kernel/x86_64/instructions.h"
#include "lib/check.h"
#include "lib/mem.h"

/* From so many pages on it is cheaper to drop all that the processor remembers. */
#define FLUSH_PAGES_MAX 32

/* Tables that are not loaded need nothing: loading them drops all that is not global. invlpg drops what is
 * remembered of tables, too, whatever its address (Intel SDM vol. 3A, 4.10.4.1). */
void address_space_changed(struct address_space *space, uint64_t address, uint64_t page_count)
{
    if (space->is_cache_used)
        mem_zero(space->cache, sizeof space->cache);
    space->is_cache_used = false;
    if (page_count == 0 || cr3_read() != space->table.root_paddr)
        return;
    if (page_count > FLUSH_PAGES_MAX) {
        cr3_write(space->table.root_paddr);
        return;
    }
    for (uint64_t i = 0; i < page_count; i++)
        tlb_flush_page(address + i * CAP_PAGE_BYTES);
}

static inline enum cap_err charged(struct address_space *space, enum cap_err (*alloc)(uint64_t *paddr),
                                   uint64_t *paddr)
{
    enum cap_err err = ledger_charge(space->ledger, LEDGER_FRAMES, 1);
    if (err)
        return err;
    err = alloc(paddr);
    if (err)
        ledger_refund(space->ledger, LEDGER_FRAMES, 1);
    return err;
}

static enum cap_err charged_frame_take(struct address_space *space, uint64_t *paddr)
{
    return charged(space, frame_alloc, paddr);
}

static enum cap_err charged_frame_alloc(void *context, uint64_t *paddr)
{
    return charged(context, frame_alloc_zeroed, paddr);
}

static void charged_frame_free(void *context, uint64_t paddr)
{
    struct address_space *space = context;
    frame_free(paddr);
    ledger_refund(space->ledger, LEDGER_FRAMES, 1);
}

/* Tables are all zero when they go, except the root. */
static void table_free(void *context, uint64_t paddr)
{
    struct address_space *space = context;
    if (paddr == space->table.root_paddr)
        frame_free(paddr);
    else
        frame_free_zeroed(paddr);
    ledger_refund(space->ledger, LEDGER_FRAMES, 1);
}

enum cap_err address_space_init(struct address_space *space, struct ledger *ledger)
{
    space->ledger = ledger;
    space->source = (struct page_source){
        .context = space, .direct_map = DIRECT_MAP, .alloc = charged_frame_alloc, .free = table_free};
    space->mappings = (struct range_tree){0};
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
    err = page_table_map(&space->table, address, frame, rights | PAGE_READ | PAGE_USER);
    if (err) {
        charged_frame_free(space, frame);
        return err;
    }
    *paddr = frame;
    return CAP_OK;
}

static void page_removed(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    (void)vaddr;
    CHECK(page_bytes == CAP_PAGE_BYTES);
    charged_frame_free(context, paddr);
}

struct counted_pages {
    struct address_space *space;
    uint32_t count;
};

struct filled_pages {
    struct address_space *space;
    const struct page_filler *filler;
};

static enum cap_err next_filled_page(void *context, uint64_t index, uint64_t *paddr)
{
    const struct filled_pages *pages = context;
    if (!pages->filler)
        return charged_frame_alloc(pages->space, paddr);
    enum cap_err err = charged_frame_take(pages->space, paddr);
    if (!err)
        pages->filler->fill(pages->filler->context, index, frame_to_pointer(*paddr));
    return err;
}

enum cap_err address_space_add_range(struct address_space *space, uint64_t first, uint64_t end,
                                     uint32_t rights, const struct page_filler *filler)
{
    struct filled_pages pages = {.space = space, .filler = filler};
    const struct page_feed feed = {.context = &pages, .next = next_filled_page};
    const struct page_sink sink = {.context = space, .leaf = page_removed};
    uint64_t mapped_end;
    enum cap_err err =
        page_table_map_range(&space->table, first, end, rights | PAGE_READ | PAGE_USER, &feed, &mapped_end);
    if (err) {
        bool is_done = page_table_unmap_range(&space->table, first, mapped_end, UINT32_MAX, &sink);
        CHECK(is_done);
    }
    return err;
}

static void page_counted_and_removed(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    struct counted_pages *pages = context;
    pages->count++;
    page_removed(pages->space, vaddr, paddr, page_bytes);
}

bool address_space_destroy_step(struct address_space *space, uint32_t *budget)
{
    struct counted_pages pages = {.space = space};
    const struct page_sink sink = {.context = &pages, .leaf = page_counted_and_removed};
    if (!mapping_remove_step(space, budget))
        return false;
    bool is_done = page_table_unmap_range(&space->table, 0, CAP_USER_END, *budget, &sink);
    *budget -= pages.count;
    if (is_done) {
        CHECK(cr3_read() != space->table.root_paddr);
        page_table_destroy(&space->table);
    }
    return is_done;
}
