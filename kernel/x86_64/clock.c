/* Counter 2 of the PIT counts down freely from the start on, and is read together with the time-stamp
 * counter.
 *
 * Only the moments of reading have to be exact: what the processor does in between, or whether a virtual
 * machine has it at all, makes no difference. Of a few readings the quickest counts.
 *
 * Source: Intel 8254 data sheet (counter 2, mode 2, counter latch command).
 * Next: kernel/x86_64/apic.c
 */
#include "kernel/x86_64/clock.h"
#include "kernel/log.h"
#include "kernel/x86_64/instructions.h"
#include "lib/bits.h"
#include "lib/clock.h"

#define PIT_HZ         1193182
#define PIT_COUNTER2   0x42
#define PIT_COMMAND    0x43
#define PIT_GATE_PORT  0x61
#define PIT_GATE_ON    0x01
#define PIT_SPEAKER_ON 0x02
#define PIT_MODE2      0xb4 /* counter 2, low byte then high byte, mode 2, binary */
#define PIT_LATCH      0x80 /* counter 2 */

#define READINGS      3
#define FIRST_TICKS   (PIT_HZ / 4000) /* a quarter of a millisecond */
#define FIRST_READS   10000
#define FALLBACK_RATE ((uint64_t)1 << 32) /* of a counter of 1 GHz */

/* Both counters at one time. */
struct moment {
    uint64_t ticks; /* of the time-stamp counter */
    uint16_t pit;
};

static struct clock the_clock;
static uint64_t ticks_per_ns_32; /* the inverse of its rate */
static struct moment start;
static bool is_measured; /* if not, the rate is assumed */

static struct moment moment_read(void)
{
    struct moment quickest = {0};
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < READINGS; i++) {
        uint64_t before = timestamp_read();
        port_write8(PIT_COMMAND, PIT_LATCH);
        uint64_t took = timestamp_read() - before;
        uint8_t low = port_read8(PIT_COUNTER2), high = port_read8(PIT_COUNTER2);
        if (took < least) {
            least = took;
            quickest = (struct moment){.ticks = before + took / 2, .pit = (uint16_t)(high << 8 | low)};
        }
    }
    return quickest;
}

static uint64_t ns_of_pit(uint64_t pit_ticks)
{
    return pit_ticks * 1000000000 / PIT_HZ;
}

void clock_start(void)
{
    uint8_t gate = port_read8(PIT_GATE_PORT) & (uint8_t) ~(PIT_GATE_ON | PIT_SPEAKER_ON);
    port_write8(PIT_GATE_PORT, gate | PIT_GATE_ON);
    port_write8(PIT_COMMAND, PIT_MODE2);
    port_write8(PIT_COUNTER2, 0); /* stands for 65536 */
    port_write8(PIT_COUNTER2, 0);
    start = moment_read();
}

void clock_measure(void)
{
    struct moment now;
    uint64_t pit_ticks = 0, rate = 0;
    for (uint32_t i = 0; i < FIRST_READS && pit_ticks < FIRST_TICKS; i++) {
        now = moment_read();
        pit_ticks = counter_elapsed(start.pit, now.pit, FIRST_TICKS);
    }
    if (pit_ticks >= FIRST_TICKS)
        rate = clock_rate(ns_of_pit(pit_ticks), now.ticks - start.ticks);
    is_measured = rate != 0;
    if (!is_measured) {
        log_warn("time", "the PIT does not answer; assuming a time-stamp counter of 1 GHz");
        rate = FALLBACK_RATE;
    }
    the_clock = (struct clock){.base_ticks = start.ticks, .ns_per_tick_32 = rate};
    ticks_per_ns_32 = UINT64_MAX / rate;
}

/* The clock is right to a percent, and 20 ms are 24,000 ticks of the PIT: a measurement that comes up to a
 * second late is still right. A clock that was assumed is not corrected: nothing answers. */
void clock_measure_again(void)
{
    struct moment now = moment_read();
    uint64_t estimate_ns = clock_at(&the_clock, now.ticks);
    uint64_t pit_ticks = counter_elapsed(start.pit, now.pit, estimate_ns * PIT_HZ / 1000000000);
    uint64_t rate = clock_rate(ns_of_pit(pit_ticks), now.ticks - start.ticks);
    uint64_t change = max_u64(rate, the_clock.ns_per_tick_32) - min_u64(rate, the_clock.ns_per_tick_32);
    if (!is_measured || change > the_clock.ns_per_tick_32 / 64 || estimate_ns > 50 * (uint64_t)CLOCK_AGAIN_NS)
        return;
    clock_set_rate(&the_clock, now.ticks, rate);
    ticks_per_ns_32 = UINT64_MAX / rate;
    log_debug("time", "time-stamp counter %llu kHz", (unsigned long long)(((uint64_t)1000000 << 32) / rate));
}

uint64_t clock_ns_of(uint64_t timestamp)
{
    return clock_at(&the_clock, timestamp);
}

uint64_t clock_now_ns(void)
{
    return clock_ns_of(timestamp_read());
}

uint64_t clock_ticks_in(uint64_t nanoseconds)
{
    return clock_scale(nanoseconds, ticks_per_ns_32);
}
