/* The local APIC's timer and the time-stamp counter: ticks and time.
 *
 * Next: kernel/x86_64/apic.c
 */
#pragma once

#include "abi/base.h"

#define TICKS_PER_SECOND 1000

/* Silences the legacy interrupt controllers, measures both clocks, starts the periodic tick.
 * registers: the local APIC's registers, mapped uncached; unused if the firmware left it in x2APIC mode. */
void apic_init(volatile uint32_t *registers);

/* Physical address of the local APIC's registers. */
uint64_t apic_paddr(void);

void apic_end_of_interrupt(void);

/* The moment that the clock counts from. */
void clock_start(void);

/* Nanoseconds since clock_start; never goes back. 0 until apic_init has measured the time-stamp counter. */
uint64_t clock_now_ns(void);
