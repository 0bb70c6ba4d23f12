/* Grants that are less than their source: spawners of some binaries, facets with some methods.
 *
 * Next: user/init/service.c
 */
#include "user/init/init.h"

static enum cap_err make_spawner(struct rt_handle source, struct os_Grant_only_reader only,
                                 struct rt_handle *narrowed)
{
    struct wire_list_reader binaries = os_Grant_only_get_binaries(only);
    struct rt_call call;
    struct os_ProcessSpawner_restrict_Params_builder params =
        os_ProcessSpawner_restrict_begin(&call, (struct os_ProcessSpawner){source});
    struct os_ProcessSpawner_restrict_Results_reader results;
    struct wire_list_builder list = os_ProcessSpawner_restrict_Params_init_binaries(params, binaries.count);

    enum cap_err error = CAP_OK;
    for (uint32_t i = 0; i < binaries.count && error == CAP_OK; i++)
        error = wire_list_set_text(list, i, wire_list_text(binaries, i));
    os_ProcessSpawner_restrict_Params_set_processes(params, os_Grant_only_get_processes(only));
    if (error == CAP_OK)
        error = os_ProcessSpawner_restrict_send(&call);
    if (error == CAP_OK)
        error = os_ProcessSpawner_restrict_wait(&call, &results);
    if (error == CAP_OK)
        error = rt_call_take(&call, os_ProcessSpawner_restrict_Results_get_spawner(results), narrowed);
    rt_call_end(&call);
    return error;
}

static enum cap_err make_facet(struct os_FacetFactory factory, struct rt_handle source,
                               struct os_Grant_only_reader only, struct rt_handle *narrowed,
                               struct os_Revoker *revoker)
{
    struct rt_call call;
    struct os_FacetFactory_create_Params_builder params = os_FacetFactory_create_begin(&call, factory);
    struct os_FacetFactory_create_Results_reader results;

    os_FacetFactory_create_Params_set_target(params, rt_call_attach(&call, source, CAP_TRANSFER_COPY));
    enum cap_err error = os_FacetFactory_create_Params_set_methods(params, os_Grant_only_get_methods(only));
    if (error == CAP_OK)
        error = os_FacetFactory_create_send(&call);
    if (error == CAP_OK)
        error = os_FacetFactory_create_wait(&call, &results);
    if (error == CAP_OK)
        error = rt_call_take(&call, os_FacetFactory_create_Results_get_facet(results), narrowed);
    if (error == CAP_OK)
        error = rt_call_take(&call, os_FacetFactory_create_Results_get_revoker(results), &revoker->handle);
    rt_call_end(&call);
    return error;
}

/* If both are asked for, a facet of the spawner. */
enum cap_err narrow_make(const struct init *init, struct os_Grant_reader grant, struct rt_handle source,
                         struct rt_handle *narrowed, struct os_Revoker *revoker)
{
    struct os_Grant_only_reader only = os_Grant_get_only(grant);
    struct rt_handle spawner = {.rt = init->rt};
    enum cap_err error = CAP_OK;

    *narrowed = revoker->handle = (struct rt_handle){.rt = init->rt};
    if (os_Grant_only_get_binaries(only).count > 0)
        error = make_spawner(source, only, &spawner);
    if (error != CAP_OK || os_Grant_only_get_methods(only).count == 0) {
        *narrowed = spawner;
        return error;
    }
    struct rt_handle target = rt_handle_is_null(spawner) ? source : spawner;
    error = make_facet(init->facet_factory, target, only, narrowed, revoker);
    rt_handle_drop(&spawner); /* the facet keeps it */
    return error;
}

/* It is done even if nobody else holds a facet any more. An error would say that a revoker cannot revoke. */
void narrow_revoke(struct init *init, uint32_t service_index)
{
    cap_id_t *revokers = init->services[service_index].revokers;

    for (uint32_t i = 0; i < MANIFEST_CAPS_MAX; i++) {
        struct os_Revoker revoker = {{.rt = init->rt, .cap = revokers[i]}};
        if (rt_handle_is_null(revoker.handle))
            continue;
        (void)!os_Revoker_revoke(revoker);
        rt_handle_drop(&revoker.handle);
        revokers[i] = CAP_ID_NULL;
    }
}
