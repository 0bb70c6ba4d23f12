/* Waits for every service at once and reports each end as it happens.
 *
 * A wait is a call that takes as long as its process lives. As many are under way as the CQ has places for
 * (some are left for init's own calls); further ones begin when others are over. They are submitted by
 * hand, with a small buffer each instead of a struct rt_call, because a ProcessEnd is small and 28 records
 * of 7 KiB would not fit on the stack.
 *
 * Next: kernel/cap/process_handle.c
 */
#include "lib/error.h"
#include "user/init/init.h"
#include "user/rt/pending.h"
#include "user/rt/print.h"

#define WAITS_MAX    (CAP_CQ_ENTRIES - 4)
#define ANSWER_WORDS 48 /* a ProcessEnd takes 8; a CapException with the longest reason 35 */

struct wait {
    struct rt_pending pending;
    uint32_t service_index;
    bool is_used;
    uint64_t answer[ANSWER_WORDS];
};

static void wait_begin(const struct init *init, struct wait *wait, uint32_t service_index)
{
    /* No parameters: a message of no words. */
    struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .method_id = os_ProcessHandle_wait_METHOD,
        .target = init->processes[service_index].handle.cap.bits,
        .interface_id = os_ProcessHandle_ID,
        .buffer_addr = (uintptr_t)wait->answer,
        .buffer_bytes = sizeof wait->answer,
    };
    wait->service_index = service_index;
    wait->is_used = true;
    rt_pending_submit(init->rt, &wait->pending, &sqe, false);
}

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

/* Prints how the process ended. Whether it exited with code 0. */
static bool end_report(const struct init *init, struct wire_text name, struct os_ProcessEnd_reader end)
{
    if (os_ProcessEnd_which(end) == os_ProcessEnd_exited) {
        int32_t code = os_ProcessEnd_get_exited(end);
        print(init->console, "%.*s exited with code %d", (int)name.length, name.bytes, code);
        return code == 0;
    }
    if (os_ProcessEnd_which(end) == os_ProcessEnd_killed) {
        print(init->console, "%.*s was killed", (int)name.length, name.bytes);
        return false;
    }
    if (os_ProcessEnd_which(end) != os_ProcessEnd_faulted) {
        print(init->console, "%.*s ended in an unknown way", (int)name.length, name.bytes);
        return false;
    }
    struct os_Fault_reader fault = os_ProcessEnd_get_faulted(end);
    print(init->console, "%.*s died: %s, address 0x%lx, instruction 0x%lx", (int)name.length, name.bytes,
          fault_text(os_Fault_get_kind(fault)), os_Fault_get_address(fault), os_Fault_get_instruction(fault));
    return false;
}

/* A wait is over: reports, and gives the process up. Whether it exited with code 0. */
static bool wait_finish(struct init *init, struct wait *wait)
{
    struct os_Service_list_reader services = os_SystemManifest_get_services(init->manifest);
    struct wire_text name = os_Service_get_name(os_Service_list_at(services, wait->service_index));
    const struct cap_cqe *cqe = &wait->pending.cqe;
    struct wire_message_reader message;
    enum cap_err error = cqe->status;

    wait->is_used = false;
    rt_handle_drop(&init->processes[wait->service_index].handle);
    if (error == CAP_OK) {
        wire_message_read(&message, wait->answer, cqe->message_bytes / 8, 0);
        error = os_ProcessHandle_wait_Results_check(&message);
    }
    if (error != CAP_OK) {
        print(init->console, "cannot wait for %.*s: %s", (int)name.length, name.bytes, error_text(error));
        return false;
    }
    struct os_ProcessHandle_wait_Results_reader results = os_ProcessHandle_wait_Results_read_root(&message);
    return end_report(init, name, os_ProcessHandle_wait_Results_get_end(results));
}

/* Begins waits, in the order of services from *next on, as far as there are places. How many are used. */
static uint32_t begin_more(const struct init *init, struct wait *waits, uint32_t *next)
{
    uint32_t used_count = 0;
    for (uint32_t i = 0; i < WAITS_MAX; i++) {
        while (!waits[i].is_used && *next < MANIFEST_SERVICES_MAX) {
            if (!rt_handle_is_null(init->processes[*next].handle))
                wait_begin(init, &waits[i], *next);
            ++*next;
        }
        used_count += waits[i].is_used;
    }
    return used_count;
}

/* Finishes every wait that is done. How many did; of these, *failed_count grows by those that failed. */
static uint32_t finish_done(struct init *init, struct wait *waits, uint32_t *failed_count)
{
    uint32_t finished_count = 0;
    for (uint32_t i = 0; i < WAITS_MAX; i++) {
        if (!waits[i].is_used || !waits[i].pending.is_done)
            continue;
        *failed_count += !wait_finish(init, &waits[i]);
        finished_count++;
    }
    return finished_count;
}

/* Reporting one end makes calls, and with their completions others may come in: so it only blocks after a
 * round that found nothing done. */
uint32_t supervisor_run(struct init *init)
{
    struct wait waits[WAITS_MAX];
    uint32_t failed_count = 0;
    uint32_t next = 0;

    for (uint32_t i = 0; i < WAITS_MAX; i++)
        waits[i].is_used = false;
    while (begin_more(init, waits, &next) > 0) {
        if (finish_done(init, waits, &failed_count) == 0)
            rt_pending_wait_any(init->rt);
    }
    return failed_count;
}
