/* The audit ring: numbers, what is lost, and the graph that follows from the records.
 *
 * Next: schema/capos.capnp
 */
#include "lib/audit.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

static struct audit_ring ring;

static void fill(uint64_t count)
{
    for (ring.next = 0; ring.next < count;) {
        uint64_t i = ring.next;
        *audit_append(&ring) =
            (struct audit_record){.time = i * 10, .what = audit_what(0, AUDIT_ENDED), .process = i};
    }
}

TEST(an_empty_ring_has_lost_nothing)
{
    fill(0);
    uint64_t lost_count;
    EXPECT_EQ(audit_seek(&ring, 0, &lost_count), 0);
    EXPECT_EQ(lost_count, 0);
    EXPECT_EQ(audit_seek(&ring, UINT64_MAX, &lost_count), 0);
    EXPECT_EQ(lost_count, 0);
}

TEST(records_have_their_numbers_and_the_oldest_are_lost_first)
{
    for (uint64_t count = 0; count < 4 * AUDIT_RECORDS; count += 97) {
        fill(count);
        uint64_t first = count > AUDIT_RECORDS ? count - AUDIT_RECORDS : 0;
        for (uint64_t from = 0; from < count + 3; from++) {
            uint64_t lost_count, at = audit_seek(&ring, from, &lost_count);
            EXPECT_EQ(at, from < first ? first : from > count ? count : from);
            EXPECT_EQ(lost_count, from < first ? first - from : 0);
            if (at < count) {
                EXPECT_EQ(audit_at(&ring, at)->process, at);
                EXPECT_EQ(audit_at(&ring, at)->time, at * 10);
            }
        }
    }
}

TEST(a_record_that_is_not_there_is_a_broken_promise)
{
    fill(AUDIT_RECORDS + 1);
    EXPECT_CHECK((void)audit_at(&ring, 0));
    EXPECT_CHECK((void)audit_at(&ring, AUDIT_RECORDS + 1));
}

TEST_MAIN()
