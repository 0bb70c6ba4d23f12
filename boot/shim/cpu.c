/* Judges the processor and puts it, and the interrupt controllers, into the state promised at entry. The
 * control registers are start.S's business.
 *
 * Limit: I/O APICs beyond the one at the standard address are left as the firmware set them up.
 *
 * Source: Intel SDM volume 3A, section 11.12 (PAT); Intel 82093AA data sheet (I/O APIC).
 * Next: boot/shim/image.c
 */
#include "boot/shim/shim.h"

#define CPUID_1_EDX_APIC        (1u << 9)
#define CPUID_1_EDX_PAT         (1u << 16)
#define CPUID_80000001_EDX_NX   (1u << 20)
#define CPUID_80000001_EDX_LONG (1u << 29)
#define MSR_PAT                 0x277
/* From entry 0: WB WT UC- UC WP WC, then UC- UC, which the protocol leaves open. */
#define PAT_LOW                 0x00070406u
#define PAT_HIGH                0x00070105u
#define PIC_MASK_MASTER         0x21
#define PIC_MASK_SLAVE          0xa1
#define IO_APIC                 0xfec00000u
#define IO_APIC_VERSION         1
#define IO_APIC_REDIRECTION     0x10
#define IO_APIC_MASKED          (1u << 16)
#define IO_APIC_DELIVERY        (7u << 8)
#define IO_APIC_LOWEST_PRIORITY (1u << 8) /* 0 is fixed delivery */

/* Returns EDX, which has all features asked for here; 0 for a leaf that the processor does not have. */
static uint32_t cpuid_edx(uint32_t leaf)
{
    uint32_t eax = leaf & 0x80000000;
    uint32_t ebx, ecx, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    if (eax < leaf)
        return 0;
    eax = leaf;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return edx;
}

static void io_apic_mask(void)
{
    volatile uint32_t *select = shim_pointer(IO_APIC);
    volatile uint32_t *window = shim_pointer(IO_APIC + 0x10);
    *select = IO_APIC_VERSION;
    uint32_t version = *window;
    uint32_t last = (version >> 16) & 0xff;
    if (version == 0 || version == UINT32_MAX)
        return; /* there is none */
    for (uint32_t i = 0; i <= last; i++) {
        *select = IO_APIC_REDIRECTION + 2 * i;
        uint32_t entry = *window;
        if ((entry & IO_APIC_DELIVERY) <= IO_APIC_LOWEST_PRIORITY)
            *window = entry | IO_APIC_MASKED;
    }
}

void cpu_prepare(bool *has_nx)
{
    uint32_t features = cpuid_edx(1);
    uint32_t extended = cpuid_edx(0x80000001);
    if ((extended & CPUID_80000001_EDX_LONG) == 0)
        console_refuse("this processor has no 64-bit mode");
    *has_nx = (extended & CPUID_80000001_EDX_NX) != 0;
    if ((features & CPUID_1_EDX_PAT) != 0)
        __asm__ volatile("wrmsr" : : "c"(MSR_PAT), "a"(PAT_LOW), "d"(PAT_HIGH));
    shim_out8(PIC_MASK_MASTER, 0xff);
    shim_out8(PIC_MASK_SLAVE, 0xff);
    if ((features & CPUID_1_EDX_APIC) != 0)
        io_apic_mask();
}
