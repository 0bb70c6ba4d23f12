/* Inspector: has the kernel check its own books.
 *
 * Next: kernel/ring/self_check.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/self_check.h"

/* The text of an exception must outlive the method. */
static struct books books;

/* No operation may be half done: this call is, if capabilities came along. */
static enum cap_err inspector_check(void *self, struct wire_call *wire,
                                    struct os_Inspector_check_Params_reader params)
{
    (void)self;
    (void)params;
    if (wire->params.cap_count)
        return CAP_ERR_INVALID;
    self_check(&books);
    if (books.difference_count)
        return wire_call_raise(wire, os_CapException_Type_failed, wire_text_of(books.first));
    struct os_Inspector_check_Results_builder results = os_Inspector_check_Results_init(wire);
    os_Inspector_check_Results_set_processes(results, books.process_count);
    os_Inspector_check_Results_set_objects(results, books.object_count);
    os_Inspector_check_Results_set_references(results, books.reference_count);
    os_Inspector_check_Results_set_calls(results, books.call_count);
    return CAP_OK;
}

static const struct os_Inspector_server inspector_server = {.check = inspector_check};

static enum cap_err inspector_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Inspector_dispatch(&inspector_server, object, wire);
}

static const struct object_ops inspector_ops = {
    .name = "Inspector",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = inspector_dispatch,
};

static struct object inspector = OBJECT_STATIC(&inspector_ops, os_Inspector_ID);

struct object *inspector_object(void)
{
    return &inspector;
}
