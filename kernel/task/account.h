/* What a process pays for: its ledger, and the objects that it made.
 *
 * An object is paid for by who made it, as long as that process lives. Then, if others still hold it, it goes
 * over to the system's account: so many objects at most as there are capability slots to hold them, and each
 * of those slots is in a table that somebody pays for. Frames that an object holds go with it.
 *
 * Next: kernel/task/account.c
 */
#pragma once

#include "kernel/mm/record.h"
#include "kernel/object.h"
#include "lib/ledger.h"

struct account {
    struct ledger ledger;
    struct list objects; /* struct object, by account_link */
};

void account_init(struct account *account, const uint64_t limits[LEDGER_KIND_COUNT]);

/* Hands what is left to the system's account. The ledger is zero but for what is not an object. */
void account_close(struct account *account);

/* A zeroed record of the pool, which begins with an object; one reference, the caller's.
 * CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY. */
CAP_MUST_CHECK enum cap_err account_make_object(struct account *account, struct record_pool *pool,
                                                const struct object_ops *ops, uint64_t interface_id,
                                                struct object **object);

/* Charges frames that the object is about to hold; they are paid for until account_free_object.
 * CAP_ERR_QUOTA: nothing has changed. */
CAP_MUST_CHECK enum cap_err account_charge_frames(struct object *object, uint64_t frame_count);

/* From an object's destroy, or later: gives the record back, and what was charged for its frames. */
void account_free_object(struct object *object, struct record_pool *pool);
