/* CALL: finds the object, and hands it the call.
 *
 * Next: kernel/cap/console.c for an object of the kernel, kernel/cap/endpoint.c for another process
 */
#include "kernel/object.h"
#include "kernel/ring/enter.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/ops.h"

static inline enum cap_err call_object(struct object *target, struct process *process,
                                       const struct cap_sqe *sqe)
{
    return target->ops->call ? target->ops->call(target, process, sqe)
                             : kernel_call_run(target, process, sqe);
}

/* Behind the facets that let it through is the object that runs the method. kernel/cap/facet.c bounds their
 * number. */
static __attribute__((noinline)) enum cap_err call_through(struct object *facet, struct process *process,
                                                           const struct cap_sqe *sqe)
{
    struct object *object = facet;
    while (object->ops->forward) {
        enum cap_err err = object->ops->forward(object, sqe->method_id, &object);
        if (err)
            return err;
    }
    call_passing = facet;
    enum cap_err err = call_object(object, process, sqe);
    call_passing = NULL;
    return err;
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
    return __builtin_expect(target->ops->forward != NULL, 0) ? call_through(target, process, sqe)
                                                             : call_object(target, process, sqe);
}

void op_call(struct process *process, const struct cap_sqe *sqe)
{
    enum cap_err err = start(process, sqe);
    if (__builtin_expect(err != CAP_OK, 0))
        ring_complete_refused(process, sqe->user_data, err);
}
