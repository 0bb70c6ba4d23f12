/* Access to user memory: the only way the kernel reads or writes it.
 *
 * A user address is never a pointer. A range is first resolved through the process's own page tables,
 * which checks every page, to what the kernel sees in its direct map; after that, reading and writing
 * cannot fail. So the kernel never touches a user address (SMAP would stop it), any process's memory
 * can be reached, and a copy happens as a whole or not at all. A resolved range is good only until
 * the kernel next returns to user code or changes a mapping.
 *
 * The ring page and the CapSet page are nobody's buffer: ranges that touch them are refused.
 *
 * Next: kernel/mm/user_memory.c
 */
#pragma once

#include "abi/error.h"
#include "kernel/mm/address_space.h"
#include "lib/mem.h"

typedef struct {
    uint64_t value;
} uaddr_t;

#define USER_RANGE_BYTES_MAX CAP_PAGE_BYTES

struct user_range {
    uint8_t *parts[2]; /* at most one page boundary is crossed */
    uint32_t first_bytes;
    uint32_t bytes;
};

enum user_access {
    USER_ACCESS_READ,
    USER_ACCESS_WRITE
};

/* The general case, and the walk of the page tables; use user_range_resolve. */
CAP_MUST_CHECK enum cap_err user_range_walk(struct address_space *space, uaddr_t address, uint64_t bytes,
                                            enum user_access access, struct user_range *range);
void user_range_read_parts(const struct user_range *range, uint32_t offset, void *to, uint32_t bytes);
void user_range_write_parts(const struct user_range *range, uint32_t offset, const void *from,
                            uint32_t bytes);

void user_range_copy_parts(const struct user_range *to, uint32_t to_offset, const struct user_range *from,
                           uint32_t bytes);

/* Where an address's page is remembered, if it is. */
static inline struct space_cache_entry *user_cache_entry(struct address_space *space, uint64_t address)
{
    return &space->cache[address / CAP_PAGE_BYTES % SPACE_CACHE_PAGES];
}

/* What names the page of an address in the cache: the address of its last byte. No tag is 0. */
static inline uint64_t user_page_tag(uint64_t address)
{
    return address | (CAP_PAGE_BYTES - 1);
}

static inline uint8_t *user_cache_pointer(const struct space_cache_entry *entry, uint64_t address)
{
    return (uint8_t *)(entry->offset + address);
}

/* Memory of the kernel as a range, for messages that may come from either. */
static inline struct user_range user_range_of_kernel(void *bytes, uint32_t byte_count)
{
    return (struct user_range){.parts = {bytes}, .first_bytes = byte_count, .bytes = byte_count};
}

/* Where the kernel sees a range that lies in one page that was used before; false: use user_range_resolve. */
CAP_MUST_CHECK static inline bool user_quick(struct address_space *space, uint64_t address, uint32_t bytes,
                                             enum user_access access, uint8_t **pointer)
{
    const struct space_cache_entry *entry = user_cache_entry(space, address);
    uint64_t tag = user_page_tag(address);
    if (__builtin_expect(entry->tags[access] != tag || user_page_tag(address + bytes - 1) != tag, 0))
        return false;
    *pointer = user_cache_pointer(entry, address);
    return true;
}

/* Whether a range of at most a page is the process's memory, writable, and was used before; false: it may
 * still be, use user_range_resolve. */
static inline bool user_quick_is_writable(struct address_space *space, uint64_t address, uint64_t bytes)
{
    uint64_t tag = user_page_tag(address), last_tag = user_page_tag(address + bytes - 1);
    return user_cache_entry(space, tag)->tags[USER_ACCESS_WRITE] == tag &&
           (last_tag == tag || user_cache_entry(space, last_tag)->tags[USER_ACCESS_WRITE] == last_tag);
}

/* CAP_ERR_FAULT: a byte of the range is not the process's memory, or not writable for USER_ACCESS_WRITE.
 * CAP_ERR_TOO_BIG: more than USER_RANGE_BYTES_MAX. An empty range is valid wherever it points.
 * Most ranges lie in one page that was used before: user_range_walk has judged such a page when it put it
 * into the cache, and nothing is left to judge. */
CAP_MUST_CHECK static inline enum cap_err user_range_resolve(struct address_space *space, uaddr_t address,
                                                             uint64_t bytes, enum user_access access,
                                                             struct user_range *range)
{
    uint64_t tag = user_page_tag(address.value);
    const struct space_cache_entry *entry = user_cache_entry(space, address.value);
    if (__builtin_expect(entry->tags[access] != tag || bytes > tag - address.value + 1, 0))
        return user_range_walk(space, address, bytes, access, range);
    range->parts[0] = user_cache_pointer(entry, address.value);
    range->first_bytes = (uint32_t)bytes;
    range->bytes = (uint32_t)bytes;
    return CAP_OK;
}

/* offset + bytes must lie inside the range (CHECKed). */
static inline __attribute__((always_inline)) void user_range_read(const struct user_range *range,
                                                                  uint32_t offset, void *to, uint32_t bytes)
{
    if (offset <= range->first_bytes && bytes <= range->first_bytes - offset && bytes)
        __builtin_memcpy(to, range->parts[0] + offset, bytes);
    else
        user_range_read_parts(range, offset, to, bytes);
}

static inline __attribute__((always_inline)) void
user_range_write(const struct user_range *range, uint32_t offset, const void *from, uint32_t bytes)
{
    if (offset <= range->first_bytes && bytes <= range->first_bytes - offset && bytes)
        __builtin_memcpy(range->parts[0] + offset, from, bytes);
    else
        user_range_write_parts(range, offset, from, bytes);
}

static inline void user_copy_words(void *to, const void *from, uint64_t word_count)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(word_count) : : "memory");
}

/* Copies a message, whole words: the first `bytes` of `from`, which are no more than that has (CHECKed), to
 * an offset in `to`, where they must have room. */
static inline void user_range_copy(const struct user_range *to, uint32_t to_offset,
                                   const struct user_range *from, uint32_t bytes)
{
    if (__builtin_expect(to_offset + bytes > to->first_bytes || bytes > from->first_bytes, 0)) {
        user_range_copy_parts(to, to_offset, from, bytes);
        return;
    }
    user_copy_words(to->parts[0] + to_offset, from->parts[0], bytes / 8);
}
