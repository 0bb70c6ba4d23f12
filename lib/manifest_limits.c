/* The rules for limits: what a process cannot even start with is refused before the system boots.
 *
 * Next: lib/manifest_arguments.c
 */
#include "abi/memory_map.h"
#include "lib/elf.h"
#include "lib/limits.h"
#include "lib/manifest_judge.h"

/* Frames that a program takes whatever happens; a start takes a few more, for page tables. */
static uint64_t frames_least(const struct elf_plan *plan)
{
    /* The process's record, its ring, its CapSet, and four levels of page tables. */
    uint64_t count = CAP_STACK_BYTES / CAP_PAGE_BYTES + 7;

    for (uint32_t i = 0; i < plan->segment_count; i++)
        count += elf_segment_page_count(&plan->segments[i]);
    return count;
}

/* A program that is missing or broken is a problem of its own. */
static void judge_frames(struct judge *judge, struct wire_text binary, uint64_t frame_count)
{
    struct wire_data elf;
    struct elf_plan plan;
    const char *reason;

    if (frame_count == 0 || manifest_find_binary(judge->root, binary, &elf) != CAP_OK ||
        elf_plan_make(elf.bytes, elf.length, &plan, &reason) != CAP_OK)
        return;
    if (frame_count < frames_least(&plan))
        judge_problem(judge, ".limits.frames", "is %llu; this program starts with at least %llu",
                      (unsigned long long)frame_count, (unsigned long long)frames_least(&plan));
}

void judge_limits(struct judge *judge, struct wire_text binary, uint32_t cap_count,
                  struct os_Limits_reader limits)
{
    uint32_t slot_count = os_Limits_get_slots(limits);

    judge_frames(judge, binary, os_Limits_get_frames(limits));
    if (slot_count != 0 && slot_count < cap_count)
        judge_problem(judge, ".limits.slots", "is %u; this process starts with %u capabilities",
                      (unsigned)slot_count, (unsigned)cap_count);
}

/* All services may run at once. What they leave to the default is not counted: it is what fits. */
void judge_limits_sum(struct judge *judge)
{
    uint64_t of_init[LEDGER_KIND_COUNT], of_service[LEDGER_KIND_COUNT], sums[LEDGER_KIND_COUNT] = {0};
    uint64_t fixed[LEDGER_KIND_COUNT];

    limits_read(os_Init_get_limits(os_SystemManifest_get_init(judge->root)), of_init);
    limits_of_machine(0, fixed);
    for (uint32_t i = 0; i < judge_service_count(judge); i++) {
        limits_read(os_Service_get_limits(judge_service_at(judge, i)), of_service);
        for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
            sums[kind] += of_service[kind];
    }
    judge_set_path(judge, "init.limits");
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        if (fixed[kind] != 0 && (of_init[kind] == 0 || of_init[kind] > fixed[kind]))
            of_init[kind] = fixed[kind];
        if (of_init[kind] != 0 && sums[kind] > of_init[kind])
            judge_problem(
                judge, "", "%s is %llu; the services' limits are carved out of it and sum up to %llu",
                ledger_kind_name(kind), (unsigned long long)of_init[kind], (unsigned long long)sums[kind]);
    }
}
