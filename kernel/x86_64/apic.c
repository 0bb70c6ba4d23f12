/* Interrupts from the local APIC, time from the time-stamp counter, both measured once against the PIT.
 *
 * Sources: Intel SDM vol. 3, 10.4 to 10.5 (local APIC and its timer), 10.12 (x2APIC); Intel 8254 data
 * sheet (counter 2, mode 0); Intel 8259A data sheet (initialisation words).
 * Next: kernel/task/scheduler.c
 */
#include "kernel/x86_64/apic.h"
#include "kernel/log.h"
#include "kernel/x86_64/context.h"
#include "kernel/x86_64/instructions.h"
#include "lib/bits.h"

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

#define PIT_HZ           1193182
#define PIT_COUNTER2     0x42
#define PIT_COMMAND      0x43
#define PIT_GATE_PORT    0x61
#define PIT_GATE_ON      0x01
#define PIT_SPEAKER_ON   0x02
#define PIT_OUTPUT       0x20
#define PIT_MODE0_BINARY 0xb0 /* counter 2, low byte then high byte, mode 0 */

/* Half a millisecond: long enough for 0.2 %, and twice that is short enough not to be noticed. */
#define MEASURE_PIT_TICKS (PIT_HZ / 2000)
#define MEASURE_NS        (MEASURE_PIT_TICKS * 1000000000ull / PIT_HZ)
#define MEASURE_READS_MAX 1000000
#define MEASURES_MAX      10
#define FALLBACK_HZ       1000000000ull

#define DELAY_NS_MAX 3600000000000ull /* more than any timer counts, and nothing overflows */

static volatile uint32_t *apic_registers;
static bool is_x2apic;
static uint64_t clock_start_ticks;
static uint64_t clock_ns_per_tick_32; /* 32.32 fixed point */
static uint64_t apic_ticks_per_ns_32; /* likewise */

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

struct measure {
    uint64_t tsc_ticks;
    uint64_t apic_ticks;
};

/* Counts both clocks while the PIT counts half a millisecond. False if the PIT does not answer. */
static bool clocks_measure_once(struct measure *measure)
{
    uint8_t gate = port_read8(PIT_GATE_PORT) & (uint8_t) ~(PIT_GATE_ON | PIT_SPEAKER_ON);
    port_write8(PIT_GATE_PORT, gate);
    port_write8(PIT_COMMAND, PIT_MODE0_BINARY);
    port_write8(PIT_COUNTER2, MEASURE_PIT_TICKS & 0xff);
    port_write8(PIT_COUNTER2, MEASURE_PIT_TICKS >> 8);
    port_write8(PIT_GATE_PORT, gate | PIT_GATE_ON);
    uint64_t tsc_start = timestamp_read();
    uint32_t apic_start = apic_read(APIC_REG_CURRENT_COUNT);
    bool is_done = false;
    for (unsigned i = 0; i < MEASURE_READS_MAX && !is_done; i++)
        is_done = port_read8(PIT_GATE_PORT) & PIT_OUTPUT;
    measure->tsc_ticks = timestamp_read() - tsc_start;
    measure->apic_ticks = apic_start - apic_read(APIC_REG_CURRENT_COUNT);
    port_write8(PIT_GATE_PORT, gate);
    return is_done && measure->tsc_ticks != 0 && measure->apic_ticks != 0;
}

/* A virtual machine may lose its processor in the middle and see the end late, never early: the shortest of
 * all is right, as soon as another is about as short. */
static bool clocks_measure(struct measure *shortest)
{
    if (!clocks_measure_once(shortest))
        return false;
    for (unsigned i = 1; i < MEASURES_MAX; i++) {
        struct measure next;
        if (!clocks_measure_once(&next))
            return false;
        uint64_t low = min_u64(next.tsc_ticks, shortest->tsc_ticks);
        uint64_t high = max_u64(next.tsc_ticks, shortest->tsc_ticks);
        if (next.tsc_ticks == low)
            *shortest = next;
        if (high - low <= low / 64)
            break;
    }
    return true;
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
    apic_write(APIC_REG_DIVIDE, APIC_DIVIDE_BY_1);
    apic_write(APIC_REG_INITIAL_COUNT, UINT32_MAX);

    struct measure ticks;
    if (!clocks_measure(&ticks)) {
        log_warn("time", "the PIT does not answer; assuming 1 GHz clocks");
        ticks.tsc_ticks = ticks.apic_ticks = FALLBACK_HZ * MEASURE_NS / 1000000000;
    }
    clock_ns_per_tick_32 = (MEASURE_NS << 32) / ticks.tsc_ticks;
    apic_ticks_per_ns_32 = (ticks.apic_ticks << 32) / MEASURE_NS;
    log_debug("time", "time-stamp counter %llu kHz, local APIC timer %llu kHz%s",
              (unsigned long long)(ticks.tsc_ticks * 1000000 / MEASURE_NS),
              (unsigned long long)(ticks.apic_ticks * 1000000 / MEASURE_NS), is_x2apic ? ", x2APIC" : "");
    apic_write(APIC_REG_INITIAL_COUNT, 0);
    apic_write(APIC_REG_TIMER, VECTOR_TIMER);
}

/* Rounded up: an interrupt just before its time would have to be set again. */
void apic_timer_set(uint64_t delay_ns)
{
    uint64_t delay = min_u64(delay_ns, DELAY_NS_MAX);
    uint64_t count = (uint64_t)((unsigned __int128)delay * apic_ticks_per_ns_32 >> 32) + 1;
    apic_write(APIC_REG_INITIAL_COUNT, (uint32_t)min_u64(count, UINT32_MAX));
}

void apic_end_of_interrupt(void)
{
    apic_write(APIC_REG_EOI, 0);
}

void clock_start(void)
{
    clock_start_ticks = timestamp_read();
}

uint64_t clock_ns_of(uint64_t timestamp)
{
    return (uint64_t)((unsigned __int128)(timestamp - clock_start_ticks) * clock_ns_per_tick_32 >> 32);
}

uint64_t clock_now_ns(void)
{
    return clock_ns_of(timestamp_read());
}
