/* Processor exceptions in user code end the process, not the system.
 *
 * Source of vectors and error codes: Intel SDM vol. 3, table 6-1 and 4.7.
 * Next: kernel/task/process.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/log.h"
#include "kernel/task/fault.h"
#include "kernel/task/process.h"
#include "kernel/task/scheduler.h"
#include "kernel/x86_64/upcalls.h"
#include "lib/elf_symbol.h"

#define VECTOR_PAGE_FAULT 14
#define VECTOR_COUNT      32

#define PAGE_FAULT_WRITE   0x02
#define PAGE_FAULT_EXECUTE 0x10

static enum os_Fault_Kind fault_kind(uint64_t vector, uint64_t error)
{
    static const uint8_t kinds[VECTOR_COUNT] = {
        [0] = os_Fault_Kind_divide,
        [1] = os_Fault_Kind_debug,
        [3] = os_Fault_Kind_debug,
        [6] = os_Fault_Kind_illegalInstruction,
        [13] = os_Fault_Kind_generalProtection,
        [16] = os_Fault_Kind_floatingPoint,
        [17] = os_Fault_Kind_alignment,
        [19] = os_Fault_Kind_floatingPoint,
    };
    _Static_assert(os_Fault_Kind_other == 0, "vectors that are not listed are other");
    if (vector == VECTOR_PAGE_FAULT) {
        if (error & PAGE_FAULT_EXECUTE)
            return os_Fault_Kind_pageExecute;
        return error & PAGE_FAULT_WRITE ? os_Fault_Kind_pageWrite : os_Fault_Kind_pageRead;
    }
    return vector < VECTOR_COUNT ? kinds[vector] : os_Fault_Kind_other;
}

/* By its name in the schema, so that a log line and a ProcessEnd say the same. */
static const char *fault_name(uint16_t kind)
{
    static const char *const names[] = {
        [os_Fault_Kind_other] = "other",
        [os_Fault_Kind_pageRead] = "pageRead",
        [os_Fault_Kind_pageWrite] = "pageWrite",
        [os_Fault_Kind_pageExecute] = "pageExecute",
        [os_Fault_Kind_illegalInstruction] = "illegalInstruction",
        [os_Fault_Kind_divide] = "divide",
        [os_Fault_Kind_generalProtection] = "generalProtection",
        [os_Fault_Kind_alignment] = "alignment",
        [os_Fault_Kind_debug] = "debug",
        [os_Fault_Kind_floatingPoint] = "floatingPoint",
        [os_Fault_Kind_badSystemCall] = "badSystemCall",
        [os_Fault_Kind_noMemory] = "noMemory",
    };
    return names[kind];
}

void process_fault(struct process *process, uint16_t kind, uint64_t address)
{
    const struct process_end end = {
        .kind = PROCESS_FAULTED, .fault_kind = kind, .address = address, .instruction = process->context.rip};
    const struct process_names *names = &process->names;
    char name[ELF_SYMBOL_BYTES];
    uint64_t offset;
    if (elf_symbol_find(&names->file, &names->symbols, &names->strings, end.instruction, name, &offset))
        log_info("fault", "%s: %s of 0x%llx at 0x%llx, in %s + 0x%llx", process->name, fault_name(kind),
                 (unsigned long long)address, (unsigned long long)end.instruction, name,
                 (unsigned long long)offset);
    else
        log_info("fault", "%s: %s of 0x%llx at 0x%llx", process->name, fault_name(kind),
                 (unsigned long long)address, (unsigned long long)end.instruction);
    process_end(process, &end);
}

void kernel_on_fault(struct context *context, uint64_t address)
{
    process_fault(scheduler_current(), fault_kind(context->vector, context->error), address);
}
