/* EndpointFactory: the authority to make endpoints.
 *
 * Next: kernel/cap/endpoint.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"

static enum cap_err factory_create(void *self, struct wire_call *wire,
                                   struct os_EndpointFactory_create_Params_reader params)
{
    (void)self;
    uint64_t interface_id = os_EndpointFactory_create_Params_get_interfaceId(params);
    if (interface_id == 0)
        return CAP_ERR_INVALID;
    struct object *endpoint;
    enum cap_err err = endpoint_make(&kernel_call_caller(wire)->account, interface_id, &endpoint);
    if (err)
        return err;
    struct os_EndpointFactory_create_Results_builder results = os_EndpointFactory_create_Results_init(wire);
    return os_EndpointFactory_create_Results_set_endpoint(results, kernel_call_attach(wire, endpoint));
}

static const struct os_EndpointFactory_server factory_server = {.create = factory_create};

static enum cap_err factory_dispatch(struct object *object, struct wire_call *wire)
{
    return os_EndpointFactory_dispatch(&factory_server, object, wire);
}

static const struct object_ops factory_ops = {
    .name = "EndpointFactory",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = factory_dispatch,
};

static struct object factory = OBJECT_STATIC(&factory_ops, os_EndpointFactory_ID);

struct object *endpoint_factory_object(void)
{
    return &factory;
}
