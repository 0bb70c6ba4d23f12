/* A kernel that does nothing but look at what the boot loader gave it: the test of boot/shim, and of any
 * other loader of the Limine protocol.
 *
 * It prints on COM1 what it was handed, one fact a line, and judges each promise of base revision 3:
 * "ok NAME" or "FAIL NAME". The last line is "probe: N ok, N failed"; then it leaves through
 * isa-debug-exit with 0x10 (QEMU's status 33) if nothing failed, else 0x11 (35).
 *
 * Page tables are read through the direct map: they lie in BOOTLOADER_RECLAIMABLE memory.
 *
 * Next: tests/boot/run.sh
 */
#include "kernel/limine.h"

#define PAGE_PRESENT UINT64_C(1)
#define PAGE_WRITE   UINT64_C(2)
#define PAGE_USER    UINT64_C(4)
#define PAGE_CACHE   UINT64_C(0x18) /* PWT, PCD */
#define PAGE_LARGE   UINT64_C(0x80)
#define PAGE_NX      (UINT64_C(1) << 63)
#define PAGE_ADDRESS UINT64_C(0x000ffffffffff000)
#define STACK_BYTES  65536
#define IO_APIC      UINT64_C(0xfec00000)
#define EXIT_OK      0x10
#define EXIT_FAILED  0x11

#define REQUEST(where) __attribute__((used, section(where))) static volatile struct limine_request

/* Requests outside the markers must not be answered; nor an unknown one inside; nor the one for modules if
 * there are none. */
#define UNTOUCHED 7
REQUEST(".limine_before") before_request = LIMINE_REQUEST(HHDM);
__attribute__((used, section(".limine_start"))) static volatile struct limine_start_marker start_marker =
    LIMINE_START_MARKER;
__attribute__((used, section(".limine_requests"))) static volatile struct limine_base_tag base_tag =
    LIMINE_BASE_TAG;
REQUEST(".limine_requests") memmap_request = LIMINE_REQUEST(MEMMAP);
REQUEST(".limine_requests") hhdm_request = LIMINE_REQUEST(HHDM);
REQUEST(".limine_requests")
modules_request = {.id = {LIMINE_REQUEST_0, LIMINE_REQUEST_1, LIMINE_MODULES_2, LIMINE_MODULES_3},
                   .response = UNTOUCHED};
REQUEST(".limine_requests") address_request = LIMINE_REQUEST(EXECUTABLE_ADDRESS);
REQUEST(".limine_requests") cmdline_request = LIMINE_REQUEST(EXECUTABLE_CMDLINE);
REQUEST(".limine_requests")
unknown_request = {.id = {LIMINE_REQUEST_0, LIMINE_REQUEST_1, 1, 2}, .response = UNTOUCHED};
__attribute__((used, section(".limine_end"))) static volatile struct limine_end_marker end_marker =
    LIMINE_END_MARKER;
REQUEST(".limine_after") after_request = LIMINE_REQUEST(HHDM);

struct entry_state {
    uint64_t general[15];
    uint64_t rsp;
    uint64_t return_address;
    uint64_t rflags;
    uint64_t cr0;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t efer;
    struct {
        uint16_t limit;
        uint16_t base[4];
        uint16_t padding[3];
    } gdt;
    uint16_t cs;
    uint16_t data[5];
};
CAP_ASSERT_FIELD(struct entry_state, rsp, 0x78, 8);
CAP_ASSERT_FIELD(struct entry_state, gdt, 0xb0, 16);
CAP_ASSERT_FIELD(struct entry_state, cs, 0xc0, 2);

struct entry_state entry_state = {.rsp = 1}; /* not 0, so that it is in .data, not .bss */
extern char probe_text[], probe_rodata[], probe_data[], probe_end[];
void probe_main(void);

static uint64_t hhdm;
static uint32_t ok_count;
static uint32_t failed_count;
__attribute__((aligned(4096))) static volatile uint8_t window_page[4096] = {1};

static void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static uint64_t msr_read(uint32_t number)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static uint32_t cpuid_edx(uint32_t leaf)
{
    uint32_t edx;
    __asm__ volatile("cpuid" : "+a"(leaf), "=d"(edx) : : "ebx", "ecx");
    return edx;
}

static void *pointer(uint64_t address)
{
    return (void *)(uintptr_t)address;
}

/* ---- printing ---- */

static void print(const char *text)
{
    for (; *text != 0; text++) {
        while ((in8(0x3f8 + 5) & 0x20) == 0)
            ;
        out8(0x3f8, (uint8_t)*text);
    }
}

static void print_hex(uint64_t value)
{
    char text[20] = "0x";
    uint32_t length = 2;
    uint32_t shift = 60;
    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        text[length++] = "0123456789abcdef"[value >> shift & 15];
        if (shift == 0)
            break;
    }
    text[length] = 0;
    print(text);
}

static void print_fact(const char *name, uint64_t value)
{
    print(name);
    print(" ");
    print_hex(value);
    print("\n");
}

static void check(const char *name, bool is_met)
{
    print(is_met ? "ok " : "FAIL ");
    print(name);
    print("\n");
    if (is_met)
        ok_count++;
    else
        failed_count++;
}

static void leave(void)
{
    print("probe: ");
    print_hex(ok_count);
    print(" ok, ");
    print_hex(failed_count);
    print(" failed\n");
    while ((in8(0x3f8 + 5) & 0x40) == 0)
        ;
    out8(0xf4, failed_count == 0 ? EXIT_OK : EXIT_FAILED);
    for (;;)
        __asm__ volatile("cli; hlt");
}

/* ---- page tables ---- */

struct leaf {
    uint64_t *entry; /* NULL: not mapped */
    uint64_t physical;
    uint64_t bytes; /* of the page, or of the hole */
    bool is_writable;
    bool is_executable;
    bool is_plain; /* supervisor, write-back */
};

static struct leaf leaf_of(uint64_t address)
{
    uint64_t *table = pointer(hhdm + (entry_state.cr3 & PAGE_ADDRESS));
    struct leaf leaf = {.is_writable = true, .is_executable = true, .is_plain = true};
    for (uint32_t shift = 39;; shift -= 9) {
        uint64_t *entry = &table[address >> shift & 511];
        leaf.bytes = UINT64_C(1) << shift;
        if ((*entry & PAGE_PRESENT) == 0)
            return leaf;
        leaf.is_writable = leaf.is_writable && (*entry & PAGE_WRITE) != 0;
        leaf.is_executable = leaf.is_executable && (*entry & PAGE_NX) == 0;
        if (shift == 12 || (shift <= 30 && (*entry & PAGE_LARGE) != 0)) {
            uint64_t inside = address & (leaf.bytes - 1);
            uint64_t pat = shift == 12 ? PAGE_LARGE : UINT64_C(1) << 12;
            leaf.entry = entry;
            leaf.physical = (*entry & PAGE_ADDRESS & ~(leaf.bytes - 1)) + inside;
            leaf.is_plain = (*entry & (PAGE_USER | PAGE_CACHE | pat)) == 0;
            return leaf;
        }
        table = pointer(hhdm + (*entry & PAGE_ADDRESS));
    }
}

static const struct limine_memory_entry *memory_entry(uint64_t index)
{
    const struct limine_memory_response *response = pointer(memmap_request.response);
    const uint64_t *entries = pointer(response->entries);
    return pointer(entries[index]);
}

static uint64_t memory_count(void)
{
    const struct limine_memory_response *response = pointer(memmap_request.response);
    return response->entry_count;
}

static bool is_strict(uint64_t type)
{
    return type == LIMINE_MEMORY_USABLE || type == LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE;
}

static bool is_direct(uint64_t type)
{
    return is_strict(type) || type == LIMINE_MEMORY_EXECUTABLE_AND_MODULES;
}

/* Is all of it in the direct map's part for this type? */
static bool is_inside(uint64_t address, uint64_t bytes, uint64_t type)
{
    for (uint64_t i = 0; i < memory_count(); i++) {
        const struct limine_memory_entry *entry = memory_entry(i);
        uint64_t base = hhdm + entry->base;
        if (entry->type == type && address >= base && address - base <= entry->length_bytes &&
            bytes <= entry->length_bytes - (address - base))
            return true;
    }
    return false;
}

/* ---- the promises ---- */

static void check_answers(void)
{
    print_fact("base-tag.loaded", base_tag.loaded);
    print_fact("base-tag.wanted", base_tag.wanted);
    check("the base revision is obeyed", base_tag.wanted == 0);
    check("the base revision used is told", base_tag.loaded == LIMINE_BASE_REVISION);
    check("the memory map is given", memmap_request.response != 0);
    check("the direct map is given", hhdm_request.response != 0);
    check("the executable's address is given", address_request.response != 0);
    check("the command line is given", cmdline_request.response != 0);
    check("an unknown request is left alone", unknown_request.response == UNTOUCHED);
    check("requests outside the markers are left alone",
          before_request.response == 0 && after_request.response == 0);
    if (failed_count != 0)
        leave();
    const struct limine_hhdm_response *response = pointer(hhdm_request.response);
    hhdm = response->offset;
    print_fact("hhdm", hhdm);
    check("the direct map is in the higher half, page-aligned", hhdm >> 47 == 0x1ffff && hhdm % 4096 == 0);
}

static void check_registers(void)
{
    const struct entry_state *state = &entry_state;
    uint64_t general = 0;
    for (uint32_t i = 0; i < 15; i++)
        general |= state->general[i];
    bool has_nx = (cpuid_edx(0x80000001) & 1u << 20) != 0;
    print_fact("rflags", state->rflags);
    print_fact("cr0", state->cr0);
    print_fact("cr4", state->cr4);
    print_fact("efer", state->efer);
    print_fact("rsp", state->rsp);
    check("general registers are 0", general == 0);
    check("IF, DF and VM are clear", (state->rflags & 0x20600) == 0);
    check("CR0 has PE, WP and PG", (state->cr0 & 0x80010001) == 0x80010001);
    check("CR0 leaves the caches on", (state->cr0 & 0x60000000) == 0);
    check("CR4 has PAE and not LA57", (state->cr4 & 0x1020) == 0x20);
    check("EFER has LME and LMA", (state->efer & 0x500) == 0x500);
    check("EFER has NX exactly if the processor does", (state->efer >> 11 & 1) == has_nx);
    check("the return address is 0", state->return_address == 0);
    check("the stack is aligned as after a call", state->rsp % 16 == 8);
    check("the stack has 64 KiB of reclaimable memory",
          is_inside(state->rsp + 8 - STACK_BYTES, STACK_BYTES, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE));
    uint64_t pat = cpuid_edx(1) & 1u << 16 ? msr_read(0x277) : 0;
    print_fact("pat", pat);
    check("PAT entries 0 to 5 are WB WT UC- UC WP WC",
          (cpuid_edx(1) & 1u << 16) == 0 || (pat & 0xffffffffffff) == 0x010500070406);
}

/* Bits 40 to 47 are the access byte, of which A (bit 40) is free; 52 to 55 are G, D, L, AVL. */
static bool is_descriptor(uint64_t descriptor, uint64_t access, uint64_t flags, uint64_t limit)
{
    uint64_t base = (descriptor >> 16 & 0xffffff) | (descriptor >> 56 & 0xff) << 24;
    uint64_t found_limit = (descriptor & 0xffff) | (descriptor >> 32 & 0xf0000);
    bool is_64 = (flags & 2) != 0;
    return base == 0 && (descriptor >> 40 & 0xfe) == access && (descriptor >> 52 & 0xe) == flags &&
           (is_64 || found_limit == limit);
}

static void check_segments(void)
{
    const struct entry_state *state = &entry_state;
    const uint16_t *word = state->gdt.base;
    uint64_t base = word[0] | (uint64_t)word[1] << 16 | (uint64_t)word[2] << 32 | (uint64_t)word[3] << 48;
    print_fact("gdt", base);
    check("CS is the 64-bit code segment", state->cs == 0x28);
    for (uint32_t i = 0; i < 5; i++)
        check("DS, ES, FS, GS, SS are the 64-bit data segment", state->data[i] == 0x30);
    check("the GDT has 7 entries in reclaimable memory",
          state->gdt.limit >= 55 && is_inside(base, 56, LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE));
    if (failed_count != 0)
        leave();
    const uint64_t *gdt = pointer(base);
    check("GDT 0 is null", gdt[0] == 0);
    check("GDT 1 is 16-bit code", is_descriptor(gdt[1], 0x9a, 0x0, 0xffff));
    check("GDT 2 is 16-bit data", is_descriptor(gdt[2], 0x92, 0x0, 0xffff));
    check("GDT 3 is 32-bit code", is_descriptor(gdt[3], 0x9a, 0xc, 0xfffff));
    check("GDT 4 is 32-bit data", is_descriptor(gdt[4], 0x92, 0xc, 0xfffff));
    check("GDT 5 is 64-bit code", is_descriptor(gdt[5], 0x9a, gdt[5] >> 52 & 8 ? 0xa : 0x2, 0));
    check("GDT 6 is data", (gdt[6] >> 40 & 0xfe) == 0x92);
    check("FS and GS have base 0", msr_read(0xc0000100) == 0 && msr_read(0xc0000101) == 0);
}

static void check_memory_map(void)
{
    bool is_sorted = true;
    bool is_aligned = true;
    bool is_apart = true;
    uint64_t total[9] = {0};
    for (uint64_t i = 0; i < memory_count(); i++) {
        const struct limine_memory_entry *entry = memory_entry(i);
        print("memory ");
        print_hex(entry->base);
        print(" ");
        print_hex(entry->base + entry->length_bytes);
        print_fact(" type", entry->type);
        if (entry->type < 9)
            total[entry->type] += entry->length_bytes;
        if (i > 0 && memory_entry(i - 1)->base > entry->base)
            is_sorted = false;
        if (is_strict(entry->type) && (entry->base | entry->length_bytes) % 4096 != 0)
            is_aligned = false;
        for (uint64_t j = 0; j < memory_count(); j++) {
            const struct limine_memory_entry *other = memory_entry(j);
            if (j != i && is_strict(entry->type) && other->base < entry->base + entry->length_bytes &&
                entry->base < other->base + other->length_bytes)
                is_apart = false;
        }
    }
    print_fact("memory.usable", total[LIMINE_MEMORY_USABLE]);
    print_fact("memory.reclaimable", total[LIMINE_MEMORY_BOOTLOADER_RECLAIMABLE]);
    print_fact("memory.executable", total[LIMINE_MEMORY_EXECUTABLE_AND_MODULES]);
    check("memory entries are sorted", is_sorted);
    check("usable and reclaimable entries are page-aligned", is_aligned);
    check("usable and reclaimable entries overlap nothing", is_apart);
}

static bool is_direct_page(uint64_t physical)
{
    for (uint64_t i = 0; i < memory_count(); i++) {
        const struct limine_memory_entry *entry = memory_entry(i);
        bool is_mapped = is_direct(entry->type) || entry->type == LIMINE_MEMORY_FRAMEBUFFER;
        if (is_mapped && physical + 4096 > entry->base && physical < entry->base + entry->length_bytes)
            return true;
    }
    return false;
}

static void check_direct_map(void)
{
    bool is_covered = true;
    bool is_right = true;
    uint64_t extra_pages = 0;
    for (uint64_t i = 0; i < memory_count(); i++) {
        const struct limine_memory_entry *entry = memory_entry(i);
        uint64_t end = entry->base + entry->length_bytes;
        for (uint64_t at = entry->base & ~UINT64_C(4095); is_direct(entry->type) && at < end;) {
            struct leaf leaf = leaf_of(hhdm + at);
            is_covered = is_covered && leaf.entry != NULL && leaf.physical == at;
            is_right = is_right && leaf.is_writable && leaf.is_executable && leaf.is_plain;
            at = (at & ~(leaf.bytes - 1)) + leaf.bytes;
        }
    }
    /* The leaves of its first 16 GiB: what else is there? A fact, not a verdict, because loaders differ in
     * when they draw up the memory map; run.sh holds the shim to 0. */
    for (uint64_t at = 0; at < UINT64_C(16) << 30;) {
        struct leaf leaf = leaf_of(hhdm + at);
        for (uint64_t page = at; leaf.entry != NULL && page < at + leaf.bytes; page += 4096)
            extra_pages += !is_direct_page(page);
        at = (at & ~(leaf.bytes - 1)) + leaf.bytes;
    }
    check("usable, reclaimable and executable memory is in the direct map", is_covered);
    check("the direct map is writable, executable, supervisor, write-back", is_right);
    print_fact("direct-map.extra-pages", extra_pages);
    uint64_t physical = leaf_of((uintptr_t)probe_text).physical;
    print_fact("lower-half-maps-kernel", leaf_of(physical).entry != NULL);
}

static void check_image(void)
{
    const struct limine_executable_address_response *response = pointer(address_request.response);
    const struct limine_executable_cmdline_response *cmdline = pointer(cmdline_request.response);
    bool has_nx = (cpuid_edx(0x80000001) & 1u << 20) != 0;
    bool is_contiguous = true;
    bool is_right = true;
    print_fact("executable.physical", response->physical_base);
    print_fact("executable.virtual", response->virtual_base);
    for (uint64_t at = (uintptr_t)probe_text; at < (uintptr_t)probe_end; at += 4096) {
        struct leaf leaf = leaf_of(at);
        is_contiguous = is_contiguous && leaf.entry != NULL &&
                        leaf.physical == at - response->virtual_base + response->physical_base;
        is_right = is_right && leaf.is_plain && leaf.is_writable == (at >= (uintptr_t)probe_data) &&
                   leaf.is_executable == (!has_nx || at < (uintptr_t)probe_rodata);
    }
    check("the executable's virtual base is right", response->virtual_base == (uintptr_t)probe_text);
    check("the executable is contiguous at its physical base", is_contiguous);
    check("the executable's pages have its segments' rights", is_right);
    check("the executable's memory is typed so",
          is_inside(hhdm + response->physical_base, (uint64_t)(probe_end - probe_text),
                    LIMINE_MEMORY_EXECUTABLE_AND_MODULES));
    check("the page after the executable is not mapped", leaf_of((uintptr_t)probe_end).entry == NULL);
    print("cmdline [");
    print(pointer(cmdline->cmdline));
    print("]\n");
}

static void check_modules(void)
{
    bool is_answered = modules_request.response != UNTOUCHED;
    const struct limine_module_response *response = pointer(modules_request.response);
    uint64_t count = is_answered && response != NULL ? response->module_count : 0;
    check("modules are answered exactly if there are any", is_answered == (count != 0));
    print_fact("modules", count);
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t *modules = pointer(response->modules);
        const struct limine_file *file = pointer(modules[i]);
        const uint8_t *bytes = pointer(file->address);
        uint64_t sum = 0;
        for (uint64_t j = 0; j < file->size_bytes; j++)
            sum += bytes[j];
        check("a module is page-aligned", file->address % 4096 == 0);
        check("a module's memory is typed so",
              is_inside(file->address, file->size_bytes, LIMINE_MEMORY_EXECUTABLE_AND_MODULES));
        print("module size ");
        print_hex(file->size_bytes);
        print(" sum ");
        print_hex(sum);
        print(" path [");
        print(pointer(file->path));
        print("] string [");
        print(pointer(file->string));
        print("]\n");
    }
}

/* The I/O APIC is not mapped, so the entry of a page of ours is turned to it. */
static void check_interrupts(void)
{
    check("both PICs are masked", in8(0x21) == 0xff && in8(0xa1) == 0xff);
    struct leaf leaf = leaf_of((uintptr_t)window_page);
    uint64_t saved = *leaf.entry;
    *leaf.entry = IO_APIC | PAGE_PRESENT | PAGE_WRITE | PAGE_CACHE;
    __asm__ volatile("invlpg (%0)" : : "r"(window_page) : "memory");
    volatile uint32_t *select = (volatile uint32_t *)&window_page[0];
    volatile uint32_t *window = (volatile uint32_t *)&window_page[16];
    bool is_masked = true;
    *select = 1;
    uint32_t last = *window >> 16 & 0xff;
    print_fact("io-apic.last", last);
    for (uint32_t i = 0; i <= last; i++) {
        *select = 0x10 + 2 * i;
        uint32_t entry = *window;
        if ((entry >> 8 & 7) <= 1 && (entry & 1u << 16) == 0)
            is_masked = false;
    }
    *leaf.entry = saved;
    __asm__ volatile("invlpg (%0)" : : "r"(window_page) : "memory");
    check("the I/O APIC is masked", is_masked);
}

void probe_main(void)
{
    out8(0x3f8 + 3, 0x80);
    out8(0x3f8 + 0, 1);
    out8(0x3f8 + 1, 0);
    out8(0x3f8 + 3, 3);
    print("\nprobe: begin\n");
    check_answers();
    check_registers();
    check_segments();
    check_memory_map();
    check_direct_map();
    check_image();
    check_modules();
    check_interrupts();
    leave();
}
