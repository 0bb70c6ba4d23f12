/* Arithmetic on two moments.
 *
 * Next: tests/host/test_alarm.c
 */
#include "lib/alarm.h"
#include "lib/bits.h"

/* Time does not get that far, but sums of it must not come out small. */
static uint64_t later(uint64_t at_ns, uint64_t by_ns)
{
    uint64_t sum_ns;
    return u64_add(at_ns, by_ns, &sum_ns) ? ALARM_NEVER : sum_ns;
}

void alarm_tick_start(struct alarm *alarm, uint64_t now_ns)
{
    if (alarm->tick_ns == ALARM_NEVER)
        alarm->tick_ns = later(now_ns, alarm->period_ns);
}

void alarm_tick_stop(struct alarm *alarm)
{
    alarm->tick_ns = ALARM_NEVER;
}

bool alarm_rang(struct alarm *alarm, uint64_t now_ns)
{
    alarm->set_ns = 0;
    if (alarm->tick_ns > now_ns)
        return false;
    uint64_t next_ns = later(alarm->tick_ns, alarm->period_ns);
    alarm->tick_ns = next_ns > now_ns ? next_ns : later(now_ns, alarm->period_ns);
    return true;
}

uint64_t alarm_set(struct alarm *alarm, uint64_t deadline_ns, uint64_t earliest_ns)
{
    alarm->set_ns = max_u64(min_u64(alarm->tick_ns, deadline_ns), earliest_ns);
    return alarm->set_ns;
}
