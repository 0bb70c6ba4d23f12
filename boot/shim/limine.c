/* Finds the kernel's requests in its loaded image and answers those that kernel/limine.h names.
 *
 * Invariants
 *  - Only what stands between the last start marker and the first end marker counts, if there are any.
 *  - The shim speaks base revision 3. A kernel that asks for less is refused; one that asks for more is
 *    told by its tag, as the protocol demands, and started.
 *  - A request that is not known, and that for modules if there are none, keeps its response untouched.
 *
 * Source: The Limine Boot Protocol, "Base Revisions", "Requests Delimiters", "Feature List".
 * Next: boot/shim/start.S
 */
#include "boot/shim/shim.h"

static struct limine_memory_entry memory_entries[SHIM_RANGE_MAX];
static uint64_t memory_pointers[SHIM_RANGE_MAX];
static struct limine_memory_response memory_response;
static struct limine_hhdm_response hhdm_response;
static struct limine_file files[SHIM_MODULE_MAX];
static uint64_t file_pointers[SHIM_MODULE_MAX];
static struct limine_module_response module_response;
static struct limine_executable_address_response address_response;
static struct limine_executable_cmdline_response cmdline_response;

/* What there is to answer. `response` is 0 for a feature that this boot does not have. */
enum {
    MEMMAP,
    HHDM,
    MODULES,
    EXECUTABLE_ADDRESS,
    EXECUTABLE_CMDLINE,
    FEATURE_COUNT
};
static struct {
    uint64_t id[2];
    uint64_t response;
    bool is_answered;
} features[FEATURE_COUNT] = {
    [MEMMAP] = {.id = {LIMINE_MEMMAP_2, LIMINE_MEMMAP_3}},
    [HHDM] = {.id = {LIMINE_HHDM_2, LIMINE_HHDM_3}},
    [MODULES] = {.id = {LIMINE_MODULES_2, LIMINE_MODULES_3}},
    [EXECUTABLE_ADDRESS] = {.id = {LIMINE_EXECUTABLE_ADDRESS_2, LIMINE_EXECUTABLE_ADDRESS_3}},
    [EXECUTABLE_CMDLINE] = {.id = {LIMINE_EXECUTABLE_CMDLINE_2, LIMINE_EXECUTABLE_CMDLINE_3}},
};

static uint64_t hhdm(const void *pointer)
{
    return SHIM_HHDM_OFFSET + (uintptr_t)pointer;
}

static void memory_fill(void)
{
    uint32_t count;
    const struct shim_range *ranges = memory_ranges(&count);
    for (uint32_t i = 0; i < count; i++) {
        memory_entries[i].base = ranges[i].base;
        memory_entries[i].length_bytes = ranges[i].end - ranges[i].base;
        memory_entries[i].type = ranges[i].type;
        memory_pointers[i] = hhdm(&memory_entries[i]);
    }
    memory_response.entry_count = count;
    memory_response.entries = hhdm(memory_pointers);
    features[MEMMAP].response = hhdm(&memory_response);
}

static void modules_fill(const struct shim_modules *modules)
{
    if (modules->count == 1)
        return;
    for (uint32_t i = 1; i < modules->count; i++) {
        const struct shim_module *module = &modules->module[i];
        files[i - 1].address = hhdm(shim_pointer(module->base));
        files[i - 1].size_bytes = module->bytes;
        files[i - 1].path = hhdm(module->path);
        files[i - 1].string = hhdm(module->string);
        file_pointers[i - 1] = hhdm(&files[i - 1]);
    }
    module_response.module_count = modules->count - 1;
    module_response.modules = hhdm(file_pointers);
    features[MODULES].response = hhdm(&module_response);
}

static void tag_answer(struct limine_base_tag *tag)
{
    if (tag == NULL || tag->wanted < LIMINE_BASE_REVISION)
        console_refuse("the kernel asks for a base revision of the protocol below 3");
    tag->loaded = LIMINE_BASE_REVISION;
    if (tag->wanted == LIMINE_BASE_REVISION)
        tag->wanted = 0;
}

static void request_answer(struct limine_request *request)
{
    for (uint32_t i = 0; i < FEATURE_COUNT; i++) {
        if (request->id[2] != features[i].id[0] || request->id[3] != features[i].id[1])
            continue;
        if (features[i].is_answered)
            console_refuse("the kernel makes the same request twice");
        features[i].is_answered = true;
        if (features[i].response != 0)
            request->response = features[i].response;
    }
}

static void requests_answer(uint64_t *word, const uint64_t *end)
{
    struct limine_base_tag *tag = NULL;
    for (; word < end; word++) {
        size_t bytes_left = (size_t)(end - word) * sizeof *word;
        if (word[0] == LIMINE_REQUEST_0 && word[1] == LIMINE_REQUEST_1 &&
            bytes_left >= sizeof(struct limine_request))
            request_answer((struct limine_request *)word);
        if (word[0] == LIMINE_BASE_MAGIC_0 && word[1] == LIMINE_BASE_MAGIC_1 && bytes_left >= sizeof *tag) {
            if (tag != NULL)
                console_refuse("the kernel has two base revision tags");
            tag = (struct limine_base_tag *)word;
        }
    }
    tag_answer(tag);
}

void limine_answer(const struct shim_image *image, const struct shim_modules *modules)
{
    hhdm_response.offset = SHIM_HHDM_OFFSET;
    features[HHDM].response = hhdm(&hhdm_response);
    address_response.physical_base = image->physical_base;
    address_response.virtual_base = image->virtual_base;
    features[EXECUTABLE_ADDRESS].response = hhdm(&address_response);
    cmdline_response.cmdline = hhdm(modules->module[0].string);
    features[EXECUTABLE_CMDLINE].response = hhdm(&cmdline_response);
    memory_fill();
    modules_fill(modules);

    uint64_t *first = shim_pointer(image->physical_base);
    uint64_t *end = first + image->bytes / sizeof *first;
    for (uint64_t *word = first; word < end; word++) {
        if (word[0] == LIMINE_START_MARKER_0 && word[1] == LIMINE_START_MARKER_1 &&
            word[2] == LIMINE_START_MARKER_2 && word[3] == LIMINE_START_MARKER_3)
            first = word;
        if (word[0] == LIMINE_END_MARKER_0 && word[1] == LIMINE_END_MARKER_1)
            end = word;
    }
    requests_answer(first, end);
}
