/* The local APIC and its timer: interrupts.
 *
 * Next: kernel/x86_64/apic.c
 */
#pragma once

#include "abi/base.h"

/* Silences the legacy interrupt controllers, measures the clock and the timer. No interrupt comes before
 * alarm is set. registers: the local APIC's registers, mapped uncached; unused if the firmware left it in
 * x2APIC mode. */
void apic_init(volatile uint32_t *registers);

/* Physical address of the local APIC's registers. */
uint64_t apic_paddr(void);

void apic_end_of_interrupt(void);

/* One interrupt after so much time, in place of any that was asked for before; earlier, if the time is longer
 * than the timer can count (about four seconds at 1 GHz). */
void apic_timer_set(uint64_t delay_ns);
