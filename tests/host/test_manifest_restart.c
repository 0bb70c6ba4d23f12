/* The boot manifest: restarts and the outcome of the system.
 *
 * Next: tests/host/test_manifest_limits.c
 */
#include "tests/host/manifest_system.h"

/* The default system, with a timer for init and an echo-server that is started again. */
static struct system *restarting_system(void)
{
    struct system *system = good_system();
    struct service_row *server = &system->services[ECHO_SERVER];

    system->init_grants[system->init_grant_count++] = (struct init_grant_row){"timer", os_KernelObject_timer};
    server->restart = os_RestartPolicy_onFault;
    server->initial_backoff_ms = 100;
    server->max_backoff_ms = 1000;
    server->max_restarts = 5;
    return system;
}

/* ---- What is good --------------------------------------------------------------------------------- */

TEST(each_policy_with_each_reaction_is_good)
{
    for (uint16_t policy = os_RestartPolicy_onFault; policy <= os_RestartPolicy_always; policy++) {
        for (uint16_t reaction = 0; reaction <= os_LimitReaction_haltSystem; reaction++) {
            struct system *system = restarting_system();
            system->services[ECHO_SERVER].restart = policy;
            system->services[ECHO_SERVER].at_limit = reaction;
            EXPECT_ACCEPTED(system);
        }
    }
}

TEST(no_limit_is_good)
{
    struct system *system = restarting_system();

    system->services[ECHO_SERVER].max_restarts = 0;
    EXPECT_ACCEPTED(system);
}

TEST(the_shortest_and_the_longest_back_off_are_good)
{
    struct system *system = restarting_system();

    system->services[ECHO_SERVER].initial_backoff_ms = 1;
    system->services[ECHO_SERVER].max_backoff_ms = 1;
    EXPECT_ACCEPTED(system);
    system->services[ECHO_SERVER].initial_backoff_ms = 3600000;
    system->services[ECHO_SERVER].max_backoff_ms = 3600000;
    EXPECT_ACCEPTED(system);
}

TEST(a_system_may_run_on_and_end_with_some_services)
{
    struct system *system = restarting_system();

    system->outcome = os_Outcome_runOn;
    EXPECT_ACCEPTED(system);
    system->halt_count = 2;
    system->halt_names[0] = "echo-client";
    system->halt_names[1] = "echo-server";
    EXPECT_ACCEPTED(system);
}

/* ---- Each rule ------------------------------------------------------------------------------------ */

TEST(an_unknown_restart_policy_is_refused)
{
    struct system *system = restarting_system();

    system->services[ECHO_SERVER].restart = 3;
    EXPECT_REFUSED(system, "services[1].restart",
                   "restart policy 3 is unknown; known: never, onFault, always");
    system->services[ECHO_SERVER].restart = 65535;
    EXPECT_REFUSED(system, "services[1].restart", "restart policy 65535 is unknown");
}

TEST(an_unknown_reaction_is_refused)
{
    struct system *system = restarting_system();

    system->services[ECHO_SERVER].at_limit = 2;
    EXPECT_REFUSED(system, "services[1].atLimit", "reaction 2 is unknown; known: leaveDown, haltSystem");
}

TEST(a_back_off_outside_its_bounds_is_refused)
{
    static const uint32_t bad_ms[] = {0, 3600001, UINT32_MAX};

    for (uint32_t i = 0; i < sizeof(bad_ms) / sizeof(bad_ms[0]); i++) {
        struct system *system = restarting_system();
        char reason[64];
        snprintf(reason, sizeof(reason), "is %u; use 1 to 3600000 milliseconds", bad_ms[i]);
        system->services[ECHO_SERVER].initial_backoff_ms = bad_ms[i];
        EXPECT_REFUSED(system, "services[1].initialBackoffMs", reason);
        system = restarting_system();
        snprintf(reason, sizeof(reason), "is %u; use 100 to 3600000 milliseconds", bad_ms[i]);
        system->services[ECHO_SERVER].max_backoff_ms = bad_ms[i];
        EXPECT_REFUSED(system, "services[1].maxBackoffMs", reason);
    }
}

TEST(a_back_off_that_would_shrink_is_refused)
{
    struct system *system = restarting_system();

    system->services[ECHO_SERVER].max_backoff_ms = 99;
    EXPECT_REFUSED(system, "services[1].maxBackoffMs", "is 99; use 100 to 3600000 milliseconds");
}

TEST(a_service_that_is_never_restarted_says_nothing_of_restarts)
{
    struct system *system = good_system();
    struct service_row *hello = &system->services[HELLO];

    hello->initial_backoff_ms = 1;
    EXPECT_REFUSED(system, "services[0].initialBackoffMs", "is 1; it has to be 0");
    hello->initial_backoff_ms = 0;
    hello->max_backoff_ms = 2;
    EXPECT_REFUSED(system, "services[0].maxBackoffMs", "is 2; it has to be 0");
    hello->max_backoff_ms = 0;
    hello->max_restarts = 3;
    EXPECT_REFUSED(system, "services[0].maxRestarts", "is 3; it has to be 0");
    hello->max_restarts = 0;
    hello->at_limit = os_LimitReaction_haltSystem;
    EXPECT_REFUSED(system, "services[0].atLimit", "is 1; it has to be 0");
}

TEST(a_reaction_to_a_limit_that_is_none_is_refused)
{
    struct system *system = restarting_system();

    system->services[ECHO_SERVER].max_restarts = 0;
    system->services[ECHO_SERVER].at_limit = os_LimitReaction_haltSystem;
    EXPECT_REFUSED(system, "services[1].atLimit", "haltSystem is never reached without a limit");
}

TEST(an_init_that_cannot_tell_the_time_is_refused)
{
    struct system *system = restarting_system();

    system->init_grant_count--;
    EXPECT_REFUSED(system, "init.grants", "timer is missing; init needs it to wait");
    system = good_system();
    system->outcome = os_Outcome_runOn;
    EXPECT_REFUSED(system, "init.grants", "timer is missing; init needs it to wait");
}

TEST(an_unknown_outcome_is_refused)
{
    struct system *system = good_system();

    system->outcome = 2;
    EXPECT_REFUSED(system, "outcome", "outcome 2 is unknown; known: whenServicesEnded, runOn");
}

TEST(an_end_of_the_system_by_a_service_that_does_not_exist_is_refused)
{
    struct system *system = good_system();

    system->halt_names[system->halt_count++] = "hello";
    system->halt_names[system->halt_count++] = "echo\n";
    EXPECT_REFUSED(system, "haltWhenEnded[1]",
                   "no service is called \"echo?\"; services: hello, echo-server, echo-client");
}

TEST(an_end_of_the_system_by_one_service_twice_is_refused)
{
    struct system *system = good_system();

    for (uint32_t i = 0; i < 2; i++)
        system->halt_names[system->halt_count++] = "hello";
    EXPECT_REFUSED(system, "haltWhenEnded[1]", "\"hello\" is also haltWhenEnded[0]; name it once");
}

TEST(an_end_of_the_system_by_a_service_without_end_is_refused)
{
    struct system *system = restarting_system();

    system->halt_names[system->halt_count++] = "echo-server";
    system->services[ECHO_SERVER].restart = os_RestartPolicy_always;
    EXPECT_ACCEPTED(system);
    system->services[ECHO_SERVER].max_restarts = 0;
    EXPECT_REFUSED(system, "haltWhenEnded[0]", "\"echo-server\" is always restarted and never ends for good");
    system->services[ECHO_SERVER].restart = os_RestartPolicy_onFault; /* it may exit with code 0 */
    EXPECT_ACCEPTED(system);
}

TEST(too_many_names_are_refused)
{
    struct system *system = good_system();
    static char names[MANY][16];

    system->service_count = 0;
    for (uint32_t i = 0; i < MANIFEST_SERVICES_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "service-%u", i);
        add_service(system, names[i]);
        system->halt_names[system->halt_count++] = names[i];
    }
    EXPECT_ACCEPTED(system);
    system->halt_names[system->halt_count++] = names[0];
    EXPECT_REFUSED(system, "haltWhenEnded", "has 65 elements; at most 64 are allowed");
}

TEST_MAIN()
