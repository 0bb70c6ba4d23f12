/* init starts programs out of memory that it fills itself.
 *
 * Next: tests/qemu/spawn-image/seven.c
 */
#include "lib/manifest.h"
#include "lib/mem.h"
#include "tests/qemu/memory.h"
#include "tests/qemu/spawn.h"

struct test {
    struct memory_test memory;
    struct os_ProcessSpawner spawner;
    struct os_FacetFactory facets;
    struct wire_data program; /* the file of `seven`, in the boot module */
};

/* One spawn, right unless a field says otherwise. */
struct attempt {
    const char *binary;
    struct rt_handle image;
    uint64_t transfer;     /* of the image; 0: copy */
    uint32_t index_change; /* what is added to the image's index */
    bool is_granted_too;   /* under the same index */
    uint16_t mode;
};

static enum cap_err spawn(struct os_ProcessSpawner spawner, const struct attempt *attempt,
                          struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(&call, spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("child"));
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params,
                                                     wire_text_of(attempt->binary ? attempt->binary : ""));
    os_ProcessSpawner_spawn_Params_set_mode(params, attempt->mode);
    if (!rt_handle_is_null(attempt->image)) {
        uint32_t index =
            rt_call_attach(&call, attempt->image, attempt->transfer ? attempt->transfer : CAP_TRANSFER_COPY);
        (void)!os_ProcessSpawner_spawn_Params_set_image(params, index + attempt->index_change);
        if (attempt->is_granted_too) {
            struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 1);
            (void)!os_NamedCap_set_name(os_NamedCap_list_builder_at(grants, 0), wire_text_of("image"));
            (void)!os_NamedCap_set_cap(os_NamedCap_list_builder_at(grants, 0), index);
        }
    }
    enum cap_err err = spawn_finish(&call, process);
    err = raw_quota_of(&call, err);
    rt_call_end(&call);
    return err;
}

/* The handle is dropped. */
static void expect_seven(struct test *test, struct os_ProcessHandle process, const char *what)
{
    struct rt_call *call = rt_call_scratch(test->memory.raw.rt);
    struct os_ProcessEnd_reader end;
    enum cap_err err = spawn_wait(call, process, &end);
    raw_expect(&test->memory.raw,
               !err && os_ProcessEnd_which(end) == os_ProcessEnd_exited && os_ProcessEnd_get_exited(end) == 7,
               what);
    rt_call_end(call);
    rt_handle_drop(&process.handle);
}

static void expect_runs(struct test *test, const struct attempt *attempt, const char *what)
{
    struct os_ProcessHandle process;
    enum cap_err err = spawn(test->spawner, attempt, &process);
    raw_expect_err(&test->memory.raw, err, CAP_OK, what);
    if (!err)
        expect_seven(test, process, what);
}

static void expect_refused(struct test *test, struct os_ProcessSpawner spawner, const struct attempt *attempt,
                           enum cap_err wanted, const char *what)
{
    struct os_ProcessHandle process;
    raw_expect_err(&test->memory.raw, spawn(spawner, attempt, &process), wanted, what);
}

/* New memory with the first bytes of the program, as many as it holds, and where it is mapped. */
static struct os_MemoryObject image_new(struct test *test, uint64_t bytes, uint8_t **at)
{
    struct os_MemoryObject memory = memory_new(&test->memory, bytes);
    uint64_t address = memory_map_any(&test->memory, memory, READ_WRITE);
    *at = (uint8_t *)address;
    memcpy(*at, test->program.bytes, bytes < test->program.length ? bytes : test->program.length);
    return memory;
}

static void find_program(struct test *test, struct os_BootPackage package)
{
    struct os_MemoryObject module = {{.rt = test->memory.raw.rt}};
    uint64_t bytes = 0, address;
    const uint64_t *words;
    uint32_t word_count;
    static struct wire_message_reader message;
    raw_expect_err(&test->memory.raw, os_BootPackage_manifest(package, &module), CAP_OK, "the boot module");
    raw_expect_err(&test->memory.raw, os_MemoryObject_size(module, &bytes), CAP_OK, "its size");
    address = memory_map_any(&test->memory, module, READ);
    enum cap_err err = manifest_open((const uint8_t *)address, bytes, NULL, &words, &word_count);
    if (!err) {
        wire_message_read(&message, words, word_count, 0);
        err = manifest_validate(&message, NULL);
    }
    if (!err)
        err = manifest_find_binary(os_SystemManifest_read_root(&message), wire_text_of("seven"),
                                   &test->program);
    raw_expect_err(&test->memory.raw, err, CAP_OK, "the program in the manifest");
}

static void good_images(struct test *test)
{
    uint8_t *at;
    struct os_MemoryObject facet = {{.rt = test->memory.raw.rt}},
                           image = image_new(test, test->program.length, &at);
    expect_runs(test, &(struct attempt){.binary = "seven"}, "a binary");
    expect_runs(test, &(struct attempt){.image = image.handle}, "an image of exactly the file");
    raw_expect_err(&test->memory.raw, os_MemoryObject_readOnly(image, &facet), CAP_OK, "a read-only facet");
    expect_runs(test, &(struct attempt){.image = facet.handle}, "a read-only image");
    struct rt_handle given_up = facet.handle;
    rt_handle_drop(&facet.handle);
    rt_flush(test->memory.raw.rt);
    expect_refused(test, test->spawner, &(struct attempt){.image = given_up}, CAP_ERR_STALE,
                   "case 137: an image that was given up");

    /* The process has a copy: nothing that happens to the memory afterwards reaches it. */
    struct os_ProcessHandle process;
    raw_expect_err(&test->memory.raw,
                   spawn(test->spawner, &(struct attempt){.image = image.handle}, &process), CAP_OK, "spawn");
    memset(at, 0xcc, test->program.length);
    expect_seven(test, process, "an image that changes after the spawn");
    expect_refused(test, test->spawner, &(struct attempt){.image = image.handle}, CAP_ERR_EXCEPTION,
                   "an image of other bytes");
    memory_unmap(&test->memory, (uint64_t)at);

    /* Moved, it is gone after a success only. */
    struct attempt moving = {.image = image.handle, .transfer = CAP_TRANSFER_MOVE};
    expect_refused(test, test->spawner, &moving, CAP_ERR_EXCEPTION, "a bad image, moved");
    uint64_t bytes;
    raw_expect_err(&test->memory.raw, os_MemoryObject_size(image, &bytes), CAP_OK,
                   "a refused spawn gives the image back");
    rt_handle_drop(&image.handle);
    image = image_new(test, test->program.length + 5000, &at);
    moving.image = image.handle;
    expect_runs(test, &moving, "a longer image, moved");
    raw_expect_err(&test->memory.raw, os_MemoryObject_size(image, &bytes), CAP_ERR_STALE,
                   "it is used up, though still mapped");
    memory_unmap(&test->memory, (uint64_t)at);
}

static void bad_images(struct test *test)
{
    static const uint32_t sizes[] = {1, 63, 64, 100, 64 + 4 * 56, CAP_PAGE_BYTES, CAP_PAGE_BYTES + 1};
    uint8_t *at;
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct os_MemoryObject image = image_new(test, sizes[i], &at);
        expect_refused(test, test->spawner, &(struct attempt){.image = image.handle}, CAP_ERR_EXCEPTION,
                       "case 122: an image that is cut short");
        memory_unmap(&test->memory, (uint64_t)at);
        rt_handle_drop(&image.handle);
    }
    struct os_MemoryObject zeros = memory_new(&test->memory, 1 << 20);
    expect_refused(test, test->spawner, &(struct attempt){.image = zeros.handle}, CAP_ERR_EXCEPTION,
                   "an image of zeros");
    /* A program of 1 GiB, as far as its header says: the limit on frames refuses it. */
    struct os_MemoryObject image = image_new(test, test->program.length, &at);
    uint64_t *memory_bytes = (uint64_t *)(at + 64 + 2 * 56 + 40); /* of the last segment */
    raw_expect(&test->memory.raw, *memory_bytes >= 24000, "the header of the data segment");
    *memory_bytes = 1 << 30;
    expect_refused(test, test->spawner, &(struct attempt){.image = image.handle}, CAP_ERR_QUOTA,
                   "case 126: a program that is too big for its limits");
    *memory_bytes = 1ull << 63;
    expect_refused(test, test->spawner, &(struct attempt){.image = image.handle}, CAP_ERR_EXCEPTION,
                   "case 126: a program larger than the address space");
    memory_unmap(&test->memory, (uint64_t)at);
    rt_handle_drop(&zeros.handle);
    rt_handle_drop(&image.handle);
}

static void bad_requests(struct test *test)
{
    uint8_t *at;
    struct os_MemoryObject image = image_new(test, test->program.length, &at);
    struct os_ProcessSpawner spawner = test->spawner;
    expect_refused(test, spawner, &(struct attempt){.binary = "seven", .image = image.handle},
                   CAP_ERR_INVALID, "a binary and an image");
    expect_refused(test, spawner, &(struct attempt){.image = image.handle, .index_change = 1},
                   CAP_ERR_MALFORMED, "an image that did not come along");
    expect_refused(test, spawner, &(struct attempt){.image = image.handle, .is_granted_too = true},
                   CAP_ERR_INVALID, "one capability as image and as grant");
    expect_refused(test, spawner, &(struct attempt){.image = test->memory.raw.console.handle},
                   CAP_ERR_WRONG_INTERFACE, "a console as image");
    expect_refused(test, spawner,
                   &(struct attempt){.binary = "seven", .mode = os_ProcessSpawner_Mode_recorded},
                   CAP_ERR_EXCEPTION, "recorded mode");
    expect_refused(test, spawner, &(struct attempt){.binary = "seven", .mode = 2}, CAP_ERR_INVALID,
                   "an unknown mode");

    struct rt_call *call = rt_call_scratch(test->memory.raw.rt);
    struct os_ProcessSpawner_restrict_Params_builder params = os_ProcessSpawner_restrict_begin(call, spawner);
    struct os_ProcessSpawner_restrict_Results_reader results;
    struct os_ProcessSpawner narrow = {0};
    os_ProcessSpawner_restrict_Params_set_processes(params, 1);
    (void)!wire_list_set_text(os_ProcessSpawner_restrict_Params_init_binaries(params, 1), 0,
                              wire_text_of("seven"));
    enum cap_err err = os_ProcessSpawner_restrict_send(call);
    if (!err)
        err = os_ProcessSpawner_restrict_wait(call, &results);
    if (!err)
        err = rt_call_take(call, os_ProcessSpawner_restrict_Results_get_spawner(results), &narrow.handle);
    rt_call_end(call);
    raw_expect_err(&test->memory.raw, err, CAP_OK, "a restricted spawner");
    expect_refused(test, narrow, &(struct attempt){.image = image.handle}, CAP_ERR_EXCEPTION,
                   "an image by a restricted spawner");
    rt_handle_drop(&narrow.handle);
    memory_unmap(&test->memory, (uint64_t)at);
    rt_handle_drop(&image.handle);
}

int main(struct rt *rt)
{
    struct test test = {.memory = memory_test_start(rt)};
    struct os_BootPackage package = {{.rt = rt}};
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &test.spawner) ||
        RT_CAPSET(rt, "facetFactory", os_FacetFactory, &test.facets) ||
        RT_CAPSET(rt, "bootPackage", os_BootPackage, &package))
        return 98;
    find_program(&test, package);
    good_images(&test);
    bad_images(&test);
    bad_requests(&test);
    return raw_end(&test.memory.raw);
}
