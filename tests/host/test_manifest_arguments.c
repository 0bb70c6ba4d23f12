/* The boot manifest: arguments of services.
 *
 * Next: tests/host/test_manifest_bytes.c
 */
#include "tests/host/manifest_system.h"

TEST(arguments_that_fit_are_good)
{
    static char long_text[CAP_ARGUMENT_BYTES_MAX];
    struct system *system = good_system();

    memset(long_text, 'x', sizeof(long_text));
    system->services[HELLO].argument_count = 2;
    system->services[HELLO].arguments[0] = "";
    system->services[HELLO].arguments[1] = "with \"anything\" in it: \xc3\xa4\n";
    EXPECT_ACCEPTED(system);
    /* Two words, one for the list's pointer, and the text with its NUL. */
    system->services[HELLO].argument_count = 1;
    system->services[HELLO].arguments[0] = long_text;
    long_text[CAP_ARGUMENT_BYTES_MAX - 24 - 1] = 0;
    EXPECT_ACCEPTED(system);
    long_text[CAP_ARGUMENT_BYTES_MAX - 24 - 1] = 'x';
    long_text[CAP_ARGUMENT_BYTES_MAX - 24] = 0;
    EXPECT_REFUSED(system, "services[0].arguments", "take 1032 bytes as a message; at most 1024 are allowed");
}

TEST(many_arguments_are_refused)
{
    struct system *system = good_system();

    system->services[HELLO].argument_count = MANY_ARGUMENTS;
    for (uint32_t i = 0; i < MANY_ARGUMENTS; i++)
        system->services[HELLO].arguments[i] = "a";
    EXPECT_REFUSED(system, "services[0].arguments",
                   "are 129; at most 1024 bytes are allowed, and each takes 16 or more");
    system->services[HELLO].argument_count = 64;
    EXPECT_REFUSED(system, "services[0].arguments", "take 1040 bytes as a message; at most 1024 are allowed");
    system->services[HELLO].argument_count = 63;
    EXPECT_ACCEPTED(system);
}

TEST_MAIN()
