/* A QEMU plugin that counts what a guest executes between two marks, by privilege and by event.
 *
 *   -plugin counter.so,open=ADDRESS,close=ADDRESS,boot=ADDRESS,out=FILE
 *       [,copy=FIRST-END:...][,fill=FIRST-END:...][,trace=FILE,at=NUMBER]
 *
 * open and close are the addresses of the two rdtsc instructions that bracket a measured operation, boot that
 * of the kernel's first instruction. For each pass from open to close, `out` gets one line of numbers: what
 * the kernel and what the program executed, the events, bytes copied, bytes filled; its first line names the
 * columns. The line for the way from boot to the first instruction of a program begins with "boot". The rdtsc
 * at open counts and the one at close does not, so kernel and user add up to what the guest itself reads.
 *
 * Bytes copied and filled are those that movs and stos store, and all that the functions in the ranges `copy`
 * and `fill` store. Of pass number `at` (0 is the first; "boot" for the boot), `trace` gets the address of
 * every executed instruction, eight bytes each.
 *
 * The guest cannot tell that it is counted: all registers, memory and times stay the same.
 *
 * Next: bench/counter/decode.h
 */
#include "bench/counter/decode.h"
#include "bench/counter/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF ((uint64_t)1 << 63)
#define NOWHERE     UINT64_MAX /* no program's address */
#define RANGES_MAX  64

int qemu_plugin_version = 1;

/* Numbers of passes that are none. */
enum {
    BOOT_PASS = -1,
    NO_PASS = -2,
};

struct range {
    uint64_t first, end;
};

struct ranges {
    unsigned count;
    struct range range[RANGES_MAX];
};

/* One translated instruction; it lives as long as QEMU, like the translation that names it. */
struct site {
    uint64_t vaddr;
    struct decoded decoded;
};

static struct {
    uint64_t open, close, boot;
    struct ranges copy, fill;
    FILE *out, *trace;
    long trace_at;
} options = {.trace_at = NO_PASS};

static struct {
    bool is_open, is_booting, is_traced;
    /* The last instruction: its address if it was a program's, and what it was. */
    uint64_t user_at;
    bool was_syscall, was_return;
    uint64_t trapped_at; /* where a program was interrupted or has faulted */
    long pass;
    uint64_t kernel, user, copied, filled;
    uint64_t events[EVENT_COUNT];
} now;

static bool ranges_hold(const struct ranges *ranges, uint64_t vaddr)
{
    for (unsigned i = 0; i < ranges->count; i++)
        if (vaddr >= ranges->range[i].first && vaddr < ranges->range[i].end)
            return true;
    return false;
}

static void pass_open(long number)
{
    memset(now.events, 0, sizeof now.events);
    now.kernel = now.user = now.copied = now.filled = 0;
    now.user_at = now.trapped_at = NOWHERE;
    now.was_syscall = now.was_return = false;
    now.is_open = true;
    now.is_traced = options.trace && options.trace_at == number;
}

static void pass_close(const char *name)
{
    fprintf(options.out, "%s %llu %llu", name, (unsigned long long)now.kernel, (unsigned long long)now.user);
    for (unsigned i = 0; i < EVENT_COUNT; i++)
        fprintf(options.out, " %llu", (unsigned long long)now.events[i]);
    fprintf(options.out, " %llu %llu\n", (unsigned long long)now.copied, (unsigned long long)now.filled);
    now.is_open = now.is_traced = false;
}

/* An instruction that faulted was seen when it began and is seen again now: it executes once. */
static bool is_repeated(const struct site *site)
{
    bool is_same = now.trapped_at == site->vaddr;
    if (site->vaddr < KERNEL_HALF)
        now.trapped_at = NOWHERE;
    return is_same;
}

static void count_event(const struct site *site, bool is_user)
{
    enum event event = site->decoded.event;
    if (event != EVENT_NONE)
        now.events[event]++;
    /* An interrupt that had to wait until the kernel returned comes before the program's next instruction. */
    if (!is_user && ((now.user_at != NOWHERE && !now.was_syscall) || now.was_return)) {
        now.events[EVENT_INTERRUPT]++;
        now.trapped_at = now.user_at;
    }
    now.user_at = is_user ? site->vaddr : NOWHERE;
    now.was_syscall = event == EVENT_SYSCALL;
    now.was_return = event == EVENT_IRETQ || event == EVENT_SYSRET;
}

static void count(const struct site *site)
{
    bool is_user = site->vaddr < KERNEL_HALF;
    if (!is_repeated(site)) {
        *(is_user ? &now.user : &now.kernel) += 1;
        if (now.is_traced)
            fwrite(&site->vaddr, sizeof site->vaddr, 1, options.trace);
    }
    count_event(site, is_user);
}

static void executed(unsigned cpu, void *userdata)
{
    (void)cpu;
    if (now.is_open)
        count(userdata);
}

/* The addresses that begin or end a pass come here instead. */
static void executed_mark(unsigned cpu, void *userdata)
{
    const struct site *site = userdata;
    if (site->vaddr == options.close && now.is_open && !now.is_booting) {
        pass_close("pass");
        now.pass++;
    }
    if (site->vaddr == options.open)
        pass_open(now.pass);
    if (site->vaddr == options.boot) {
        pass_open(BOOT_PASS);
        now.is_booting = true;
    }
    executed(cpu, userdata);
}

/* Until a program runs, everything in the lower half is looked at. */
static void executed_low(unsigned cpu, void *userdata)
{
    if (now.is_booting) {
        pass_close("boot");
        now.is_booting = false;
    }
    executed(cpu, userdata);
}

static void stored(unsigned cpu, uint32_t info, uint64_t vaddr, void *userdata)
{
    const struct site *site = userdata;
    uint64_t bytes = (uint64_t)1 << qemu_plugin_mem_size_shift(info);
    (void)cpu;
    (void)vaddr;
    /* QEMU 7.2 reports loads too, whatever was asked for. */
    if (now.is_open && qemu_plugin_mem_is_store(info))
        *(site->decoded.store == STORE_COPY ? &now.copied : &now.filled) += bytes;
}

static void site_watch(struct qemu_plugin_insn *insn)
{
    struct site *site = malloc(sizeof *site);
    if (!site)
        abort();
    site->vaddr = qemu_plugin_insn_vaddr(insn);
    site->decoded = instruction_decode(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
    if (ranges_hold(&options.copy, site->vaddr))
        site->decoded.store = STORE_COPY;
    if (ranges_hold(&options.fill, site->vaddr))
        site->decoded.store = STORE_FILL;

    void (*callback)(unsigned, void *) = executed;
    if (site->vaddr == options.open || site->vaddr == options.close || site->vaddr == options.boot)
        callback = executed_mark;
    else if (now.is_booting && site->vaddr < KERNEL_HALF)
        callback = executed_low;
    qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, QEMU_PLUGIN_CB_NO_REGS, site);
    if (site->decoded.store != STORE_OTHER)
        qemu_plugin_register_vcpu_mem_cb(insn, stored, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W, site);
}

static void translated(uint64_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++)
        site_watch(qemu_plugin_tb_get_insn(block, i));
}

static void ended(uint64_t id, void *userdata)
{
    (void)id;
    (void)userdata;
    fclose(options.out);
    if (options.trace)
        fclose(options.trace);
}

/* ---- Options -------------------------------------------------------------------------------------- */

/* "FIRST-END:FIRST-END...", hexadecimal. */
static bool ranges_parse(struct ranges *ranges, const char *text)
{
    while (*text && ranges->count < RANGES_MAX) {
        struct range *range = &ranges->range[ranges->count++];
        char *after;
        range->first = strtoull(text, &after, 16);
        if (*after != '-')
            return false;
        range->end = strtoull(after + 1, &after, 16);
        text = *after == ':' ? after + 1 : after;
    }
    return *text == '\0';
}

static const char *value_of(const char *argument, const char *key)
{
    size_t length = strlen(key);
    return strncmp(argument, key, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static bool option_parse(const char *argument)
{
    const char *value;
    if ((value = value_of(argument, "open")))
        options.open = strtoull(value, NULL, 16);
    else if ((value = value_of(argument, "close")))
        options.close = strtoull(value, NULL, 16);
    else if ((value = value_of(argument, "boot")))
        options.boot = strtoull(value, NULL, 16);
    else if ((value = value_of(argument, "copy")))
        return ranges_parse(&options.copy, value);
    else if ((value = value_of(argument, "fill")))
        return ranges_parse(&options.fill, value);
    else if ((value = value_of(argument, "out")))
        return (options.out = fopen(value, "w")) != NULL;
    else if ((value = value_of(argument, "trace")))
        return (options.trace = fopen(value, "wb")) != NULL;
    else if ((value = value_of(argument, "at")))
        options.trace_at = strcmp(value, "boot") == 0 ? BOOT_PASS : strtol(value, NULL, 10);
    else
        return false;
    return true;
}

int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!option_parse(argv[i])) {
            fprintf(stderr, "counter: bad option '%s'\n", argv[i]);
            return 1;
        }
    }
    if (!options.out) {
        fprintf(stderr, "counter: out=FILE is missing\n");
        return 1;
    }
    fprintf(options.out, "pass kernel user %s copied filled\n", EVENT_NAMES);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
