/* TestSupport: what tests cannot reach in time, or find nowhere. Not in the kernel that everybody runs.
 *
 * Next: tests/qemu/cases-test-kernel/cases-test-kernel.c
 */
#include "build/gen/schema/testing.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/mm/fail_alloc.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/process.h"

/* ---- Objects that are copied and moved, or not ---------------------------------------------------- */

static enum cap_err test_object_dispatch(struct object *object, struct wire_call *wire)
{
    static const struct os_TestObject_server server;
    return os_TestObject_dispatch(&server, object, wire);
}

#define TEST_OBJECT_OPS(copies, moves)                                                           \
    {                                                                                            \
        .name = "TestObject", .can_copy = (copies), .can_move = (moves), .is_timer_safe = false, \
        .dispatch = test_object_dispatch,                                                        \
    }

/* By 2 * can_copy + can_move. */
static const struct object_ops test_object_ops[] = {
    TEST_OBJECT_OPS(false, false),
    TEST_OBJECT_OPS(false, true),
    TEST_OBJECT_OPS(true, false),
    TEST_OBJECT_OPS(true, true),
};
static struct object test_objects[] = {
    OBJECT_STATIC(&test_object_ops[0], os_TestObject_ID),
    OBJECT_STATIC(&test_object_ops[1], os_TestObject_ID),
    OBJECT_STATIC(&test_object_ops[2], os_TestObject_ID),
    OBJECT_STATIC(&test_object_ops[3], os_TestObject_ID),
};

static enum cap_err support_object(void *self, struct wire_call *wire,
                                   struct os_TestSupport_object_Params_reader params)
{
    (void)self;
    uint32_t index = 2u * os_TestSupport_object_Params_get_canCopy(params) +
                     os_TestSupport_object_Params_get_canMove(params);
    object_reference(&test_objects[index]);
    return os_TestSupport_object_Results_set_object(os_TestSupport_object_Results_init(wire),
                                                    kernel_call_attach(wire, &test_objects[index]));
}

/* ---- Slots that were used often ------------------------------------------------------------------- */

static enum cap_err support_age(void *self, struct wire_call *wire,
                                struct os_TestSupport_age_Params_reader params)
{
    (void)self;
    struct process *caller = kernel_call_caller(wire);
    const struct cap_table *table =
        os_TestSupport_age_Params_get_isCall(params) ? &caller->serving : &caller->caps;
    uint32_t slot_index = os_TestSupport_age_Params_get_slot(params);
    uint32_t uses = os_TestSupport_age_Params_get_uses(params);
    if (slot_index >= table->slot_count)
        return CAP_ERR_INVALID;
    struct cap_slot *slot = cap_table_slot_at(table, slot_index);
    if (slot->state != CAP_SLOT_FREE || uses <= slot->generation || uses == UINT32_MAX)
        return CAP_ERR_INVALID;
    slot->generation = uses;
    return CAP_OK;
}

static const struct os_TestSupport_server support_server = {.age = support_age, .object = support_object};

static enum cap_err support_dispatch(struct object *object, struct wire_call *wire)
{
    return os_TestSupport_dispatch(&support_server, object, wire);
}

static const struct object_ops support_ops = {
    .name = "TestSupport",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = support_dispatch,
};

static struct object support = OBJECT_STATIC(&support_ops, os_TestSupport_ID);

struct object *test_support_object(void)
{
    return TEST_KERNEL_IS_BUILT ? &support : NULL;
}
