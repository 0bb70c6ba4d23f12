/* From the boot loader to init, and from init's end to the halt.
 *
 * Next: kernel/boot.c for where we come from, kernel/x86_64/entry.S for where we go
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/boot.h"
#include "kernel/cap/objects.h"
#include "kernel/log.h"
#include "kernel/mm/frame.h"
#include "kernel/mm/kernel_space.h"
#include "kernel/mm/record.h"
#include "kernel/panic.h"
#include "kernel/ring/miscount.h"
#include "kernel/task/process.h"
#include "kernel/task/process_hooks.h"
#include "kernel/task/program_log.h"
#include "kernel/x86_64/apic.h"
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/serial.h"
#include "lib/bits.h"
#include "lib/check.h"
#include "lib/limits.h"
#include "lib/manifest.h"
#include "lib/mem.h"

_Noreturn void kernel_main(void);
_Noreturn void context_resume(void);

static struct boot_info boot_info;
static uint64_t frames_before_init;
static const struct miscount *wanted_miscount; /* NULL: none */

/* ---- The manifest --------------------------------------------------------------------------------- */

static void log_problem(void *context, const char *path, const char *reason)
{
    uint32_t *problem_count = context;
    ++*problem_count;
    log_error("boot", "manifest: %s: %s", path, reason);
}

static struct os_SystemManifest_reader manifest_judge(struct wire_message_reader *message)
{
    uint32_t problem_count = 0;
    const struct manifest_report report = {.context = &problem_count, .problem = log_problem};
    const uint64_t *words;
    uint32_t word_count;
    enum cap_err err = manifest_open(frame_to_pointer(boot_info.module_paddr), boot_info.module_bytes,
                                     &report, &words, &word_count);
    if (!err) {
        wire_message_read(message, words, word_count, 0);
        err = manifest_validate(message, &report);
    }
    if (err)
        boot_refuse("the manifest has %u problem%s; mend system.cue and build it again", problem_count,
                    problem_count == 1 ? "" : "s");
    boot_package_init(boot_info.module_paddr, boot_info.module_bytes, words, word_count);
    log_info("boot", "manifest: %llu KiB, %u binaries, %u services",
             (unsigned long long)(boot_info.module_bytes / 1024),
             os_Binary_list_count(os_SystemManifest_get_binaries(os_SystemManifest_read_root(message))),
             os_Service_list_count(os_SystemManifest_get_services(os_SystemManifest_read_root(message))));
    return os_SystemManifest_read_root(message);
}

/* ---- init ----------------------------------------------------------------------------------------- */

/* The system ends with init. Whatever is left then goes first, and nothing may be missing afterwards. */
static void init_ended(struct process_observer *observer, const struct process_end *end)
{
    (void)observer;
    uint32_t left_count = process_count();
    if (wanted_miscount)
        wanted_miscount->make();
    kernel_check_books();
    process_end_all();
    uint64_t record_count = record_trim();
    uint64_t missing_count = frames_before_init - frame_free_count();
    log_debug("time", "%llu timer interrupts, at most %llu timers at once",
              (unsigned long long)timer_statistics()->interrupt_count,
              (unsigned long long)timer_statistics()->timers_max);
    if (left_count)
        log_info("halt", "ended %u process%s that outlived init", left_count, left_count == 1 ? "" : "es");
    if (record_count || missing_count)
        panic("%llu kernel records and %llu frames are still in use after all processes have ended",
              (unsigned long long)record_count, (unsigned long long)missing_count);
    /* What is left is lines of programs, which stay. */
    ledger_refund(&account_machine()->ledger, LEDGER_LOG_BYTES, program_log_store()->live_bytes);
    CHECK(ledger_is_zero(&account_machine()->ledger));
    if (end->kind == PROCESS_FAULTED) {
        log_error("halt", "init faulted at 0x%llx (address 0x%llx): nobody is left to run the system",
                  (unsigned long long)end->instruction, (unsigned long long)end->address);
        kernel_halt(HALT_INIT_FAULTED);
    }
    if (end->kind == PROCESS_KILLED || end->code) {
        log_error("halt", "init exited with code %d", end->code);
        kernel_halt(HALT_INIT_FAILED);
    }
    log_info("halt", "init exited with code 0; every frame and record came back");
    kernel_halt(HALT_CLEAN);
}

static struct process_observer init_observer = {.on_end = init_ended};

/* An object that the manifest grants to init, with a reference for init's table. All but its address space
 * are there once. */
static struct object *kernel_object(uint16_t which, struct process *init)
{
    static struct object *(*const objects[])(void) = {
        [os_KernelObject_console] = console_object,
        [os_KernelObject_bootPackage] = boot_package_object,
        [os_KernelObject_processSpawner] = process_spawner_object,
        [os_KernelObject_endpointFactory] = endpoint_factory_object,
        [os_KernelObject_facetFactory] = facet_factory_object,
        [os_KernelObject_timer] = timer_object,
        [os_KernelObject_frameAllocator] = frame_allocator_object,
        [os_KernelObject_notificationFactory] = notification_factory_object,
        [os_KernelObject_entropy] = entropy_object,
        [os_KernelObject_logReader] = log_reader_object,
        [os_KernelObject_auditReader] = audit_reader_object,
        [os_KernelObject_inspector] = inspector_object,
        [os_KernelObject_allocationFault] = allocation_fault_object,
        [os_KernelObject_testSupport] = test_support_object,
    };
    struct object *object;
    if (which == os_KernelObject_virtualMemory) {
        if (virtual_memory_make(init, &object))
            boot_refuse("no memory for init");
        return object;
    }
    /* The manifest has been judged. */
    CHECK(which < sizeof objects / sizeof objects[0] && objects[which]);
    object = objects[which]();
    if (!object)
        boot_refuse("init is granted %s, which only kernels built for tests have",
                    manifest_object_name(which));
    object_reference(object);
    return object;
}

static void init_start(struct os_SystemManifest_reader manifest)
{
    struct os_Init_reader init = os_SystemManifest_get_init(manifest);
    struct wire_text binary = os_Init_get_binary(init);
    struct wire_data elf;
    struct elf_plan plan;
    const char *reason;
    uint32_t number;
    struct process *process;
    uint64_t limits[LEDGER_KIND_COUNT];
    struct process_budget budget = {.payer = account_machine()};
    /* The manifest has been judged: the binary is there and is a program. */
    enum cap_err err = boot_package_binary(binary, &number, &elf);
    CHECK(!err);
    const struct elf_source source = elf_source_of_bytes(elf.bytes, elf.length);
    err = elf_plan_read(&source, &plan, &reason);
    CHECK(!err);
    limits_read(os_Init_get_limits(init), limits);
    limits_of_init(limits, &budget.payer->ledger, budget.shares);
    err = process_create("init", 4, &budget, &plan, &source, &init_observer, &process);
    struct os_KernelGrant_list_reader grants = os_Init_get_grants(init);
    for (uint32_t i = 0; !err && i < os_KernelGrant_list_count(grants); i++) {
        struct os_KernelGrant_reader grant = os_KernelGrant_list_at(grants, i);
        struct object *object = kernel_object(os_KernelGrant_get_object(grant), process);
        struct wire_text name = os_KernelGrant_get_name(grant);
        cap_id_t id;
        err = process_insert_cap(process, object, &id);
        if (!err)
            process_name_cap(process, name.bytes, name.length, id, object->interface_id);
    }
    if (err == CAP_ERR_QUOTA) {
        char text[LEDGER_TEXT_BYTES];
        account_refusal_text(budget.payer, text);
        boot_refuse("init cannot start within init.limits: %s", text);
    }
    if (err)
        boot_refuse("not enough memory for init");
    log_info("boot", "starting init (%.*s) with %u capabilities", (int)binary.length, binary.bytes,
             os_KernelGrant_list_count(grants));
    process_start(process);
}

/* ---- Start ---------------------------------------------------------------------------------------- */

static bool command_line_has(const char *word)
{
    size_t length = strlen(word);
    const char *at = boot_info.command_line;
    while (*at) {
        while (*at == ' ')
            at++;
        const char *end = at;
        while (*end && *end != ' ')
            end++;
        if ((size_t)(end - at) == length && memcmp(at, word, length) == 0)
            return true;
        at = end;
    }
    return false;
}

_Noreturn void kernel_main(void)
{
    clock_start();
    serial_init();
    cpu_init();
    boot_collect(&boot_info);
    if (command_line_has("log=debug"))
        log_set_level(LOG_DEBUG);
    if (command_line_has("panic=now"))
        panic("asked for on the command line");
    frame_init(&boot_info);
    kernel_space_init(&boot_info);
    frame_reclaim(&boot_info);
    apic_init(kernel_space_apic());
    log_info("boot", "capOS: %llu MiB of memory, protections %s",
             (unsigned long long)(frame_total_count() * CAP_PAGE_BYTES >> 20), cpu_protections());
    struct wire_message_reader message;
    struct os_SystemManifest_reader manifest = manifest_judge(&message);
    frames_before_init = frame_free_count();
    account_machine_init(frames_before_init);
    if (command_line_has("self-check=fail"))
        object_reference(console_object());
    for (const struct miscount *miscount = miscounts; miscount->word; miscount++)
        if (command_line_has(miscount->word))
            wanted_miscount = miscount;
    init_start(manifest);
    timer_init();
    context_resume();
}
