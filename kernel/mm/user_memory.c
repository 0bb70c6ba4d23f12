/* Resolving and copying user memory.
 *
 * Next: kernel/task/process.h
 */
#include "kernel/mm/user_memory.h"
#include "abi/memory_map.h"
#include "kernel/mm/frame.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/mem.h"

/* Walks the page tables, and remembers what it found. */
static __attribute__((noinline)) enum cap_err walk(struct address_space *space, uint64_t page,
                                                   struct space_cache_entry *entry)
{
    uint64_t paddr;
    uint32_t rights;
    if (page_table_lookup(&space->table, page, &paddr, &rights) || !(rights & PAGE_USER))
        return CAP_ERR_FAULT;
    space->is_cache_used = true;
    *entry = (struct space_cache_entry){
        .tags = {rights & PAGE_READ ? user_page_tag(page) : 0, rights & PAGE_WRITE ? user_page_tag(page) : 0},
        .offset = (uint64_t)frame_to_pointer(paddr) - page};
    return CAP_OK;
}

/* Where the kernel sees the byte at address, if its page allows what is needed. */
static inline enum cap_err resolve_page(struct address_space *space, uint64_t address,
                                        enum user_access access, uint8_t **part)
{
    uint64_t page = address & ~(uint64_t)(CAP_PAGE_BYTES - 1), tag = user_page_tag(address);
    struct space_cache_entry *entry = user_cache_entry(space, address);
    if (entry->tags[access] != tag && (walk(space, page, entry) || entry->tags[access] != tag))
        return CAP_ERR_FAULT;
    *part = user_cache_pointer(entry, address);
    return CAP_OK;
}

enum cap_err user_range_walk(struct address_space *space, uaddr_t address, uint64_t bytes,
                             enum user_access access, struct user_range *range)
{
    uint64_t first = address.value;
    uint64_t last = first + bytes - 1;
    if (bytes == 0) {
        *range = (struct user_range){0};
        return CAP_OK;
    }
    if (bytes > USER_RANGE_BYTES_MAX)
        return CAP_ERR_TOO_BIG;
    /* With at most a page of bytes only an address outside user memory can make the sum wrap. */
    if (first - CAP_USER_START >= CAP_USER_END - CAP_USER_START || last >= CAP_USER_END)
        return CAP_ERR_FAULT;
    if (last >= CAP_RING_ADDRESS && first < CAP_CAPSET_ADDRESS + CAP_PAGE_BYTES)
        return CAP_ERR_FAULT;

    uint32_t room = CAP_PAGE_BYTES - (uint32_t)(first % CAP_PAGE_BYTES);
    uint8_t *parts[2] = {NULL, NULL};
    enum cap_err err = resolve_page(space, first, access, &parts[0]);
    if (!err && bytes > room)
        err = resolve_page(space, first + room, access, &parts[1]);
    if (err)
        return err;
    range->parts[0] = parts[0];
    range->parts[1] = parts[1];
    range->bytes = (uint32_t)bytes;
    range->first_bytes = (uint32_t)min_u64(bytes, room);
    return CAP_OK;
}

/* How much of a copy at offset lies in the first part. */
static uint32_t bytes_in_first(const struct user_range *range, uint32_t offset, uint32_t bytes)
{
    CHECK(offset <= range->bytes && bytes <= range->bytes - offset);
    if (offset >= range->first_bytes)
        return 0;
    return (uint32_t)min_u64(bytes, range->first_bytes - offset);
}

void user_range_read_parts(const struct user_range *range, uint32_t offset, void *to, uint32_t bytes)
{
    uint32_t first = bytes_in_first(range, offset, bytes);
    if (first)
        memcpy(to, range->parts[0] + offset, first);
    if (first < bytes)
        memcpy((uint8_t *)to + first, range->parts[1] + (offset + first - range->first_bytes), bytes - first);
}

void user_range_write_parts(const struct user_range *range, uint32_t offset, const void *from, uint32_t bytes)
{
    uint32_t first = bytes_in_first(range, offset, bytes);
    if (first)
        memcpy(range->parts[0] + offset, from, first);
    if (first < bytes)
        memcpy(range->parts[1] + (offset + first - range->first_bytes), (const uint8_t *)from + first,
               bytes - first);
}

void user_range_copy_parts(const struct user_range *to, uint32_t to_offset, const struct user_range *from,
                           uint32_t bytes)
{
    uint32_t first = bytes_in_first(from, 0, bytes);
    if (first)
        user_range_write_parts(to, to_offset, from->parts[0], first);
    if (first < bytes)
        user_range_write_parts(to, to_offset + first, from->parts[1], bytes - first);
}
