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
    enum cap_err err = endpoint_make(&kernel_call_caller(wire)->account, interface_id, NULL, 0, &endpoint);
    if (err)
        return err;
    struct os_EndpointFactory_create_Results_builder results = os_EndpointFactory_create_Results_init(wire);
    return os_EndpointFactory_create_Results_set_endpoint(results, kernel_call_attach(wire, endpoint));
}

/* Every id once, and none 0. */
static enum cap_err ancestors_read(struct wire_list_reader list, uint64_t interface_id, uint64_t *ids)
{
    if (interface_id == 0)
        return CAP_ERR_INVALID;
    for (uint32_t i = 0; i < list.count; i++) {
        ids[i] = wire_list_u64(list, i);
        if (ids[i] == 0 || ids[i] == interface_id)
            return CAP_ERR_INVALID;
        for (uint32_t k = 0; k < i; k++)
            if (ids[k] == ids[i])
                return CAP_ERR_INVALID;
    }
    return CAP_OK;
}

static enum cap_err factory_create_derived(void *self, struct wire_call *wire,
                                           struct os_EndpointFactory_createDerived_Params_reader params)
{
    (void)self;
    uint64_t interface_id = os_EndpointFactory_createDerived_Params_get_interfaceId(params);
    struct wire_list_reader list = os_EndpointFactory_createDerived_Params_get_ancestors(params);
    uint64_t ids[CAP_ANCESTORS_MAX];
    struct object *endpoint;
    if (list.count > CAP_ANCESTORS_MAX)
        return CAP_ERR_TOO_BIG; /* the schema's limit comes first */
    enum cap_err err = ancestors_read(list, interface_id, ids);
    if (!err)
        err = endpoint_make(&kernel_call_caller(wire)->account, interface_id, ids, list.count, &endpoint);
    if (err)
        return err;
    struct os_EndpointFactory_createDerived_Results_builder results =
        os_EndpointFactory_createDerived_Results_init(wire);
    return os_EndpointFactory_createDerived_Results_set_endpoint(results, kernel_call_attach(wire, endpoint));
}

static const struct os_EndpointFactory_server factory_server = {.create = factory_create,
                                                                .createDerived = factory_create_derived};

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
