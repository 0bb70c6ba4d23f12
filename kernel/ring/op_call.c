/* CALL: finds the object, and hands it the call.
 *
 * Next: kernel/cap/console.c for an object of the kernel, kernel/cap/endpoint.c for another process
 */
#include "kernel/object.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/ops.h"

/* The object that runs the method, behind the facets that let it through; kernel/cap/facet.c bounds their
 * number. */
static inline enum cap_err resolve(struct object *object, uint16_t method_id, struct object **target)
{
    while (__builtin_expect(object->ops->forward != NULL, 0)) {
        enum cap_err err = object->ops->forward(object, method_id, &object);
        if (err)
            return err;
    }
    *target = object;
    return CAP_OK;
}

/* Off the path of nearly every call. What a facet lets through are methods of its own interface, not of
 * others. */
static __attribute__((noinline)) bool is_inherited(const struct object *target, uint64_t interface_id)
{
    const struct object_ops *ops = target->ops;
    return ops->dispatch || (ops->inherits && ops->inherits(target, interface_id));
}

static inline enum cap_err start(struct process *process, const struct cap_sqe *sqe)
{
    void *found;
    enum cap_err err = cap_table_lookup(&process->caps, (cap_id_t){sqe->target}, &found);
    if (err)
        return err;
    struct object *target = found;
    if (__builtin_expect(target->interface_id != sqe->interface_id, 0) &&
        !is_inherited(target, sqe->interface_id))
        return CAP_ERR_WRONG_INTERFACE;
    err = resolve(target, sqe->method_id, &target);
    if (err)
        return err;
    return target->ops->call ? target->ops->call(target, process, sqe)
                             : kernel_call_run(target, process, sqe);
}

void op_call(struct process *process, const struct cap_sqe *sqe)
{
    enum cap_err err = start(process, sqe);
    if (__builtin_expect(err != CAP_OK, 0))
        ring_complete_refused(process, sqe->user_data, err);
}
