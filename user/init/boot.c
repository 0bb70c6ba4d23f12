/* The manifest, from the boot package into this address space, and judged.
 *
 * The kernel judged it before, with the same code; init does not rely on that, because init may be tried
 * with another kernel.
 *
 * Next: user/init/channels.c
 */
#include "abi/memory_map.h"
#include "lib/error.h"
#include "user/init/init.h"
#include "user/rt/print.h"

/* Where the manifest is seen: the first address of its kind, and nothing else is mapped by init. */
#define MANIFEST_ADDRESS CAP_MAPPINGS_START

static enum cap_err map_manifest(const struct init *init, uint64_t *byte_count)
{
    struct os_MemoryObject memory;
    uint64_t address;
    enum cap_err error = os_BootPackage_manifest(init->boot_package, &memory);
    if (error != CAP_OK)
        return error;
    error = os_MemoryObject_size(memory, byte_count);
    if (error == CAP_OK)
        error = os_VirtualMemory_map(init->virtual_memory, memory, MANIFEST_ADDRESS,
                                     os_VirtualMemory_Access_read, &address);
    rt_handle_drop(&memory.handle); /* the mapping keeps the memory */
    return error;
}

static void print_problem(void *context, const char *path, const char *reason)
{
    const struct init *init = context;
    print(init->console, "manifest: %s: %s", path, reason);
}

enum cap_err boot_load(struct init *init)
{
    uint64_t byte_count;
    enum cap_err error = map_manifest(init, &byte_count);
    if (error != CAP_OK) {
        print(init->console, "cannot map the manifest: %s", error_text(error));
        return error;
    }
    const struct manifest_report report = {.context = init, .problem = print_problem};
    const uint64_t *words;
    uint32_t word_count;
    error = manifest_open((const uint8_t *)MANIFEST_ADDRESS, byte_count, &report, &words, &word_count);
    if (error != CAP_OK)
        return error;
    wire_message_read(&init->message, words, word_count, 0);
    error = manifest_validate(&init->message, &report);
    if (error != CAP_OK)
        return error;
    init->manifest = os_SystemManifest_read_root(&init->message);
    init->service_count = os_Service_list_count(os_SystemManifest_get_services(init->manifest));
    return CAP_OK;
}
