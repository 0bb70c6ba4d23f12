/* The boot manifest: each way to be wrong has its path and its reason, and all of them come at once.
 *
 * Next: tests/host/test_manifest_restart.c
 */
#include "tests/host/manifest_system.h"

/* ---- What is good --------------------------------------------------------------------------------- */

TEST(the_default_system_is_good)
{
    EXPECT_ACCEPTED(good_system());
}

TEST(a_report_is_not_needed)
{
    struct wire_message_reader message;
    struct system *system = good_system();

    wire_message_read(&message, built_words, build(system), 0);
    EXPECT_EQ(manifest_validate(&message, NULL), CAP_OK);
    system->version = 2;
    wire_message_read(&message, built_words, build(system), 0);
    EXPECT_EQ(manifest_validate(&message, NULL), CAP_ERR_MALFORMED);
}

TEST(init_alone_is_a_system_and_needs_no_grant)
{
    struct system *system = good_system();

    system->service_count = 0;
    system->init_grant_count = 0;
    EXPECT_ACCEPTED(system);
}

TEST(the_largest_system_is_good)
{
    static char names[MANIFEST_SERVICES_MAX][16];
    struct system *system = good_system();
    static char cap_names[MANIFEST_CAPS_MAX][16];

    system->service_count = 0;
    for (uint32_t k = 0; k < MANIFEST_CAPS_MAX; k++)
        snprintf(cap_names[k], sizeof(cap_names[k]), "grant-%u", k);
    for (uint32_t i = 0; i < MANIFEST_SERVICES_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "service-%u", i);
        struct service_row *service = add_service(system, names[i]);
        if (i == 0)
            add_export(service, "echo");
        for (uint32_t k = 0; k < MANIFEST_CAPS_MAX - (i == 0); k++) {
            if (i == 0)
                add_kernel_grant(service, cap_names[k], os_KernelObject_console);
            else
                add_import(service, cap_names[k], "service-0", 1 + i * MANIFEST_CAPS_MAX + k);
        }
    }
    while (system->binary_count < MANIFEST_BINARIES_MAX)
        add_binary(system, names[system->binary_count - 1]);
    EXPECT_ACCEPTED(system);
}

TEST(many_importers_may_share_badge_0)
{
    struct system *system = good_system();

    system->services[ECHO_CLIENT].grants[1].badge = 0;
    add_import(add_service(system, "second"), "echo", "echo-server", 0);
    EXPECT_ACCEPTED(system);
}

TEST(one_badge_may_be_used_for_different_exports)
{
    struct system *system = good_system();
    struct service_row *server = add_service(system, "other-server");

    add_export(server, "echo");
    add_export(server, "back");
    add_import(add_service(system, "second"), "echo", "other-server", 7);
    add_import(add_service(system, "third"), "echo", "other-server", 8);
    system->services[5].grants[0].export = "back";
    system->services[5].grants[0].badge = 7;
    EXPECT_ACCEPTED(system);
}

TEST(imports_may_meet_again_without_a_circle)
{
    struct system *system = good_system();
    struct service_row *left = add_service(system, "left"), *right = add_service(system, "right");
    struct service_row *top = add_service(system, "top");

    add_export(left, "echo");
    add_export(right, "echo");
    add_import(left, "base", "echo-server", 1);
    add_import(right, "base", "echo-server", 2);
    add_import(top, "left", "left", 0);
    add_import(top, "right", "right", 0);
    EXPECT_ACCEPTED(system);
}

/* ---- Each rule ------------------------------------------------------------------------------------ */

TEST(another_version_is_refused_without_looking_further)
{
    struct system *system = good_system();

    system->binary_count = 0;
    for (uint32_t version = 0; version < 4; version++) {
        if (version == 1)
            continue;
        system->version = version;
        char reason[64];
        snprintf(reason, sizeof(reason), "is %u; this system reads version 1", version);
        EXPECT_REFUSED(system, "version", reason);
    }
}

TEST(a_system_without_programs_is_refused)
{
    struct system *system = good_system();

    system->binary_count = 0;
    EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
    EXPECT(has_problem("binaries", "is empty"));
    EXPECT(has_problem("init.binary", "no binary is called \"init\"; binaries: none"));
}

TEST(a_name_with_other_characters_is_refused)
{
    static const char *const bad[] = {"hEllo",        "hel lo", "hel/lo", "hello\n",
                                      "h\xc3\xa9llo", "hel.lo", "hel_lo", "hel\x7flo"};
    struct system *system = good_system();

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        system->services[HELLO].name = bad[i];
        EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
        EXPECT(has_problem("services[0].name", "\"h"));
        EXPECT_EQ(found.count, 1);
    }
    system->services[HELLO].name = "hello";
    system->binaries[1].name = "Hello";
    system->services[HELLO].binary = system->services[ECHO_SERVER].binary = "Hello";
    system->services[ECHO_CLIENT].binary = "Hello";
    EXPECT_REFUSED(system, "binaries[1].name",
                   "\"Hello\" has a character that is not allowed; use lower-case letters, digits");
}

TEST(names_of_grants_and_exports_may_have_capitals_and_nothing_else)
{
    struct system *system = good_system();

    system->services[HELLO].grants[0].name = "theConsole-1";
    EXPECT_ACCEPTED(system);
    system->services[HELLO].grants[0].name = "the_console";
    EXPECT_REFUSED(system, "services[0].grants[0].name",
                   "\"the_console\" has a character that is not allowed; use letters, digits");
    system = good_system();
    system->services[ECHO_SERVER].exports[0].name = "ec.ho";
    system->services[ECHO_CLIENT].grants[1].export = "ec.ho";
    EXPECT_REFUSED(system, "services[1].exports[0].name", "\"ec.ho\" has");
    system = good_system();
    system->init_grants[0].name = "con sole";
    EXPECT_REFUSED(system, "init.grants[0].name", "\"con sole\" has");
}

TEST(an_empty_name_is_refused)
{
    struct system *system = good_system();

    system->services[HELLO].name = "";
    EXPECT_REFUSED(system, "services[0].name", "is empty");
    system = good_system();
    system->services[HELLO].grants[0].name = "";
    EXPECT_REFUSED(system, "services[0].grants[0].name", "is empty");
    system = good_system();
    system->init_grants[4].name = "";
    EXPECT_REFUSED(system, "init.grants[4].name", "is empty");
}

TEST(a_name_of_31_bytes_is_good)
{
    struct system *system = good_system();

    system->services[HELLO].name = "a-name-of-31-bytes-is-just-good";
    EXPECT_EQ(strlen(system->services[HELLO].name), 31);
    EXPECT_ACCEPTED(system);
}

TEST(two_programs_of_one_name_are_refused)
{
    struct system *system = good_system();

    add_binary(system, "init");
    EXPECT_REFUSED(system, "binaries[2].name", "\"init\" is also the name of binaries[0]");
}

TEST(a_program_that_cannot_be_loaded_is_refused)
{
    struct system *system = good_system();

    system->binaries[1].program.header.e_machine = EM_ARM;
    EXPECT_REFUSED(system, "binaries[1].elf", "is not a program that can be started: ");
    system = good_system();
    system->binaries[0].program.segment.p_flags |= PF_W;
    EXPECT_REFUSED(system, "binaries[0].elf", "is not a program that can be started: ");
}

TEST(an_init_whose_program_is_missing_is_refused)
{
    struct system *system = good_system();

    system->init_binary = "innit";
    EXPECT_REFUSED(system, "init.binary", "no binary is called \"innit\"; binaries: init, hello");
    system->init_binary = "";
    EXPECT_REFUSED(system, "init.binary", "no binary is called \"\"");
}

TEST(two_grants_of_init_with_one_name_are_refused)
{
    struct system *system = good_system();

    system->init_grants[3].name = "console";
    EXPECT_REFUSED(system, "init.grants[3].name", "\"console\" is also the name of init.grants[0]");
}

TEST(two_grants_of_one_object_to_init_are_refused)
{
    struct system *system = good_system();

    system->init_grants[system->init_grant_count++] =
        (struct init_grant_row){"second", os_KernelObject_console};
    EXPECT_REFUSED(system, "init.grants[5].object", "console is already init.grants[0]");
}

TEST(an_unknown_object_for_init_is_refused)
{
    struct system *system = good_system();

    system->init_grants[system->init_grant_count++] = (struct init_grant_row){"fifth", 15};
    EXPECT_REFUSED(
        system, "init.grants[5].object",
        "kernel object 15 is unknown; known: console, bootPackage, processSpawner, endpointFactory, "
        "virtualMemory, facetFactory, timer, frameAllocator, notificationFactory, entropy, "
        "logReader, auditReader, inspector, allocationFault, testSupport");
    system->init_grants[5].object = 65535;
    EXPECT_REFUSED(system, "init.grants[5].object", "kernel object 65535 is unknown");
}

TEST(an_init_that_cannot_start_its_services_is_refused)
{
    static const uint16_t needed[] = {os_KernelObject_bootPackage, os_KernelObject_processSpawner,
                                      os_KernelObject_endpointFactory, os_KernelObject_virtualMemory};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        struct system *system = good_system();
        char reason[64];
        system->init_grants[needed[i]] = system->init_grants[--system->init_grant_count];
        snprintf(reason, sizeof(reason), "%s is missing; init needs it to ", manifest_object_name(needed[i]));
        EXPECT_REFUSED(system, "init.grants", reason);
    }
}

TEST(an_init_that_makes_no_endpoint_needs_no_factory)
{
    struct system *system = good_system();

    system->service_count = 1;
    system->init_grants[os_KernelObject_endpointFactory] = system->init_grants[--system->init_grant_count];
    EXPECT_ACCEPTED(system);
}

TEST(two_services_of_one_name_are_refused)
{
    struct system *system = good_system();

    system->services[ECHO_CLIENT].name = "hello";
    EXPECT_REFUSED(system, "services[2].name", "\"hello\" is also the name of services[0]");
}

TEST(a_service_called_init_is_refused)
{
    struct system *system = good_system();

    system->services[HELLO].name = "init";
    EXPECT_REFUSED(system, "services[0].name", "\"init\" is the process that the kernel starts");
}

TEST(a_service_whose_program_is_missing_is_refused)
{
    struct system *system = good_system();

    system->services[ECHO_SERVER].binary = "echo-sever";
    EXPECT_REFUSED(system, "services[1].binary", "no binary is called \"echo-sever\"; binaries: init, hello");
}

TEST(an_export_without_interface_is_refused)
{
    struct system *system = good_system();

    system->services[ECHO_SERVER].exports[0].interface_id = 0;
    EXPECT_REFUSED(system, "services[1].exports[0].interfaceId", "is 0; ");
}

TEST(exports_and_grants_share_their_names)
{
    struct system *system = good_system();

    add_export(&system->services[ECHO_SERVER], "echo");
    EXPECT_REFUSED(system, "services[1].exports[1].name",
                   "\"echo\" is also the name of this service's exports[0]");
    system = good_system();
    system->services[ECHO_SERVER].grants[0].name = "echo";
    EXPECT_REFUSED(system, "services[1].grants[0].name",
                   "\"echo\" is also the name of this service's exports[0]");
    system = good_system();
    system->services[ECHO_CLIENT].grants[1].name = "console";
    EXPECT_REFUSED(system, "services[2].grants[1].name",
                   "\"console\" is also the name of this service's grants[0]");
}

TEST(an_unknown_object_for_a_service_is_refused)
{
    struct system *system = good_system();

    system->services[HELLO].grants[0].object = 99;
    EXPECT_REFUSED(system, "services[0].grants[0].source.kernel",
                   "kernel object 99 is unknown; known: console,");
}

TEST(an_object_that_init_does_not_hold_cannot_be_granted)
{
    struct system *system = good_system();

    system->init_grants[0] = system->init_grants[--system->init_grant_count];
    system->service_count = 1;
    EXPECT_REFUSED(system, "services[0].grants[0].source.kernel",
                   "init does not hold console and cannot grant it on; add it to init.grants");
}

TEST(a_service_is_granted_its_own_address_space_once)
{
    struct system *system = good_system();

    add_kernel_grant(&system->services[HELLO], "memory", os_KernelObject_virtualMemory);
    EXPECT_ACCEPTED(system);
    add_kernel_grant(&system->services[HELLO], "again", os_KernelObject_virtualMemory);
    EXPECT_REFUSED(system, "services[0].grants[2].source.kernel",
                   "virtualMemory is already this service's grants[1]; one grant of it is enough");
}

TEST(a_grant_from_a_service_that_does_not_exist_is_refused)
{
    struct system *system = good_system();

    system->services[ECHO_CLIENT].grants[1].server = "echo-sever";
    EXPECT_REFUSED(system, "services[2].grants[1].source.service.name",
                   "no service is called \"echo-sever\"; services: hello, echo-server, echo-client");
}

TEST(an_export_that_nobody_has_is_refused)
{
    struct system *system = good_system();

    system->services[ECHO_CLIENT].grants[1].export = "ech";
    EXPECT_REFUSED(system, "services[2].grants[1].source.service.export",
                   "service \"echo-server\" does not export \"ech\"; exports: echo-server.echo");
    system->services[ECHO_SERVER].export_count = 0;
    EXPECT_REFUSED(system, "services[2].grants[1].source.service.export",
                   "service \"echo-server\" does not export \"ech\"; exports: none");
}

TEST(a_grant_of_the_own_export_is_refused)
{
    struct system *system = good_system();

    add_import(&system->services[ECHO_SERVER], "myself", "echo-server", 1);
    EXPECT_REFUSED(system, "services[1].grants[1].source.service.name",
                   "a service cannot be granted its own export");
}

TEST(two_importers_with_one_badge_are_refused)
{
    struct system *system = good_system();

    add_import(add_service(system, "second"), "echo", "echo-server", 7);
    EXPECT_REFUSED(system, "services[3].grants[0].source.service.badge",
                   "badge 7 of echo-server.echo is also that of services[2].grants[1]; give each its own");
    system->services[3].grants[0].badge = 0xffffffffffffffff;
    add_import(&system->services[3], "again", "echo-server", 0xffffffffffffffff);
    EXPECT_REFUSED(system, "services[3].grants[1].source.service.badge",
                   "badge 18446744073709551615 of echo-server.echo is also that of services[3].grants[0]");
}

TEST(imports_in_a_circle_are_refused_with_the_circle)
{
    struct system *system = good_system();
    struct service_row *a = add_service(system, "a"), *b = add_service(system, "b"),
                       *c = add_service(system, "c");

    add_export(a, "echo");
    add_export(b, "echo");
    add_export(c, "echo");
    add_import(a, "next", "b", 0);
    add_import(b, "next", "c", 0);
    add_kernel_grant(c, "console", os_KernelObject_console);
    add_import(c, "next", "a", 0);
    EXPECT_REFUSED(system, "services[5].grants[1].source.service.name",
                   "imports go in a circle: a -> b -> c -> a; remove one of these grants");
}

TEST(a_circle_through_all_services_is_refused_with_its_beginning)
{
    static char names[MANIFEST_SERVICES_MAX][CAP_NAME_BYTES_MAX + 1];
    struct system *system = good_system();

    system->service_count = 0;
    for (uint32_t i = 0; i < MANIFEST_SERVICES_MAX; i++)
        snprintf(names[i], sizeof(names[i]), "a-service-with-a-long-name-%u", 1000 + i);
    for (uint32_t i = 0; i < MANIFEST_SERVICES_MAX; i++) {
        struct service_row *service = add_service(system, names[i]);
        add_export(service, "echo");
        add_import(service, "next", names[(i + 1) % MANIFEST_SERVICES_MAX], 0);
    }
    EXPECT_REFUSED(
        system, "services[63].grants[0].source.service.name",
        "imports go in a circle: a-service-with-a-long-name-1000 -> a-service-with-a-long-name-1001 -> ");
    EXPECT(strstr(found.problems[0], " -> ...; remove one of these grants"));
}

/* ---- Bounds --------------------------------------------------------------------------------------- */

TEST(too_many_programs_are_refused)
{
    static char names[MANY][16];
    struct system *system = good_system();

    for (uint32_t i = system->binary_count; i < MANIFEST_BINARIES_MAX + 1; i++) {
        snprintf(names[i], sizeof(names[i]), "program-%u", i);
        add_binary(system, names[i]);
    }
    EXPECT_REFUSED(system, "binaries", "has 65 elements; at most 64 are allowed");
}

TEST(too_many_services_are_refused)
{
    static char names[MANY][16];
    struct system *system = good_system();

    for (uint32_t i = system->service_count; i < MANIFEST_SERVICES_MAX + 1; i++) {
        snprintf(names[i], sizeof(names[i]), "service-%u", i);
        add_service(system, names[i]);
    }
    EXPECT_REFUSED(system, "services", "has 65 elements; at most 64 are allowed");
}

TEST(more_capabilities_than_a_process_starts_with_are_refused) /* 153 */
{
    static char names[MANIFEST_CAPS_MAX + 1][16];
    struct system *system = good_system();
    struct service_row *server = &system->services[ECHO_SERVER];

    for (uint32_t i = 0; i < MANIFEST_CAPS_MAX + 1; i++)
        snprintf(names[i], sizeof(names[i]), "cap%u", i);
    while (server->grant_count < MANIFEST_CAPS_MAX)
        add_kernel_grant(server, names[server->grant_count], os_KernelObject_console);
    EXPECT_REFUSED(system, "services[1]", "1 exports and 32 grants are more than the 32 capabilities");
    server->export_count = 0;
    system->services[ECHO_CLIENT].grant_count = 1;
    EXPECT_ACCEPTED(system);
    add_kernel_grant(server, names[MANIFEST_CAPS_MAX], os_KernelObject_console);
    EXPECT_REFUSED(system, "services[1].grants", "has 33 elements; at most 32 are allowed");
}

TEST(all_problems_are_reported_at_once) /* 152 */
{
    struct system *system = good_system();

    system->binaries[1].program.header.e_ident[EI_CLASS] = ELFCLASS32;
    system->init_grants[4].name = "";
    system->services[HELLO].restart = 9;
    system->services[HELLO].grants[0].object = os_KernelObject_timer;
    system->services[ECHO_SERVER].name = "hello";
    system->services[ECHO_SERVER].exports[0].interface_id = 0;
    system->services[ECHO_CLIENT].binary = "nothing";
    system->services[ECHO_CLIENT].grants[1].server = "nobody";
    EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
    EXPECT(has_problem("binaries[1].elf", ""));
    EXPECT(has_problem("init.grants[4].name", ""));
    EXPECT(has_problem("services[0].restart", ""));
    EXPECT(has_problem("services[0].grants[0].source.kernel", ""));
    EXPECT(has_problem("services[1].name", ""));
    EXPECT(has_problem("services[1].exports[0].interfaceId", ""));
    EXPECT(has_problem("services[2].binary", ""));
    EXPECT(has_problem("services[2].grants[1].source.service.name", ""));
    EXPECT_EQ(found.count, 8);
}

TEST_MAIN()
