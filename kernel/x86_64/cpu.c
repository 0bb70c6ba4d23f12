/* Set-up of one processor: descriptor tables, entry points, protections.
 *
 * Sources: Intel SDM vol. 3, 2.5 (control registers), 3.4.5 and 7.2.3 (descriptors), 5.8.8 (SYSCALL),
 * 6.14 (64-bit IDT and IST); vol. 2, CPUID.
 * Next: kernel/x86_64/trap.c
 */
#include "kernel/x86_64/cpu.h"
#include "kernel/x86_64/instructions.h"
#include "kernel/x86_64/trap.h"
#include "lib/mem.h"

#define CR0_MP (1u << 1)
#define CR0_EM (1u << 2)
#define CR0_TS (1u << 3)
#define CR0_NE (1u << 5)
#define CR0_WP (1u << 16)
#define CR0_AM (1u << 18)

#define CR4_PAE        (1u << 5)
#define CR4_PGE        (1u << 7)
#define CR4_OSFXSR     (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_UMIP       (1u << 11)
#define CR4_SMEP       (1u << 20)
#define CR4_SMAP       (1u << 21)

#define EFER_SCE (1u << 0)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)
#define EFER_NXE (1u << 11)

#define RFLAGS_TF   (1u << 8)
#define RFLAGS_IF   (1u << 9)
#define RFLAGS_DF   (1u << 10)
#define RFLAGS_IOPL (3u << 12)
#define RFLAGS_NT   (1u << 14)
#define RFLAGS_AC   (1u << 18)

#define STACK_BYTES      16384
#define IST_STACK_BYTES  4096
#define IST_DOUBLE_FAULT 1
#define IST_NMI          2

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_base;
} __attribute__((packed));
CAP_ASSERT_SIZE(struct tss, 104);

struct idt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};
CAP_ASSERT_SIZE(struct idt_gate, 16);

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

extern const uint8_t trap_stubs[256][16];
void syscall_entry(void);

static struct cpu boot_cpu;
static struct tss tss;
static struct idt_gate idt[256] __attribute__((aligned(16)));
/* The page below the stack is not mapped: what runs over it faults, on the double-fault stack. */
static struct {
    uint8_t guard[CAP_PAGE_BYTES];
    uint8_t bytes[STACK_BYTES];
} stack __attribute__((aligned(CAP_PAGE_BYTES)));
static uint8_t double_fault_stack[IST_STACK_BYTES] __attribute__((aligned(16)));
static uint8_t nmi_stack[IST_STACK_BYTES] __attribute__((aligned(16)));
static char protections[32];

static uint64_t gdt[7] __attribute__((aligned(8))) = {
    0,
    0x00af9a000000ffff, /* kernel code: present, ring 0, 64-bit */
    0x00cf92000000ffff, /* kernel data: present, ring 0, writable */
    0x00cff2000000ffff, /* user data: present, ring 3, writable */
    0x00affa000000ffff, /* user code: present, ring 3, 64-bit */
    0,
    0, /* TSS, two entries */
};

static void gdt_load(void)
{
    uint64_t base = (uint64_t)&tss;
    tss.rsp[0] = (uint64_t)stack.bytes + STACK_BYTES;
    tss.ist[IST_DOUBLE_FAULT - 1] = (uint64_t)double_fault_stack + IST_STACK_BYTES;
    tss.ist[IST_NMI - 1] = (uint64_t)nmi_stack + IST_STACK_BYTES;
    tss.io_map_base = sizeof tss; /* no I/O permission map: ring 3 may touch no port */
    gdt[5] = (sizeof tss - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[6] = base >> 32;

    struct table_pointer pointer = {sizeof gdt - 1, (uint64_t)gdt};
    __asm__ volatile("lgdt %0\n\t"
                     "push %1\n\t"
                     "lea 1f(%%rip), %%rax\n\t"
                     "push %%rax\n\t"
                     "lretq\n"
                     "1:\n\t"
                     "mov %2, %%ds\n\t"
                     "mov %2, %%es\n\t"
                     "mov %2, %%ss\n\t"
                     "mov %3, %%fs\n\t"
                     "mov %3, %%gs\n\t"
                     "ltr %4"
                     :
                     : "m"(pointer), "i"(SELECTOR_KERNEL_CODE), "r"(SELECTOR_KERNEL_DATA), "r"(0),
                       "r"((uint16_t)SELECTOR_TSS)
                     : "rax", "memory");
}

static void idt_load(void)
{
    for (unsigned vector = 0; vector < 256; vector++) {
        uint64_t offset = (uint64_t)trap_stubs[vector];
        idt[vector] = (struct idt_gate){
            .offset_low = (uint16_t)offset,
            .selector = SELECTOR_KERNEL_CODE,
            .type = 0x8e, /* present, ring 0 only, interrupt gate */
            .offset_middle = (uint16_t)(offset >> 16),
            .offset_high = (uint32_t)(offset >> 32),
        };
    }
    idt[2].ist = IST_NMI;
    idt[8].ist = IST_DOUBLE_FAULT;
    struct table_pointer pointer = {sizeof idt - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

static void syscall_setup(void)
{
    /* All else that the loader may have left is off: with FFXSR, FXSAVE would leave out the SSE registers
     * (AMD APM vol. 2, 3.1.7), and they would stay for the next process. */
    msr_write(MSR_EFER, (msr_read(MSR_EFER) & (EFER_LME | EFER_LMA)) | EFER_SCE | EFER_NXE);
    msr_write(MSR_STAR, (uint64_t)SELECTOR_KERNEL_DATA << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    msr_write(MSR_LSTAR, (uint64_t)syscall_entry);
    msr_write(MSR_SFMASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_AC);
}

static void protections_enable(void)
{
    static const struct {
        uint32_t bit_ebx, bit_ecx, cr4;
        const char *name;
    } features[] = {
        {1u << 7, 0, CR4_SMEP, " SMEP"},
        {1u << 20, 0, CR4_SMAP, " SMAP"},
        {0, 1u << 2, CR4_UMIP, " UMIP"},
    };
    /* Written whole: what the loader left on is not ours. Off stay, among others, OSXSAVE (no AVX, whose
     * registers nobody saves), FSGSBASE and PCE. */
    uint64_t cr4 = CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;
    struct cpuid_result leaf7 = {0};
    if (cpuid(0, 0).eax >= 7)
        leaf7 = cpuid(7, 0);
    char *end = protections;
    memcpy(end, "NX WP", 6);
    end += 5;
    for (unsigned i = 0; i < sizeof features / sizeof features[0]; i++) {
        if (!(leaf7.ebx & features[i].bit_ebx) && !(leaf7.ecx & features[i].bit_ecx))
            continue;
        cr4 |= features[i].cr4;
        memcpy(end, features[i].name, 6);
        end += 5;
    }
    cr4_write(cr4);
    cr0_write((cr0_read() & ~(uint64_t)(CR0_EM | CR0_TS | CR0_AM)) | CR0_MP | CR0_NE | CR0_WP);
}

void cpu_init(void)
{
    gdt_load();
    idt_load();
    boot_cpu.self = &boot_cpu;
    boot_cpu.stack_top = stack.bytes + STACK_BYTES;
    msr_write(MSR_GS_BASE, (uint64_t)&boot_cpu);
    msr_write(MSR_KERNEL_GS_BASE, 0);
    msr_write(MSR_FS_BASE, 0);
    syscall_setup();
    /* What the loader may have left: SYSENTER, a local descriptor table, breakpoints. */
    msr_write(MSR_SYSENTER_CS, 0);
    __asm__ volatile("lldt %w0" : : "r"(0));
    __asm__ volatile("mov %0, %%dr7" : : "r"(0x400ull));
    protections_enable();
}

uint64_t cpu_stack_guard(void)
{
    return (uint64_t)stack.guard;
}

const char *cpu_protections(void)
{
    return protections;
}

void cpu_set_context(struct context *context)
{
    cpu_this()->context = context;
    tss.rsp[0] = (uint64_t)(context + 1);
}

void fpu_init(struct fpu_state *fpu)
{
    memset(fpu, 0, sizeof *fpu);
    fpu->bytes[0] = 0x7f; /* FCW 0x037f: all x87 exceptions masked, 64-bit precision (SDM vol. 1, 8.1.5) */
    fpu->bytes[1] = 0x03;
    fpu->bytes[24] = 0x80; /* MXCSR 0x1f80: all SIMD exceptions masked (SDM vol. 1, 10.2.3) */
    fpu->bytes[25] = 0x1f;
}
