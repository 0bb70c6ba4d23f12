/* init from start to summary.
 *
 * Next: user/init/boot.c
 */
#include "user/init/init.h"
#include "lib/error.h"
#include "user/rt/print.h"

static bool find_own(struct init *init)
{
    struct rt *rt = init->rt;
    if (RT_CAPSET(rt, "console", os_Console, &init->console) != CAP_OK)
        return false; /* and nothing to say it on */
    /* The manifest's judge has seen to it that init holds what a service is to get. */
    if (RT_CAPSET(rt, "facetFactory", os_FacetFactory, &init->facet_factory) != CAP_OK)
        init->facet_factory.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "timer", os_Timer, &init->timer) != CAP_OK)
        init->timer.handle = (struct rt_handle){.rt = rt};
    if (RT_CAPSET(rt, "bootPackage", os_BootPackage, &init->boot_package) == CAP_OK &&
        RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &init->process_spawner) == CAP_OK &&
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &init->endpoint_factory) == CAP_OK &&
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &init->virtual_memory) == CAP_OK)
        return true;
    print(init->console, "init needs bootPackage, processSpawner, endpointFactory and virtualMemory");
    return false;
}

/* Starts every service. How many could not be started; CAP_ERR_*: why none was. The channels, 16 KiB,
 * are on the stack only meanwhile. */
static __attribute__((noinline)) enum cap_err start_all(struct init *init, uint32_t *failed_count)
{
    struct init_channels channels;
    uint32_t failed = 0;

    enum cap_err error = channels_make(init, &channels);
    if (error != CAP_OK)
        return error;
    uint32_t count = os_Service_list_count(os_SystemManifest_get_services(init->manifest));
    for (uint32_t i = 0; i < count; i++)
        failed += service_start(init, &channels, i) != CAP_OK;
    *failed_count = failed;
    return CAP_OK;
}

static void summarise(const struct init *init, uint32_t failed_count)
{
    uint32_t count = os_Service_list_count(os_SystemManifest_get_services(init->manifest));
    if (failed_count == 0 && count == 1)
        print(init->console, "the service ended well");
    else if (failed_count == 0)
        print(init->console, "all %u services ended well", count);
    else
        print(init->console, "%u of %u services failed", failed_count, count);
    if (rt_releases_failed(init->rt) != 0)
        print(init->console, "bug in init: %u releases were refused", rt_releases_failed(init->rt));
}

int main(struct rt *rt)
{
    struct init init = {.rt = rt};
    uint32_t failed_count;

    if (!find_own(&init) || boot_load(&init) != CAP_OK)
        return INIT_EXIT_BROKEN;
    enum cap_err error = start_all(&init, &failed_count);
    if (error != CAP_OK) {
        print(init.console, "cannot make the endpoints: %s", error_text(error));
        return INIT_EXIT_BROKEN;
    }
    failed_count += supervisor_run(&init);
    summarise(&init, failed_count);
    return failed_count < INIT_EXIT_FAILED_MAX ? (int)failed_count : INIT_EXIT_FAILED_MAX;
}
