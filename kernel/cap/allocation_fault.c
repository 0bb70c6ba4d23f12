/* AllocationFault: the kernel runs out of memory when a test says so. Not in the kernel that everybody runs.
 *
 * Next: kernel/cap/test_support.c
 */
#include "build/gen/schema/testing.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/mm/fail_alloc.h"
#include "kernel/ring/kernel_call.h"

static enum cap_err fault_arm(void *self, struct wire_call *wire,
                              struct os_AllocationFault_arm_Params_reader params)
{
    (void)self;
    (void)wire;
    uint64_t number = os_AllocationFault_arm_Params_get_number(params);
    if (number == 0)
        return CAP_ERR_INVALID;
    (void)fail_alloc_set(number);
    return CAP_OK;
}

static enum cap_err fault_disarm(void *self, struct wire_call *wire,
                                 struct os_AllocationFault_disarm_Params_reader params)
{
    (void)self;
    (void)params;
    uint64_t count = fail_alloc_set(0);
    os_AllocationFault_disarm_Results_set_count(os_AllocationFault_disarm_Results_init(wire), count);
    return CAP_OK;
}

static const struct os_AllocationFault_server fault_server = {.arm = fault_arm, .disarm = fault_disarm};

static enum cap_err fault_dispatch(struct object *object, struct wire_call *wire)
{
    return os_AllocationFault_dispatch(&fault_server, object, wire);
}

static const struct object_ops fault_ops = {
    .name = "AllocationFault",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = fault_dispatch,
};

static struct object fault = OBJECT_STATIC(&fault_ops, os_AllocationFault_ID);

struct object *allocation_fault_object(void)
{
    return TEST_KERNEL_IS_BUILT ? &fault : NULL;
}
