/* Where there is room, and pages that come and go together.
 *
 * Next: kernel/mm/user_memory.h
 */
#include "kernel/mm/mapping.h"
#include "abi/memory_map.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/mm/record.h"
#include "kernel/object.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/mem.h"
#include "lib/range_tree.h"

/* A mapping, or a reservation. */
struct mapping {
    struct range range;    /* in address_space.mappings, or inside a reservation */
    struct memory *memory; /* NULL: a reservation */
    struct object *object; /* one reference */
    uint32_t rights;
    uint32_t rights_max;
    struct range_tree inside; /* a reservation: what is mapped in it */
};

static struct record_pool mapping_pool = RECORD_POOL(struct mapping);

/* ---- Where ---------------------------------------------------------------------------------------- */

static struct mapping *mapping_of(struct range *range)
{
    return LIST_ENTRY(range, struct mapping, range);
}

/* The mapping that begins at address, in a reservation or not; or NULL. */
static struct mapping *mapping_find(struct address_space *space, uint64_t address)
{
    struct range *range = range_tree_at(&space->mappings, address);
    if (range && !mapping_of(range)->memory)
        range = range_tree_at(&mapping_of(range)->inside, address);
    return range && range->first == address ? mapping_of(range) : NULL;
}

/* The pages of a range that user code named. */
static enum cap_err judge_range(uint64_t address, uint64_t bytes)
{
    bool is_inside = is_aligned(address, CAP_PAGE_BYTES) && address >= CAP_MAPPINGS_START &&
                     address < CAP_MAPPINGS_END && bytes <= CAP_MAPPINGS_END - address;
    return is_inside ? CAP_OK : CAP_ERR_INVALID;
}

/* Gives the record its place: at address, or, if that is 0, where nothing is near. A mapping may have its
 * place in a reservation. */
static enum cap_err place(struct address_space *space, struct mapping *mapping, uint64_t address,
                          uint64_t bytes)
{
    struct range_tree *tree = &space->mappings;
    enum cap_err err = address ? judge_range(address, bytes)
                               : range_tree_choose(tree, CAP_MAPPINGS_START, CAP_MAPPINGS_END, bytes,
                                                   CAP_PAGE_BYTES, &address);
    if (err)
        return err;
    mapping->range = (struct range){.first = address, .end = address + bytes};
    struct range *around = range_tree_at(tree, address);
    if (mapping->memory && around && !mapping_of(around)->memory && mapping->range.end <= around->end)
        tree = &mapping_of(around)->inside;
    return range_tree_insert(tree, &mapping->range);
}

/* ---- Rights --------------------------------------------------------------------------------------- */

static void count_rights(struct memory *memory, uint32_t rights, int32_t change)
{
    if (rights & PAGE_WRITE)
        memory->writable_count += (uint32_t)change;
    if (rights & PAGE_EXECUTE)
        memory->executable_count += (uint32_t)change;
}

/* Whether a mapping may go from the rights that it has (none before it is there) to others. */
static bool may_change_rights(const struct memory *memory, uint32_t rights_max, uint32_t from, uint32_t to)
{
    if (to & ~rights_max || to == (PAGE_WRITE | PAGE_EXECUTE))
        return false;
    uint32_t others_writable = memory->writable_count - (from & PAGE_WRITE ? 1 : 0);
    uint32_t others_executable = memory->executable_count - (from & PAGE_EXECUTE ? 1 : 0);
    return !(to & PAGE_WRITE && others_executable) && !(to & PAGE_EXECUTE && others_writable);
}

/* ---- Pages ---------------------------------------------------------------------------------------- */

/* The pages of a memory, first to last. */
struct page_walk {
    const struct memory *memory;
    const uint64_t *frames; /* the next, and those that the same table lists */
    uint64_t frame_count;
};

static enum cap_err next_frame_of_run(void *context, uint64_t index, uint64_t *paddr)
{
    const struct page_walk *walk = context;
    *paddr = walk->memory->run_paddr + index * CAP_PAGE_BYTES;
    return CAP_OK;
}

static enum cap_err next_frame_of_list(void *context, uint64_t index, uint64_t *paddr)
{
    struct page_walk *walk = context;
    if (walk->frame_count == 0)
        walk->frames = frame_list_run(&walk->memory->frames, kernel_page_source(), index, &walk->frame_count);
    *paddr = *walk->frames++;
    walk->frame_count--;
    return CAP_OK;
}

void memory_read(const struct memory *memory, uint64_t offset, void *to, uint64_t bytes)
{
    uint8_t *at = to;
    while (bytes > 0) {
        uint64_t index = offset / CAP_PAGE_BYTES, in_page = offset % CAP_PAGE_BYTES, run_count;
        CHECK(index < memory->page_count);
        uint64_t paddr = memory->run_paddr
                             ? memory->run_paddr + index * CAP_PAGE_BYTES
                             : *frame_list_run(&memory->frames, kernel_page_source(), index, &run_count);
        uint64_t part = min_u64(bytes, CAP_PAGE_BYTES - in_page);
        memcpy(at, (const uint8_t *)frame_to_pointer(paddr) + in_page, part);
        at += part;
        offset += part;
        bytes -= part;
    }
}

/* The frames are the memory's. */
static void page_removed(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    (void)context;
    (void)vaddr;
    (void)paddr;
    (void)page_bytes;
}

static void unmap_pages(struct address_space *space, uint64_t first, uint64_t end)
{
    const struct page_sink sink = {.leaf = page_removed};
    bool is_done = page_table_unmap_range(&space->table, first, end, UINT32_MAX, &sink);
    CHECK(is_done);
    address_space_changed(space, first, (end - first) / CAP_PAGE_BYTES);
}

static enum cap_err map_pages(struct address_space *space, uint64_t address, const struct memory *memory,
                              uint32_t rights)
{
    struct page_walk walk = {.memory = memory};
    const struct page_feed feed = {.context = &walk,
                                   .next = memory->run_paddr ? next_frame_of_run : next_frame_of_list};
    uint64_t mapped_end;
    enum cap_err err =
        page_table_map_range(&space->table, address, address + memory->page_count * CAP_PAGE_BYTES,
                             rights | PAGE_READ | PAGE_USER, &feed, &mapped_end);
    if (err)
        unmap_pages(space, address, mapped_end);
    return err;
}

/* ---- Mappings ------------------------------------------------------------------------------------- */

/* The last thing that can fail, with nothing else to undo. */
static enum cap_err mapping_show(struct address_space *space, struct mapping *mapping)
{
    enum cap_err err = map_pages(space, mapping->range.first, mapping->memory, mapping->rights);
    if (err) {
        range_tree_remove(&mapping->range);
        return err;
    }
    object_reference(mapping->object);
    count_rights(mapping->memory, mapping->rights, 1);
    return CAP_OK;
}

enum cap_err mapping_add(struct address_space *space, const struct mappable *what, uint32_t rights,
                         uint64_t *address)
{
    if (!may_change_rights(what->memory, what->rights_max, 0, rights))
        return CAP_ERR_INVALID;
    struct mapping *mapping;
    enum cap_err err = record_take(&mapping_pool, space->ledger, (void **)&mapping);
    if (err)
        return err;
    *mapping = (struct mapping){
        .memory = what->memory, .object = what->object, .rights = rights, .rights_max = what->rights_max};
    err = place(space, mapping, *address, what->memory->page_count * CAP_PAGE_BYTES);
    if (!err)
        err = mapping_show(space, mapping);
    if (err)
        record_give(&mapping_pool, space->ledger, mapping);
    else
        *address = mapping->range.first;
    return err;
}

/* Its pages are not mapped any more. */
static void forget(struct address_space *space, struct mapping *mapping)
{
    count_rights(mapping->memory, mapping->rights, -1);
    range_tree_remove(&mapping->range);
    object_release(mapping->object);
    record_give(&mapping_pool, space->ledger, mapping);
}

enum cap_err mapping_remove(struct address_space *space, uint64_t address)
{
    struct mapping *mapping = mapping_find(space, address);
    if (!mapping)
        return CAP_ERR_INVALID;
    unmap_pages(space, mapping->range.first, mapping->range.end);
    forget(space, mapping);
    return CAP_OK;
}

enum cap_err mapping_protect(struct address_space *space, uint64_t address, uint32_t rights)
{
    struct mapping *mapping = mapping_find(space, address);
    if (!mapping || !may_change_rights(mapping->memory, mapping->rights_max, mapping->rights, rights))
        return CAP_ERR_INVALID;
    struct memory *memory = mapping->memory;
    for (uint64_t i = 0; i < memory->page_count; i++) {
        enum cap_err err =
            page_table_protect(&space->table, address + i * CAP_PAGE_BYTES, rights | PAGE_READ | PAGE_USER);
        CHECK(!err);
    }
    count_rights(memory, mapping->rights, -1);
    count_rights(memory, rights, 1);
    mapping->rights = rights;
    address_space_changed(space, address, memory->page_count);
    return CAP_OK;
}

/* ---- Reservations --------------------------------------------------------------------------------- */

enum cap_err mapping_reserve(struct address_space *space, uint64_t bytes, uint64_t *address)
{
    if (bytes == 0 || bytes > CAP_MAPPINGS_END - CAP_MAPPINGS_START)
        return CAP_ERR_INVALID;
    struct mapping *reservation;
    enum cap_err err = record_take(&mapping_pool, space->ledger, (void **)&reservation);
    if (err)
        return err;
    err = place(space, reservation, *address, align_up(bytes, CAP_PAGE_BYTES));
    if (err)
        record_give(&mapping_pool, space->ledger, reservation);
    else
        *address = reservation->range.first;
    return err;
}

static void unreserve(struct address_space *space, struct mapping *reservation)
{
    range_tree_replace(&reservation->range, &reservation->inside);
    record_give(&mapping_pool, space->ledger, reservation);
}

enum cap_err mapping_unreserve(struct address_space *space, uint64_t address)
{
    struct range *range = range_tree_starting(&space->mappings, address);
    if (!range || mapping_of(range)->memory)
        return CAP_ERR_INVALID;
    unreserve(space, mapping_of(range));
    return CAP_OK;
}

/* ---- The end -------------------------------------------------------------------------------------- */

static void page_counted(void *context, uint64_t vaddr, uint64_t paddr, uint64_t page_bytes)
{
    (void)vaddr;
    (void)paddr;
    (void)page_bytes;
    ++*(uint32_t *)context;
}

/* Whether it is gone. */
static bool remove_part(struct address_space *space, struct mapping *mapping, uint32_t *budget)
{
    uint32_t count = 0;
    const struct page_sink sink = {.context = &count, .leaf = page_counted};
    bool is_done =
        page_table_unmap_range(&space->table, mapping->range.first, mapping->range.end, *budget, &sink);
    *budget -= count;
    if (is_done)
        forget(space, mapping);
    return is_done;
}

/* What is mapped in a reservation goes before it. */
bool mapping_remove_step(struct address_space *space, uint32_t *budget)
{
    struct range *range;
    while ((range = range_tree_first(&space->mappings))) {
        struct mapping *mapping = mapping_of(range);
        if (*budget == 0)
            return false;
        if (!mapping->memory && mapping->inside.root)
            mapping = mapping_of(mapping->inside.root);
        if (!mapping->memory)
            unreserve(space, mapping);
        else if (!remove_part(space, mapping, budget))
            return false;
        *budget -= *budget > 0;
    }
    return true;
}

static void show_rights(const struct mapping *mapping)
{
    mapping->memory->found_writable_count += mapping->rights & PAGE_WRITE ? 1 : 0;
    mapping->memory->found_executable_count += mapping->rights & PAGE_EXECUTE ? 1 : 0;
}

void mapping_show_rights(const struct address_space *space)
{
    for (struct range *range = range_tree_first(&space->mappings); range; range = range_next(range)) {
        if (mapping_of(range)->memory) {
            show_rights(mapping_of(range));
            continue;
        }
        struct range_tree *tree = &mapping_of(range)->inside;
        for (struct range *inside = range_tree_first(tree); inside; inside = range_next(inside))
            show_rights(mapping_of(inside));
    }
}

uint64_t mapping_for_each(const struct address_space *space, const struct object_visitor *visitor)
{
    uint64_t record_count = 0;
    for (struct range *range = range_tree_first(&space->mappings); range; range = range_next(range)) {
        record_count++;
        if (mapping_of(range)->memory) {
            visitor->visit(visitor->context, mapping_of(range)->object);
            continue;
        }
        struct range_tree *tree = &mapping_of(range)->inside;
        for (struct range *inside = range_tree_first(tree); inside; inside = range_next(inside)) {
            record_count++;
            visitor->visit(visitor->context, mapping_of(inside)->object);
        }
    }
    return record_count;
}
