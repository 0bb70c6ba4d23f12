/* Where there is room, and pages that come and go together.
 *
 * Next: kernel/mm/user_memory.h
 */
#include "kernel/mm/mapping.h"
#include "abi/memory_map.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/mm/record.h"
#include "kernel/object.h"
#include "lib/bits.h"
#include "lib/check.h"

struct mapping {
    struct list_node link; /* in address_space.mappings */
    struct memory *memory;
    struct object *object; /* one reference */
    uint64_t address;
    uint32_t rights;
    uint32_t rights_max;
};

static struct record_pool mapping_pool = RECORD_POOL(struct mapping);

/* ---- Where ---------------------------------------------------------------------------------------- */

static struct mapping *mapping_of(struct list_node *node)
{
    return LIST_ENTRY(node, struct mapping, link);
}

/* First address behind it. */
static uint64_t mapping_end(const struct mapping *mapping)
{
    return mapping->address + mapping->memory->page_count * CAP_PAGE_BYTES;
}

static struct mapping *mapping_find(struct address_space *space, uint64_t address)
{
    LIST_FOR_EACH(node, &space->mappings)
    {
        if (mapping_of(node)->address >= address)
            return mapping_of(node)->address == address ? mapping_of(node) : NULL;
    }
    return NULL;
}

/* The node before which a mapping of [address, address + bytes) belongs. Most come behind all others. */
static enum cap_err find_place(struct address_space *space, uint64_t address, uint64_t bytes,
                               struct list_node **next)
{
    if (!is_aligned(address, CAP_PAGE_BYTES) || address < CAP_MAPPINGS_START || address >= CAP_MAPPINGS_END ||
        bytes > CAP_MAPPINGS_END - address)
        return CAP_ERR_INVALID;
    struct list_node *head = &space->mappings.head, *at = head;
    while (at->prev != head && mapping_of(at->prev)->address >= address)
        at = at->prev;
    if (at != head && mapping_of(at)->address - address < bytes)
        return CAP_ERR_FAULT;
    if (at->prev != head && mapping_end(mapping_of(at->prev)) > address)
        return CAP_ERR_FAULT;
    *next = at;
    return CAP_OK;
}

/* Behind all others if there is room, else the first gap. Nothing wraps: all addresses are below
 * CAP_USER_END, and bytes at most FRAME_LIST_MAX pages or a boot module. */
static enum cap_err choose_place(struct address_space *space, uint64_t bytes, uint64_t *address,
                                 struct list_node **next)
{
    struct list_node *head = &space->mappings.head;
    uint64_t last_end = head->prev == head ? CAP_MAPPINGS_START : mapping_end(mapping_of(head->prev));
    if (last_end + bytes + 2 * CAP_PAGE_BYTES <= CAP_MAPPINGS_END) {
        *address = last_end + CAP_PAGE_BYTES;
        *next = head;
        return CAP_OK;
    }
    uint64_t end = CAP_MAPPINGS_START;
    for (struct list_node *at = head->next; at != head; at = at->next) {
        if (end + bytes + 2 * CAP_PAGE_BYTES <= mapping_of(at)->address) {
            *address = end + CAP_PAGE_BYTES;
            *next = at;
            return CAP_OK;
        }
        end = mapping_end(mapping_of(at));
    }
    return CAP_ERR_NO_MEMORY;
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

enum cap_err mapping_add(struct address_space *space, const struct mappable *what, uint32_t rights,
                         uint64_t *address)
{
    uint64_t at = *address, bytes = what->memory->page_count * CAP_PAGE_BYTES;
    struct list_node *next;
    if (!may_change_rights(what->memory, what->rights_max, 0, rights))
        return CAP_ERR_INVALID;
    enum cap_err err = at ? find_place(space, at, bytes, &next) : choose_place(space, bytes, &at, &next);
    if (err)
        return err;
    struct mapping *mapping;
    err = record_take(&mapping_pool, space->ledger, (void **)&mapping);
    if (err)
        return err;
    err = map_pages(space, at, what->memory, rights);
    if (err) {
        record_give(&mapping_pool, space->ledger, mapping);
        return err;
    }
    *mapping = (struct mapping){.memory = what->memory,
                                .object = what->object,
                                .address = at,
                                .rights = rights,
                                .rights_max = what->rights_max};
    object_reference(what->object);
    count_rights(what->memory, rights, 1);
    list_link_between(next->prev, &mapping->link, next);
    *address = at;
    return CAP_OK;
}

static void remove_one(struct address_space *space, struct mapping *mapping)
{
    unmap_pages(space, mapping->address, mapping_end(mapping));
    count_rights(mapping->memory, mapping->rights, -1);
    list_remove(&mapping->link);
    object_release(mapping->object);
    record_give(&mapping_pool, space->ledger, mapping);
}

enum cap_err mapping_remove(struct address_space *space, uint64_t address)
{
    struct mapping *mapping = mapping_find(space, address);
    if (!mapping)
        return CAP_ERR_INVALID;
    remove_one(space, mapping);
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

void mapping_remove_all(struct address_space *space)
{
    LIST_FOR_EACH(node, &space->mappings)
    remove_one(space, mapping_of(node));
}
