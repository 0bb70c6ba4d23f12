/* In which order services are started: servers before those that import from them.
 *
 * Next: user/init/supervisor.c
 */
#include "lib/check.h"
#include "lib/manifest.h"

/* Bit k: the service imports from services[k]. */
static uint64_t imports_of(struct os_SystemManifest_reader root, uint32_t index)
{
    struct os_Service_reader service = os_Service_list_at(os_SystemManifest_get_services(root), index);
    struct os_Grant_list_reader grants = os_Service_get_grants(service);
    uint64_t imports = 0;

    for (uint32_t i = 0; i < os_Grant_list_count(grants); i++) {
        struct os_Grant_source_reader source = os_Grant_get_source(os_Grant_list_at(grants, i));
        uint32_t server;
        if (os_Grant_source_which(source) == os_Grant_source_service &&
            manifest_find_service(root, os_Grant_source_service_get_name(os_Grant_source_get_service(source)),
                                  &server) == CAP_OK)
            imports |= 1ull << server;
    }
    return imports;
}

/* Each step takes the first that waits for nobody; with no circle there is one. */
uint32_t manifest_start_order(struct os_SystemManifest_reader root, uint8_t order[MANIFEST_SERVICES_MAX])
{
    uint32_t count = os_Service_list_count(os_SystemManifest_get_services(root));
    uint64_t imports[MANIFEST_SERVICES_MAX], started = 0;

    CHECK(count <= MANIFEST_SERVICES_MAX);
    for (uint32_t i = 0; i < count; i++)
        imports[i] = imports_of(root, i) & ~(1ull << i);
    for (uint32_t n = 0; n < count; n++) {
        uint32_t next = 0;
        while (next < count && (started >> next & 1 || imports[next] & ~started))
            next++;
        CHECK(next < count);
        started |= 1ull << next;
        order[n] = (uint8_t)next;
    }
    return count;
}
