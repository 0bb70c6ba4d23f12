/* Single instructions that C has no words for.
 *
 * Every asm here is volatile, and has a memory clobber where the instruction orders or changes memory
 * behind the compiler's back.
 *
 * Next: kernel/x86_64/cpu.h
 */
#pragma once

#include "abi/base.h"

#define MSR_APIC_BASE      0x1b
#define MSR_SYSENTER_CS    0x174
#define MSR_X2APIC_BASE    0x800
#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_SFMASK         0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

static inline void port_write8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t port_read8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint64_t msr_read(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

struct cpuid_result {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid_result cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_result r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

static inline uint64_t timestamp_read(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* A random number from the processor, if it has one at the moment (Intel SDM vol. 1, 7.3.17). */
static inline bool rdrand(uint64_t *word)
{
    bool has_word;
    __asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(has_word) : :);
    return has_word;
}

static inline bool rdseed(uint64_t *word)
{
    bool has_word;
    __asm__ volatile("rdseed %0" : "=r"(*word), "=@ccc"(has_word) : :);
    return has_word;
}

/* A moment's rest in a loop that waits. */
static inline void cpu_pause(void)
{
    __asm__ volatile("pause");
}

#define CONTROL_REGISTER(name)                                          \
    static inline uint64_t name##_read(void)                            \
    {                                                                   \
        uint64_t value;                                                 \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));          \
        return value;                                                   \
    }                                                                   \
    static inline void name##_write(uint64_t value)                     \
    {                                                                   \
        __asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory"); \
    }
CONTROL_REGISTER(cr0)
CONTROL_REGISTER(cr3)
CONTROL_REGISTER(cr4)

static inline uint64_t cr2_read(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

/* Null selectors where user code may have loaded others; not gs, which leads to struct cpu. */
static inline void segments_clear(void)
{
    __asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs" : : "r"(0));
}

static inline void tlb_flush_page(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline void interrupts_disable(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* Takes the interrupts that have come meanwhile. */
static inline void interrupt_window(void)
{
    __asm__ volatile("sti; nop; cli" : : : "memory");
}

/* Sleeps until an interrupt has been handled. The instruction after sti runs before any interrupt is
 * taken, so one that is pending already wakes the hlt: no wake-up is lost. */
static inline void interrupt_wait(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}
