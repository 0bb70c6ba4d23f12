/* The walk. What it finds is judged in lib/books.
 *
 * References are counted in the objects themselves (found_count): once up, over everything that refers to an
 * object, then compared and set back to 0. So the check needs no memory.
 *
 * Next: kernel/cap/inspector.c
 */
#include "kernel/ring/self_check.h"
#include "abi/memory_map.h"
#include "kernel/log.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/mapping.h"
#include "kernel/panic.h"
#include "kernel/ring/call.h"
#include "kernel/ring/receive.h"
#include "kernel/task/process.h"
#include "kernel/task/process_hooks.h"
#include "kernel/task/program_log.h"

/* ---- Everything that refers to an object ---------------------------------------------------------- */

static void visit_table(const struct cap_table *table, const struct object_visitor *visitor)
{
    uint32_t cursor = 0;
    cap_id_t id;
    void *object;
    while (cap_table_next(table, &cursor, &id, &object))
        visitor->visit(visitor->context, object);
}

/* What a transfer moves is still in its sender's table. */
static void visit_call(const struct call *call, const struct object_visitor *visitor)
{
    visitor->visit(visitor->context, call->target);
    if (call->state == CALL_WAITING && call->passed)
        visitor->visit(visitor->context, call->passed);
    if (!transfer_is_prepared(&call->transfer))
        return;
    for (uint32_t i = 0; i < call->transfer.count; i++)
        if (!call->transfer.entries[i].is_move)
            visitor->visit(visitor->context, call->transfer.entries[i].object);
}

/* Calls that a process serves and whose caller waits are in the caller's list. */
static const struct call *next_abandoned(const struct process *server, uint32_t *cursor)
{
    cap_id_t id;
    void *served;
    while (cap_table_next(&server->serving, cursor, &id, &served))
        if (!((const struct call *)served)->caller)
            return served;
    return NULL;
}

static void visit_process(const struct process *process, const struct object_visitor *visitor)
{
    visit_table(&process->caps, visitor);
    LIST_FOR_EACH(node, &process->calls)
    visit_call(LIST_ENTRY(node, struct call, caller_link), visitor);
    LIST_FOR_EACH(node, &process->receives)
    visitor->visit(visitor->context, LIST_ENTRY(node, struct receive, process_link)->endpoint);
    const struct call *call;
    uint32_t cursor = 0;
    while ((call = next_abandoned(process, &cursor)))
        visit_call(call, visitor);
    (void)mapping_for_each(&process->space, visitor);
}

static void visit_objects(const struct account *account, const struct object_visitor *visitor)
{
    LIST_FOR_EACH(node, &account->objects)
    {
        struct object *object = LIST_ENTRY(node, struct object, account_link);
        if (object->ops->visit_held)
            object->ops->visit_held(object, visitor);
    }
}

static void visit_everything(const struct object_visitor *visitor)
{
    visit_objects(account_machine(), visitor);
    for (struct process *process = process_next(NULL); process; process = process_next(process)) {
        visit_process(process, visitor);
        visit_objects(&process->account, visitor);
    }
}

/* ---- Reference counts ----------------------------------------------------------------------------- */

static void count_reference(void *context, struct object *object)
{
    struct books *books = context;
    books->reference_count++;
    object->found_count++;
}

static void settle_objects(struct books *books, const struct account *account)
{
    LIST_FOR_EACH(node, &account->objects)
    {
        struct object *object = LIST_ENTRY(node, struct object, account_link);
        books->object_count++;
        books_references(books, object->ops->name, object->reference_count, object->found_count);
        object->found_count = 0;
    }
}

/* What is left are objects of the kernel image, which have one reference from the start. */
static void settle_static(void *context, struct object *object)
{
    struct books *books = context;
    if (object->found_count == 0)
        return;
    books->object_count++;
    books_references(books, object->ops->name, object->reference_count, object->found_count + 1ull);
    if (object->ops->check)
        object->ops->check(object, books);
    object->found_count = 0;
}

static void check_references(struct books *books)
{
    const struct object_visitor counter = {books, count_reference}, settler = {books, settle_static};
    visit_everything(&counter);
    settle_objects(books, account_machine());
    for (struct process *process = process_next(NULL); process; process = process_next(process))
        settle_objects(books, &process->account);
    visit_everything(&settler);
}

/* ---- Counts of the objects' own ------------------------------------------------------------------- */

static void check_objects_of(const struct account *account, struct books *books)
{
    LIST_FOR_EACH(node, &account->objects)
    {
        struct object *object = LIST_ENTRY(node, struct object, account_link);
        if (object->ops->check)
            object->ops->check(object, books);
        if (!books)
            continue;
        books_count(books, object->ops->name, "calls that were given up", object->abandoned_count,
                    object->found_count);
        object->found_count = 0;
    }
}

static void show_abandoned(const struct process *server)
{
    const struct call *call;
    uint32_t cursor = 0;
    while ((call = next_abandoned(server, &cursor)))
        call->target->found_count++;
}

/* books NULL: all show themselves. */
static void check_objects(struct books *books)
{
    check_objects_of(account_machine(), books);
    for (struct process *process = process_next(NULL); process; process = process_next(process)) {
        check_objects_of(&process->account, books);
        if (books)
            continue;
        mapping_show_rights(&process->space);
        show_abandoned(process);
    }
}

/* ---- Ledgers -------------------------------------------------------------------------------------- */

static void add_objects(const struct account *account, uint64_t own[LEDGER_KIND_COUNT])
{
    LIST_FOR_EACH(node, &account->objects)
    {
        own[LEDGER_RECORDS]++;
        own[LEDGER_FRAMES] += LIST_ENTRY(node, struct object, account_link)->frame_count;
    }
}

static void add_calls(const struct process *process, uint64_t own[LEDGER_KIND_COUNT])
{
    LIST_FOR_EACH(node, &process->calls)
    {
        const struct call *call = LIST_ENTRY(node, struct call, caller_link);
        own[LEDGER_CALLS]++;
        own[LEDGER_FRAMES] += call->message_frame ? 1 : 0;
        if (call->state != CALL_WAITING)
            continue;
        own[LEDGER_QUEUED_CALLS]++;
        own[LEDGER_QUEUED_BYTES] += call->message.bytes;
    }
}

static void ignore_mapping(void *context, struct object *object)
{
    (void)context;
    (void)object;
}

/* Pages of its own lie below all mappings, which show frames of memory objects. */
static void add_space(const struct process *process, uint64_t own[LEDGER_KIND_COUNT])
{
    const struct object_visitor nobody = {.visit = ignore_mapping};
    struct page_table_size size = page_table_count(&process->space.table, CAP_MAPPINGS_START);
    own[LEDGER_RECORDS] += mapping_for_each(&process->space, &nobody);
    own[LEDGER_FRAMES] += size.table_count + size.page_count;
}

static uint64_t list_count(const struct list *list)
{
    uint64_t count = 0;
    LIST_FOR_EACH(node, list)
    count++;
    return count;
}

static void check_table(struct books *books, const char *whose, const struct cap_table *table,
                        const char *what)
{
    uint64_t found = 0;
    uint32_t cursor = 0;
    cap_id_t id;
    void *object;
    while (cap_table_next(table, &cursor, &id, &object))
        found++;
    books_count(books, whose, what, cap_table_used_count(table), found);
}

static void add_process(const struct process *process, uint64_t own[LEDGER_KIND_COUNT])
{
    own[LEDGER_FRAMES] += 1 + process->caps.block_count + process->serving.block_count;
    own[LEDGER_SLOTS] += process->caps.slot_count;
    own[LEDGER_RECORDS] += list_count(&process->receives) + cap_table_used_count(&process->serving);
    add_calls(process, own);
    add_space(process, own);
}

/* process NULL: the machine's account. */
static void check_account(struct books *books, const struct account *account, const struct process *process)
{
    uint64_t own[LEDGER_KIND_COUNT] = {0}, carved[LEDGER_KIND_COUNT] = {0};
    LIST_FOR_EACH(node, &account->children)
    {
        const struct ledger *child = &LIST_ENTRY(node, struct account, child_link)->ledger;
        for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
            carved[kind] += child->entries[kind].limit;
    }
    const char *name = process ? process->name : "machine";
    add_objects(account, own);
    if (process)
        add_process(process, own);
    own[LEDGER_LOG_BYTES] += log_store_count_owner(program_log_store(), &account->lines);
    books_count(books, name, "bytes of lines", account->lines.byte_count, own[LEDGER_LOG_BYTES]);
    books_ledger(books, name, &account->ledger, own, carved);
}

/* ---- The whole ------------------------------------------------------------------------------------ */

/* The pools hold each call once; a server pays for a record more for each call that it serves. */
static void check_totals(struct books *books)
{
    const struct record_totals totals = record_totals();
    uint64_t served_count = 0, abandoned_count = 0;
    for (struct process *process = process_next(NULL); process; process = process_next(process)) {
        served_count += cap_table_used_count(&process->serving);
        for (uint32_t cursor = 0; next_abandoned(process, &cursor);)
            abandoned_count++;
    }
    books->call_count = (uint32_t)(books->own_sums[LEDGER_CALLS] + abandoned_count);
    books_count(books, "kernel", "records", totals.record_count,
                books->own_sums[LEDGER_RECORDS] - served_count + books->call_count);
    books_count(books, "kernel", "frames",
                account_machine()->ledger.entries[LEDGER_FRAMES].limit - frame_free_count(),
                books->own_sums[LEDGER_FRAMES] + totals.frame_count);
    books_count(books, "kernel", "bytes of lines", program_log_store()->live_bytes,
                log_store_count(program_log_store()));
    books_count(books, "kernel", "lines that are somebody's", program_log_store()->live_bytes,
                books->own_sums[LEDGER_LOG_BYTES]);
}

void self_check(struct books *books)
{
    books_init(books);
    check_references(books);
    check_objects(NULL);
    check_objects(books);
    check_account(books, account_machine(), NULL);
    for (struct process *process = process_next(NULL); process; process = process_next(process)) {
        books->process_count++;
        check_table(books, process->name, &process->caps, "capabilities in its table");
        check_table(books, process->name, &process->serving, "calls that it serves");
        check_account(books, &process->account, process);
    }
    check_totals(books);
}

void kernel_check_books(void)
{
    struct books books;
    self_check(&books);
    if (books.difference_count == 0) {
        log_info("halt",
                 "self-check: %u processes, %u objects, %llu references, %u calls: the books are right",
                 books.process_count, books.object_count, (unsigned long long)books.reference_count,
                 books.call_count);
        return;
    }
    log_error("halt", "self-check: %s", books.first);
    log_error("halt", "self-check: the kernel has miscounted: %u difference%s", books.difference_count,
              books.difference_count == 1 ? "" : "s");
    kernel_halt(HALT_SELF_CHECK);
}
