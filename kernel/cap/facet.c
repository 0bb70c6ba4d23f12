/* FacetFactory: a narrower, revocable facet in front of any object.
 *
 *   holders --> struct facet { methods } --> target
 *   owner ----> struct revoker ---^
 *
 * Invariants
 *  - A facet lets through the methods that it was made with, never more, and nothing once it is revoked.
 *  - It holds one reference to its target until it is revoked or gone; the revoker holds one to the facet.
 *  - Nothing stands in front of an Endpoint: it would keep open what nobody can receive on any more.
 *  - What passes a facet is a call on the target. If it waits there it ends when the facet is revoked; one
 *    that a server has received may still end well.
 *
 * Next: kernel/ring/op_call.c, which looks through facets
 */
#include "abi/limits.h"
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/forwarder.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/audit.h"

#define METHODS_MAX 64

struct facet {
    struct forwarder forwarder; /* first */
    uint64_t methods;           /* bit n: method n passes */
};

struct revoker {
    struct object object;
    struct facet *facet;
};

static struct record_pool facet_pool = RECORD_POOL(struct facet);
static struct record_pool revoker_pool = RECORD_POOL(struct revoker);

static struct facet *facet_of(struct object *object)
{
    return LIST_ENTRY(object, struct facet, forwarder.object);
}

/* ---- The facet ------------------------------------------------------------------------------------ */

static enum cap_err facet_forward(struct object *object, uint16_t method_id, struct object **target)
{
    const struct facet *facet = facet_of(object);
    if (!facet->forwarder.target)
        return CAP_ERR_DISCONNECTED;
    if (method_id >= METHODS_MAX || !(facet->methods >> method_id & 1))
        return CAP_ERR_UNIMPLEMENTED;
    if (facet->forwarder.waiting_count >= CAP_FACET_WAITING_MAX)
        return CAP_ERR_AGAIN;
    *target = facet->forwarder.target;
    return CAP_OK;
}

static void facet_destroy(struct object *object)
{
    forwarder_end(&facet_of(object)->forwarder);
    account_free_object(object, &facet_pool);
}

static void facet_visit_held(struct object *object, const struct object_visitor *visitor)
{
    if (facet_of(object)->forwarder.target)
        visitor->visit(visitor->context, facet_of(object)->forwarder.target);
}

static const struct object_ops facet_ops = {
    .name = "facet",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .forward = facet_forward,
    .visit_held = facet_visit_held,
    .check = forwarder_check,
    .destroy = facet_destroy,
};

/* ---- The revoker ---------------------------------------------------------------------------------- */

static enum cap_err revoker_revoke(void *self, struct wire_call *wire,
                                   struct os_Revoker_revoke_Params_reader params)
{
    (void)wire;
    (void)params;
    struct forwarder *forwarder =
        &LIST_ENTRY((struct object *)self, struct revoker, object)->facet->forwarder;
    audit_revoked(&forwarder->object);
    forwarder_revoke(forwarder);
    return CAP_OK;
}

static const struct os_Revoker_server revoker_server = {.revoke = revoker_revoke};

static enum cap_err revoker_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Revoker_dispatch(&revoker_server, object, wire);
}

static void revoker_destroy(struct object *object)
{
    object_release(&LIST_ENTRY(object, struct revoker, object)->facet->forwarder.object);
    account_free_object(object, &revoker_pool);
}

static void revoker_visit_held(struct object *object, const struct object_visitor *visitor)
{
    visitor->visit(visitor->context, &LIST_ENTRY(object, struct revoker, object)->facet->forwarder.object);
}

static const struct object_ops revoker_ops = {
    .name = "Revoker",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = revoker_dispatch,
    .visit_held = revoker_visit_held,
    .destroy = revoker_destroy,
};

/* ---- The factory ---------------------------------------------------------------------------------- */

static enum cap_err methods_read(struct wire_list_reader list, uint64_t *methods)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < list.count; i++) {
        uint16_t method_id = wire_list_u16(list, i);
        if (method_id >= METHODS_MAX)
            return CAP_ERR_INVALID;
        bits |= 1ull << method_id;
    }
    *methods = bits;
    return CAP_OK;
}

/* A facet and its revoker, one reference to each for the caller; takes one reference to the target. */
static enum cap_err make_pair(struct account *account, struct object *target, uint64_t methods,
                              struct object **facet, struct object **revoker)
{
    if (target->ops->receive)
        return CAP_ERR_INVALID;
    if (forwarder_depth_before(target) > CAP_FACET_DEPTH_MAX)
        return CAP_ERR_TOO_BIG;
    enum cap_err err = account_make_object(account, &facet_pool, &facet_ops, target->interface_id, facet);
    if (err)
        return err;
    err = account_make_object(account, &revoker_pool, &revoker_ops, os_Revoker_ID, revoker);
    if (err) {
        account_free_object(*facet, &facet_pool);
        return err;
    }
    object_reference(target);
    forwarder_init(&facet_of(*facet)->forwarder, target);
    facet_of(*facet)->methods = methods;
    object_reference(*facet);
    LIST_ENTRY(*revoker, struct revoker, object)->facet = facet_of(*facet);
    return CAP_OK;
}

static enum cap_err factory_create(void *self, struct wire_call *wire,
                                   struct os_FacetFactory_create_Params_reader params)
{
    (void)self;
    struct object *target, *facet, *revoker;
    uint64_t methods;
    enum cap_err err =
        kernel_call_argument(wire, os_FacetFactory_create_Params_get_target(params), NULL, &target);
    if (!err)
        err = methods_read(os_FacetFactory_create_Params_get_methods(params), &methods);
    if (!err)
        err = make_pair(&kernel_call_caller(wire)->account, target, methods, &facet, &revoker);
    if (err)
        return err;
    struct os_FacetFactory_create_Results_builder results = os_FacetFactory_create_Results_init(wire);
    os_FacetFactory_create_Results_set_facet(results, kernel_call_attach(wire, facet));
    return os_FacetFactory_create_Results_set_revoker(results, kernel_call_attach(wire, revoker));
}

static const struct os_FacetFactory_server factory_server = {.create = factory_create};

static enum cap_err factory_dispatch(struct object *object, struct wire_call *wire)
{
    return os_FacetFactory_dispatch(&factory_server, object, wire);
}

static const struct object_ops factory_ops = {
    .name = "FacetFactory",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = factory_dispatch,
};

static struct object factory = OBJECT_STATIC(&factory_ops, os_FacetFactory_ID);

struct object *facet_factory_object(void)
{
    return &factory;
}
