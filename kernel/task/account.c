/* Accounts, and the system's own. Next: kernel/task/process.h */
#include "kernel/task/account.h"

static struct account system_account = {
    .ledger =
        {.entries = {[LEDGER_RECORDS] = {.limit = UINT64_MAX}, [LEDGER_FRAMES] = {.limit = UINT64_MAX}}},
    .objects = {{&system_account.objects.head, &system_account.objects.head}},
};

void account_init(struct account *account, const uint64_t limits[LEDGER_KIND_COUNT])
{
    ledger_init(&account->ledger, limits);
    list_init(&account->objects);
}

/* The system's account has no limits, so it refuses nothing. */
static void hand_over(struct ledger *ledger, enum ledger_kind kind, uint64_t amount)
{
    ledger_refund(ledger, kind, amount);
    (void)!ledger_charge(&system_account.ledger, kind, amount);
}

void account_close(struct account *account)
{
    struct list_node *node;
    while ((node = list_pop_front(&account->objects))) {
        struct object *object = LIST_ENTRY(node, struct object, account_link);
        hand_over(&account->ledger, LEDGER_RECORDS, 1);
        hand_over(&account->ledger, LEDGER_FRAMES, object->frame_count);
        object->account = &system_account;
        list_push_back(&system_account.objects, node);
    }
}

enum cap_err account_make_object(struct account *account, struct record_pool *pool,
                                 const struct object_ops *ops, uint64_t interface_id, struct object **made)
{
    struct object *object;
    enum cap_err err = record_take(pool, &account->ledger, (void **)&object);
    if (err)
        return err;
    object_init(object, ops, interface_id);
    object->account = account;
    list_push_back(&account->objects, &object->account_link);
    *made = object;
    return CAP_OK;
}

enum cap_err account_charge_frames(struct object *object, uint64_t frame_count)
{
    enum cap_err err = ledger_charge(&object->account->ledger, LEDGER_FRAMES, frame_count);
    if (!err)
        object->frame_count += frame_count;
    return err;
}

void account_free_object(struct object *object, struct record_pool *pool)
{
    struct ledger *ledger = &object->account->ledger;
    list_remove(&object->account_link);
    ledger_refund(ledger, LEDGER_FRAMES, object->frame_count);
    record_give(pool, ledger, object);
}
