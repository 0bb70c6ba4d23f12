/* Capabilities on their way: lib/transfer with the kernel's reference counts.
 *
 * Next: kernel/ring/caps.c
 */
#pragma once

#include "abi/syscall.h"
#include "kernel/task/audit.h"
#include "kernel/task/process.h"
#include "lib/transfer.h"

/* Of caps.c: the cases in which there is something to do. */
CAP_MUST_CHECK enum cap_err caps_take_time_limit(struct process *process, const struct cap_sqe *sqe,
                                                 uint64_t *timeout_ns, uaddr_t *descriptors);
CAP_MUST_CHECK enum cap_err caps_take(struct transfer *transfer, struct process *sender, uaddr_t descriptors,
                                      uint32_t count);
void caps_put_back(struct transfer *transfer);

/* Where the descriptors of a CALL or RECV are: behind the time limit, if it has one, which goes to
 * *timeout_ns. CAP_ERR_FAULT, CAP_ERR_BAD_SQE. */
CAP_MUST_CHECK static inline enum cap_err caps_read_time_limit(struct process *process,
                                                               const struct cap_sqe *sqe,
                                                               uint64_t *timeout_ns, uaddr_t *descriptors)
{
    descriptors->value = sqe->transfers_addr;
    *timeout_ns = CAP_TIMEOUT_NEVER;
    return sqe->flags & CAP_SQE_TIMEOUT ? caps_take_time_limit(process, sqe, timeout_ns, descriptors)
                                        : CAP_OK;
}

/* Reads count descriptors at the sender's address and prepares them, with a reference for each copy.
 * Nothing has changed after an error: CAP_ERR_FAULT, or as transfer_prepare, or CAP_ERR_NOT_TRANSFERABLE. */
CAP_MUST_CHECK static inline enum cap_err caps_prepare(struct transfer *transfer, struct process *sender,
                                                       uaddr_t descriptors, uint32_t count)
{
    transfer_init(transfer);
    return count ? caps_take(transfer, sender, descriptors, count) : CAP_OK;
}

/* Ends a transfer in any state; what is still prepared goes back. */
static inline void caps_roll_back(struct transfer *transfer)
{
    if (__builtin_expect(transfer_is_prepared(transfer), 0))
        caps_put_back(transfer);
}

/* Checks that everything that hands `count` capabilities to the receiver will work: its table, which
 * grows if it can, and its list at address `received`. CAP_ERR_FAULT: the list; others: the table. */
CAP_MUST_CHECK enum cap_err caps_check_receiver(struct process *receiver, uaddr_t received, uint32_t count,
                                                struct user_range *list);

/* Moves everything over, to a receiver that has a slot for each. */
void caps_move_over(struct transfer *transfer, struct process *receiver);

/* After that check, if there is anything: moves it over and lists it for the receiver. */
void caps_commit(struct transfer *transfer, struct process *receiver, const struct user_range *list);

/* After that check: gives one object, with the caller's reference, and lists it as entry `index`. */
void caps_insert(struct object *object, struct process *receiver, uint32_t index,
                 const struct user_range *list);

/* Gives one capability up; errors as for cap_table_lookup. */
CAP_MUST_CHECK static inline __attribute__((always_inline)) enum cap_err caps_release(struct process *process,
                                                                                      cap_id_t id)
{
    void *object;
    enum cap_err err = cap_table_remove(&process->caps, id, &object);
    if (!err) {
        audit_released(process->number, id, object);
        object_release(object);
    }
    return err;
}

/* Of caps.c: all but the first. */
void caps_release_others(struct process *receiver, const struct transfer *transfer);

/* Gives up what has come with a delivered transfer and is still where it came. */
static inline __attribute__((always_inline)) void caps_release_received(struct process *receiver,
                                                                        const struct transfer *transfer)
{
    if (transfer->count == 0)
        return;
    (void)!caps_release(receiver, transfer->entries[0].id);
    if (__builtin_expect(transfer->count > 1, 0))
        caps_release_others(receiver, transfer);
}
