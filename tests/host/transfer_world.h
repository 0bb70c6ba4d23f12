/* A small world for the tests of transfers: processes with tables, objects with reference counts, and
 * the steps that the kernel takes around lib/transfer.
 *
 * Conservation, world_is_consistent: each object's references are exactly the slots that name it and the
 * copies that are on their way; one without any has been freed, once.
 *
 * Next: tests/host/test_transfer.c
 */
#pragma once

#include "lib/transfer.h"
#include "tests/host/test.h"

#include <stdlib.h>

#define WORLD_TABLES  3
#define WORLD_SLOTS   3
#define WORLD_OBJECTS 64

struct world_object {
    int references;
    bool is_freed;
    bool can_copy;
    bool can_move;
};

static struct world_object objects[WORLD_OBJECTS];
static uint32_t object_count;
static _Alignas(CAP_PAGE_BYTES) struct cap_slot blocks[WORLD_TABLES][CAP_TABLE_BLOCK_SLOTS];
static struct cap_table tables[WORLD_TABLES];

static inline void table_begin(uint32_t index, uint32_t slot_limit)
{
    memset(blocks[index], 0, sizeof blocks[index]);
    cap_table_init(&tables[index], slot_limit);
    cap_table_add_block(&tables[index], blocks[index]);
}

static inline void world_begin(uint32_t slot_limit)
{
    object_count = 0;
    for (uint32_t i = 0; i < WORLD_TABLES; i++)
        table_begin(i, slot_limit);
}

static inline void reference_drop(void *pointer)
{
    struct world_object *object = pointer;
    EXPECT(object->references > 0 && !object->is_freed);
    object->is_freed = --object->references == 0;
}

/* A new object that only this table names. */
static inline cap_id_t object_make(struct cap_table *table, bool can_copy, bool can_move)
{
    cap_id_t id = CAP_ID_NULL;
    EXPECT(object_count < WORLD_OBJECTS);
    objects[object_count] =
        (struct world_object){.references = 1, .can_copy = can_copy, .can_move = can_move};
    EXPECT_EQ(cap_table_insert(table, &objects[object_count++], &id), CAP_OK);
    return id;
}

static inline enum cap_err object_may_transfer(void *pointer, uint64_t mode)
{
    const struct world_object *object = pointer;
    bool may = mode == CAP_TRANSFER_MOVE ? object->can_move : object->can_copy;
    return may ? CAP_OK : CAP_ERR_NOT_TRANSFERABLE;
}

static inline enum cap_err lookup(const struct cap_table *table, cap_id_t id)
{
    void *object;
    return cap_table_lookup(table, id, &object);
}

static inline enum cap_err release(struct cap_table *table, cap_id_t id)
{
    void *object;
    enum cap_err err = cap_table_remove(table, id, &object);
    if (!err)
        reference_drop(object);
    return err;
}

static inline enum cap_err prepare(struct transfer *transfer, struct cap_table *sender,
                                   const struct cap_transfer_out *descriptors, uint32_t count)
{
    enum cap_err err = transfer_prepare(transfer, sender, descriptors, count, object_may_transfer);
    for (uint32_t i = 0; !err && i < count; i++) {
        if (!transfer->entries[i].is_move)
            ((struct world_object *)transfer_object(transfer, i))->references++;
    }
    return err;
}

static inline void roll_back(struct transfer *transfer)
{
    for (uint32_t i = 0; i < transfer->count; i++) {
        if (!transfer->entries[i].is_move)
            reference_drop(transfer_object(transfer, i));
    }
    transfer_roll_back(transfer);
}

/* Commits if the receiver has room, else rolls back. */
static inline enum cap_err finish(struct transfer *transfer, struct cap_table *receiver, cap_id_t *ids)
{
    cap_id_t sent[CAP_TRANSFER_MAX], sources[CAP_TRANSFER_MAX];
    enum cap_err err = transfer_check_receiver(transfer, receiver);
    if (err) {
        roll_back(transfer);
        return err;
    }
    for (uint32_t i = 0; i < transfer->count; i++)
        sent[i] = transfer->entries[i].id;
    transfer_commit(transfer, receiver, sources);
    for (uint32_t i = 0; i < transfer->count; i++) {
        EXPECT_EQ(sources[i].bits, sent[i].bits);
        ids[i] = transfer->entries[i].id;
    }
    return CAP_OK;
}

static inline enum cap_err send(struct cap_table *sender, struct cap_table *receiver,
                                const struct cap_transfer_out *descriptors, uint32_t count, cap_id_t *ids)
{
    static struct transfer transfer;
    transfer_init(&transfer);
    enum cap_err err = prepare(&transfer, sender, descriptors, count);
    return err ? err : finish(&transfer, receiver, ids);
}

/* The end of a process: everything it holds is released. Its transfers have been rolled back. */
static inline void process_end(struct cap_table *table)
{
    uint32_t cursor = 0;
    cap_id_t id;
    void *object;
    while (cap_table_next(table, &cursor, &id, &object))
        EXPECT_EQ(release(table, id), CAP_OK);
    while (cap_table_take_block(table)) {}
}

/* How many slots of the table name the object. */
static inline int edges_of(const struct cap_table *table, const struct world_object *object)
{
    uint32_t cursor = 0;
    cap_id_t id;
    void *held;
    int edges = 0;
    while (cap_table_next(table, &cursor, &id, &held))
        edges += held == object;
    return edges;
}

static inline int copies_under_way(const struct transfer *transfers, uint32_t count,
                                   const struct world_object *object)
{
    int copies = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; transfer_is_prepared(&transfers[i]) && k < transfers[i].count; k++)
            copies += !transfers[i].entries[k].is_move && transfers[i].entries[k].object == object;
    }
    return copies;
}

static inline bool world_is_consistent(const struct transfer *transfers, uint32_t count)
{
    for (uint32_t i = 0; i < object_count; i++) {
        int references = copies_under_way(transfers, count, &objects[i]);
        for (uint32_t k = 0; k < WORLD_TABLES; k++)
            references += edges_of(&tables[k], &objects[i]);
        if (objects[i].references != references || objects[i].is_freed != (references == 0))
            return false;
    }
    return true;
}

/* All that a refused or rolled back transfer must leave as it was. */
struct world_image {
    struct world_object objects[WORLD_OBJECTS];
    struct cap_table tables[WORLD_TABLES];
    struct cap_slot slots[WORLD_TABLES][40];
};

static inline void world_save(struct world_image *image)
{
    memcpy(image->objects, objects, sizeof objects);
    memcpy(image->tables, tables, sizeof tables);
    for (uint32_t i = 0; i < WORLD_TABLES; i++)
        memcpy(image->slots[i], blocks[i], sizeof image->slots[i]);
}

static inline bool world_is(const struct world_image *image)
{
    bool is_same = memcmp(image->objects, objects, sizeof objects) == 0 &&
                   memcmp(image->tables, tables, sizeof tables) == 0;
    for (uint32_t i = 0; i < WORLD_TABLES; i++)
        is_same = is_same && memcmp(image->slots[i], blocks[i], sizeof image->slots[i]) == 0;
    return is_same;
}
