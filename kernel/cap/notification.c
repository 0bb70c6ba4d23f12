/* Notification: a counter that some count up and others wait for. Two objects, each with one end of it:
 *
 *   struct signal        signal      as much as can happen     for who causes events: peers, later interrupts
 *   struct notification  wait        all of it, as one number  for who acts on them
 *
 * Invariants
 *  - Calls wait only while the count is 0: who is told takes all of it.
 *  - Each end knows the other until that is gone; neither keeps the other alive.
 *  - A signal allocates nothing, ends at most one call that can take its answer and some that cannot, and
 *    never waits, so the timer tick may run it.
 *
 * Next: kernel/ring/enter.c for the tick, kernel/cap/timer.c for the other call that waits in the kernel
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/self_check.h"
#include "lib/bits.h"
#include "lib/check.h"

struct signal;

struct notification {
    struct object object;
    struct signal *signal; /* NULL: nobody can signal any more */
    uint64_t count;        /* signals that no wait has taken */
    struct call_queue waiting;
};

struct signal {
    struct object object;
    struct notification *notification; /* NULL: nobody can wait any more */
};

/* Of those who wait for a signal that is gone. */
#define TOLD_AT_ONCE 32

static struct record_pool notification_pool = RECORD_POOL(struct notification);
static struct record_pool signal_pool = RECORD_POOL(struct signal);

static void fill_count(struct wire_call *wire, const void *context)
{
    struct os_Notification_wait_Results_builder results = os_Notification_wait_Results_init(wire);
    os_Notification_wait_Results_set_count(results, *(const uint64_t *)context);
}

/* ---- Who causes events ---------------------------------------------------------------------------- */

static enum cap_err signal_signal(void *self, struct wire_call *wire,
                                  struct os_Signal_signal_Params_reader params)
{
    struct notification *notification =
        LIST_ENTRY((struct object *)self, struct signal, object)->notification;
    uint64_t count = os_Signal_signal_Params_get_count(params);
    (void)wire;
    if (!notification)
        return CAP_ERR_DISCONNECTED;
    if (count == 0)
        return CAP_ERR_INVALID;
    uint64_t sum;
    if (u64_add(notification->count, count, &sum))
        return CAP_ERR_AGAIN;
    struct call *call;
    for (uint32_t i = 0; (call = call_queue_first(&notification->waiting)); i++) {
        if (i == CAP_ENDPOINT_REFUSED_MAX)
            return CAP_ERR_AGAIN;
        if (kernel_call_answer(call, fill_count, &sum))
            return CAP_OK;
    }
    notification->count = sum;
    return CAP_OK;
}

static const struct os_Signal_server signal_server = {.signal = signal_signal};

static enum cap_err signal_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Signal_dispatch(&signal_server, object, wire);
}

/* Nothing can happen any more: who waits for it is told, some at a time. */
static uint32_t signal_dismantle(struct object *object)
{
    struct notification *notification = LIST_ENTRY(object, struct signal, object)->notification;
    struct call *call;
    uint32_t units = 0;
    if (!notification)
        return 0;
    for (; units < TOLD_AT_ONCE && (call = call_queue_first(&notification->waiting)); units++) {
        call_unwait(call);
        call_finish_error(call, CAP_ERR_DISCONNECTED);
    }
    if (units == 0)
        notification->signal = NULL;
    return units;
}

static void signal_destroy(struct object *object)
{
    account_free_object(object, &signal_pool);
}

static const struct object_ops signal_ops = {
    .name = "Signal",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = true,
    .dispatch = signal_dispatch,
    .dismantle = signal_dismantle,
    .destroy = signal_destroy,
};

/* ---- Who acts on them ----------------------------------------------------------------------------- */

/* A struct of one word, and the pointer to it. */
#define ANSWER_BYTES (2 * sizeof(uint64_t))
_Static_assert(os_Notification_wait_Results_DATA_WORDS == 1 &&
                   os_Notification_wait_Results_POINTER_COUNT == 0,
               "and nothing else");

/* Not any more once the last capability to the signal has gone, also while that is under way. */
static bool can_happen(const struct notification *notification)
{
    return notification->signal && notification->signal->object.reference_count > 0;
}

/* An answer that finds no room would take the count with it, so room is looked for first. */
static enum cap_err notification_wait(void *self, struct wire_call *wire,
                                      struct os_Notification_wait_Params_reader params)
{
    struct notification *notification = LIST_ENTRY((struct object *)self, struct notification, object);
    (void)params;
    enum cap_err err = kernel_call_preflight(wire, ANSWER_BYTES, 0);
    if (err)
        return err;
    if (notification->count == 0) {
        struct call *call;
        return can_happen(notification) ? kernel_call_defer(wire, &notification->waiting, &call)
                                        : CAP_ERR_DISCONNECTED;
    }
    fill_count(wire, &notification->count);
    notification->count = 0;
    return CAP_OK;
}

static const struct os_Notification_server notification_server = {.wait = notification_wait};

static enum cap_err notification_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Notification_dispatch(&notification_server, object, wire);
}

/* A call that waits holds the notification, so none is left here. */
static void notification_destroy(struct object *object)
{
    struct notification *notification = LIST_ENTRY(object, struct notification, object);
    CHECK(notification->waiting.count == 0);
    if (notification->signal)
        notification->signal->notification = NULL;
    account_free_object(object, &notification_pool);
}

static void notification_check(struct object *object, struct books *books)
{
    if (books)
        self_check_queue(books, "Notification", &LIST_ENTRY(object, struct notification, object)->waiting);
}

static const struct object_ops notification_ops = {
    .name = "Notification",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = notification_dispatch,
    .check = notification_check,
    .destroy = notification_destroy,
};

/* ---- The factory ---------------------------------------------------------------------------------- */

static enum cap_err make_pair(struct account *account, struct object **notification, struct object **signal)
{
    enum cap_err err =
        account_make_object(account, &notification_pool, &notification_ops, os_Notification_ID, notification);
    if (err)
        return err;
    struct notification *made = LIST_ENTRY(*notification, struct notification, object);
    call_queue_init(&made->waiting);
    err = account_make_object(account, &signal_pool, &signal_ops, os_Signal_ID, signal);
    if (err) {
        object_release(*notification);
        return err;
    }
    made->signal = LIST_ENTRY(*signal, struct signal, object);
    made->signal->notification = made;
    return CAP_OK;
}

static enum cap_err factory_create(void *self, struct wire_call *wire,
                                   struct os_NotificationFactory_create_Params_reader params)
{
    (void)self;
    (void)params;
    struct object *notification, *signal;
    enum cap_err err = make_pair(&kernel_call_caller(wire)->account, &notification, &signal);
    if (err)
        return err;
    struct os_NotificationFactory_create_Results_builder results =
        os_NotificationFactory_create_Results_init(wire);
    os_NotificationFactory_create_Results_set_notification(results, kernel_call_attach(wire, notification));
    return os_NotificationFactory_create_Results_set_signal(results, kernel_call_attach(wire, signal));
}

static const struct os_NotificationFactory_server factory_server = {.create = factory_create};

static enum cap_err factory_dispatch(struct object *object, struct wire_call *wire)
{
    return os_NotificationFactory_dispatch(&factory_server, object, wire);
}

static const struct object_ops factory_ops = {
    .name = "NotificationFactory",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = factory_dispatch,
};

static struct object factory = OBJECT_STATIC(&factory_ops, os_NotificationFactory_ID);

struct object *notification_factory_object(void)
{
    return &factory;
}
