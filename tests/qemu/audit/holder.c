/* Makes endpoints, gives some up, and waits to be killed; or exits, if it was given nothing to make them
 * with. Next: tests/qemu/audit/audit.c */
#include "build/gen/schema/capos.client.h"
#include "user/rt/enter.h"

int main(struct rt *rt)
{
    struct os_EndpointFactory factory;
    struct os_Endpoint endpoints[3];
    if (RT_CAPSET(rt, "grant", os_EndpointFactory, &factory))
        return 0;
    for (uint32_t i = 0; i < 3; i++)
        if (os_EndpointFactory_create(factory, 0x77, &endpoints[i]))
            return 1;
    rt_handle_drop(&endpoints[1].handle);
    for (;;)
        rt_enter(1, 1000000000);
}
