/* The alarm: what it is set for in each state, ticks that come late, and the ends of time.
 *
 * Next: tests/host/test_timer_queue.c
 */
#include "lib/alarm.h"
#include "tests/host/test.h"

#define PERIOD 1000

static struct alarm alarm_at(uint64_t tick_ns)
{
    struct alarm alarm = ALARM_IDLE(PERIOD);
    alarm.tick_ns = tick_ns;
    return alarm;
}

TEST(idle_without_a_deadline_nothing_interrupts)
{
    struct alarm alarm = ALARM_IDLE(PERIOD);
    EXPECT_EQ(alarm_set(&alarm, ALARM_NEVER, 5), ALARM_NEVER);
    EXPECT(alarm_is_sooner(&alarm, ALARM_NEVER - 1));
    EXPECT(!alarm_is_sooner(&alarm, ALARM_NEVER));
}

TEST(idle_only_the_deadline_interrupts)
{
    struct alarm alarm = ALARM_IDLE(PERIOD);
    EXPECT_EQ(alarm_set(&alarm, 123456, 0), 123456);
    EXPECT(!alarm_rang(&alarm, 123456));
    EXPECT_EQ(alarm_set(&alarm, ALARM_NEVER, 0), ALARM_NEVER);
}

TEST(ticking_the_earlier_of_tick_and_deadline_interrupts)
{
    struct alarm alarm = ALARM_IDLE(PERIOD);
    alarm_tick_start(&alarm, 50);
    EXPECT_EQ(alarm_set(&alarm, ALARM_NEVER, 0), 50 + PERIOD);
    EXPECT_EQ(alarm_set(&alarm, 51 + PERIOD, 0), 50 + PERIOD);
    EXPECT_EQ(alarm_set(&alarm, 49 + PERIOD, 0), 49 + PERIOD);
    EXPECT(!alarm_rang(&alarm, 49 + PERIOD));
    EXPECT(alarm_rang(&alarm, 50 + PERIOD));
}

TEST(what_ticks_is_not_started_again)
{
    struct alarm alarm = ALARM_IDLE(PERIOD);
    alarm_tick_start(&alarm, 50);
    alarm_tick_start(&alarm, 500);
    EXPECT_EQ(alarm.tick_ns, 50 + PERIOD);
    alarm_tick_stop(&alarm);
    EXPECT_EQ(alarm_set(&alarm, ALARM_NEVER, 0), ALARM_NEVER);
    alarm_tick_start(&alarm, 500);
    EXPECT_EQ(alarm.tick_ns, 500 + PERIOD);
}

TEST(a_late_tick_does_not_shift_the_next)
{
    struct alarm alarm = alarm_at(5000);
    EXPECT(alarm_rang(&alarm, 5999));
    EXPECT_EQ(alarm.tick_ns, 6000);
}

TEST(of_missed_ticks_one_is_made_up_for)
{
    struct alarm alarm = alarm_at(5000);
    EXPECT(alarm_rang(&alarm, 6000));
    EXPECT_EQ(alarm.tick_ns, 7000);
    EXPECT(!alarm_rang(&alarm, 6001));
    EXPECT(alarm_rang(&alarm, 123456));
    EXPECT_EQ(alarm.tick_ns, 123456 + PERIOD);
}

TEST(between_the_interrupt_and_the_setting_nothing_is_sooner)
{
    struct alarm alarm = alarm_at(5000);
    EXPECT_EQ(alarm_set(&alarm, 3000, 0), 3000);
    EXPECT(alarm_is_sooner(&alarm, 2999));
    EXPECT(!alarm_is_sooner(&alarm, 3000));
    EXPECT(!alarm_rang(&alarm, 3000));
    EXPECT(!alarm_is_sooner(&alarm, 0));
    EXPECT_EQ(alarm_set(&alarm, 3001, 0), 3001);
}

TEST(nothing_interrupts_before_the_earliest)
{
    struct alarm alarm = alarm_at(5000);
    EXPECT_EQ(alarm_set(&alarm, 3000, 3100), 3100);
    EXPECT_EQ(alarm_set(&alarm, 3000, 2900), 3000);
    EXPECT_EQ(alarm_set(&alarm, 0, 5100), 5100);
}

TEST(the_end_of_time_is_never)
{
    struct alarm alarm = ALARM_IDLE(PERIOD);
    alarm_tick_start(&alarm, UINT64_MAX - PERIOD + 1);
    EXPECT_EQ(alarm.tick_ns, ALARM_NEVER);
    alarm = alarm_at(UINT64_MAX - 5);
    EXPECT(alarm_rang(&alarm, UINT64_MAX - 5));
    EXPECT_EQ(alarm.tick_ns, ALARM_NEVER);
}

TEST_MAIN()
