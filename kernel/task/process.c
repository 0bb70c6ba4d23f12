/* Making processes, and what is left to free when one has ended.
 *
 * Next: kernel/task/program.c
 */
#include "kernel/task/process.h"
#include "abi/memory_map.h"
#include "kernel/mm/frame.h"
#include "kernel/object.h"
#include "kernel/task/audit.h"
#include "kernel/task/process_hooks.h"
#include "kernel/task/program.h"
#include "kernel/task/scheduler.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/mem.h"

_Static_assert(sizeof(struct process) <= CAP_PAGE_BYTES, "a process record is one frame");

static struct list processes = {{&processes.head, &processes.head}};
static uint32_t live_count;

static enum cap_err make_shared_pages(struct process *process)
{
    uint64_t ring_paddr, capset_paddr;
    enum cap_err err = address_space_add_page(&process->space, CAP_RING_ADDRESS, PAGE_WRITE, &ring_paddr);
    if (!err)
        err = address_space_add_page(&process->space, CAP_CAPSET_ADDRESS, 0, &capset_paddr);
    if (err)
        return err;
    ring_init(&process->ring, frame_to_pointer(ring_paddr));
    process->capset = frame_to_pointer(capset_paddr);
    process->capset->magic = CAP_CAPSET_MAGIC;
    process->capset->version = CAP_CAPSET_VERSION;
    memcpy(process->capset->process_name, process->name, sizeof process->name);
    return CAP_OK;
}

/* A zeroed record with an account, which pays for the record's frame itself. */
static enum cap_err open_record(const struct process_budget *budget, struct process **opened)
{
    uint64_t paddr;
    enum cap_err err = frame_alloc(&paddr);
    if (err)
        return err;
    struct process *process = frame_to_pointer(paddr);
    mem_zero(process, sizeof *process);
    err = account_open(&process->account, budget->payer, budget->shares);
    if (err) {
        frame_free(paddr);
        return err;
    }
    err = ledger_charge(&process->account.ledger, LEDGER_FRAMES, 1);
    if (err) {
        account_close(&process->account);
        frame_free(paddr);
        return err;
    }
    *opened = process;
    return CAP_OK;
}

static void close_record(struct process *process)
{
    ledger_refund(&process->account.ledger, LEDGER_FRAMES, 1);
    account_close(&process->account);
    frame_free(frame_from_pointer(process));
}

static void init_record(struct process *process, const char *name, uint32_t name_bytes)
{
    uint64_t slot_limit = process->account.ledger.entries[LEDGER_SLOTS].ceiling;
    CHECK(name_bytes <= CAP_NAME_BYTES_MAX);
    memcpy(process->name, name, name_bytes);
    cap_table_init(&process->caps, (uint32_t)min_u64(slot_limit, CAP_SLOTS_MAX));
    cap_table_init(&process->serving, CAP_SLOTS_MAX);
    list_init(&process->calls);
    list_init(&process->receives);
    process->state = PROCESS_CREATED;
}

static void free_table(struct process *process, struct cap_table *table)
{
    struct cap_slot *block;
    while ((block = cap_table_take_block(table))) {
        frame_free(frame_from_pointer(block));
        ledger_refund(&process->account.ledger, LEDGER_FRAMES, 1);
    }
}

void process_free(struct process *process)
{
    ledger_refund(&process->account.ledger, LEDGER_SLOTS, process->caps.slot_count);
    free_table(process, &process->caps);
    free_table(process, &process->serving);
    close_record(process);
}

void process_unlist(struct process *process)
{
    list_remove(&process->process_link);
    live_count--;
}

enum cap_err process_create(const char *name, uint32_t name_bytes, const struct process_budget *budget,
                            const struct elf_plan *plan, const struct elf_source *elf,
                            struct process_observer *observer, struct process **created)
{
    struct process *process;
    enum cap_err err = open_record(budget, &process);
    if (err)
        return err;
    init_record(process, name, name_bytes);
    err = address_space_init(&process->space, &process->account.ledger);
    if (err) {
        close_record(process);
        return err;
    }
    err = make_shared_pages(process);
    if (!err)
        err = program_load(process, plan, elf);
    if (err) {
        uint32_t units = UINT32_MAX;
        bool is_done = address_space_destroy_step(&process->space, &units);
        CHECK(is_done);
        process_free(process);
        return err;
    }
    if (plan->has_symbols && elf_source_is_bytes(elf))
        process->names = (struct process_names){*elf, plan->symbols, plan->strings};
    process->observer = observer;
    list_push_back(&processes, &process->process_link);
    live_count++;
    struct process *maker = scheduler_current();
    process->number = audit_process_number();
    audit_started(process->number, maker ? maker->number : 0, process->name);
    *created = process;
    return CAP_OK;
}

void process_name_cap(struct process *process, const char *name, uint32_t name_bytes, cap_id_t id,
                      uint64_t interface_id)
{
    struct cap_capset *capset = process->capset;
    CHECK(capset->count < CAP_CAPSET_MAX && name_bytes <= CAP_NAME_BYTES_MAX);
    struct cap_capset_entry *entry = &capset->entries[capset->count++];
    memcpy(entry->name, name, name_bytes);
    entry->interface_id = interface_id;
    entry->cap = id.bits;
}

enum cap_err process_give_arguments(struct process *process, const void *bytes, uint32_t byte_count)
{
    uint64_t paddr;
    CHECK(byte_count <= CAP_PAGE_BYTES);
    if (byte_count == 0)
        return CAP_OK;
    enum cap_err err = address_space_add_page(&process->space, CAP_ARGUMENTS_ADDRESS, 0, &paddr);
    if (err)
        return err;
    memcpy(frame_to_pointer(paddr), bytes, byte_count);
    process->capset->argument_bytes = byte_count;
    return CAP_OK;
}

void process_start(struct process *process)
{
    CHECK(process->state == PROCESS_CREATED);
    scheduler_add(process);
}

/* Charges the next block of the table: its frame, and the slots if they are for capabilities. */
static enum cap_err charge_block(struct process *process, const struct cap_table *table, uint64_t *slot_count)
{
    struct ledger *ledger = &process->account.ledger;
    *slot_count = 0;
    if (table == &process->caps)
        *slot_count = min_u64(table->slot_limit - table->slot_count, CAP_TABLE_BLOCK_SLOTS);
    enum cap_err err = ledger_charge(ledger, LEDGER_SLOTS, *slot_count);
    if (err)
        return err;
    err = ledger_charge(ledger, LEDGER_FRAMES, 1);
    if (err)
        ledger_refund(ledger, LEDGER_SLOTS, *slot_count);
    return err;
}

enum cap_err process_grow_table(struct process *process, struct cap_table *table, uint32_t count)
{
    while (cap_table_free_count(table) < count) {
        uint64_t paddr, slot_count;
        if (!cap_table_can_grow(table))
            return CAP_ERR_NO_SLOT;
        enum cap_err err = charge_block(process, table, &slot_count);
        if (err)
            return err;
        err = frame_alloc_zeroed(&paddr);
        if (err) {
            ledger_refund(&process->account.ledger, LEDGER_SLOTS, slot_count);
            ledger_refund(&process->account.ledger, LEDGER_FRAMES, 1);
            return err;
        }
        cap_table_add_block(table, frame_to_pointer(paddr));
    }
    return CAP_OK;
}

enum cap_err process_insert_cap(struct process *process, struct object *object, cap_id_t *id)
{
    enum cap_err err = process_reserve_slots(process, &process->caps, 1);
    if (!err)
        err = cap_table_insert(&process->caps, object, id);
    if (!err)
        audit_made(process->number, *id, object);
    return err;
}

uint32_t process_count(void)
{
    return live_count;
}

static struct process *process_at(struct list_node *node)
{
    return node == &processes.head ? NULL : LIST_ENTRY(node, struct process, process_link);
}

struct process *process_after(struct process *process)
{
    return process_at(process->process_link.next);
}

struct process *process_find_from(uint64_t number)
{
    struct process *process = process_at(processes.head.next);
    while (process && process->number < number)
        process = process_after(process);
    return process;
}

struct process *process_next(const struct process *previous)
{
    const struct list *ending = process_ending_list();
    const struct list_node *node = previous ? previous->process_link.next : processes.head.next;
    if (node == &processes.head)
        node = ending->head.next;
    return node == &ending->head ? NULL : LIST_ENTRY(node, struct process, process_link);
}

void process_end_all(void)
{
    const struct process_end end = {.kind = PROCESS_KILLED};
    while (!list_is_empty(&processes))
        process_end(LIST_ENTRY(processes.head.prev, struct process, process_link), &end);
    while (process_end_step()) {}
}
