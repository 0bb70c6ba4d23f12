/* Slots and their states: the picture is in lib/cap_table.h.
 *
 * Next: lib/transfer.h
 */
#include "lib/cap_table.h"

void cap_table_init(struct cap_table *table, uint32_t slot_limit)
{
    CHECK(slot_limit <= CAP_SLOTS_MAX);
    *table = (struct cap_table){.slot_limit = slot_limit, .first_free = CAP_TABLE_NO_SLOT};
}

bool cap_table_can_grow(const struct cap_table *table)
{
    return table->slot_count < table->slot_limit;
}

void cap_table_add_block(struct cap_table *table, struct cap_slot *zeroed_block)
{
    CHECK(cap_table_can_grow(table));
    table->blocks[table->block_count++] = zeroed_block;
    uint32_t slot_count = table->block_count * CAP_TABLE_BLOCK_SLOTS;
    table->slot_count = slot_count < table->slot_limit ? slot_count : table->slot_limit;
}

struct cap_slot *cap_table_take_block(struct cap_table *table)
{
    CHECK(table->used_count == 0);
    uint32_t block_count = table->block_count;
    if (block_count == 0)
        return NULL;
    struct cap_slot *block = table->blocks[block_count - 1];
    table->blocks[block_count - 1] = NULL;
    /* No slot and no room for one: ids of this table are stale or unknown for ever. */
    table->block_count = block_count - 1;
    table->slot_limit = table->slot_count = table->fresh_index = table->retired_count = 0;
    table->first_free = CAP_TABLE_NO_SLOT;
    return block;
}

enum cap_err cap_table_refuse(const struct cap_table *table, cap_id_t id)
{
    const struct cap_slot *slot = cap_table_slot(table, id);
    if (!slot || slot->state == CAP_SLOT_NEVER_USED || cap_id_generation(id) == 0)
        return CAP_ERR_NO_CAP;
    if (slot->generation == cap_id_generation(id) && slot->state == CAP_SLOT_RESERVED)
        return CAP_ERR_BUSY;
    return CAP_ERR_STALE;
}

enum cap_err cap_table_insert_fresh(struct cap_table *table, void *object, cap_id_t *id)
{
    if (table->fresh_index == table->slot_count)
        return CAP_ERR_NO_SLOT;
    uint32_t slot_index = table->fresh_index++;
    struct cap_slot *slot = cap_table_slot_at(table, slot_index);
    slot->object = object;
    slot->generation++;
    slot->state = CAP_SLOT_HELD;
    table->used_count++;
    *id = cap_id_make(slot_index, slot->generation);
    return CAP_OK;
}

enum cap_err cap_table_reserve(struct cap_table *table, cap_id_t id, void **object)
{
    enum cap_err err = cap_table_lookup(table, id, object);
    if (err)
        return err;
    cap_table_slot(table, id)->state = CAP_SLOT_RESERVED;
    return CAP_OK;
}

static struct cap_slot *reserved_slot(const struct cap_table *table, cap_id_t id)
{
    struct cap_slot *slot = cap_table_slot(table, id);
    CHECK(slot && slot->state == CAP_SLOT_RESERVED && slot->generation == cap_id_generation(id));
    return slot;
}

void cap_table_unreserve(struct cap_table *table, cap_id_t id)
{
    reserved_slot(table, id)->state = CAP_SLOT_HELD;
}

void *cap_table_remove_reserved(struct cap_table *table, cap_id_t id)
{
    return cap_table_empty(table, cap_id_slot_index(id), reserved_slot(table, id));
}

bool cap_table_next(const struct cap_table *table, uint32_t *cursor, cap_id_t *id, void **object)
{
    while (*cursor < table->fresh_index) {
        uint32_t slot_index = (*cursor)++;
        const struct cap_slot *slot = cap_table_slot_at(table, slot_index);
        if (slot->object) {
            *id = cap_id_make(slot_index, slot->generation);
            *object = slot->object;
            return true;
        }
    }
    return false;
}
