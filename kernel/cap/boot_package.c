/* BootPackage: the boot module, for whoever may read the manifest.
 *
 * Next: lib/manifest.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "lib/manifest.h"

static struct {
    uint64_t paddr;
    uint64_t byte_count;
    const uint64_t *words;
    uint32_t word_count;
} package;

void boot_package_init(uint64_t paddr, uint64_t byte_count, const uint64_t *words, uint32_t word_count)
{
    package.paddr = paddr;
    package.byte_count = byte_count;
    package.words = words;
    package.word_count = word_count;
}

enum cap_err boot_package_binary(struct wire_text name, uint32_t *number, struct wire_data *elf)
{
    struct wire_message_reader message;
    wire_message_read(&message, package.words, package.word_count, 0);
    struct os_SystemManifest_reader manifest = os_SystemManifest_read_root(&message);
    enum cap_err err = manifest_find_binary_index(manifest, name, number);
    if (!err)
        *elf = os_Binary_get_elf(os_Binary_list_at(os_SystemManifest_get_binaries(manifest), *number));
    return err;
}

static enum cap_err package_manifest(void *self, struct wire_call *wire,
                                     struct os_BootPackage_manifest_Params_reader params)
{
    (void)self;
    (void)params;
    struct object *memory;
    enum cap_err err = memory_object_make_run(&kernel_call_caller(wire)->account, package.paddr,
                                              package.byte_count, &memory);
    if (err)
        return err;
    struct os_BootPackage_manifest_Results_builder results = os_BootPackage_manifest_Results_init(wire);
    return os_BootPackage_manifest_Results_set_memory(results, kernel_call_attach(wire, memory));
}

static const struct os_BootPackage_server package_server = {.manifest = package_manifest};

static enum cap_err package_dispatch(struct object *object, struct wire_call *wire)
{
    return os_BootPackage_dispatch(&package_server, object, wire);
}

static const struct object_ops package_ops = {
    .name = "BootPackage",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = package_dispatch,
};

static struct object package_singleton = OBJECT_STATIC(&package_ops, os_BootPackage_ID);

struct object *boot_package_object(void)
{
    return &package_singleton;
}
