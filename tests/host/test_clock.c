/* The clock at all rates, when its rate changes, and the counter that wraps.
 *
 * Next: kernel/x86_64/clock.c
 */
#include "lib/clock.h"
#include "tests/host/test.h"

#define ONE ((uint64_t)1 << 32)

TEST(a_zeroed_clock_stands_still)
{
    struct clock clock = {0};
    EXPECT_EQ(clock_at(&clock, 0), 0);
    EXPECT_EQ(clock_at(&clock, UINT64_MAX), 0);
}

TEST(rates_are_nanoseconds_for_each_tick)
{
    EXPECT_EQ(clock_rate(1000000, 1000000), ONE);
    EXPECT_EQ(clock_rate(1000000, 2000000), ONE / 2);
    EXPECT_EQ(clock_rate(1000000, 1000), ONE * 1000);
    EXPECT_EQ(clock_rate(5, 0), 0);
    EXPECT_EQ(clock_rate(UINT64_MAX, 1), 0);
    EXPECT_EQ(clock_rate(ONE, 1), 0);
    EXPECT_EQ(clock_rate(ONE - 1, 1), (ONE - 1) << 32);
}

TEST(the_clock_is_right_after_a_century)
{
    struct clock clock = {.ns_per_tick_32 = clock_rate(1000000000, 3000000000)};
    uint64_t seconds = 100ull * 365 * 86400;
    uint64_t shown = clock_at(&clock, seconds * 3000000000), wanted = seconds * 1000000000;
    EXPECT(shown <= wanted && wanted - shown < wanted / 1000000000);
}

/* Whatever the rates are, and whenever they change. */
TEST(time_never_goes_back_when_the_rate_changes)
{
    static const uint64_t rates[] = {ONE, ONE / 3, ONE + 1, ONE / 3 - 1, ONE * 1000, 0, ONE / 1000, ONE};
    struct clock clock = {.base_ticks = 12345};
    uint64_t ticks = 12345, before = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        ticks += i % 7 * 1000003;
        EXPECT(clock_at(&clock, ticks) >= before);
        before = clock_at(&clock, ticks);
        clock_set_rate(&clock, ticks, rates[i % 8]);
        EXPECT_EQ(clock_at(&clock, ticks), before);
    }
}

TEST(moments_before_the_change_keep_their_order)
{
    struct clock clock = {.base_ticks = 1000, .ns_per_tick_32 = ONE};
    clock_set_rate(&clock, 21000, ONE + ONE / 100);
    uint64_t before = 0;
    for (uint64_t ticks = 0; ticks < 40000; ticks += 7) {
        EXPECT(clock_at(&clock, ticks) >= before);
        before = clock_at(&clock, ticks);
    }
    EXPECT_EQ(clock_at(&clock, 0), 0);
    EXPECT_EQ(clock_at(&clock, 20900), 19900);
    EXPECT_EQ(clock_at(&clock, 21000), 20000);
}

TEST(a_counter_is_followed_around)
{
    static const uint64_t counts[] = {0,     1,     119,    32767,  32768,     65535,
                                      65536, 65537, 131071, 200000, 1ull << 40};
    static const int64_t errors[] = {0, 1, -1, 1000, -1000, 32767, -32767};
    static const uint16_t firsts[] = {0, 1, 65535, 32768, 1234};
    for (uint32_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (uint32_t k = 0; k < sizeof errors / sizeof errors[0]; k++) {
            for (uint32_t f = 0; f < sizeof firsts / sizeof firsts[0]; f++) {
                uint64_t estimate =
                    errors[k] < 0 && counts[i] < (uint64_t)-errors[k] ? 0 : counts[i] + (uint64_t)errors[k];
                uint16_t now = (uint16_t)(firsts[f] - counts[i]);
                EXPECT_EQ(counter_elapsed(firsts[f], now, estimate), counts[i]);
            }
        }
    }
}

TEST(a_counter_that_stands_still_has_not_elapsed)
{
    EXPECT_EQ(counter_elapsed(0xffff, 0xffff, 0), 0);
    EXPECT_EQ(counter_elapsed(0xffff, 0xffff, 30000), 0);
}

TEST_MAIN()
