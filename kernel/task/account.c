/* Accounts and the objects in them. Next: kernel/task/program_log.h */
#include "kernel/task/account.h"
#include "kernel/task/program_log.h"
#include "lib/check.h"
#include "lib/limits.h"

static struct account machine;
static struct ledger_refusal latest_refusal;

static void lists_init(struct account *account)
{
    list_init(&account->children);
    list_node_init(&account->child_link);
    list_init(&account->objects);
    log_owner_init(&account->lines);
    account->is_ending = false;
}

void account_machine_init(uint64_t frame_count)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    limits_of_machine(frame_count, limits);
    ledger_init(&machine.ledger, limits, &latest_refusal);
    lists_init(&machine);
}

struct account *account_machine(void)
{
    return &machine;
}

/* After carving was refused. Log bytes are carved last, so all other kinds have fitted. */
static bool can_lines_make_room(struct account *parent, const struct ledger_share shares[LEDGER_KIND_COUNT])
{
    _Static_assert(LEDGER_LOG_BYTES == LEDGER_KIND_COUNT - 1,
                   "no line is dropped for want of something else");
    return latest_refusal.kind == LEDGER_LOG_BYTES &&
           program_log_make_room(parent, shares[LEDGER_LOG_BYTES].limit);
}

enum cap_err account_open(struct account *account, struct account *parent,
                          const struct ledger_share shares[LEDGER_KIND_COUNT])
{
    enum cap_err err = ledger_carve(&parent->ledger, &account->ledger, shares);
    if (err && can_lines_make_room(parent, shares))
        err = ledger_carve(&parent->ledger, &account->ledger, shares);
    if (err)
        return err;
    lists_init(account);
    list_push_back(&parent->children, &account->child_link);
    return CAP_OK;
}

static struct account *parent_of(const struct account *account)
{
    return LIST_ENTRY(account->ledger.parent, struct account, ledger);
}

bool account_pass_on(struct account *account)
{
    struct account *parent = parent_of(account);
    struct list_node *node = list_pop_front(&account->objects);
    if (node) {
        struct object *object = LIST_ENTRY(node, struct object, account_link);
        ledger_pass_on(&account->ledger, LEDGER_RECORDS, 1);
        ledger_pass_on(&account->ledger, LEDGER_FRAMES, object->frame_count);
        object->account = parent;
        list_push_back(&parent->objects, node);
        return true;
    }
    node = list_pop_front(&account->children);
    if (!node)
        return false;
    ledger_pass_on_child(&account->ledger, &LIST_ENTRY(node, struct account, child_link)->ledger);
    list_push_back(&parent->children, node);
    return true;
}

void account_close(struct account *account)
{
    CHECK(list_is_empty(&account->objects) && list_is_empty(&account->children));
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        CHECK(ledger_own(&account->ledger, kind) ==
              (kind == LEDGER_LOG_BYTES ? account->lines.byte_count : 0));
    program_log_pass_on(account, parent_of(account));
    ledger_close(&account->ledger);
    list_remove(&account->child_link);
}

void account_refusal_text(const struct account *account, char text[LEDGER_TEXT_BYTES])
{
    ledger_refusal_text(&latest_refusal, &account->ledger, text);
}

void account_explain(const struct account *account, struct cap_cqe *cqe)
{
    if (cqe->status == CAP_ERR_QUOTA)
        ledger_refusal_to_cqe(&latest_refusal, &account->ledger, cqe);
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
