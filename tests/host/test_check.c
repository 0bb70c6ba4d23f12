/* CHECK: passes what holds, stops what does not, evaluates once.
 *
 * Next: tests/host/test_list.c
 */
#include "lib/check.h"
#include "tests/host/check.h"
#include "tests/host/test.h"

static int evaluations;

static bool evaluate(bool value)
{
    evaluations++;
    return value;
}

TEST(a_condition_that_holds_is_evaluated_once_and_passes)
{
    evaluations = 0;
    CHECK(evaluate(true));
    EXPECT_EQ(evaluations, 1);
}

TEST(a_condition_that_does_not_hold_stops_before_the_next_statement)
{
    volatile bool was_reached = false;
    evaluations = 0;
    EXPECT_CHECK({
        CHECK(evaluate(false));
        was_reached = true;
    });
    EXPECT_EQ(evaluations, 1);
    EXPECT(!was_reached);
}

TEST(a_pointer_is_a_condition_and_an_else_belongs_to_its_own_if)
{
    int thing = 0, *pointer = &thing;
    CHECK(pointer);
    if (evaluations < 0)
        CHECK(false);
    else
        thing = 1;
    EXPECT_EQ(thing, 1);
    pointer = NULL;
    EXPECT_CHECK(CHECK(pointer));
}

TEST_MAIN()
