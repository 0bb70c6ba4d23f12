/* When the processor's one timer has to interrupt next: for the tick of what runs, or for a deadline.
 *
 *                    alarm_tick_start
 *      idle  ------------------------------>  ticking: one interrupt a period, and one for each deadline
 *            <------------------------------           that comes before the next tick
 *                    alarm_tick_stop
 *
 * Invariants
 *  - While idle only deadlines interrupt.
 *  - Ticks keep their distance: one that is late does not shift those that follow. Of ticks that were missed
 *    altogether only one is made up for.
 *  - The timer never has to be set for what it is set for already (alarm_is_sooner).
 *
 * Next: lib/alarm.c
 */
#pragma once

#include "abi/base.h"

#define ALARM_NEVER UINT64_MAX

struct alarm {
    uint64_t period_ns;
    uint64_t tick_ns; /* the next tick; ALARM_NEVER: idle */
    uint64_t
        set_ns; /* what the timer is set for; 0: its interrupt has come, and it is about to be set anew */
};

/* Idle, and about to be set. period is above 0. */
#define ALARM_IDLE(period)                             \
    {                                                  \
        .period_ns = (period), .tick_ns = ALARM_NEVER, \
    }

/* Ticks from now on, if it does not tick yet. */
void alarm_tick_start(struct alarm *alarm, uint64_t now_ns);
void alarm_tick_stop(struct alarm *alarm);

/* The interrupt has come. True: for a tick, maybe for a deadline too. Until alarm_set nothing is sooner. */
bool alarm_rang(struct alarm *alarm, uint64_t now_ns);

/* What the timer is to be set for, and is from now on: the tick or the first deadline, if there is one
 * (ALARM_NEVER: none), but not before earliest_ns. ALARM_NEVER: it need not be set. */
uint64_t alarm_set(struct alarm *alarm, uint64_t deadline_ns, uint64_t earliest_ns);

/* Whether a new deadline comes before what the timer is set for, so that alarm_set has to follow. */
static inline bool alarm_is_sooner(const struct alarm *alarm, uint64_t deadline_ns)
{
    return deadline_ns < alarm->set_ns;
}
