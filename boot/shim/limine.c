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

#define REQUEST_MAX      32
#define MEMORY_ENTRY_MAX 256

static struct limine_memory_entry memory_entries[MEMORY_ENTRY_MAX];
static uint64_t memory_pointers[MEMORY_ENTRY_MAX];
static struct limine_memory_response memory_response;
static struct limine_hhdm_response hhdm_response;
static struct limine_file files[SHIM_MODULE_MAX];
static uint64_t file_pointers[SHIM_MODULE_MAX];
static struct limine_module_response module_response;
static struct limine_executable_address_response address_response;
static struct limine_executable_cmdline_response cmdline_response;

struct request_list {
    struct limine_base_tag *tag;
    uint32_t count;
    struct limine_request *request[REQUEST_MAX];
};

static void tag_found(struct request_list *list, struct limine_base_tag *tag)
{
    if (list->tag != NULL)
        console_refuse("the kernel has two base revision tags");
    list->tag = tag;
}

static void request_found(struct request_list *list, struct limine_request *request)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->request[i]->id[2] == request->id[2] && list->request[i]->id[3] == request->id[3])
            console_refuse("the kernel makes the same request twice");
    if (list->count == REQUEST_MAX)
        console_refuse("the kernel makes too many requests");
    list->request[list->count++] = request;
}

static void requests_find(const struct shim_image *image, struct request_list *list)
{
    uint64_t *word = shim_pointer(image->physical_base);
    /* The image is whole pages: what would reach past its end starts in zeroes or is cut off. */
    const uint64_t *last = word + (image->bytes - sizeof(struct limine_request)) / sizeof *word;
    for (; word <= last; word++) {
        if (word[0] == LIMINE_START_MARKER_0 && word[1] == LIMINE_START_MARKER_1 &&
            word[2] == LIMINE_START_MARKER_2 && word[3] == LIMINE_START_MARKER_3) {
            *list = (struct request_list){0};
        } else if (word[0] == LIMINE_END_MARKER_0 && word[1] == LIMINE_END_MARKER_1) {
            return;
        } else if (word[0] == LIMINE_BASE_MAGIC_0 && word[1] == LIMINE_BASE_MAGIC_1) {
            tag_found(list, (struct limine_base_tag *)word);
        } else if (word[0] == LIMINE_REQUEST_0 && word[1] == LIMINE_REQUEST_1) {
            request_found(list, (struct limine_request *)word);
        }
    }
}

static void tag_answer(struct limine_base_tag *tag)
{
    if (tag == NULL || tag->wanted < LIMINE_BASE_REVISION)
        console_refuse("the kernel asks for a base revision of the protocol below 3");
    tag->loaded = LIMINE_BASE_REVISION;
    if (tag->wanted == LIMINE_BASE_REVISION)
        tag->wanted = 0;
}

static uint64_t memory_answer(void)
{
    uint32_t count;
    const struct shim_range *ranges = memory_ranges(&count);
    if (count > MEMORY_ENTRY_MAX)
        console_refuse("the memory map has too many ranges");
    for (uint32_t i = 0; i < count; i++) {
        memory_entries[i] = (struct limine_memory_entry){
            .base = ranges[i].base,
            .length_bytes = ranges[i].end - ranges[i].base,
            .type = ranges[i].type,
        };
        memory_pointers[i] = shim_hhdm(&memory_entries[i]);
    }
    memory_response.entry_count = count;
    memory_response.entries = shim_hhdm(memory_pointers);
    return shim_hhdm(&memory_response);
}

static uint64_t modules_answer(const struct shim_modules *modules)
{
    if (modules->count == 1)
        return 0;
    for (uint32_t i = 1; i < modules->count; i++) {
        const struct shim_module *module = &modules->module[i];
        files[i - 1] = (struct limine_file){
            .address = shim_hhdm(shim_pointer(module->base)),
            .size_bytes = module->bytes,
            .path = shim_hhdm(module->path),
            .string = shim_hhdm(module->string),
        };
        file_pointers[i - 1] = shim_hhdm(&files[i - 1]);
    }
    module_response.module_count = modules->count - 1;
    module_response.modules = shim_hhdm(file_pointers);
    return shim_hhdm(&module_response);
}

void limine_answer(const struct shim_image *image, const struct shim_modules *modules)
{
    static struct request_list list;
    requests_find(image, &list);
    tag_answer(list.tag);

    hhdm_response.offset = SHIM_HHDM_OFFSET;
    address_response.physical_base = image->physical_base;
    address_response.virtual_base = image->virtual_base;
    cmdline_response.cmdline = shim_hhdm(modules->module[0].string);
    const struct {
        uint64_t id[2];
        uint64_t response;
    } answers[] = {
        {{LIMINE_MEMMAP_2, LIMINE_MEMMAP_3}, memory_answer()},
        {{LIMINE_HHDM_2, LIMINE_HHDM_3}, shim_hhdm(&hhdm_response)},
        {{LIMINE_MODULES_2, LIMINE_MODULES_3}, modules_answer(modules)},
        {{LIMINE_EXECUTABLE_ADDRESS_2, LIMINE_EXECUTABLE_ADDRESS_3}, shim_hhdm(&address_response)},
        {{LIMINE_EXECUTABLE_CMDLINE_2, LIMINE_EXECUTABLE_CMDLINE_3}, shim_hhdm(&cmdline_response)},
    };
    for (uint32_t i = 0; i < list.count; i++)
        for (size_t j = 0; j < sizeof answers / sizeof answers[0]; j++)
            if (list.request[i]->id[2] == answers[j].id[0] && list.request[i]->id[3] == answers[j].id[1] &&
                answers[j].response != 0)
                list.request[i]->response = answers[j].response;
}
