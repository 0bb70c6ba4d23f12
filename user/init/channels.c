/* Endpoints, client facets, and what is narrower than its source: all of them before the first service
 * starts.
 *
 * Next: user/init/narrow.c
 */
#include "user/init/init.h"

static struct rt_handle handle_of(const struct init *init, cap_id_t cap)
{
    return (struct rt_handle){.rt = init->rt, .cap = cap};
}

static enum cap_err make_endpoint(struct init *init, struct os_Export_reader export,
                                  struct os_Endpoint *endpoint)
{
    struct rt_call call;
    struct os_EndpointFactory_createDerived_Params_builder params =
        os_EndpointFactory_createDerived_begin(&call, init->endpoint_factory);
    struct os_EndpointFactory_createDerived_Results_reader results;

    os_EndpointFactory_createDerived_Params_set_interfaceId(params, os_Export_get_interfaceId(export));
    enum cap_err error =
        os_EndpointFactory_createDerived_Params_set_ancestors(params, os_Export_get_ancestors(export));
    if (error == CAP_OK)
        error = os_EndpointFactory_createDerived_send(&call);
    if (error == CAP_OK)
        error = os_EndpointFactory_createDerived_wait(&call, &results);
    if (error == CAP_OK)
        error = rt_call_take(&call, os_EndpointFactory_createDerived_Results_get_endpoint(results),
                             &endpoint->handle);
    rt_call_end(&call);
    return error;
}

static enum cap_err make_endpoints(struct init *init, uint32_t service_index)
{
    struct os_Export_list_reader exports = os_Service_get_exports(service_entry(init, service_index));
    cap_id_t *caps = init->services[service_index].channels;

    for (uint32_t i = 0; i < os_Export_list_count(exports); i++) {
        struct os_Endpoint endpoint;
        enum cap_err error = make_endpoint(init, os_Export_list_at(exports, i), &endpoint);
        if (error != CAP_OK)
            return error;
        caps[i] = endpoint.handle.cap;
    }
    return CAP_OK;
}

/* The client facet that one grant names, from the endpoint that it points to. */
static enum cap_err make_client(const struct init *init, struct os_Grant_source_service_reader source,
                                cap_id_t *cap)
{
    uint32_t service_index, export_index;
    enum cap_err error =
        manifest_find_service(init->manifest, os_Grant_source_service_get_name(source), &service_index);
    if (error != CAP_OK)
        return error;
    error = manifest_find_export(service_entry(init, service_index),
                                 os_Grant_source_service_get_export(source), &export_index);
    if (error != CAP_OK)
        return error;

    struct os_Endpoint endpoint = {handle_of(init, init->services[service_index].channels[export_index])};
    struct rt_handle client;
    uint64_t badge = os_Grant_source_service_get_badge(source);
    uint64_t interface_id = os_Grant_source_service_get_interfaceId(source);
    error = interface_id == 0 ? os_Endpoint_makeClient(endpoint, badge, &client)
                              : os_Endpoint_makeClientAs(endpoint, badge, interface_id, &client);
    if (error == CAP_OK)
        *cap = client.cap;
    return error;
}

static enum cap_err make_clients(struct init *init, uint32_t service_index)
{
    struct os_Service_reader service = service_entry(init, service_index);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    uint32_t export_count = os_Export_list_count(os_Service_get_exports(service));
    cap_id_t *caps = &init->services[service_index].channels[export_count];

    for (uint32_t i = 0; i < os_Grant_list_count(grants); i++) {
        struct os_Grant_source_reader source = os_Grant_get_source(os_Grant_list_at(grants, i));
        if (os_Grant_source_which(source) != os_Grant_source_service)
            continue;
        enum cap_err error = make_client(init, os_Grant_source_get_service(source), &caps[i]);
        if (error != CAP_OK)
            return error;
    }
    return CAP_OK;
}

/* In place of the client facet, which the narrower one holds alive. */
static enum cap_err narrow_one(struct init *init, struct os_Grant_reader grant, cap_id_t *cap,
                               cap_id_t *revoker)
{
    struct os_Grant_source_reader source = os_Grant_get_source(grant);
    struct rt_handle whole = handle_of(init, *cap), narrowed;
    struct os_Revoker revoker_handle;
    const char *interface;

    if (rt_handle_is_null(whole))
        whole = service_kernel_object(init, os_Grant_source_get_kernel(source), &interface);
    enum cap_err error = narrow_make(init, grant, whole, &narrowed, &revoker_handle);
    if (error != CAP_OK || rt_handle_is_null(narrowed))
        return error;
    struct rt_handle client = handle_of(init, *cap);
    rt_handle_drop(&client);
    *cap = narrowed.cap;
    *revoker = revoker_handle.handle.cap;
    return CAP_OK;
}

static enum cap_err narrow_all(struct init *init, uint32_t service_index)
{
    struct os_Service_reader service = service_entry(init, service_index);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    uint32_t export_count = os_Export_list_count(os_Service_get_exports(service));
    struct init_service *entry = &init->services[service_index];
    enum cap_err error = CAP_OK;

    for (uint32_t i = 0; i < os_Grant_list_count(grants) && error == CAP_OK; i++)
        error = narrow_one(init, os_Grant_list_at(grants, i), &entry->channels[export_count + i],
                           &entry->revokers[export_count + i]);
    return error;
}

enum cap_err channels_make(struct init *init)
{
    enum cap_err error = CAP_OK;

    for (uint32_t i = 0; i < init->service_count && error == CAP_OK; i++)
        error = make_endpoints(init, i);
    for (uint32_t i = 0; i < init->service_count && error == CAP_OK; i++)
        error = make_clients(init, i);
    for (uint32_t i = 0; i < init->service_count && error == CAP_OK; i++)
        error = narrow_all(init, i);
    return error;
}

void channels_drop(struct init *init, uint32_t service_index)
{
    cap_id_t *caps = init->services[service_index].channels;

    for (uint32_t i = 0; i < MANIFEST_CAPS_MAX; i++) {
        struct rt_handle handle = handle_of(init, caps[i]);
        rt_handle_drop(&handle);
        caps[i] = CAP_ID_NULL;
    }
}
