/* ProcessHandle: a process as its supervisor sees it. It outlives the process and knows its end.
 *
 *   struct process_handle   wait, kill, waitOnly, usage, state
 *   wait_facet_ops          wait, waitOnly: for who is to know the end and not to bring it about
 *
 * References: as in kernel/object.h, and one for the process from process_handle_started until its end. A
 * facet holds one to its handle.
 *
 * Next: kernel/cap/process_spawner.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/forwarder.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/self_check.h"

struct process_handle {
    struct object object;
    struct process_observer observer;
    struct process *process; /* NULL once it has ended */
    struct object *spawner;  /* while it lives: one reference, and its place in the spawner's budget */
    struct process_end end;  /* then: how */
    struct call_queue waiting;
};

static struct record_pool handle_pool = RECORD_POOL(struct process_handle);
static struct record_pool wait_facet_pool = RECORD_POOL(struct forwarder);

/* ---- To wait and nothing else --------------------------------------------------------------------- */

/* What passes is listed, so that a method which is added does not pass before somebody has thought about it.
 */
static enum cap_err wait_facet_forward(struct object *object, uint16_t method_id, struct object **target)
{
    if (method_id != os_ProcessHandle_wait_METHOD && method_id != os_ProcessHandle_waitOnly_METHOD)
        return CAP_ERR_UNIMPLEMENTED;
    *target = forwarder_of(object)->target;
    return CAP_OK;
}

static void wait_facet_destroy(struct object *object)
{
    forwarder_end(forwarder_of(object));
    account_free_object(object, &wait_facet_pool);
}

static void wait_facet_visit_held(struct object *object, const struct object_visitor *visitor)
{
    visitor->visit(visitor->context, forwarder_of(object)->target);
}

static const struct object_ops wait_facet_ops = {
    .name = "wait-only ProcessHandle",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .forward = wait_facet_forward,
    .visit_held = wait_facet_visit_held,
    .check = forwarder_check,
    .destroy = wait_facet_destroy,
};

static enum cap_err handle_wait_only(void *self, struct wire_call *wire,
                                     struct os_ProcessHandle_waitOnly_Params_reader params)
{
    struct object *handle = self, *made;
    (void)params;
    enum cap_err err = account_make_object(&kernel_call_caller(wire)->account, &wait_facet_pool,
                                           &wait_facet_ops, os_ProcessHandle_ID, &made);
    if (err)
        return err;
    object_reference(handle);
    forwarder_init(forwarder_of(made), handle);
    struct os_ProcessHandle_waitOnly_Results_builder results = os_ProcessHandle_waitOnly_Results_init(wire);
    return os_ProcessHandle_waitOnly_Results_set_process(results, kernel_call_attach(wire, made));
}

/* ---- The handle ----------------------------------------------------------------------------------- */

static void fill_end(struct wire_call *wire, const void *context)
{
    const struct process_end *end = context;
    struct os_ProcessHandle_wait_Results_builder results = os_ProcessHandle_wait_Results_init(wire);
    struct os_ProcessEnd_builder built = os_ProcessHandle_wait_Results_init_end(results);
    if (end->kind == PROCESS_EXITED) {
        os_ProcessEnd_set_exited(built, end->code);
        return;
    }
    if (end->kind == PROCESS_KILLED) {
        os_ProcessEnd_set_killed(built);
        return;
    }
    struct os_Fault_builder fault = os_ProcessEnd_init_faulted(built);
    os_Fault_set_kind(fault, end->fault_kind);
    os_Fault_set_address(fault, end->address);
    os_Fault_set_instruction(fault, end->instruction);
}

static enum cap_err handle_wait(void *self, struct wire_call *wire,
                                struct os_ProcessHandle_wait_Params_reader params)
{
    struct process_handle *handle = LIST_ENTRY((struct object *)self, struct process_handle, object);
    (void)params;
    struct call *call;
    if (handle->process)
        return kernel_call_defer(wire, &handle->waiting, &call);
    fill_end(wire, &handle->end);
    return CAP_OK;
}

static enum cap_err handle_kill(void *self, struct wire_call *wire,
                                struct os_ProcessHandle_kill_Params_reader params)
{
    struct process_handle *handle = LIST_ENTRY((struct object *)self, struct process_handle, object);
    (void)wire;
    (void)params;
    if (handle->process)
        process_kill(handle->process);
    return CAP_OK;
}

static enum cap_err handle_usage(void *self, struct wire_call *wire,
                                 struct os_ProcessHandle_usage_Params_reader params)
{
    const struct process *process = LIST_ENTRY((struct object *)self, struct process_handle, object)->process;
    (void)params;
    struct os_ProcessHandle_usage_Results_builder results = os_ProcessHandle_usage_Results_init(wire);
    if (!process)
        return CAP_OK;
    const struct ledger *ledger = &process->account.ledger;
    struct os_Usage_list_builder list = os_ProcessHandle_usage_Results_init_usage(results, LEDGER_KIND_COUNT);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        struct os_Usage_builder usage = os_Usage_list_builder_at(list, kind);
        os_Usage_set_own(usage, ledger_own(ledger, kind));
        os_Usage_set_given(usage, ledger->entries[kind].carved);
        os_Usage_set_limit(usage, ledger->entries[kind].ceiling);
        os_Usage_set_reserved(usage, ledger->entries[kind].limit);
        os_Usage_set_peak(usage, ledger->entries[kind].peak);
    }
    return CAP_OK;
}

static enum cap_err handle_state(void *self, struct wire_call *wire,
                                 struct os_ProcessHandle_state_Params_reader params)
{
    static const uint16_t states[] = {
        [PROCESS_CREATED] = os_ProcessHandle_State_ready,
        [PROCESS_READY] = os_ProcessHandle_State_ready,
        [PROCESS_WAITING] = os_ProcessHandle_State_waiting,
        [PROCESS_ENDING] = os_ProcessHandle_State_ending,
    };
    const struct process *process = LIST_ENTRY((struct object *)self, struct process_handle, object)->process;
    (void)params;
    os_ProcessHandle_state_Results_set_state(os_ProcessHandle_state_Results_init(wire),
                                             process ? states[process->state] : os_ProcessHandle_State_ended);
    return CAP_OK;
}

static void handle_on_end(struct process_observer *observer, const struct process_end *end)
{
    struct process_handle *handle = LIST_ENTRY(observer, struct process_handle, observer);
    handle->process = NULL;
    handle->end = *end;
    process_spawner_child_ended(handle->spawner);
    object_release(handle->spawner);
    struct call *call;
    while ((call = call_queue_first(&handle->waiting)))
        kernel_call_answer(call, fill_end, end);
    object_release(&handle->object);
}

static const struct os_ProcessHandle_server handle_server = {.wait = handle_wait,
                                                             .kill = handle_kill,
                                                             .waitOnly = handle_wait_only,
                                                             .usage = handle_usage,
                                                             .state = handle_state};

static enum cap_err handle_dispatch(struct object *object, struct wire_call *wire)
{
    return os_ProcessHandle_dispatch(&handle_server, object, wire);
}

/* A call that waits holds a reference, so none waits here. */
static void handle_destroy(struct object *object)
{
    account_free_object(object, &handle_pool);
}

/* The process's reference stands here, too: only the handle knows of it. */
static void handle_visit_held(struct object *object, const struct object_visitor *visitor)
{
    struct process_handle *handle = LIST_ENTRY(object, struct process_handle, object);
    if (!handle->process)
        return;
    visitor->visit(visitor->context, &handle->object);
    visitor->visit(visitor->context, handle->spawner);
}

static void handle_check(struct object *object, struct books *books)
{
    if (books)
        self_check_queue(books, "ProcessHandle", &LIST_ENTRY(object, struct process_handle, object)->waiting);
}

static const struct object_ops handle_ops = {
    .name = "ProcessHandle",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = handle_dispatch,
    .visit_held = handle_visit_held,
    .check = handle_check,
    .destroy = handle_destroy,
};

enum cap_err process_handle_make(struct account *account, struct object **made,
                                 struct process_observer **observer)
{
    enum cap_err err = account_make_object(account, &handle_pool, &handle_ops, os_ProcessHandle_ID, made);
    if (err)
        return err;
    struct process_handle *handle = LIST_ENTRY(*made, struct process_handle, object);
    handle->observer.on_end = handle_on_end;
    call_queue_init(&handle->waiting);
    *observer = &handle->observer;
    return CAP_OK;
}

void process_handle_started(struct object *object, struct process *process, struct object *spawner)
{
    struct process_handle *handle = LIST_ENTRY(object, struct process_handle, object);
    object_reference(object);
    object_reference(spawner);
    handle->process = process;
    handle->spawner = spawner;
}
