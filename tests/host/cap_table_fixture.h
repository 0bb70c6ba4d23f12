/* One capability table with its blocks, for the tests of lib/cap_table.
 *
 * Next: tests/host/test_cap_table.c
 */
#pragma once

#include "lib/cap_table.h"
#include "tests/host/test.h"

#include <stdlib.h>

static _Alignas(CAP_PAGE_BYTES) struct cap_slot blocks[CAP_TABLE_BLOCK_MAX + 1][CAP_TABLE_BLOCK_SLOTS];
static struct cap_table table;
static char objects[CAP_SLOTS_MAX]; /* any distinct addresses */

static inline void begin_without_block(uint32_t slot_limit)
{
    memset(blocks, 0, sizeof blocks);
    memset(&table, 0xee, sizeof table);
    cap_table_init(&table, slot_limit);
}

static inline void grow(void)
{
    cap_table_add_block(&table, blocks[table.block_count]);
}

/* A table with all the blocks it may have. */
static inline void begin(uint32_t slot_limit)
{
    begin_without_block(slot_limit);
    while (cap_table_can_grow(&table))
        grow();
}

static inline cap_id_t insert(void *object)
{
    cap_id_t id = CAP_ID_NULL;
    EXPECT_EQ(cap_table_insert(&table, object, &id), CAP_OK);
    return id;
}

static inline void *remove_held(cap_id_t id)
{
    void *object = NULL;
    EXPECT_EQ(cap_table_remove(&table, id, &object), CAP_OK);
    return object;
}

/* Moves the generation of a slot forward, as many uses would. */
static inline void fast_forward(uint32_t slot_index, uint32_t generation)
{
    table.blocks[slot_index / CAP_TABLE_BLOCK_SLOTS][slot_index % CAP_TABLE_BLOCK_SLOTS].generation =
        generation;
}

/* The id is refused with this error by everything that takes one, and nothing changes. */
static inline void expect_refused(cap_id_t id, enum cap_err expected)
{
    static struct cap_slot blocks_before[2][CAP_TABLE_BLOCK_SLOTS];
    struct cap_table before = table;
    void *object = &table;
    memcpy(blocks_before, blocks, sizeof blocks_before);
    EXPECT_EQ(cap_table_lookup(&table, id, &object), expected);
    EXPECT_EQ(cap_table_remove(&table, id, &object), expected);
    EXPECT_EQ(cap_table_reserve(&table, id, &object), expected);
    EXPECT(object == &table);
    EXPECT_BYTES(&table, &before, sizeof table);
    EXPECT_BYTES(blocks, blocks_before, sizeof blocks_before);
}

static inline void expect_held(cap_id_t id, void *expected)
{
    void *object = NULL;
    EXPECT_EQ(cap_table_lookup(&table, id, &object), CAP_OK);
    EXPECT(object == expected);
}
