/* The boot manifest: limits of init and of services.
 *
 * Next: tests/host/test_manifest_arguments.c
 */
#include "tests/host/manifest_system.h"

/* One page of program, 16 of stack, and 7 that every process has. */
#define FRAMES_LEAST 24

TEST(limits_that_fit_are_good)
{
    struct system *system = good_system();

    system->services[HELLO].limits = (struct limits_row){.frames = FRAMES_LEAST, .slots = 1};
    system->services[ECHO_CLIENT].limits = (struct limits_row){100, 2, 1, 1, 1, 1, 1};
    system->init_limits = (struct limits_row){.frames = 100 + FRAMES_LEAST, .slots = 5, .calls = 1};
    EXPECT_ACCEPTED(system);
    system->services[HELLO].limits =
        (struct limits_row){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 32767};
    system->init_limits = (struct limits_row){0};
    EXPECT_ACCEPTED(system);
}

TEST(a_manifest_without_limits_has_none)
{
    uint64_t words[64] = {0};
    struct wire_message_builder builder;
    struct wire_message_reader message;

    wire_message_build(&builder, words, 64);
    (void)os_SystemManifest_init_init(os_SystemManifest_init_root(&builder));
    wire_message_read(&message, words, builder.word_count, 0);
    struct os_Limits_reader limits =
        os_Init_get_limits(os_SystemManifest_get_init(os_SystemManifest_read_root(&message)));
    EXPECT_EQ(os_Limits_get_frames(limits), 0);
    EXPECT_EQ(os_Limits_get_records(limits), 0);
}

TEST(a_program_that_cannot_start_within_its_frames_is_refused)
{
    struct system *system = good_system();

    system->services[HELLO].limits.frames = FRAMES_LEAST - 1;
    EXPECT_REFUSED(system, "services[0].limits.frames", "is 23; this program starts with at least 24");
    system = good_system();
    system->init_limits.frames = 1;
    EXPECT_REFUSED(system, "init.limits.frames", "is 1; this program starts with at least 24");
}

TEST(fewer_slots_than_capabilities_are_refused)
{
    struct system *system = good_system();

    system->services[ECHO_SERVER].limits.slots = 1; /* an export and a grant */
    EXPECT_REFUSED(system, "services[1].limits.slots", "is 1; this process starts with 2 capabilities");
    system = good_system();
    system->init_limits.slots = 4;
    EXPECT_REFUSED(system, "init.limits.slots", "is 4; this process starts with 5 capabilities");
}

TEST(services_that_together_have_more_than_init_are_refused)
{
    struct system *system = good_system();

    for (uint32_t i = 0; i < 3; i++)
        system->services[i].limits = (struct limits_row){100, 10, 5, UINT32_MAX, 4, 3, 2};
    system->init_limits = (struct limits_row){300, 30, 15, 0, 12, 9, 6};
    EXPECT_ACCEPTED(system);
    system->init_limits.frames = 299;
    EXPECT_REFUSED(system, "init.limits",
                   "frames is 299; the services' limits are carved out of it and sum up to 300");
    system->init_limits = (struct limits_row){300, 29, 14, UINT32_MAX, 11, 8, 5};
    EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
    EXPECT_EQ(found.count, 6);
    EXPECT(has_problem("init.limits", "queuedCalls is 11; "));
    EXPECT(has_problem("init.limits", "queuedBytes is 8; "));
    EXPECT(has_problem("init.limits", "logBytes is 5; "));
    EXPECT(has_problem("init.limits", "slots is 29; "));
    EXPECT(has_problem("init.limits", "calls is 14; "));
    EXPECT(has_problem("init.limits", "records is 4294967295; the services' limits are carved out of it and "
                                      "sum up to 12884901885"));
}

/* Of the log every machine has the same, so it is known before the boot. */
TEST(services_that_are_promised_more_of_the_log_than_there_is_are_refused)
{
    struct system *system = good_system();

    system->services[HELLO].limits.log_bytes = 30000;
    system->services[ECHO_CLIENT].limits.log_bytes = 2768;
    EXPECT_ACCEPTED(system);
    system->services[ECHO_CLIENT].limits.log_bytes = 2769;
    EXPECT_REFUSED(system, "init.limits",
                   "logBytes is 32768; the services' limits are carved out of it and sum up to 32769");
    system->init_limits.log_bytes = 50000;
    EXPECT_REFUSED(system, "init.limits",
                   "logBytes is 32768; the services' limits are carved out of it and sum up to 32769");
    system->init_limits.log_bytes = 32000;
    EXPECT_REFUSED(system, "init.limits",
                   "logBytes is 32000; the services' limits are carved out of it and sum up to 32769");
    system->services[HELLO].limits.log_bytes = 0;
    EXPECT_ACCEPTED(system);
}

TEST(limits_of_a_missing_or_broken_program_are_not_judged_twice)
{
    struct system *system = good_system();

    system->services[HELLO].limits.frames = 1;
    system->services[HELLO].binary = "nobody";
    EXPECT_REFUSED(system, "services[0].binary", "no binary is called");
}

TEST_MAIN()
