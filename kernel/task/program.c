/* Loading a program that lib/elf has accepted.
 *
 * Next: kernel/task/scheduler.c
 */
#include "kernel/task/program.h"
#include "abi/memory_map.h"
#include "lib/mem.h"

#define USER_RFLAGS 0x202 /* interrupts on; bit 1 is always set */

struct segment_source {
    const struct elf_segment *segment;
    const struct elf_source *elf;
};

static void fill_segment_page(void *context, uint64_t index, uint8_t *page)
{
    const struct segment_source *source = context;
    struct elf_page part = elf_segment_page(source->segment, index);
    uint32_t end = part.page_offset + part.file_bytes;
    mem_zero(page, part.page_offset);
    if (part.file_bytes)
        source->elf->copy(source->elf, part.file_offset, page + part.page_offset, part.file_bytes);
    mem_zero(page + end, CAP_PAGE_BYTES - end);
}

static enum cap_err load_segment(struct process *process, const struct elf_segment *segment,
                                 const struct elf_source *elf)
{
    struct segment_source source = {.segment = segment, .elf = elf};
    const struct page_filler filler = {.context = &source, .fill = fill_segment_page};
    uint64_t first = elf_segment_page(segment, 0).address;
    uint64_t end = first + elf_segment_page_count(segment) * CAP_PAGE_BYTES;
    return address_space_add_range(&process->space, first, end, segment->rights, &filler);
}

/* A copy of the image, and behind it the thread pointer's own address. */
static enum cap_err make_thread_storage(struct process *process, const struct elf_tls *tls,
                                        const struct elf_source *elf)
{
    uint64_t pointer;
    const struct elf_segment segment = elf_tls_segment(tls, CAP_TLS_END, &pointer);
    struct user_range range;
    enum cap_err err = load_segment(process, &segment, elf);
    if (!err)
        err = user_range_resolve(&process->space, (uaddr_t){pointer}, sizeof pointer, USER_ACCESS_WRITE,
                                 &range);
    if (err)
        return err;
    user_range_write(&range, 0, &pointer, sizeof pointer);
    process->thread_pointer = pointer;
    return CAP_OK;
}

static void set_registers(struct process *process, uint64_t entry)
{
    process->context.rip = entry;
    process->context.rsp = CAP_STACK_TOP;
    process->context.cs = SELECTOR_USER_CODE;
    process->context.ss = SELECTOR_USER_DATA;
    process->context.rflags = USER_RFLAGS;
    fpu_init(&process->fpu);
}

enum cap_err program_load(struct process *process, const struct elf_plan *plan, const struct elf_source *elf)
{
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; !err && i < plan->segment_count; i++)
        err = load_segment(process, &plan->segments[i], elf);
    if (!err && plan->has_tls)
        err = make_thread_storage(process, &plan->tls, elf);
    if (!err)
        err = address_space_add_range(&process->space, CAP_STACK_TOP - CAP_STACK_BYTES, CAP_STACK_TOP,
                                      PAGE_WRITE, NULL);
    if (!err)
        set_registers(process, plan->entry);
    return err;
}
