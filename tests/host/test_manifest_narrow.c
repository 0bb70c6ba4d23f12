/* The boot manifest: grants that are narrower than their source.
 *
 * Next: tests/host/test_manifest_restart.c
 */
#include "tests/host/manifest_system.h"

/* The default system whose init can make facets, and a grant of its first service. */
static struct grant_row *begin(struct system **system)
{
    *system = good_system();
    (*system)->init_grants[(*system)->init_grant_count++] =
        (struct init_grant_row){"facetFactory", os_KernelObject_facetFactory};
    return &(*system)->services[HELLO].grants[0];
}

static void only_method(struct grant_row *grant, uint16_t method)
{
    grant->only.methods[grant->only.method_count++] = method;
}

static void only_binary(struct grant_row *grant, const char *binary)
{
    grant->only.binaries[grant->only.binary_count++] = binary;
}

TEST(methods_of_a_kernel_object_and_of_a_service_are_good)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    only_method(grant, 0);
    only_method(grant, 63);
    only_method(&system->services[ECHO_CLIENT].grants[1], 0);
    EXPECT_ACCEPTED(system);
}

TEST(a_method_that_no_facet_can_have_is_refused)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    only_method(grant, 0);
    only_method(grant, 64);
    EXPECT_REFUSED(system, "services[0].grants[0].only.methods",
                   "method 64 is none that a facet can have; use 0 to 63");
    grant->only.methods[1] = 65535;
    EXPECT_REFUSED(system, "services[0].grants[0].only.methods", "method 65535 is none");
}

TEST(a_list_of_no_methods_is_refused)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    grant->only.has_methods = true;
    EXPECT_REFUSED(system, "services[0].grants[0].only.methods", "is empty; leave it out for all methods");
}

TEST(an_init_that_cannot_make_facets_is_refused)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    system->init_grant_count--;
    only_method(grant, 0);
    EXPECT_REFUSED(system, "init.grants", "facetFactory is missing; init needs it to narrow grants");
}

TEST(the_own_memory_of_a_service_cannot_be_narrowed)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    grant->object = os_KernelObject_virtualMemory;
    only_method(grant, 0);
    EXPECT_REFUSED(system, "services[0].grants[0].only.methods",
                   "virtualMemory is made by the spawn and cannot be narrowed");
}

TEST(a_spawner_of_some_binaries_is_good)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    grant->object = os_KernelObject_processSpawner;
    only_binary(grant, "hello");
    only_binary(grant, "init");
    grant->only.processes = 1;
    EXPECT_ACCEPTED(system);
    grant->only.processes = UINT32_MAX;
    only_method(grant, 0);
    EXPECT_ACCEPTED(system);
}

TEST(a_spawner_needs_both_binaries_and_processes)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    grant->object = os_KernelObject_processSpawner;
    only_binary(grant, "hello");
    EXPECT_REFUSED(system, "services[0].grants[0].only.processes",
                   "is 0; say how many processes there may be at a time");
    grant->only.binary_count = 0;
    grant->only.processes = 1;
    EXPECT_REFUSED(system, "services[0].grants[0].only.binaries",
                   "is empty; name the binaries that may be started");
}

TEST(a_binary_that_is_not_there_is_refused)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    grant->object = os_KernelObject_processSpawner;
    only_binary(grant, "hello");
    only_binary(grant, "nobody");
    only_binary(grant, "");
    grant->only.processes = 1;
    EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
    EXPECT(has_problem("services[0].grants[0].only.binaries",
                       "no binary is called \"nobody\"; binaries: init, hello"));
    EXPECT(has_problem("services[0].grants[0].only.binaries", "no binary is called \"\""));
    EXPECT_EQ(found.count, 2);
}

TEST(nothing_but_a_spawner_has_binaries_and_processes)
{
    struct system *system;
    struct grant_row *grant = begin(&system);

    only_binary(grant, "hello");
    grant->only.processes = 1;
    EXPECT_REFUSED(system, "services[0].grants[0].only",
                   "only processSpawner has binaries and processes; remove them");
    struct grant_row *import = &system->services[ECHO_CLIENT].grants[1];
    import->only = grant->only;
    grant->only.binary_count = grant->only.processes = 0;
    EXPECT_REFUSED(system, "services[2].grants[1].only", "only processSpawner has binaries and processes");
}

/* ---- Interfaces that inherit ---------------------------------------------------------------------- */

TEST(an_export_is_granted_as_itself_or_as_an_ancestor)
{
    struct system *system;
    begin(&system);
    struct export_row *export = &system->services[ECHO_SERVER].exports[0];
    struct grant_row *import = &system->services[ECHO_CLIENT].grants[1];

    export->ancestors[0] = 0x11;
    export->ancestors[1] = 0x22;
    export->ancestor_count = 2;
    EXPECT_ACCEPTED(system);
    import->interface_id = export->interface_id;
    EXPECT_ACCEPTED(system);
    import->interface_id = 0x22;
    EXPECT_ACCEPTED(system);
    export->ancestor_count = 1;
    EXPECT_REFUSED(system, "services[2].grants[1].source.service.interfaceId",
                   "the export is not a 0x0000000000000022, nor does it inherit from that");
}

TEST(an_ancestor_is_another_interface_and_named_once)
{
    struct system *system;
    begin(&system);
    struct export_row *export = &system->services[ECHO_SERVER].exports[0];

    export->ancestor_count = 3;
    export->ancestors[0] = 0x11;
    export->ancestors[1] = export->interface_id;
    export->ancestors[2] = 0x11;
    EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
    EXPECT(
        has_problem("services[1].exports[0].ancestors", "0x93b4c5d6e7f80912 is the served interface itself"));
    EXPECT(has_problem("services[1].exports[0].ancestors", "0x0000000000000011 occurs twice"));
    EXPECT_EQ(found.count, 2);
    export->ancestors[1] = 0x33;
    export->ancestors[2] = 0;
    EXPECT_REFUSED(system, "services[1].exports[0].ancestors", "an ancestor is 0");
}

TEST_MAIN()
