/* Memory for page tables in tests, and a plain list of what is mapped to judge them by.
 *
 * expect_same looks every candidate page up, walks to it as the manual describes (Intel SDM vol. 3A, 4.5),
 * and counts the frames in use: exactly the tables that the mapped pages need.
 *
 * Next: tests/host/test_page_table.c
 */
#pragma once

#include "tests/host/test.h"
#include "lib/page_table.h"

#include <stdlib.h>

#define FRAMES_MAX   1600
#define MEMORY_PADDR 0x7654321000 /* of the first frame */

#define LARGE  PAGE_LARGE_BYTES
#define KERNEL PAGE_TABLE_KERNEL_START

#define USER_RW (PAGE_READ | PAGE_WRITE | PAGE_USER)

struct memory {
    uint8_t (*frames)[CAP_PAGE_BYTES];
    bool is_used[FRAMES_MAX];
    bool is_root[FRAMES_MAX];
    uint32_t used_count;
    uint32_t allocs_until_failure; /* 0: never fails */
};

static struct memory memory;

static enum cap_err memory_alloc(void *context, uint64_t *paddr)
{
    EXPECT(context == &memory);
    if (memory.allocs_until_failure && --memory.allocs_until_failure == 0)
        return CAP_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < FRAMES_MAX; i++) {
        if (!memory.is_used[i]) {
            memory.is_used[i] = true;
            memory.used_count++;
            memset(memory.frames[i], 0, CAP_PAGE_BYTES);
            *paddr = MEMORY_PADDR + i * (uint64_t)CAP_PAGE_BYTES;
            return CAP_OK;
        }
    }
    return CAP_ERR_QUOTA;
}

/* A freed table shows all bits, so whoever still walks it meets reserved ones. */
static inline void memory_free(void *context, uint64_t paddr)
{
    EXPECT(context == &memory);
    uint64_t frame = (paddr - MEMORY_PADDR) / CAP_PAGE_BYTES;
    EXPECT(paddr % CAP_PAGE_BYTES == 0 && frame < FRAMES_MAX && memory.is_used[frame]);
    for (uint32_t i = 0; i < CAP_PAGE_BYTES; i++)
        EXPECT(memory.frames[frame][i] == 0 || memory.is_root[frame]);
    memory.is_used[frame] = false;
    memory.is_root[frame] = false;
    memory.used_count--;
    memset(memory.frames[frame], 0xff, CAP_PAGE_BYTES);
}

static struct page_source source = {.context = &memory, .alloc = memory_alloc, .free = memory_free};

static inline void memory_init(void)
{
    if (!memory.frames)
        memory.frames = aligned_alloc(CAP_PAGE_BYTES, sizeof(*memory.frames) * FRAMES_MAX);
    memset(memory.frames, 0xff, sizeof(*memory.frames) * FRAMES_MAX);
    memset(memory.is_used, 0, sizeof(memory.is_used));
    memset(memory.is_root, 0, sizeof(memory.is_root));
    memory.used_count = 0;
    memory.allocs_until_failure = 0;
    source.direct_map = (uint64_t)(uintptr_t)memory.frames - MEMORY_PADDR;
}

static inline struct page_table table_new(void)
{
    struct page_table table;
    EXPECT_EQ(page_table_init(&table, &source), CAP_OK);
    memory.is_root[(table.root_paddr - MEMORY_PADDR) / CAP_PAGE_BYTES] = true;
    return table;
}

/* ---- What the hardware would do -------------------------------------------------------------------- */

static inline bool hardware_walk(const struct page_table *table, uint64_t vaddr, uint64_t *paddr,
                                 uint32_t *rights)
{
    uint64_t frame = table->root_paddr, all = UINT64_MAX, any = 0;
    for (int shift = 39;; shift -= 9) {
        EXPECT(frame >= MEMORY_PADDR && memory.is_used[(frame - MEMORY_PADDR) / CAP_PAGE_BYTES]);
        uint64_t entry;
        memcpy(&entry, memory.frames[(frame - MEMORY_PADDR) / CAP_PAGE_BYTES] + (vaddr >> shift & 511) * 8,
               8);
        if (!(entry & 1))
            return false;
        all &= entry;
        any |= entry;
        bool is_leaf = shift == 12 || (shift == 21 && entry & 0x80);
        EXPECT(shift <= 21 || !(entry & 0x80)); /* 1 GiB pages, and reserved in the root */
        EXPECT(is_leaf || !(entry & 0x100));
        EXPECT(shift > 12 || !(entry & 0x80)); /* PAT: another memory type */
        if (is_leaf) {
            uint64_t offset_mask = ((uint64_t)1 << shift) - 1;
            EXPECT_EQ(entry & offset_mask & 0x000ffffffffff000, 0);
            *paddr = (entry & 0x000ffffffffff000) | (vaddr & offset_mask);
            *rights = PAGE_READ | (all & 2 ? PAGE_WRITE : 0) | (all & 4 ? PAGE_USER : 0) |
                      (entry & 0x10 ? PAGE_UNCACHED : 0) | (entry & 0x100 ? PAGE_GLOBAL : 0) |
                      (any >> 63 ? 0 : PAGE_EXECUTE);
            return true;
        }
        frame = entry & 0x000ffffffffff000;
    }
}

/* ---- The model -------------------------------------------------------------------------------------- */

/* Each level's index is one of a few, at the edges and next to each other. */
static const uint64_t root_indices[] = {0, 1, 255, 256, 511}, upper_indices[] = {0, 511},
                      lower_indices[] = {0, 1, 511};
#define ROOT_N       5
#define LARGE_N      (ROOT_N * 2 * 3)
#define CANDIDATES_N (LARGE_N * 3)

struct mapping {
    bool is_mapped;
    uint64_t paddr;
    uint32_t rights;
};

struct model {
    struct page_table table;
    struct mapping pages[CANDIDATES_N], larges[LARGE_N];
    bool has_kernel_top[ROOT_N];
};

static struct model model;
static uint64_t random_state;

static inline uint64_t random_below(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % limit;
}

static inline void model_init(void)
{
    memory_init();
    memset(&model, 0, sizeof(model));
    model.table = table_new();
}

static inline uint64_t large_vaddr(uint32_t n)
{
    uint64_t vaddr = root_indices[n / 6] << 39 | upper_indices[n / 3 % 2] << 30 | lower_indices[n % 3] << 21;
    return vaddr >> 47 ? vaddr | 0xffff000000000000 : vaddr;
}

static inline uint64_t page_vaddr(uint32_t n)
{
    return large_vaddr(n / 3) | lower_indices[n % 3] << 12;
}

static inline bool has_pages(uint32_t large)
{
    return model.pages[large * 3].is_mapped || model.pages[large * 3 + 1].is_mapped ||
           model.pages[large * 3 + 2].is_mapped;
}

static inline uint32_t expected_tables(void)
{
    uint32_t count = 1;
    for (uint32_t root = 0; root < ROOT_N; root++) {
        bool has_root = model.has_kernel_top[root];
        for (uint32_t upper = root * 2; upper < root * 2 + 2; upper++) {
            bool has_upper = false;
            for (uint32_t large = upper * 3; large < upper * 3 + 3; large++) {
                count += has_pages(large);
                has_upper = has_upper || has_pages(large) || model.larges[large].is_mapped;
            }
            count += has_upper;
            has_root = has_root || has_upper;
        }
        count += has_root;
    }
    return count;
}

static inline void expect_at(uint64_t vaddr, const struct mapping *expected, uint64_t offset)
{
    uint64_t paddr = 1, hardware_paddr = 0;
    uint32_t rights = 2, hardware_rights = 0;
    enum cap_err err = page_table_lookup(&model.table, vaddr + offset, &paddr, &rights);
    bool is_there = hardware_walk(&model.table, vaddr + offset, &hardware_paddr, &hardware_rights);
    EXPECT_EQ(is_there, expected->is_mapped);
    if (expected->is_mapped) {
        EXPECT_EQ(err, CAP_OK);
        EXPECT_EQ(paddr, expected->paddr + offset);
        EXPECT_EQ(rights, expected->rights);
        EXPECT_EQ(hardware_paddr, paddr);
        EXPECT_EQ(hardware_rights, rights);
    } else {
        EXPECT_EQ(err, CAP_ERR_FAULT);
        EXPECT(paddr == 1 && rights == 2);
    }
}

/* Pages of 4 KiB that are mapped in the user half below `end`. */
static inline uint64_t expected_pages(uint64_t end)
{
    uint64_t count = 0;
    for (uint32_t n = 0; n < CANDIDATES_N; n++)
        count += page_vaddr(n) < end && model.pages[n].is_mapped && !model.larges[n / 3].is_mapped;
    for (uint32_t n = 0; n < LARGE_N; n++)
        count += large_vaddr(n) < end && model.larges[n].is_mapped ? LARGE / CAP_PAGE_BYTES : 0;
    return count;
}

static inline void expect_same(void)
{
    EXPECT_EQ(memory.used_count, expected_tables());
    EXPECT_EQ(page_table_count(&model.table, PAGE_TABLE_USER_END).page_count,
              expected_pages(PAGE_TABLE_USER_END));
    uint64_t end = large_vaddr(random_below(LARGE_N / 2));
    EXPECT_EQ(page_table_count(&model.table, end).page_count,
              end < PAGE_TABLE_USER_END ? expected_pages(end) : expected_pages(PAGE_TABLE_USER_END));
    for (uint32_t n = 0; n < CANDIDATES_N; n++) {
        if (!model.larges[n / 3].is_mapped)
            expect_at(page_vaddr(n), &model.pages[n], random_below(CAP_PAGE_BYTES));
    }
    for (uint32_t n = 0; n < LARGE_N; n++) {
        if (model.larges[n].is_mapped)
            expect_at(large_vaddr(n), &model.larges[n], random_below(LARGE));
    }
}

static inline uint32_t random_rights(uint64_t vaddr)
{
    uint32_t rights = PAGE_READ | (random_below(4) == 0 ? PAGE_UNCACHED : 0);
    rights |= random_below(2) ? PAGE_WRITE : random_below(2) ? PAGE_EXECUTE : 0;
    if (random_below(2))
        rights |= vaddr >> 63 ? PAGE_GLOBAL : PAGE_USER;
    return rights;
}

/* Frames that a map of this page would take. */
static inline uint32_t missing_tables(uint32_t large, bool is_large)
{
    uint32_t root = large / 6, root_first = root * 6, upper_first = large / 3 * 3;
    bool has_root = model.has_kernel_top[root], has_upper = false;
    for (uint32_t n = root_first; n < root_first + 6; n++) {
        bool is_used = has_pages(n) || model.larges[n].is_mapped;
        has_root = has_root || is_used;
        has_upper = has_upper || (is_used && n >= upper_first && n < upper_first + 3);
    }
    return !has_root + !has_upper + (!is_large && !has_pages(large));
}

/* fail_at: the number of the allocation that fails, or 0. */
static inline void do_map(uint32_t n, bool is_large, uint32_t fail_at)
{
    uint32_t large = is_large ? n : n / 3;
    uint64_t vaddr = is_large ? large_vaddr(n) : page_vaddr(n);
    uint64_t paddr = random_below(1 << 30) * (is_large ? LARGE : CAP_PAGE_BYTES) & 0x000fffffffffffff;
    uint32_t rights = random_rights(vaddr);
    struct mapping *mapping = is_large ? &model.larges[n] : &model.pages[n];
    bool is_taken = model.larges[large].is_mapped || (is_large ? has_pages(large) : mapping->is_mapped);
    uint32_t missing = missing_tables(large, is_large);

    memory.allocs_until_failure = fail_at;
    enum cap_err err = is_large ? page_table_map_large(&model.table, vaddr, paddr, rights)
                                : page_table_map(&model.table, vaddr, paddr, rights);
    memory.allocs_until_failure = 0;
    if (is_taken) {
        EXPECT_EQ(err, CAP_ERR_FAULT);
    } else if (fail_at && fail_at <= missing) {
        EXPECT_EQ(err, CAP_ERR_NO_MEMORY);
    } else {
        EXPECT_EQ(err, CAP_OK);
        *mapping = (struct mapping){true, paddr, rights};
        if (vaddr >> 63)
            model.has_kernel_top[large / 6] = true;
    }
}

static inline void do_unmap(uint64_t vaddr, struct mapping *mapping)
{
    uint64_t paddr = 1;
    enum cap_err err = page_table_unmap(&model.table, vaddr, &paddr);
    EXPECT_EQ(err, mapping->is_mapped ? CAP_OK : CAP_ERR_FAULT);
    EXPECT_EQ(paddr, mapping->is_mapped ? mapping->paddr : 1);
    mapping->is_mapped = false;
}

static inline void do_protect(uint64_t vaddr, struct mapping *mapping)
{
    uint32_t rights = random_rights(vaddr);
    enum cap_err err = page_table_protect(&model.table, vaddr, rights);
    EXPECT_EQ(err, mapping->is_mapped ? CAP_OK : CAP_ERR_FAULT);
    if (!err)
        mapping->rights = rights;
}

/* Within a large page, only its first address may be named. */
static inline void do_to_page(uint32_t n, bool is_unmap)
{
    uint64_t vaddr = page_vaddr(n);
    struct mapping *mapping = model.larges[n / 3].is_mapped ? &model.larges[n / 3] : &model.pages[n];
    if (mapping == &model.larges[n / 3] && vaddr % LARGE) {
        uint64_t paddr = 1;
        EXPECT_EQ(page_table_unmap(&model.table, vaddr, &paddr), CAP_ERR_INVALID);
        EXPECT_EQ(page_table_protect(&model.table, vaddr, PAGE_READ), CAP_ERR_INVALID);
        EXPECT_EQ(paddr, 1);
    } else if (is_unmap) {
        do_unmap(vaddr, mapping);
    } else {
        do_protect(vaddr, mapping);
    }
}

static inline void random_step(uint32_t maps_of_10)
{
    uint32_t n = (uint32_t)random_below(CANDIDATES_N);
    uint32_t fail_at = (uint32_t)random_below(8); /* 4 and more: none */
    if (random_below(10) >= maps_of_10)
        do_to_page(n, random_below(3) > 0);
    else if (random_below(4) == 0)
        do_map(n / 3, true, fail_at);
    else
        do_map(n, false, fail_at);
}
