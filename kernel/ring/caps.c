/* References and user memory around lib/transfer.
 *
 * Next: lib/transfer.c
 */
#include "kernel/ring/caps.h"
#include "abi/syscall.h"
#include "lib/check.h"

static enum cap_err may_transfer(void *object, uint64_t mode)
{
    const struct object_ops *ops = ((struct object *)object)->ops;
    bool may = mode == CAP_TRANSFER_MOVE ? ops->can_move : ops->can_copy;
    return may ? CAP_OK : CAP_ERR_NOT_TRANSFERABLE;
}

enum cap_err caps_take_time_limit(struct process *process, const struct cap_sqe *sqe, uint64_t *timeout_ns,
                                  uaddr_t *descriptors)
{
    struct cap_time_limit limit;
    struct user_range range;
    *descriptors = (uaddr_t){sqe->transfers_addr};
    enum cap_err err =
        user_range_resolve(&process->space, *descriptors, sizeof limit, USER_ACCESS_READ, &range);
    if (err)
        return err;
    user_range_read(&range, 0, &limit, sizeof limit);
    if (limit.reserved)
        return CAP_ERR_BAD_SQE;
    *timeout_ns = limit.timeout_ns;
    descriptors->value += sizeof limit; /* cannot wrap: the limit was user memory */
    return CAP_OK;
}

enum cap_err caps_take(struct transfer *transfer, struct process *sender, uaddr_t descriptors, uint32_t count)
{
    struct cap_transfer_out out[CAP_TRANSFER_MAX];
    struct user_range range;
    enum cap_err err =
        user_range_resolve(&sender->space, descriptors, count * sizeof out[0], USER_ACCESS_READ, &range);
    if (err)
        return err;
    /* One by one: a copy of constant size is two instructions. */
    for (uint32_t i = 0; i < count; i++)
        user_range_read(&range, i * (uint32_t)sizeof out[0], &out[i], sizeof out[0]);
    err = transfer_prepare(transfer, &sender->caps, out, count, may_transfer);
    if (err)
        return err;
    for (uint32_t i = 0; i < count; i++)
        if (!transfer->entries[i].is_move)
            object_reference(transfer->entries[i].object);
    return CAP_OK;
}

void caps_put_back(struct transfer *transfer)
{
    for (uint32_t i = 0; i < transfer->count; i++)
        if (!transfer->entries[i].is_move)
            object_release(transfer->entries[i].object);
    transfer_roll_back(transfer);
}

enum cap_err caps_check_receiver(struct process *receiver, uaddr_t received, uint32_t count,
                                 struct user_range *list)
{
    enum cap_err err = user_range_resolve(&receiver->space, received, count * sizeof(struct cap_transfer_in),
                                          USER_ACCESS_WRITE, list);
    return err ? err : process_reserve_slots(receiver, &receiver->caps, count);
}

static void list_write(const struct user_range *list, uint32_t index, cap_id_t id,
                       const struct object *object)
{
    const struct cap_transfer_in in = {.cap = id.bits, .interface_id = object->interface_id};
    user_range_write(list, index * (uint32_t)sizeof in, &in, sizeof in);
}

void caps_move_over(struct transfer *transfer, struct process *receiver)
{
    const struct process *sender = LIST_ENTRY(transfer->sender, struct process, caps);
    cap_id_t sources[CAP_TRANSFER_MAX];
    transfer_commit(transfer, &receiver->caps, sources);
    for (uint32_t i = 0; i < transfer->count; i++) {
        const struct transfer_entry *entry = &transfer->entries[i];
        audit_transferred(receiver->number, entry->id, entry->object, sender->number, sources[i],
                          entry->is_move);
    }
}

void caps_release_others(struct process *receiver, const struct transfer *transfer)
{
    for (uint32_t i = 1; i < transfer->count; i++)
        (void)!caps_release(receiver, transfer->entries[i].id);
}

void caps_commit(struct transfer *transfer, struct process *receiver, const struct user_range *list)
{
    caps_move_over(transfer, receiver);
    for (uint32_t i = 0; i < transfer->count; i++)
        list_write(list, i, transfer->entries[i].id, transfer_object(transfer, i));
}

void caps_insert(struct object *object, struct process *receiver, uint32_t index,
                 const struct user_range *list)
{
    cap_id_t id;
    enum cap_err err = cap_table_insert(&receiver->caps, object, &id);
    CHECK(!err);
    audit_made(receiver->number, id, object);
    list_write(list, index, id, object);
}
