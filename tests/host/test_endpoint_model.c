#include "tests/host/endpoint_states.h"
TEST(small)
{
    for (int q=1;q>=0;q--) {
    explore(&(struct part){"one server", q, 7, 1, {{DO_DIE, 2}}});
    explore(&(struct part){"one server", q, 7, 1, {{DO_DIE, 3}}});
    explore(&(struct part){"one client", q, 3, 1, {{DO_DIE, 1}}});
    }
}
TEST_MAIN()
