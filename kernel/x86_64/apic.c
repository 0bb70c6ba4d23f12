/* The local APIC: interrupts from its timer, whose rate is measured against the clock.
 *
 * Sources: Intel SDM vol. 3, 10.4 to 10.5 (local APIC and its timer), 10.12 (x2APIC); Intel 8259A data sheet
 * (initialisation words).
 * Next: kernel/task/scheduler.c
 */
#include "kernel/x86_64/apic.h"
#include "kernel/log.h"
#include "kernel/x86_64/clock.h"
#include "kernel/x86_64/context.h"
#include "kernel/x86_64/instructions.h"
#include "lib/bits.h"
#include "lib/clock.h"

#define APIC_REG_VERSION       0x030
#define APIC_REG_CMCI          0x2f0
#define APIC_REG_THERMAL       0x330
#define APIC_REG_PERFORMANCE   0x340
#define APIC_REG_ERROR         0x370
#define APIC_REG_EOI           0x0b0
#define APIC_REG_SPURIOUS      0x0f0
#define APIC_REG_TIMER         0x320
#define APIC_REG_LINT0         0x350
#define APIC_REG_LINT1         0x360
#define APIC_REG_INITIAL_COUNT 0x380
#define APIC_REG_CURRENT_COUNT 0x390
#define APIC_REG_DIVIDE        0x3e0
#define APIC_ENABLE            0x100
#define APIC_MASKED            0x10000
#define APIC_DIVIDE_BY_1       0x0b
#define APIC_BASE_X2APIC       (1u << 10)
#define APIC_BASE_ENABLE       (1u << 11)
#define APIC_BASE_ADDRESS      0x000ffffffffff000

/* How long the timer is measured against the clock. */
#define MEASURE_NS 100000
#define READINGS   3

#define DELAY_NS_MAX 3600000000000ull /* more than any timer counts, and nothing overflows */

static volatile uint32_t *apic_registers;
static bool is_x2apic;
static uint64_t counts_per_tick_32; /* of the time-stamp counter; 32.32 fixed point */

static void apic_write(uint32_t reg, uint32_t value)
{
    if (is_x2apic)
        msr_write(MSR_X2APIC_BASE + reg / 16, value);
    else
        apic_registers[reg / 4] = value;
}

static uint32_t apic_read(uint32_t reg)
{
    return is_x2apic ? (uint32_t)msr_read(MSR_X2APIC_BASE + reg / 16) : apic_registers[reg / 4];
}

uint64_t apic_paddr(void)
{
    return msr_read(MSR_APIC_BASE) & APIC_BASE_ADDRESS;
}

/* Both controllers get vectors 0x20 to 0x2f, which trap.c ignores, and then all their lines masked. */
static void pic_silence(void)
{
    static const struct {
        uint16_t port;
        uint8_t value;
    } writes[] = {
        {0x20, 0x11}, {0xa0, 0x11}, {0x21, 0x20}, {0xa1, 0x28}, {0x21, 0x04},
        {0xa1, 0x02}, {0x21, 0x01}, {0xa1, 0x01}, {0x21, 0xff}, {0xa1, 0xff},
    };
    for (unsigned i = 0; i < sizeof writes / sizeof writes[0]; i++)
        port_write8(writes[i].port, writes[i].value);
}

/* Both counters at one time: of a few readings, the quickest. */
struct moment {
    uint64_t ticks; /* of the time-stamp counter */
    uint32_t count; /* of the timer, downwards */
};

static struct moment moment_read(void)
{
    struct moment quickest = {0};
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < READINGS; i++) {
        uint64_t before = timestamp_read();
        uint32_t count = apic_read(APIC_REG_CURRENT_COUNT);
        uint64_t took = timestamp_read() - before;
        if (took < least) {
            least = took;
            quickest = (struct moment){.ticks = before + took / 2, .count = count};
        }
    }
    return quickest;
}

static void timer_measure(void)
{
    apic_write(APIC_REG_DIVIDE, APIC_DIVIDE_BY_1);
    apic_write(APIC_REG_INITIAL_COUNT, UINT32_MAX);
    struct moment start = moment_read(), now;
    clock_measure();
    do
        now = moment_read();
    while (now.ticks - start.ticks < clock_ticks_in(MEASURE_NS));
    uint64_t count = start.count - now.count, ticks = now.ticks - start.ticks;
    counts_per_tick_32 = (count << 32) / ticks;
    log_debug("time", "local APIC timer: %llu counts in %llu ticks of the time-stamp counter%s",
              (unsigned long long)count, (unsigned long long)ticks, is_x2apic ? ", x2APIC" : "");
    apic_write(APIC_REG_INITIAL_COUNT, 0);
}

/* Every entry of the local vector table that there is (Intel SDM vol. 3, 10.5.1). */
static void mask_local_interrupts(void)
{
    static const uint16_t registers[] = {APIC_REG_TIMER, APIC_REG_LINT0,       APIC_REG_LINT1,
                                         APIC_REG_ERROR, APIC_REG_PERFORMANCE, APIC_REG_THERMAL,
                                         APIC_REG_CMCI};
    uint32_t entry_count = (apic_read(APIC_REG_VERSION) >> 16 & 0xff) + 1;
    for (uint32_t i = 0; i < sizeof registers / sizeof registers[0] && i < entry_count; i++)
        apic_write(registers[i], APIC_MASKED);
}

void apic_init(volatile uint32_t *registers)
{
    uint64_t base = msr_read(MSR_APIC_BASE);
    apic_registers = registers;
    is_x2apic = base & APIC_BASE_X2APIC;
    msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
    pic_silence();
    apic_write(APIC_REG_SPURIOUS, APIC_ENABLE | VECTOR_SPURIOUS);
    mask_local_interrupts();
    timer_measure();
    apic_write(APIC_REG_TIMER, VECTOR_TIMER);
}

/* Rounded up: an interrupt just before its time would have to be set again. */
void apic_timer_set(uint64_t delay_ns)
{
    uint64_t delay = min_u64(delay_ns, DELAY_NS_MAX);
    uint64_t count = clock_scale(clock_ticks_in(delay), counts_per_tick_32) + 1;
    apic_write(APIC_REG_INITIAL_COUNT, (uint32_t)min_u64(count, UINT32_MAX));
}

void apic_end_of_interrupt(void)
{
    apic_write(APIC_REG_EOI, 0);
}
