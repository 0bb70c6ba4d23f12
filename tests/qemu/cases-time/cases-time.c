/* Interrupts at every moment, flags and registers of every kind at the kernel's door. This machine counts
 * time in instructions, so that the timer can be had to strike at any one of them, the same in every run.
 *
 * Next: tests/qemu/cases-time/peer.c
 */
#include "lib/mem.h"
#include "tests/qemu/cases-time/parts.h"
#include "tests/qemu/cases.h"

#define TICK_NS 1000000

/* ---- The timer ------------------------------------------------------------------------------------ */

#define INSTRUCTION_NS 16    /* as `icount` in the file `expect` says */
#define SWEEP_NS       80000 /* longer than what is swept over */

static uint64_t clock_ns(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* One capability goes to and fro, with a call that waits, one that is delivered at once, and two releases
 * that are refused: CALL, RECV, RETURN, RELEASE, each with its completions. */
static void play(struct cases *cases, struct pair *pair, uint64_t *cap)
{
    submit(cases, moving(call_of(pair->client), *cap), 1);
    submit(cases, release_of(*cap), 2);
    expect(cases, 2, CAP_ERR_BUSY, "it is on its way");
    submit(cases, recv_on(pair->endpoint), 3);
    expect(cases, 3, CAP_OK, "it arrives");
    submit(cases, moving(return_to(incoming.head.call_id), received[0].cap), 4);
    expect(cases, 1, CAP_OK, "it comes back");
    expect(cases, 4, CAP_OK, "returned");
    submit(cases, release_of(*cap), 5);
    expect(cases, 5, CAP_ERR_STALE, "under another id");
    *cap = call_list[1].in.cap;
}

/* From the end of a sleep, which a tick has ended, to the next tick: where time has a gap. */
static uint64_t tick_distance_ns(void)
{
    rt_enter(1, 1);
    uint64_t start_ns = clock_ns(), before_ns = start_ns, now_ns;
    while ((now_ns = clock_ns()) - before_ns < 50 * INSTRUCTION_NS)
        before_ns = now_ns;
    return before_ns - start_ns;
}

/* Sleeps, and then waits until so long before the next tick. */
static void wait_for_moment(uint64_t distance_ns, uint64_t before_ns)
{
    rt_enter(1, 1);
    uint64_t moment_ns = clock_ns() + distance_ns - before_ns;
    while (clock_ns() < moment_ns) {}
}

/* The timer strikes after each instruction of that in turn. Where it struck is where the time has a gap, and
 * it must have struck almost everywhere. */
static void case_112(struct cases *cases)
{
    struct pair pair = pair_make(cases, 1), probe = pair_make(cases, 2);
    uint64_t cap = probe.client.cap.bits, shortest_ns = UINT64_MAX;
    uint32_t struck_count = 0, steps = 0;
    uint64_t distance_ns = tick_distance_ns();
    for (uint32_t i = 0; i < 10; i++) {
        wait_for_moment(distance_ns, distance_ns / 2);
        uint64_t start_ns = clock_ns();
        play(cases, &pair, &cap);
        uint64_t time_ns = clock_ns() - start_ns;
        shortest_ns = time_ns < shortest_ns ? time_ns : shortest_ns;
    }
    raw_expect(&cases->raw, shortest_ns < SWEEP_NS, "what is swept over is short");
    for (uint64_t before_ns = 0; before_ns < shortest_ns; before_ns += INSTRUCTION_NS, steps++) {
        wait_for_moment(distance_ns, before_ns);
        uint64_t start_ns = clock_ns();
        play(cases, &pair, &cap);
        struck_count += clock_ns() - start_ns > shortest_ns + 10 * INSTRUCTION_NS;
    }
    expect_facet_lives(cases, &probe, "it has never been lost");
    expect_release(cases, cap, "and is given up");
    expect_facet_gone(cases, &probe, "once");
    print(cases->raw.console, "%u instructions; the timer struck in %u of %u runs",
          (uint32_t)(shortest_ns / INSTRUCTION_NS), struck_count, steps);
    raw_expect(&cases->raw, struck_count > steps / 2, "the timer strikes in the middle of it");
    rt_handle_forget(&probe.client);
    pair_drop(cases, &probe);
    pair_drop(cases, &pair);
}

/* Processes that start and end, with the timer at any moment of it. */
static void case_112_ends(struct cases *cases)
{
    uint64_t distance_ns = tick_distance_ns();
    for (uint32_t i = 0; i < 200; i++) {
        wait_for_moment(distance_ns, i * distance_ns / 200);
        struct os_ProcessHandle peer = peer_start(cases, "peer", "ends", NULL, 0);
        raw_expect_err(&cases->raw, peer_end(cases, &peer), 0, "it ends");
    }
}

/* ---- Flags and registers -------------------------------------------------------------------------- */

#define FLAG_CARRY     0x1ull
#define FLAG_TRAP      0x100ull
#define FLAG_DIRECTION 0x400ull
#define FLAG_OVERFLOW  0x800ull
#define FLAGS_IOPL     0x3000ull
#define FLAG_NESTED    0x4000ull
#define FLAG_ALIGNMENT 0x40000ull
#define FLAG_ID        0x200000ull
#define FLAGS_ALWAYS   0x202ull

/* Enters with these flags; the flags afterwards. */
static uint64_t enter_with_flags(uint64_t flags, int64_t *result)
{
    uint64_t number = CAP_SYSCALL_ENTER, first = 0, second = 0, after;
    __asm__ volatile("push %[flags]; popfq; syscall; pushfq; pop %[after]; push %[normal]; popfq"
                     : "+a"(number), "+D"(first), "+S"(second), [after] "=&r"(after)
                     : [flags] "r"(flags), [normal] "r"(FLAGS_ALWAYS)
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
    *result = (int64_t)number;
    return after;
}

/* Runs with these flags across a few ticks; the flags afterwards. */
static uint64_t run_with_flags(uint64_t flags)
{
    uint64_t rounds = 4 * TICK_NS / INSTRUCTION_NS / 2, after;
    __asm__ volatile("push %[flags]; popfq; 1: lea -1(%[rounds]), %[rounds]; jrcxz 2f; jmp 1b; 2: "
                     "pushfq; pop %[after]; push %[normal]; popfq"
                     : [rounds] "+c"(rounds), [after] "=&r"(after)
                     : [flags] "r"(flags), [normal] "r"(FLAGS_ALWAYS)
                     : "memory", "cc");
    return after;
}

/* A message of all sizes of copies, taken in by an enter with such flags. */
static void copy_with_flags(struct cases *cases, struct pair *pair, uint64_t flags)
{
    static uint64_t message[CAP_MESSAGE_BYTES_MAX / 8];
    int64_t result;
    for (uint32_t i = 0; i < CAP_MESSAGE_BYTES_MAX / 8; i++)
        message[i] = (uint64_t)i * 0x100000001b3 + flags;
    struct cap_sqe call = call_of(pair->client), recv = recv_on(pair->endpoint);
    call.message_addr = (uint64_t)message;
    call.message_bytes = sizeof message;
    call.user_data = 1;
    recv.user_data = 2;
    raw_submit(&cases->raw, &call);
    raw_submit(&cases->raw, &recv);
    memset(&incoming, 0, sizeof incoming);
    enter_with_flags(flags, &result);
    raw_expect_err(&cases->raw, result, 1, "one completion");
    expect(cases, 2, CAP_OK, "a message arrives");
    raw_expect(&cases->raw, memcmp(incoming.words, message, sizeof message) == 0, "as it was sent");
    answer_own(cases, incoming.head.call_id, 1, "answered");
}

static void case_119(struct cases *cases)
{
    static const uint64_t flags[] = {FLAG_DIRECTION, FLAG_NESTED, FLAG_ALIGNMENT, FLAG_ID,
                                     FLAG_CARRY | FLAG_OVERFLOW};
    struct pair pair = pair_make(cases, 1);
    const struct grant nothing[] = {copy_of("client", pair.client)};
    struct os_ProcessHandle spinner = peer_start(cases, "peer", "spins", nothing, 1);
    for (uint32_t set = 0; set < 1u << sizeof flags / sizeof flags[0]; set++) {
        uint64_t wanted = FLAGS_ALWAYS;
        int64_t result;
        for (uint32_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
            wanted |= set >> i & 1 ? flags[i] : 0;
        raw_expect_err(&cases->raw, (int64_t)enter_with_flags(wanted | FLAGS_IOPL, &result), (int64_t)wanted,
                       "flags come back from the kernel as they were, and IOPL is not the program's");
        raw_expect_err(&cases->raw, result, 0, "and so does the result");
        raw_expect_err(&cases->raw, (int64_t)run_with_flags(wanted), (int64_t)wanted,
                       "interrupts and another process leave them alone");
        copy_with_flags(cases, &pair, wanted);
    }
    peer_kill(cases, &spinner);
    struct os_ProcessHandle stepper = peer_start(cases, "peer", "steps", nothing, 1);
    raw_expect_err(&cases->raw, peer_end(cases, &stepper), PEER_FAULTED,
                   "single steps end behind the return");
    pair_drop(cases, &pair);
}

/* How a process has faulted. */
static void expect_fault(struct cases *cases, struct os_ProcessHandle *process, uint16_t kind,
                         uint64_t address)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, *process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(&cases->raw, err, CAP_OK, "its end is reported");
    if (!err) {
        struct os_ProcessEnd_reader end = os_ProcessHandle_wait_Results_get_end(results);
        struct os_Fault_reader fault = os_ProcessEnd_get_faulted(end);
        raw_expect_err(&cases->raw, os_ProcessEnd_which(end), os_ProcessEnd_faulted, "as a fault");
        raw_expect_err(&cases->raw, os_Fault_get_kind(fault), kind, "of this kind");
        raw_expect(&cases->raw, os_Fault_get_address(fault) == address, "with this number");
    }
    rt_call_end(&call);
    rt_handle_drop(&process->handle);
}

/* What the kernel gives back in registers is the program's own, or nothing. */
static void expect_registers(struct cases *cases)
{
    uint64_t rax = CAP_SYSCALL_ENTER, rdi = 0, rsi = 0, rdx = 0xd1d1, kept = 0x5a5a5a5a5a5a5a5a, r8s, r9s,
             r10s, rbxs;
    __asm__ volatile(
        "mov $0x8888, %%r8d; mov $0x9999, %%r9d; mov $0xaaaa, %%r10d; mov %[kept], %%rbx; mov %[kept], %%r12;"
        "mov %[kept], %%r13; mov %[kept], %%r14; syscall; mov %%r8, %[r8s]; mov %%r9, %[r9s];"
        "mov %%r10, %[r10s]; xor %%r12, %%r13; xor %%r14, %%rbx; or %%r13, %%rbx; mov %%rbx, %[rbxs]; xor "
        "%%r12, %%r14; or %%r14, %[rbxs]"
        : "+a"(rax), "+D"(rdi), "+S"(rsi),
          "+d"(rdx), [r8s] "=m"(r8s), [r9s] "=m"(r9s), [r10s] "=m"(r10s), [rbxs] "=m"(rbxs)
        : [kept] "m"(kept)
        : "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "memory", "cc");
    raw_expect(&cases->raw, (rdi == 0) && (rsi == 0) && (rdx == 0 || rdx == 0xd1d1),
               "arguments: zero or as they were");
    raw_expect(&cases->raw,
               (r8s == 0 || r8s == 0x8888) && (r9s == 0 || r9s == 0x9999) && (r10s == 0 || r10s == 0xaaaa),
               "scratch registers: zero or as they were");
    raw_expect(&cases->raw, rbxs == 0, "the others: as they were");
}

/* Enters, and runs across a few ticks, with a stack pointer that no stack has: the kernel never uses it. */
static void expect_stack_pointer(struct cases *cases, uint64_t stack_pointer)
{
    register uint64_t rounds __asm__("r15") = 4 * TICK_NS / INSTRUCTION_NS / 2;
    register uint64_t wanted __asm__("rbx") = stack_pointer;
    register uint64_t after_enter __asm__("r13"), after_ticks __asm__("r14");
    uint64_t rax = CAP_SYSCALL_ENTER, rdi = 0, rsi = 0;
    __asm__ volatile("mov %%rsp, %%r12; mov %%rbx, %%rsp; syscall; mov %%rsp, %%r13; mov %%r15, %%rcx;"
                     "1: lea -1(%%rcx), %%rcx; jrcxz 2f; jmp 1b; 2: mov %%rsp, %%r14; mov %%r12, %%rsp"
                     : "+a"(rax), "+D"(rdi), "+S"(rsi), "=r"(after_enter), "=r"(after_ticks)
                     : "r"(rounds), "r"(wanted)
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "memory", "cc");
    raw_expect_err(&cases->raw, (int64_t)rax, 0, "an enter without a stack");
    raw_expect(&cases->raw, after_enter == stack_pointer && after_ticks == stack_pointer,
               "the stack pointer stays as it was");
}

static void case_120(struct cases *cases)
{
    static const uint64_t stack_pointers[] = {
        0,         7, CAP_RING_ADDRESS, CAP_USER_END, 0x800000000000, 0x8000000000000000, 0xffff800000001000,
        UINT64_MAX};
    for (uint32_t i = 0; i < sizeof stack_pointers / sizeof stack_pointers[0]; i++)
        expect_stack_pointer(cases, stack_pointers[i]);
    const struct grant nothing[] = {copy_of("console", cases->raw.console.handle)};
    for (uint32_t i = 0; i < PARTS_BAD_NUMBERS; i++) {
        const char name[] = {'n', (char)('a' + i), 0};
        struct os_ProcessHandle peer = peer_start(cases, "peer", name, nothing, 1);
        expect_fault(cases, &peer, os_Fault_Kind_badSystemCall, parts_bad_numbers[i]);
    }
    for (uint32_t i = 0; i < 10; i++)
        expect_registers(cases);
}

/* ---- The list ------------------------------------------------------------------------------------- */

static const struct hostile_case list[] = {
    {112, "the timer at every instruction of a call with a transfer: the same results", case_112},
    {112, "the timer while processes start and end: the same results", case_112_ends},
    {119, "every set of flags at the kernel's door: kept for the program, kept from the kernel", case_119},
    {120, "numbers that are no system call: a fault that says which; registers leak nothing", case_120},
};

int main(struct rt *rt)
{
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
