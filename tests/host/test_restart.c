/* Restart policies: who is started again, how often, and after how long.
 *
 * Next: lib/restart.h
 */
#include "lib/restart.h"
#include "tests/host/test.h"

static struct restart_rule rule_of(uint16_t policy, uint32_t max_restarts)
{
    return (struct restart_rule){
        .policy = policy, .initial_backoff_ms = 100, .max_backoff_ms = 1000, .max_restarts = max_restarts};
}

TEST(never_means_never)
{
    struct restart_rule rule = rule_of(os_RestartPolicy_never, 0);

    EXPECT(!restart_is_wanted(&rule, true));
    EXPECT(!restart_is_wanted(&rule, false));
    EXPECT(!restart_is_possible(&rule, 0));
}

TEST(a_policy_that_is_unknown_restarts_nothing)
{
    for (uint16_t policy = os_RestartPolicy_always + 1; policy != 0; policy++) {
        struct restart_rule rule = rule_of(policy, 0);
        EXPECT(!restart_is_wanted(&rule, true) && !restart_is_wanted(&rule, false));
        EXPECT(!restart_is_possible(&rule, 0));
    }
}

TEST(on_fault_does_not_mean_after_a_good_end)
{
    struct restart_rule rule = rule_of(os_RestartPolicy_onFault, 0);

    EXPECT(!restart_is_wanted(&rule, true));
    EXPECT(restart_is_wanted(&rule, false));
}

TEST(always_means_after_any_end)
{
    struct restart_rule rule = rule_of(os_RestartPolicy_always, 0);

    EXPECT(restart_is_wanted(&rule, true));
    EXPECT(restart_is_wanted(&rule, false));
}

TEST(the_limit_is_the_number_of_restarts)
{
    struct restart_rule rule = rule_of(os_RestartPolicy_onFault, 3);
    uint32_t restart_count = 0;

    while (restart_is_possible(&rule, restart_count) && restart_count < 100)
        restart_count++;
    EXPECT_EQ(restart_count, 3);
    EXPECT(!restart_is_possible(&rule, UINT32_MAX));
    EXPECT(restart_is_wanted(&rule, false)); /* so reaching the limit is not the same as wanting none */
}

TEST(a_limit_of_0_is_none)
{
    struct restart_rule rule = rule_of(os_RestartPolicy_always, 0);

    EXPECT(restart_is_possible(&rule, 0));
    EXPECT(restart_is_possible(&rule, UINT32_MAX));
}

TEST(the_back_off_doubles_up_to_its_maximum)
{
    static const uint32_t wanted_ms[] = {100, 200, 400, 800, 1000, 1000};
    struct restart_rule rule = rule_of(os_RestartPolicy_onFault, 0);

    for (uint32_t i = 0; i < sizeof(wanted_ms) / sizeof(wanted_ms[0]); i++)
        EXPECT_EQ(restart_backoff_ms(&rule, i), wanted_ms[i]);
}

TEST(the_back_off_never_goes_back)
{
    struct restart_rule rule = {.policy = os_RestartPolicy_always, .max_backoff_ms = UINT32_MAX};
    static const uint32_t initial_ms[] = {1, 3, 0x80000000, UINT32_MAX};

    for (uint32_t i = 0; i < sizeof(initial_ms) / sizeof(initial_ms[0]); i++) {
        uint32_t last_ms = 0;
        rule.initial_backoff_ms = initial_ms[i];
        for (uint32_t k = 0; k < 100; k++) {
            uint32_t backoff_ms = restart_backoff_ms(&rule, k);
            EXPECT(backoff_ms >= last_ms);
            last_ms = backoff_ms;
        }
        EXPECT_EQ(last_ms, UINT32_MAX);
    }
    EXPECT_EQ(restart_backoff_ms(&rule, UINT32_MAX), UINT32_MAX);
}

TEST(only_exit_code_0_is_a_good_end)
{
    uint64_t words[16];
    struct wire_message_builder builder;
    struct wire_message_reader reader;

    for (int32_t kind = 0; kind < 4; kind++) {
        memset(words, 0, sizeof(words));
        wire_message_build(&builder, words, 16);
        struct os_ProcessEnd_builder end = os_ProcessEnd_init_root(&builder);
        if (kind < 2)
            os_ProcessEnd_set_exited(end, -kind);
        else if (kind == 2)
            os_Fault_set_kind(os_ProcessEnd_init_faulted(end), os_Fault_Kind_other);
        else
            os_ProcessEnd_set_killed(end);
        wire_message_read(&reader, words, builder.word_count, 0);
        EXPECT_EQ(os_ProcessEnd_check(&reader), CAP_OK);
        EXPECT_EQ(restart_ended_well(os_ProcessEnd_read_root(&reader)), kind == 0);
    }
}

TEST(a_rule_is_what_the_manifest_says)
{
    uint64_t words[32] = {0};
    struct wire_message_builder builder;
    struct wire_message_reader reader;

    wire_message_build(&builder, words, 32);
    struct os_Service_builder service = os_Service_init_root(&builder);
    os_Service_set_restart(service, os_RestartPolicy_onFault);
    os_Service_set_initialBackoffMs(service, 10);
    os_Service_set_maxBackoffMs(service, 20);
    os_Service_set_maxRestarts(service, 30);
    wire_message_read(&reader, words, builder.word_count, 0);
    EXPECT_EQ(os_Service_check(&reader), CAP_OK);
    struct restart_rule rule = restart_rule_of(os_Service_read_root(&reader));
    EXPECT_EQ(rule.policy, os_RestartPolicy_onFault);
    EXPECT_EQ(rule.initial_backoff_ms, 10);
    EXPECT_EQ(rule.max_backoff_ms, 20);
    EXPECT_EQ(rule.max_restarts, 30);
}

TEST_MAIN()
