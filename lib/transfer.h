/* The capabilities of one message on their way from a table: all of them arrive, or none has left.
 *
 *                 prepare                     commit or deliver
 *   IDLE or DELIVERED -----> PREPARED ---------------------------> DELIVERED
 *     ^                        |
 *     +------ roll_back -------+
 *
 * prepare is the only step that can fail after the receiver has been checked; commit, deliver and
 * roll_back cannot, and each is one step that nothing interrupts.
 *
 * Who owns the references
 *  - A move carries the sender's reference over. From prepare on the sender's id is CAP_ERR_BUSY, so it
 *    can neither be used nor released; roll_back makes the same id work again.
 *  - A copy needs a reference of its own from prepare on, since the sender may release its id meanwhile.
 *    The caller takes one for each entry that is not a move right after prepare, and drops these right
 *    before or after roll_back. commit gives them to the receiver's table.
 *
 * When somebody dies
 *  - A prepared transfer is rolled back before its sender's table is taken down: there is no third place
 *    where a capability could be. What the sender then still holds dies with it, once.
 *  - The receiver of a prepared transfer has no part in it yet: roll back.
 *  - After commit the receiver's table owns what arrived; its own end releases it.
 *
 * Next: lib/ledger.h
 */
#pragma once

#include "abi/transfer.h"
#include "lib/cap_table.h"

enum transfer_state {
    TRANSFER_IDLE,      /* 0: a zeroed transfer is idle */
    TRANSFER_PREPARED,  /* moves are reserved in the sender's table */
    TRANSFER_DELIVERED, /* entries can still be read, no reference is owned */
};

struct transfer_entry {
    void *object;
    cap_id_t id; /* in the sender's table; DELIVERED to a table: in that one */
    bool is_move;
};

struct transfer {
    struct cap_table *sender;
    uint32_t count;
    enum transfer_state state;
    struct transfer_entry entries[CAP_TRANSFER_MAX]; /* [0, count) */
};

/* Makes any bytes an idle transfer of no capability; cheap, for messages without any. */
static inline void transfer_init(struct transfer *transfer)
{
    transfer->sender = NULL;
    transfer->count = 0;
    transfer->state = TRANSFER_IDLE;
}

/* Makes any bytes a transfer that has delivered one capability, which the receiver has under this id. */
static inline void transfer_note_delivered(struct transfer *transfer, void *object, cap_id_t id)
{
    transfer->count = 1;
    transfer->state = TRANSFER_DELIVERED;
    transfer->entries[0].object = object;
    transfer->entries[0].id = id;
}

/* Whether roll_back, commit or deliver is still to come. */
static inline bool transfer_is_prepared(const struct transfer *transfer)
{
    return transfer->state == TRANSFER_PREPARED;
}

/* Judges `count` descriptors, a private copy, and then reserves what is to be moved. `may_transfer` is
 * the object's own say: CAP_OK, or the error to give. The first error in the order of the descriptors
 * wins; then no table has changed and the transfer is IDLE:
 *   CAP_ERR_TOO_BIG  count > CAP_TRANSFER_MAX
 *   CAP_ERR_BAD_SQE  a mode other than CAP_TRANSFER_COPY and CAP_TRANSFER_MOVE; an id that is named
 *                    twice, unless as copies only
 *   CAP_ERR_NO_CAP, CAP_ERR_STALE, CAP_ERR_BUSY  as cap_table_lookup
 * The transfer is not PREPARED (CHECKed). The sender's table stays where it is until roll_back, commit or
 * deliver. */
CAP_MUST_CHECK enum cap_err transfer_prepare(struct transfer *transfer, struct cap_table *sender,
                                             const struct cap_transfer_out *descriptors, uint32_t count,
                                             enum cap_err (*may_transfer)(void *object, uint64_t mode));

/* The object of entry `index` < count (CHECKed), for kernel objects that take capabilities as arguments
 * and for listing what arrived. Not in IDLE. */
void *transfer_object(const struct transfer *transfer, uint32_t index);

/* CAP_ERR_NO_SLOT unless the receiver has a free slot for every entry, before the sender gives up any
 * (also when both are the same table). If it can grow, add blocks and ask again. */
CAP_MUST_CHECK enum cap_err transfer_check_receiver(const struct transfer *transfer,
                                                    const struct cap_table *receiver);

/* Puts every entry into the receiver's table, in order, and takes the moved ones out of the sender's. Each
 * entry has the receiver's id from then on; sources[i] is what the sender's was, with room for count.
 * transfer_check_receiver has just said CAP_OK (CHECKed), so this cannot fail. PREPARED -> DELIVERED. */
void transfer_commit(struct transfer *transfer, struct cap_table *receiver, cap_id_t *sources);

/* For a receiver without a table, a kernel object: takes the moved ones out of the sender's table. One
 * reference of every entry, moved or copied, is the caller's from then on. PREPARED -> DELIVERED. */
void transfer_deliver(struct transfer *transfer);

/* Ends every reservation; the sender's table is exactly as before prepare. PREPARED -> IDLE. */
void transfer_roll_back(struct transfer *transfer);
