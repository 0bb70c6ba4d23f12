/* The capabilities of one message, from one table to another; who owns what is in lib/transfer.h.
 *
 * Next: lib/ledger.h
 */
#include "lib/transfer.h"
#include "lib/check.h"

/* The one place where the state changes. */
static void transfer_enter(struct transfer *transfer, enum transfer_state state)
{
    bool is_prepared = transfer->state == TRANSFER_PREPARED;
    CHECK(state == TRANSFER_PREPARED ? !is_prepared : is_prepared);
    transfer->state = state;
}

/* Whether an id that is named again may be: only if it is never moved. */
static bool transfer_may_name(const struct transfer_entry *earlier, uint32_t count, cap_id_t id, bool is_move)
{
    for (uint32_t i = 0; i < count; i++) {
        if (earlier[i].id.bits == id.bits && (is_move || earlier[i].is_move))
            return false;
    }
    return true;
}

/* Judges the descriptor of entry `index` and fills it in; changes no table. */
static enum cap_err transfer_judge(struct transfer *transfer, uint32_t index, const struct cap_table *sender,
                                   const struct cap_transfer_out *descriptor,
                                   enum cap_err (*may_transfer)(void *object, uint64_t mode))
{
    cap_id_t id = {descriptor->cap};
    bool is_move = descriptor->mode == CAP_TRANSFER_MOVE;
    if (!is_move && descriptor->mode != CAP_TRANSFER_COPY)
        return CAP_ERR_BAD_SQE;

    void *object;
    enum cap_err err = cap_table_lookup(sender, id, &object);
    if (err)
        return err;
    if (!transfer_may_name(transfer->entries, index, id, is_move))
        return CAP_ERR_BAD_SQE;
    err = may_transfer(object, descriptor->mode);
    if (err)
        return err;
    transfer->entries[index] = (struct transfer_entry){object, id, is_move};
    return CAP_OK;
}

enum cap_err transfer_prepare(struct transfer *transfer, struct cap_table *sender,
                              const struct cap_transfer_out *descriptors, uint32_t count,
                              enum cap_err (*may_transfer)(void *object, uint64_t mode))
{
    CHECK(!transfer_is_prepared(transfer));
    transfer_init(transfer);
    if (count > CAP_TRANSFER_MAX)
        return CAP_ERR_TOO_BIG;

    for (uint32_t i = 0; i < count; i++) {
        enum cap_err err = transfer_judge(transfer, i, sender, &descriptors[i], may_transfer);
        if (err)
            return err;
    }

    for (uint32_t i = 0; i < count; i++) {
        struct transfer_entry *entry = &transfer->entries[i];
        if (entry->is_move) {
            enum cap_err err = cap_table_reserve(sender, entry->id, &entry->object);
            CHECK(!err);
        }
    }
    transfer->sender = sender;
    transfer->count = count;
    transfer_enter(transfer, TRANSFER_PREPARED);
    return CAP_OK;
}

void *transfer_object(const struct transfer *transfer, uint32_t index)
{
    CHECK(transfer->state != TRANSFER_IDLE && index < transfer->count);
    return transfer->entries[index].object;
}

enum cap_err transfer_check_receiver(const struct transfer *transfer, const struct cap_table *receiver)
{
    CHECK(transfer_is_prepared(transfer));
    return cap_table_free_count(receiver) < transfer->count ? CAP_ERR_NO_SLOT : CAP_OK;
}

void transfer_commit(struct transfer *transfer, struct cap_table *receiver, cap_id_t *sources)
{
    cap_id_t ids[CAP_TRANSFER_MAX];
    enum cap_err err = transfer_check_receiver(transfer, receiver);
    CHECK(!err);
    for (uint32_t i = 0; i < transfer->count; i++) {
        err = cap_table_insert(receiver, transfer->entries[i].object, &ids[i]);
        CHECK(!err);
    }
    transfer_deliver(transfer);
    for (uint32_t i = 0; i < transfer->count; i++) {
        sources[i] = transfer->entries[i].id;
        transfer->entries[i].id = ids[i];
    }
}

void transfer_deliver(struct transfer *transfer)
{
    transfer_enter(transfer, TRANSFER_DELIVERED);
    for (uint32_t i = 0; i < transfer->count; i++) {
        const struct transfer_entry *entry = &transfer->entries[i];
        if (entry->is_move) {
            void *object = cap_table_remove_reserved(transfer->sender, entry->id);
            CHECK(object == entry->object);
        }
    }
    transfer->sender = NULL;
}

void transfer_roll_back(struct transfer *transfer)
{
    transfer_enter(transfer, TRANSFER_IDLE);
    for (uint32_t i = 0; i < transfer->count; i++) {
        const struct transfer_entry *entry = &transfer->entries[i];
        if (entry->is_move)
            cap_table_unreserve(transfer->sender, entry->id);
    }
    transfer_init(transfer);
}
