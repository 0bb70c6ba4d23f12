/* Processor exceptions in user code end the process, not the system.
 *
 * Source of vectors and error codes: Intel SDM vol. 3, table 6-1 and 4.7.
 * Next: kernel/task/process.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/task/process.h"
#include "kernel/task/scheduler.h"
#include "kernel/x86_64/upcalls.h"

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

void kernel_on_fault(struct context *context, uint64_t address)
{
    process_end(scheduler_current(),
                &(struct process_end){.is_fault = true,
                                      .fault_kind = fault_kind(context->vector, context->error),
                                      .address = address,
                                      .instruction = context->rip});
}
