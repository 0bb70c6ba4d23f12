/* A process's capability table: from cap id to object, so that a dead id never works again.
 *
 * A slot has one of five states; a cap id names a slot and one use of it (abi/cap_id.h):
 *
 *                 insert             remove                generation spent
 *   NEVER_USED ------------> HELD ------------> FREE         +------> RETIRED
 *                             |  ^                |          |
 *                     reserve |  | unreserve      +-- insert +-- of the last use, by either remove
 *                             v  |                    (next generation, HELD)
 *                           RESERVED -- remove_reserved --> FREE or RETIRED
 *
 * Invariants
 *  - The generation of a slot counts its uses: 0 before the first, then it only grows, and a slot whose
 *    generation is UINT32_MAX is not used again. So no id is valid twice in the life of a table.
 *  - An object is named by exactly the HELD and RESERVED slots; every other slot's pointer is NULL. The
 *    table owns one reference for each; counting references is the caller's business.
 *  - While a slot is RESERVED (its capability is part of a transfer) every use of its id is CAP_ERR_BUSY;
 *    the transfer alone ends that state.
 *  - used_count + free + retired slots = slot_count: no slot is ever lost.
 *
 * Slots live in blocks of one page that the caller brings and gets back. Free slots are reused last in,
 * first out: the slot whose cache line is warm. Delaying reuse would buy nothing, since the generation
 * already tells a dead id from the living one, and a table's total of uses is the same in any order.
 * Every operation takes constant time, cap_table_next in proportion to the slots that it passes.
 *
 * Next: lib/transfer.h
 */
#pragma once

#include "abi/cap_id.h"
#include "abi/error.h"
#include "abi/limits.h"
#include "lib/check.h"

#define CAP_TABLE_BLOCK_SLOTS 256
#define CAP_TABLE_BLOCK_MAX   (CAP_SLOTS_MAX / CAP_TABLE_BLOCK_SLOTS)

/* The end of the list of free slots. */
#define CAP_TABLE_NO_SLOT CAP_SLOTS_MAX
_Static_assert(CAP_TABLE_NO_SLOT <= UINT16_MAX, "next_free holds every slot index and the end of the list");

enum cap_slot_state {
    CAP_SLOT_NEVER_USED, /* 0: a zeroed block is a block of these */
    CAP_SLOT_FREE,
    CAP_SLOT_HELD,
    CAP_SLOT_RESERVED,
    CAP_SLOT_RETIRED,
};

struct cap_slot {
    void *object;
    uint32_t generation; /* of the latest use */
    uint16_t state;      /* enum cap_slot_state */
    uint16_t next_free;  /* FREE: index of the next one in the list, or CAP_SLOTS_MAX */
};
CAP_ASSERT_SIZE(struct cap_slot, 16);
_Static_assert(sizeof(struct cap_slot) * CAP_TABLE_BLOCK_SLOTS == CAP_PAGE_BYTES, "a block is a page");
_Static_assert((CAP_TABLE_BLOCK_MAX & (CAP_TABLE_BLOCK_MAX - 1)) == 0, "a block index can be masked");

struct cap_table {
    struct cap_slot *blocks[CAP_TABLE_BLOCK_MAX];
    uint32_t slot_limit;    /* slots that the table may ever have */
    uint32_t slot_count;    /* slots that the blocks hold, at most slot_limit */
    uint32_t fresh_index;   /* the first slot that was never used */
    uint32_t first_free;    /* head of the list of FREE slots, or CAP_SLOTS_MAX */
    uint32_t used_count;    /* HELD and RESERVED */
    uint32_t retired_count; /* RETIRED */
    uint32_t block_count;
};

/* An empty table without a block. slot_limit is at most CAP_SLOTS_MAX (CHECKed). */
void cap_table_init(struct cap_table *table, uint32_t slot_limit);

/* Whether another block would bring more slots. */
bool cap_table_can_grow(const struct cap_table *table);

/* Takes over a zeroed, page-aligned block (CHECKed: cap_table_can_grow). */
void cap_table_add_block(struct cap_table *table, struct cap_slot *zeroed_block);

/* Teardown: hands back one block, NULL when none is left. The table holds no object (CHECKed); from
 * the first call on it never holds one again, since its generations are gone. */
CAP_MUST_CHECK struct cap_slot *cap_table_take_block(struct cap_table *table);

/* Slots that cap_table_insert can use now, without another block. */
static inline uint32_t cap_table_free_count(const struct cap_table *table)
{
    return table->slot_count - table->used_count - table->retired_count;
}

/* HELD and RESERVED slots. */
static inline uint32_t cap_table_used_count(const struct cap_table *table)
{
    return table->used_count;
}

/* Why an id that no HELD slot has is refused. Use cap_table_lookup. */
CAP_MUST_CHECK enum cap_err cap_table_refuse(const struct cap_table *table, cap_id_t id);

/* The slot of this id if the table has it, else NULL. Never an address outside the blocks, not even
 * while the processor runs ahead on a wrong guess about the comparison: the block index is masked. */
static inline struct cap_slot *cap_table_slot(const struct cap_table *table, cap_id_t id)
{
    uint32_t slot_index = cap_id_slot_index(id);
    if (slot_index >= table->slot_count)
        return NULL;
    struct cap_slot *block = table->blocks[slot_index / CAP_TABLE_BLOCK_SLOTS % CAP_TABLE_BLOCK_MAX];
    return &block[slot_index % CAP_TABLE_BLOCK_SLOTS];
}

/* The object that an id names; the reference stays the table's. The id may be any 64 bits.
 *   CAP_ERR_NO_CAP  it was never valid: generation 0, a slot beyond the table, a slot never used
 *   CAP_ERR_STALE   its slot has been used, and this is not the present use
 *   CAP_ERR_BUSY    it is part of a transfer under way
 * cap_table_remove and cap_table_reserve refuse for the same reasons. */
CAP_MUST_CHECK static inline enum cap_err cap_table_lookup(const struct cap_table *table, cap_id_t id,
                                                           void **object)
{
    const struct cap_slot *slot = cap_table_slot(table, id);
    bool is_held = slot && slot->generation == cap_id_generation(id) && slot->state == CAP_SLOT_HELD;
    if (__builtin_expect(!is_held, 0)) {
        enum cap_err err = cap_table_refuse(table, id);
        CHECK(err != CAP_OK);
        return err;
    }
    *object = slot->object;
    return CAP_OK;
}

/* For cap_table_insert when no slot was given back: one that was never used. CAP_ERR_NO_SLOT if there is
 * none. */
CAP_MUST_CHECK enum cap_err cap_table_insert_fresh(struct cap_table *table, void *object, cap_id_t *id);

/* A slot by its index, which the table has. */
static inline struct cap_slot *cap_table_slot_at(const struct cap_table *table, uint32_t slot_index)
{
    return &table->blocks[slot_index / CAP_TABLE_BLOCK_SLOTS][slot_index % CAP_TABLE_BLOCK_SLOTS];
}

/* Puts an object (not NULL) into a free slot; its reference is the table's from then on.
 * CAP_ERR_NO_SLOT if none is free: add a block if it can grow. */
CAP_MUST_CHECK static inline enum cap_err cap_table_insert(struct cap_table *table, void *object,
                                                           cap_id_t *id)
{
    CHECK(object);
    uint32_t slot_index = table->first_free;
    if (__builtin_expect(slot_index == CAP_TABLE_NO_SLOT, 0))
        return cap_table_insert_fresh(table, object, id);
    struct cap_slot *slot = cap_table_slot_at(table, slot_index);
    table->first_free = slot->next_free;
    slot->object = object;
    slot->generation++;
    slot->state = CAP_SLOT_HELD;
    table->used_count++;
    *id = cap_id_make(slot_index, slot->generation);
    return CAP_OK;
}

/* Ends the present use of a slot that is HELD or RESERVED. */
static inline void *cap_table_empty(struct cap_table *table, uint32_t slot_index, struct cap_slot *slot)
{
    void *object = slot->object;
    slot->object = NULL;
    table->used_count--;
    if (__builtin_expect(slot->generation == UINT32_MAX, 0)) {
        slot->state = CAP_SLOT_RETIRED;
        table->retired_count++;
        return object;
    }
    slot->state = CAP_SLOT_FREE;
    slot->next_free = (uint16_t)table->first_free;
    table->first_free = slot_index;
    return object;
}

/* Empties the slot; the id is dead for ever. The table's reference is the caller's from then on. */
CAP_MUST_CHECK static inline enum cap_err cap_table_remove(struct cap_table *table, cap_id_t id,
                                                           void **object)
{
    enum cap_err err = cap_table_lookup(table, id, object);
    if (!err)
        cap_table_empty(table, cap_id_slot_index(id), cap_table_slot(table, id));
    return err;
}

/* HELD -> RESERVED: the id is CAP_ERR_BUSY until one of the next two. The reference stays the table's. */
CAP_MUST_CHECK enum cap_err cap_table_reserve(struct cap_table *table, cap_id_t id, void **object);

/* RESERVED -> HELD: the same id works again. The id names a RESERVED slot (CHECKed). */
void cap_table_unreserve(struct cap_table *table, cap_id_t id);

/* RESERVED -> FREE: returns the object, with the table's reference. The id names a RESERVED slot
 * (CHECKed), so there is nothing to refuse. */
CAP_MUST_CHECK void *cap_table_remove_reserved(struct cap_table *table, cap_id_t id);

/* Steps through all capabilities, RESERVED ones too, in order of their slots. Start with *cursor = 0;
 * false when there is none left. The one just seen may be removed; one that is inserted on the way may
 * or may not be seen. For a teardown in bounded steps, keep the cursor. */
CAP_MUST_CHECK bool cap_table_next(const struct cap_table *table, uint32_t *cursor, cap_id_t *id,
                                   void **object);
