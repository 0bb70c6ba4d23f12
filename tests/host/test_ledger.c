/* Ledgers: exact to the last unit, and nothing changes on refusal.
 *
 * Next: tests/host/test_ledger_tree.c
 */
#include "lib/ledger.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

static struct ledger ledger;

static void begin(uint64_t limit)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        limits[kind] = limit + kind;
    memset(&ledger, 0xee, sizeof ledger);
    ledger_init(&ledger, limits, NULL);
}

static bool entry_is(enum ledger_kind kind, uint64_t used, uint64_t limit, uint64_t peak)
{
    const struct ledger_entry *entry = &ledger.entries[kind];
    return entry->used == used && entry->limit == limit && entry->peak == peak;
}

static uint64_t peak_of(enum ledger_kind kind, uint64_t peak)
{
    return ledger_has_peak(kind) ? peak : 0;
}

TEST(a_new_ledger_is_zero_and_has_its_limits)
{
    begin(10);
    EXPECT(ledger_is_zero(&ledger));
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        EXPECT(entry_is(kind, 0, 10 + kind, 0));
}

TEST(each_kind_is_charged_to_its_limit_and_back_and_touches_no_other) /* case 156 */
{
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        begin(10);
        uint64_t limit = 10 + kind;
        for (uint64_t i = 0; i < limit; i++)
            EXPECT_EQ(ledger_charge(&ledger, kind, 1), CAP_OK);
        EXPECT_EQ(ledger_charge(&ledger, kind, 1), CAP_ERR_QUOTA);
        EXPECT(entry_is(kind, limit, limit, peak_of(kind, limit)));
        EXPECT(!ledger_is_zero(&ledger));
        for (int other = 0; other < LEDGER_KIND_COUNT; other++)
            EXPECT(other == kind || entry_is(other, 0, 10 + other, 0));
        ledger_refund(&ledger, kind, limit - 1);
        EXPECT(!ledger_is_zero(&ledger));
        ledger_refund(&ledger, kind, 1);
        EXPECT(ledger_is_zero(&ledger));
        EXPECT(entry_is(kind, 0, limit, peak_of(kind, limit)));
    }
}

TEST(a_refused_charge_changes_nothing)
{
    begin(10);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 7), CAP_OK);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 4), CAP_ERR_QUOTA);
    EXPECT(entry_is(LEDGER_FRAMES, 7, 10, 7));
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 3), CAP_OK);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 0), CAP_OK);
    EXPECT(entry_is(LEDGER_FRAMES, 10, 10, 10));
}

TEST(amounts_near_2_to_the_64_do_not_wrap)
{
    begin(10);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 5), CAP_OK);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, UINT64_MAX), CAP_ERR_QUOTA);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, UINT64_MAX - 4), CAP_ERR_QUOTA);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, UINT64_MAX - 5), CAP_ERR_QUOTA);
    EXPECT(entry_is(LEDGER_FRAMES, 5, 10, 5));

    begin(UINT64_MAX - LEDGER_KIND_COUNT);
    uint64_t limit = UINT64_MAX - LEDGER_KIND_COUNT;
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, limit), CAP_OK);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 1), CAP_ERR_QUOTA);
    EXPECT(entry_is(LEDGER_FRAMES, limit, limit, limit));
}

TEST(a_limit_of_zero_allows_nothing)
{
    begin(0);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 1), CAP_ERR_QUOTA);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 0), CAP_OK);
    EXPECT(ledger_is_zero(&ledger));
}

TEST(the_peak_is_the_most_at_one_time)
{
    begin(10);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 6), CAP_OK);
    ledger_refund(&ledger, LEDGER_FRAMES, 4);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 3), CAP_OK);
    EXPECT(entry_is(LEDGER_FRAMES, 5, 10, 6));
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_FRAMES, 4), CAP_OK);
    EXPECT(entry_is(LEDGER_FRAMES, 9, 10, 9));
}

TEST(what_is_charged_with_every_call_has_no_peak)
{
    begin(10);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_CALLS, 6), CAP_OK);
    EXPECT(entry_is(LEDGER_CALLS, 6, 10 + LEDGER_CALLS, 0));
}

TEST(a_refusal_says_what_was_refused_and_a_success_leaves_it)
{
    struct ledger_refusal refusal = {0};
    begin(10);
    ledger.refusal = &refusal;
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_RECORDS, 9), CAP_OK);
    EXPECT(!refusal.ledger);
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_RECORDS, 5), CAP_ERR_QUOTA);
    for (int i = 0; i < 2; i++) {
        EXPECT(refusal.ledger == &ledger && refusal.kind == LEDGER_RECORDS);
        EXPECT_EQ(refusal.used, 9);
        EXPECT_EQ(refusal.limit, 10 + LEDGER_RECORDS);
        EXPECT_EQ(refusal.asked, 5);
        EXPECT_EQ(ledger_charge(&ledger, LEDGER_RECORDS, 1), CAP_OK);
    }
}

TEST(refunding_more_than_was_charged_is_caught)
{
    begin(10);
    EXPECT_CHECK(ledger_refund(&ledger, LEDGER_CALLS, 1));
    EXPECT_EQ(ledger_charge(&ledger, LEDGER_CALLS, 3), CAP_OK);
    EXPECT_CHECK(ledger_refund(&ledger, LEDGER_CALLS, 4));
    EXPECT(entry_is(LEDGER_CALLS, 3, 10 + LEDGER_CALLS, 0));
}

TEST(each_kind_has_a_name)
{
    EXPECT_STR(ledger_kind_name(LEDGER_FRAMES), "frames");
    EXPECT_STR(ledger_kind_name(LEDGER_SLOTS), "slots");
    EXPECT_STR(ledger_kind_name(LEDGER_CALLS), "calls");
    EXPECT_STR(ledger_kind_name(LEDGER_RECORDS), "records");
    EXPECT_STR(ledger_kind_name(LEDGER_QUEUED_CALLS), "queuedCalls");
    EXPECT_STR(ledger_kind_name(LEDGER_QUEUED_BYTES), "queuedBytes");
    EXPECT_STR(ledger_kind_name(LEDGER_LOG_BYTES), "logBytes");
    EXPECT_CHECK((void)ledger_kind_name(LEDGER_KIND_COUNT));
}

TEST_MAIN()
