/* Ends at once, works beside its parent, or enters the kernel as nobody should. Next: lib/timer_queue.h */
#include "tests/qemu/cases-time/parts.h"
#include "tests/qemu/cases.h"

/* One of the numbers that are no system call, by the second letter of its name. */
static void call_number(uint32_t index)
{
    register uint64_t r10 __asm__("r10") = 0x1010101010101010;
    register uint64_t r8 __asm__("r8") = UINT64_MAX;
    __asm__ volatile("syscall"
                     :
                     : "a"(parts_bad_numbers[index]), "D"(UINT64_MAX), "S"(0x8000000000000000),
                       "d"(0xdddddddddddddddd), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
}

/* Traps after each instruction, into the kernel and out of it: ends at the first one behind the return. */
static void play_steps(struct peer *peer)
{
    (void)peer;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; syscall; nop; nop"
                     :
                     : "a"(CAP_SYSCALL_ENTER), "D"(0), "S"(0)
                     : "rcx", "r11", "rdx", "r8", "r9", "r10", "memory", "cc");
}

static void play_ends(struct peer *peer)
{
    (void)peer;
}

static void play_spins(struct peer *peer)
{
    (void)peer;
    for (;;)
        __asm__ volatile("");
}

static const struct part parts[] = {{"steps", play_steps}, {"ends", play_ends}, {"spins", play_spins}};

int main(struct rt *rt)
{
    const char *name = rt_process_name(rt);
    if (name[0] != 'n' || name[2])
        return PEER_PLAY(rt, parts);
    call_number((uint32_t)(name[1] - 'a'));
    return 96;
}
