/* Allowances: narrowing composes, and every process is counted everywhere or nowhere.
 *
 * Next: tests/host/test_ledger.c
 */
#include "lib/allowance.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

static struct allowance root;

/* As the kernel does: nothing is counted that was refused. */
static enum cap_err take(struct allowance *allowance)
{
    enum cap_err err = allowance_check(allowance);
    if (!err)
        allowance_take(allowance);
    return err;
}

static void begin(void)
{
    root = (struct allowance)ALLOWANCE_ROOT;
}

static void narrow(struct allowance *inner, struct allowance *outer, uint64_t programs, uint32_t limit)
{
    EXPECT_EQ(allowance_narrow(inner, outer, programs, limit), CAP_OK);
}

TEST(the_root_allows_every_program_and_no_number_that_is_none)
{
    begin();
    for (uint32_t i = 0; i < ALLOWANCE_PROGRAMS_MAX; i++)
        EXPECT(allowance_has(&root, i));
    EXPECT(!allowance_has(&root, ALLOWANCE_PROGRAMS_MAX));
    EXPECT(!allowance_has(&root, UINT32_MAX));
}

TEST(a_narrowed_one_has_its_programs_and_no_other)
{
    struct allowance inner;
    begin();
    narrow(&inner, &root, 1ull << 63 | 1, 1);
    for (uint32_t i = 0; i <= ALLOWANCE_PROGRAMS_MAX; i++)
        EXPECT_EQ(allowance_has(&inner, i), i == 0 || i == 63);
}

TEST(nothing_is_ever_widened)
{
    struct allowance outer, inner;
    begin();
    narrow(&outer, &root, 6, 1);
    EXPECT_EQ(allowance_narrow(&inner, &outer, 1, 1), CAP_ERR_INVALID);
    EXPECT_EQ(allowance_narrow(&inner, &outer, 7, 1), CAP_ERR_INVALID);
    EXPECT_EQ(allowance_narrow(&inner, &outer, UINT64_MAX, 1), CAP_ERR_INVALID);
    narrow(&inner, &outer, 6, UINT32_MAX);
    EXPECT_EQ(take(&inner), CAP_OK);
    EXPECT_EQ(take(&inner), CAP_ERR_QUOTA);
    EXPECT_CHECK(allowance_take(&inner));
}

TEST(an_allowance_of_nothing_is_refused)
{
    struct allowance inner;
    begin();
    EXPECT_EQ(allowance_narrow(&inner, &root, 0, 1), CAP_ERR_INVALID);
    EXPECT_EQ(allowance_narrow(&inner, &root, 1, 0), CAP_ERR_INVALID);
}

TEST(a_place_comes_back_when_its_process_ends)
{
    struct allowance inner;
    begin();
    narrow(&inner, &root, 1, 2);
    EXPECT_EQ(take(&inner), CAP_OK);
    EXPECT_EQ(take(&inner), CAP_OK);
    EXPECT_EQ(take(&inner), CAP_ERR_QUOTA);
    EXPECT_EQ(root.process_count, 2);
    allowance_give_back(&inner);
    EXPECT_EQ(take(&inner), CAP_OK);
    allowance_give_back(&inner);
    allowance_give_back(&inner);
    EXPECT_EQ(root.process_count, 0);
    EXPECT_CHECK(allowance_give_back(&inner));
}

TEST(siblings_compete_for_what_is_outside_and_a_refusal_counts_nothing)
{
    struct allowance outer, left, right;
    begin();
    narrow(&outer, &root, 3, 3);
    narrow(&left, &outer, 1, 2);
    narrow(&right, &outer, 2, 2);
    EXPECT_EQ(take(&left), CAP_OK);
    EXPECT_EQ(take(&left), CAP_OK);
    EXPECT_EQ(take(&left), CAP_ERR_QUOTA);
    EXPECT_EQ(take(&right), CAP_OK);
    EXPECT_EQ(take(&right), CAP_ERR_QUOTA);
    EXPECT_EQ(left.process_count, 2);
    EXPECT_EQ(right.process_count, 1);
    EXPECT_EQ(outer.process_count, 3);
    allowance_give_back(&left);
    EXPECT_EQ(take(&right), CAP_OK);
}

TEST(narrowing_ends_at_a_depth)
{
    struct allowance chain[CAP_SPAWNER_DEPTH_MAX + 1];
    struct allowance *outer = &root;
    begin();
    for (uint32_t i = 0; i < CAP_SPAWNER_DEPTH_MAX; i++) {
        narrow(&chain[i], outer, 1, 5);
        outer = &chain[i];
    }
    EXPECT_EQ(allowance_narrow(&chain[CAP_SPAWNER_DEPTH_MAX], outer, 1, 5), CAP_ERR_TOO_BIG);
    EXPECT_EQ(take(outer), CAP_OK);
    EXPECT_EQ(root.process_count, 1);
}

/* A random tree, against the definition: what may start is in every allowance up to the root, and no
 * allowance has more processes in its subtree than its limit. */
TEST(a_random_tree_agrees_with_the_definition)
{
    enum {
        COUNT = 24,
        STEPS = 20000
    };
    struct allowance tree[COUNT];
    uint32_t outer_of[COUNT], own[COUNT] = {0};
    uint64_t random = 0x9e3779b97f4a7c15;
    begin();
    tree[0] = root;
    for (uint32_t i = 1; i < COUNT; i++) {
        do {
            random = random * 6364136223846793005 + 1442695040888963407;
            outer_of[i] = (uint32_t)(random >> 33) % i;
        } while (allowance_narrow(&tree[i], &tree[outer_of[i]], tree[outer_of[i]].programs,
                                  1 + (uint32_t)(random >> 50) % 6));
    }
    for (uint32_t step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005 + 1442695040888963407;
        uint32_t at = (uint32_t)(random >> 33) % COUNT;
        if ((random >> 60 & 1) && own[at]) {
            allowance_give_back(&tree[at]);
            own[at]--;
            continue;
        }
        uint32_t sums[COUNT] = {0};
        for (uint32_t i = COUNT; i-- > 0;) {
            sums[i] += own[i];
            EXPECT_EQ(tree[i].process_count, sums[i]);
            if (i)
                sums[outer_of[i]] += sums[i];
        }
        bool fits = true;
        for (uint32_t i = at; i; i = outer_of[i])
            fits = fits && sums[i] < tree[i].process_limit;
        EXPECT_EQ(take(&tree[at]), fits ? CAP_OK : CAP_ERR_QUOTA);
        own[at] += fits;
    }
}

TEST_MAIN()
