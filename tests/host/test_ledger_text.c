/* Refusals: the text names the kind, the use, the limit and whose it is; the CQE names the kind.
 *
 * Next: tests/host/test_limits.c
 */
#include "lib/ledger_text.h"
#include "tests/host/test.h"

static struct ledger own, child, other;
static char text[LEDGER_TEXT_BYTES];

static struct ledger_refusal refusal_of(const struct ledger *ledger, const struct ledger *parent)
{
    return (struct ledger_refusal){
        .ledger = ledger, .parent = parent, .kind = LEDGER_FRAMES, .used = 4090, .limit = 4096, .asked = 16};
}

static struct ledger_refusal refusal;

TEST(the_text_says_which_how_much_and_what_to_do)
{
    refusal = refusal_of(&own, NULL);
    ledger_refusal_text(&refusal, &own, text);
    EXPECT_STR(text, "frames: 4090 of 4096 in use, 16 more asked; release some or ask for a larger limit");
    refusal = refusal_of(&child, &own);
    ledger_refusal_text(&refusal, &own, text);
    EXPECT_STR(text, "the child's frames: 4090 of 4096 in use, 16 more asked; give it a larger limit");
    refusal = refusal_of(&other, &child);
    ledger_refusal_text(&refusal, &own, text);
    EXPECT_STR(text, "another process's frames: the limit is reached; it has to release some");
}

TEST(the_longest_numbers_fit)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        refusal = (struct ledger_refusal){&child, &own, kind, UINT64_MAX, UINT64_MAX, UINT64_MAX};
        ledger_refusal_text(&refusal, &own, text);
        EXPECT(strstr(text, "give it a larger limit"));
        EXPECT(strstr(text, ledger_kind_name(kind)));
    }
}

TEST(a_cqe_names_each_kind_and_its_limit)
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        struct cap_cqe cqe = {.status = CAP_ERR_QUOTA};
        char wanted[LEDGER_TEXT_BYTES];
        refusal = (struct ledger_refusal){.ledger = &own, .kind = kind, .used = 7, .limit = 8, .asked = 2};
        ledger_refusal_to_cqe(&refusal, &own, &cqe);
        EXPECT_EQ(cqe.cap_count, kind + 1);
        EXPECT_EQ(cqe.message_bytes, 8);
        EXPECT(ledger_cqe_text(&cqe, text));
        snprintf(wanted, sizeof wanted,
                 "%s: the limit of 8 is reached; release some or ask for a larger limit",
                 ledger_kind_name(kind));
        EXPECT_STR(text, wanted);
    }
}

TEST(a_cqe_does_not_tell_another_process_s_limit)
{
    struct cap_cqe cqe = {.status = CAP_ERR_QUOTA};
    refusal = refusal_of(&other, NULL);
    ledger_refusal_to_cqe(&refusal, &own, &cqe);
    EXPECT_EQ(cqe.cap_count, CAP_LIMIT_FRAMES | CAP_LIMIT_OF_OTHER);
    EXPECT_EQ(cqe.message_bytes, 0);
    EXPECT(ledger_cqe_text(&cqe, text));
    EXPECT_STR(text, "another process's frames: the limit is reached; it has to release some");
}

TEST(a_limit_that_does_not_fit_is_the_largest_number)
{
    struct cap_cqe cqe = {.status = CAP_ERR_QUOTA};
    refusal = refusal_of(&own, NULL);
    refusal.limit = 1ull << 40;
    ledger_refusal_to_cqe(&refusal, &own, &cqe);
    EXPECT_EQ(cqe.message_bytes, UINT32_MAX);
}

TEST(a_cqe_that_names_no_kind_has_no_text)
{
    struct cap_cqe cqe = {.status = CAP_ERR_QUOTA};
    EXPECT(!ledger_cqe_text(&cqe, text));
    cqe.cap_count = CAP_LIMIT_OF_OTHER;
    EXPECT(!ledger_cqe_text(&cqe, text));
    cqe.cap_count = LEDGER_KIND_COUNT + 1;
    EXPECT(!ledger_cqe_text(&cqe, text));
}

TEST_MAIN()
