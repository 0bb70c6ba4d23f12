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

static enum cap_err resolve_page(const struct address_space *space, uint64_t address, uint32_t needed,
                                 uint8_t **part)
{
    uint64_t paddr;
    uint32_t rights;
    enum cap_err err = page_table_lookup(&space->table, address, &paddr, &rights);
    if (err || (rights & needed) != needed)
        return CAP_ERR_FAULT;
    *part = frame_to_pointer(paddr);
    return CAP_OK;
}

enum cap_err user_range_resolve(const struct address_space *space, uaddr_t address, uint64_t bytes,
                                enum user_access access, struct user_range *range)
{
    struct user_range resolved = {.bytes = (uint32_t)bytes};
    if (bytes > USER_RANGE_BYTES_MAX)
        return CAP_ERR_TOO_BIG;
    if (bytes == 0) {
        *range = resolved;
        return CAP_OK;
    }
    uint64_t first = address.value;
    uint64_t last;
    if (u64_add(first, bytes - 1, &last) || first < CAP_USER_START || last >= CAP_USER_END)
        return CAP_ERR_FAULT;
    if (last >= CAP_RING_ADDRESS && first < CAP_CAPSET_ADDRESS + CAP_PAGE_BYTES)
        return CAP_ERR_FAULT;

    uint32_t needed = PAGE_READ | PAGE_USER | (access == USER_ACCESS_WRITE ? PAGE_WRITE : 0);
    uint64_t page_end = align_down(first, CAP_PAGE_BYTES) + CAP_PAGE_BYTES;
    resolved.first_bytes = (uint32_t)min_u64(bytes, page_end - first);
    enum cap_err err = resolve_page(space, first, needed, &resolved.parts[0]);
    if (!err && last >= page_end)
        err = resolve_page(space, page_end, needed, &resolved.parts[1]);
    if (!err)
        *range = resolved;
    return err;
}

/* How much of a copy at offset lies in the first part. */
static uint32_t bytes_in_first(const struct user_range *range, uint32_t offset, uint32_t bytes)
{
    CHECK(offset <= range->bytes && bytes <= range->bytes - offset);
    if (offset >= range->first_bytes)
        return 0;
    return (uint32_t)min_u64(bytes, range->first_bytes - offset);
}

void user_range_read(const struct user_range *range, uint32_t offset, void *to, uint32_t bytes)
{
    uint32_t first = bytes_in_first(range, offset, bytes);
    if (first)
        memcpy(to, range->parts[0] + offset, first);
    if (first < bytes)
        memcpy((uint8_t *)to + first, range->parts[1] + (offset + first - range->first_bytes), bytes - first);
}

void user_range_write(const struct user_range *range, uint32_t offset, const void *from, uint32_t bytes)
{
    uint32_t first = bytes_in_first(range, offset, bytes);
    if (first)
        memcpy(range->parts[0] + offset, from, first);
    if (first < bytes)
        memcpy(range->parts[1] + (offset + first - range->first_bytes), (const uint8_t *)from + first,
               bytes - first);
}
