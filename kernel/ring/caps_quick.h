/* One capability on the quick way: judged and handed over in one step that nothing comes between, so that
 * nothing is reserved and no second reference is taken meanwhile. What it does is what lib/transfer does with
 * one descriptor: qemu/fastpath and host/endpoint_model compare the two.
 *
 * Inlined into the fastpaths. Next: kernel/cap/endpoint_fastpath.h
 */
#pragma once

#include "abi/transfer.h"
#include "kernel/ring/caps.h"

struct quick_cap {
    struct object *object;
    cap_id_t source; /* in the sender's table */
    bool is_move;
    uint8_t *list; /* where the kernel sees the receiver's struct cap_transfer_in */
};

/* Addresses: the descriptor is in the sender's memory, the place for what arrives in the receiver's. False,
 * with nothing changed: something is in the way, and the general path finds out what. */
static inline bool quick_cap_judge(struct process *sender, uint64_t descriptor, struct process *receiver,
                                   uint64_t received, struct quick_cap *cap)
{
    uint64_t mode;
    uint8_t *from;
    if (!user_quick(&sender->space, descriptor, sizeof(struct cap_transfer_out), USER_ACCESS_READ, &from) ||
        !user_quick(&receiver->space, received, sizeof(struct cap_transfer_in), USER_ACCESS_WRITE,
                    &cap->list) ||
        receiver->caps.first_free == CAP_TABLE_NO_SLOT)
        return false;
    __builtin_memcpy(&cap->source.bits, from + offsetof(struct cap_transfer_out, cap),
                     sizeof cap->source.bits);
    __builtin_memcpy(&mode, from + offsetof(struct cap_transfer_out, mode), sizeof mode);
    void *found;
    if (cap_table_lookup(&sender->caps, cap->source, &found))
        return false;
    cap->object = found;
    cap->is_move = mode == CAP_TRANSFER_MOVE;
    return cap->is_move ? cap->object->ops->can_move
                        : mode == CAP_TRANSFER_COPY && cap->object->ops->can_copy;
}

/* After that, before anything else happens: the receiver has it, and finds it in its list. Returns the
 * receiver's id. */
static inline cap_id_t quick_cap_hand_over(const struct quick_cap *cap, struct process *sender,
                                           struct process *receiver)
{
    cap_id_t id;
    enum cap_err err = cap_table_insert(&receiver->caps, cap->object, &id);
    CHECK(!err);
    if (cap->is_move) {
        uint32_t slot_index = cap_id_slot_index(cap->source);
        struct cap_slot *slot = cap_table_slot_at(&sender->caps, slot_index);
        CHECK(slot->object == cap->object);
        cap_table_empty(&sender->caps, slot_index, slot);
    } else {
        object_reference(cap->object);
    }
    audit_transferred(receiver->number, id, cap->object, sender->number, cap->source, cap->is_move);
    __builtin_memcpy(cap->list + offsetof(struct cap_transfer_in, cap), &id.bits, sizeof id.bits);
    __builtin_memcpy(cap->list + offsetof(struct cap_transfer_in, interface_id), &cap->object->interface_id,
                     sizeof cap->object->interface_id);
    return id;
}
