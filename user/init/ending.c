/* How a process ended, in words.
 *
 * Next: kernel/cap/process_handle.c
 */
#include "user/init/init.h"
#include "user/rt/print.h"

static const char *fault_text(uint16_t kind)
{
    static const char *const texts[] = {
        [os_Fault_Kind_other] = "fault",
        [os_Fault_Kind_pageRead] = "page fault, reading",
        [os_Fault_Kind_pageWrite] = "page fault, writing",
        [os_Fault_Kind_pageExecute] = "page fault, executing",
        [os_Fault_Kind_illegalInstruction] = "illegal instruction",
        [os_Fault_Kind_divide] = "division fault",
        [os_Fault_Kind_generalProtection] = "general protection fault",
        [os_Fault_Kind_alignment] = "misaligned access",
        [os_Fault_Kind_debug] = "debug trap",
        [os_Fault_Kind_floatingPoint] = "floating point fault",
        [os_Fault_Kind_badSystemCall] = "unknown system call",
        [os_Fault_Kind_noMemory] = "out of memory",
    };
    return kind < sizeof texts / sizeof texts[0] ? texts[kind] : "unknown fault";
}

void ending_report(const struct init *init, struct wire_text name, struct os_ProcessEnd_reader end)
{
    struct os_Fault_reader fault;

    switch (os_ProcessEnd_which(end)) {
    case os_ProcessEnd_exited:
        print(init->console, "%.*s exited with code %d", (int)name.length, name.bytes,
              os_ProcessEnd_get_exited(end));
        break;
    case os_ProcessEnd_faulted:
        fault = os_ProcessEnd_get_faulted(end);
        print(init->console, "%.*s died: %s, address 0x%lx, instruction 0x%lx", (int)name.length, name.bytes,
              fault_text(os_Fault_get_kind(fault)), os_Fault_get_address(fault),
              os_Fault_get_instruction(fault));
        break;
    case os_ProcessEnd_killed:
        print(init->console, "%.*s was killed", (int)name.length, name.bytes);
        break;
    default:
        print(init->console, "%.*s ended in an unknown way", (int)name.length, name.bytes);
    }
}
