/* Does what its name says, which no program may do: the kernel ends it, and nothing else.
 *
 * Next: tests/qemu/fairness/fairness.c
 */
#include "abi/memory_map.h"
#include "user/rt/print.h"

struct fault {
    const char *name;
    void (*run)(void);
};

static volatile uint64_t sink;

/* An address that the compiler knows nothing about. */
static volatile uint64_t *at(uint64_t address)
{
    __asm__("" : "+r"(address));
    return (volatile uint64_t *)address;
}

static void jump(uint64_t address)
{
    __asm__ volatile("jmp *%0" : : "r"(address));
}

static void read_null(void)
{
    sink = *at(0);
}

static void write_code(void)
{
    *at((uint64_t)write_code) = 0;
}

static void write_capset(void)
{
    *at(CAP_CAPSET_ADDRESS) = 0;
}

static void write_rodata(void)
{
    static const uint64_t constant = 5;
    *at((uint64_t)&constant) = 0;
}

static void run_stack(void)
{
    uint64_t code = 0xc3;
    __asm__ volatile("" : : "m"(code));
    jump((uint64_t)&code);
}

static void read_kernel(void)
{
    sink = *at(0xffff800000001000);
}

static void run_kernel(void)
{
    jump(0xffffffff80000000);
}

static void stack_overflow(void)
{
    uint64_t address = CAP_STACK_TOP;
    for (;;)
        *at(address -= CAP_PAGE_BYTES) = 1;
}

static void illegal(void)
{
    __asm__ volatile("ud2");
}

static void divide(void)
{
    __asm__ volatile("xor %%edx, %%edx; xor %%eax, %%eax; div %%edx" : : : "eax", "edx");
}

static void privileged(void)
{
    __asm__ volatile("cli");
}

static void port(void)
{
    __asm__ volatile("outb %b0, %w1" : : "a"(0x10), "d"(0xf4));
}

static void int_80(void)
{
    __asm__ volatile("int $0x80");
}

static void breakpoint(void)
{
    __asm__ volatile("int3");
}

static void trap_flag(void)
{
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" : : : "memory", "cc");
}

static void bad_syscall(void)
{
    __asm__ volatile("syscall" : : "a"(77) : "rcx", "r11", "memory");
}

static void non_canonical(void)
{
    jump(0x0000800000000000);
}

static void sysenter(void)
{
    __asm__ volatile("sysenter");
}

/* No wider registers than SSE's are saved, so they are not to be had. */
static void avx(void)
{
    __asm__ volatile("vxorps %%ymm0, %%ymm0, %%ymm0" : : : "xmm0");
}

static const struct fault faults[] = {
    {"read-null", read_null},
    {"write-code", write_code},
    {"write-capset", write_capset},
    {"write-rodata", write_rodata},
    {"run-stack", run_stack},
    {"read-kernel", read_kernel},
    {"run-kernel", run_kernel},
    {"stack-overflow", stack_overflow},
    {"illegal", illegal},
    {"divide", divide},
    {"privileged", privileged},
    {"port", port},
    {"int-80", int_80},
    {"breakpoint", breakpoint},
    {"trap-flag", trap_flag},
    {"bad-syscall", bad_syscall},
    {"non-canonical", non_canonical},
    {"sysenter", sysenter},
    {"avx", avx},
};

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

int main(struct rt *rt)
{
    struct os_Console console;
    if (RT_CAPSET(rt, "console", os_Console, &console))
        return 1;
    for (uint32_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (is_same(faults[i].name, rt_process_name(rt)))
            faults[i].run();
    print(console, "CHECK failed: still there");
    return 2;
}
