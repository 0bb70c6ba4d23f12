/* An endpoint with two clients and two servers: every order of call, receive, return, cancellation, time
 * limit, revocation, release and death, on the kernel's own code (tests/host/kernel_world.h), against a
 * model, to the last state that can be reached.
 *
 * All of it takes minutes and is test_endpoint_model_all.c, which runs on demand. Here are the parts of it in
 * which somebody is missing from the beginning, each complete, and long ways through the whole.
 *
 * Next: tests/host/endpoint_model.h, tests/host/endpoint_states.h
 */
#include "tests/host/endpoint_states.h"

static void explore_on_both(struct part part)
{
    part.is_quick = true;
    explore(&part);
    part.is_quick = false;
    explore(&part);
}

TEST(three_calls_of_two_clients_at_one_server) /* 67 to 74, 86, 89 to 91, 93, 94, 96 */
{
    explore_on_both((struct part){"three calls, one server", .calls = 7, .beginning = {{DO_DIE, SERVER_1}},
                                  .beginning_count = 1});
    explore_on_both((struct part){"three calls, one server with a time limit", .calls = 7,
                                  .beginning = {{DO_DIE, SERVER_0}}, .beginning_count = 1});
}

TEST(two_calls_of_one_client_at_two_servers) /* 67 to 74, 86, 89 to 94, 96 */
{
    explore_on_both((struct part){"two calls of one client, two servers", .calls = 3,
                                  .beginning = {{DO_DIE, CLIENT_1}}, .beginning_count = 1});
}

TEST(a_call_of_each_client_at_two_servers) /* 67 to 71, 73, 74, 86, 89 to 94, 96 */
{
    explore_on_both((struct part){"a call of each client, two servers", .calls = 6});
}

TEST(long_ways) /* 67 to 74, 86, 89 to 94, 96 */
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < 1000; i++)
        count += wander(&(struct part){"long ways", .calls = 7, .is_quick = i % 2});
    printf("long ways: %u operations\n", count);
    EXPECT(count > 50000);
}

TEST_MAIN()
