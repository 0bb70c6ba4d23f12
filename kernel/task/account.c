/* Accounts, and the system's own. Next: kernel/task/process.h */
#include "kernel/task/account.h"

static struct account system_account = {
    .ledger = {.entries = {[LEDGER_RECORDS] = {.limit = UINT64_MAX}}},
    .objects = {{&system_account.objects.head, &system_account.objects.head}},
};

void account_init(struct account *account, const uint64_t limits[LEDGER_KIND_COUNT])
{
    ledger_init(&account->ledger, limits);
    list_init(&account->objects);
}

void account_close(struct account *account)
{
    struct list_node *node;
    while ((node = list_pop_front(&account->objects))) {
        struct object *object = LIST_ENTRY(node, struct object, account_link);
        ledger_refund(&account->ledger, LEDGER_RECORDS, 1);
        (void)!ledger_charge(&system_account.ledger, LEDGER_RECORDS, 1); /* no limit, so no refusal */
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

void account_free_object(struct object *object, struct record_pool *pool)
{
    struct ledger *ledger = &object->account->ledger;
    list_remove(&object->account_link);
    record_give(pool, ledger, object);
}
