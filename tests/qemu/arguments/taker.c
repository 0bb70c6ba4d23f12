/* Does what its arguments, a Fault, say: exits with their address, or touches a page.
 *
 * Next: tests/qemu/spawn-image/spawn-image.c
 */
#include "abi/memory_map.h"
#include "build/gen/schema/capos.capnp.h"
#include "user/rt/arguments.h"

int main(struct rt *rt)
{
    struct wire_message_reader message;
    uint64_t page = CAP_ARGUMENTS_ADDRESS;
    __asm__("" : "+r"(page));
    rt_arguments(rt, &message);
    if (os_Fault_check(&message))
        return 77;
    struct os_Fault_reader fault = os_Fault_read_root(&message);
    if (os_Fault_get_kind(fault) == os_Fault_Kind_pageWrite)
        *(volatile uint64_t *)page = 1;
    if (os_Fault_get_kind(fault) == os_Fault_Kind_pageRead)
        return (int)*(volatile uint64_t *)(page + CAP_PAGE_BYTES);
    return (int)os_Fault_get_address(fault);
}
