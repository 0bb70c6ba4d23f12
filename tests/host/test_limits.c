/* Limits: what 0 means, and what a machine has.
 *
 * Next: tests/host/test_manifest.c
 */
#include "lib/limits.h"
#include "tests/host/test.h"

static struct ledger parent;

static void parent_has(uint64_t count)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        limits[kind] = count;
    ledger_init(&parent, limits, NULL);
}

static const uint64_t nothing_said[LEDGER_KIND_COUNT];

TEST(what_is_said_is_there_from_the_start_and_does_not_grow)
{
    uint64_t wanted[LEDGER_KIND_COUNT];
    struct ledger_share shares[LEDGER_KIND_COUNT];
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        wanted[kind] = 100 + kind;
    limits_of_process(wanted, shares);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        EXPECT(shares[kind].limit == 100 + kind && shares[kind].ceiling == 100 + kind);
}

TEST(what_is_not_said_grows_from_nothing_to_the_default)
{
    static const uint64_t defaults[LEDGER_KIND_COUNT] = {
        [LEDGER_FRAMES] = CAP_DEFAULT_FRAMES,
        [LEDGER_SLOTS] = CAP_DEFAULT_SLOTS,
        [LEDGER_CALLS] = CAP_DEFAULT_CALLS,
        [LEDGER_RECORDS] = CAP_DEFAULT_RECORDS,
        [LEDGER_QUEUED_CALLS] = CAP_DEFAULT_QUEUED_CALLS,
        [LEDGER_QUEUED_BYTES] = CAP_DEFAULT_QUEUED_BYTES,
        [LEDGER_LOG_BYTES] = CAP_DEFAULT_LOG_BYTES,
    };
    struct ledger_share shares[LEDGER_KIND_COUNT];
    struct ledger child;
    parent_has(1000000);
    limits_of_process(nothing_said, shares);
    EXPECT_EQ(ledger_carve(&parent, &child, shares), CAP_OK);
    EXPECT(ledger_is_zero(&parent));
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        EXPECT_EQ(ledger_charge(&child, kind, defaults[kind]), CAP_OK);
        EXPECT_EQ(ledger_charge(&child, kind, 1), CAP_ERR_QUOTA);
        EXPECT_EQ(parent.entries[kind].carved, defaults[kind]);
    }
}

/* A chain of processes that each start one more: nobody has to say how much. */
TEST(a_grandchild_s_growth_is_carved_out_of_everybody_above)
{
    static struct ledger chain[100];
    struct ledger_share shares[LEDGER_KIND_COUNT];
    uint64_t limits[LEDGER_KIND_COUNT];
    limits_of_machine(900, limits);
    ledger_init(&chain[0], limits, NULL);
    limits_of_process(nothing_said, shares);
    for (uint32_t i = 1; i < 100; i++) {
        EXPECT_EQ(ledger_carve(&chain[i - 1], &chain[i], shares), CAP_OK);
        EXPECT_EQ(ledger_charge(&chain[i], LEDGER_FRAMES, 5), CAP_OK);
    }
    EXPECT_EQ(chain[0].entries[LEDGER_FRAMES].used, 506); /* 99 times 5, and what is left of the last 16 */
}

TEST(init_has_what_the_manifest_says_and_the_machine_has)
{
    uint64_t words[16] = {0}, wanted[LEDGER_KIND_COUNT];
    struct ledger_share shares[LEDGER_KIND_COUNT];
    struct wire_message_builder builder;
    struct wire_message_reader message;
    wire_message_build(&builder, words, 16);
    struct os_Limits_builder built = os_Limits_init_root(&builder);
    os_Limits_set_frames(built, 50);
    os_Limits_set_records(built, 5000);
    os_Limits_set_logBytes(built, 77);
    wire_message_read(&message, words, builder.word_count, 0);
    parent_has(100);
    limits_read(os_Limits_read_root(&message), wanted);
    limits_of_init(wanted, &parent, shares);
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        EXPECT_EQ(shares[kind].limit, kind == LEDGER_FRAMES ? 50 : kind == LEDGER_LOG_BYTES ? 77 : 100);
        EXPECT_EQ(shares[kind].ceiling, shares[kind].limit);
    }
}

TEST(a_machine_is_short_of_frames_first)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    limits_of_machine(1000, limits);
    EXPECT_EQ(limits[LEDGER_FRAMES], 1000);
    EXPECT_EQ(limits[LEDGER_SLOTS], 256000);
    EXPECT_EQ(limits[LEDGER_CALLS], 1000);
    EXPECT_EQ(limits[LEDGER_RECORDS], 64000);
    EXPECT_EQ(limits[LEDGER_QUEUED_CALLS], 1000);
    EXPECT_EQ(limits[LEDGER_QUEUED_BYTES], 4096000);
}

/* It lies in the kernel's own memory, however much there is besides. */
TEST(every_machine_keeps_as_much_of_the_log)
{
    uint64_t limits[LEDGER_KIND_COUNT];
    for (uint64_t frame_count = 0; frame_count < 100000; frame_count += 33333) {
        limits_of_machine(frame_count, limits);
        EXPECT_EQ(limits[LEDGER_LOG_BYTES], 32768);
    }
    limits_of_machine(0, limits);
    for (uint32_t kind = 0; kind < LEDGER_LOG_BYTES; kind++)
        EXPECT_EQ(limits[kind], 0);
}

TEST_MAIN()
