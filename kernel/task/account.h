/* What a process pays for: its ledger, and the objects that it made.
 *
 *   machine --> init --> services --> whatever they start
 *
 * Accounts form a tree: who starts a process gives it limits out of his own (lib/ledger.h). An object is paid
 * for by who made it, as long as that process lives. Then, if others still hold it, it is paid for by who
 * gave the budget, the nearest ancestor that lives, and in the end the machine; frames that it holds go with
 * it. So does what a process gave on to others, and so do the lines that it has written. It always fits,
 * because all of it was inside the limits that return.
 *
 * Next: kernel/task/account.c
 */
#pragma once

#include "kernel/mm/record.h"
#include "kernel/object.h"
#include "lib/ledger_text.h"
#include "lib/log_store.h"

struct account {
    struct ledger ledger;
    struct list children; /* struct account, by child_link */
    struct list_node child_link;
    struct list objects;    /* struct object, by account_link */
    struct log_owner lines; /* of kernel/task/program_log.h */
    bool is_ending; /* its process has ended: what it made passes on, and nobody makes more out of it */
};

/* The root: what the machine has when the first process is about to start. */
void account_machine_init(uint64_t frame_count);
struct account *account_machine(void);

/* Makes an account out of the parent's. CAP_ERR_QUOTA: the parent has less left; nothing has changed. If
 * lines that the parent wrote or took over are all that stands in the way, the oldest of them go. */
CAP_MUST_CHECK enum cap_err account_open(struct account *account, struct account *parent,
                                         const struct ledger_share shares[LEDGER_KIND_COUNT]);

/* Before it is closed: an object that others hold, or an account that was opened out of this one, goes to the
 * parent, with what it takes of the limits. False: none is left. */
bool account_pass_on(struct account *account);

/* The limits return to the parent, and with them lines of the log. Everything else has been refunded or
 * passed on (CHECKed). */
void account_close(struct account *account);

/* The latest refusal, in words and in numbers for the process of this account. Every CAP_ERR_QUOTA comes from
 * a ledger and is reported before anything else is charged, so the latest refusal is its reason.
 * account_explain fills in a CQE if its status is CAP_ERR_QUOTA. */
void account_refusal_text(const struct account *account, char text[LEDGER_TEXT_BYTES]);
void account_explain(const struct account *account, struct cap_cqe *cqe);

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
