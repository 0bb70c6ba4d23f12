/* All of what test_endpoint_model.c has parts of: three calls of two clients at two servers. It runs on
 * demand.
 *
 * Next: tests/host/endpoint_states.h
 */
#include "tests/host/endpoint_states.h"

TEST(every_order_of_operations_on_memory_that_was_used_before) /* 67 to 74, 86, 89 to 94, 96 */
{
    explore(&(struct part){"three calls, two servers", .calls = 7, .is_quick = true});
}

TEST(every_order_of_operations_on_memory_that_was_not) /* 67 to 74, 86, 89 to 94, 96 */
{
    explore(&(struct part){"three calls, two servers", .calls = 7, .is_quick = false});
}

TEST_MAIN()
