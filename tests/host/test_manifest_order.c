/* The boot manifest: in which order services are started.
 *
 * Next: tests/host/test_mkmanifest.sh
 */
#include "tests/host/manifest_system.h"

static uint8_t order[MANIFEST_SERVICES_MAX];

static uint32_t order_of(const struct system *system)
{
    struct wire_message_reader message;

    wire_message_read(&message, built_words, build(system), 0);
    EXPECT_EQ(manifest_validate(&message, NULL), CAP_OK);
    return manifest_start_order(os_SystemManifest_read_root(&message), order);
}

static struct system *only_services(void)
{
    struct system *system = good_system();
    system->service_count = 0;
    for (uint32_t i = 0; i < 5; i++)
        memset(&system->services[i], 0, sizeof system->services[i]);
    return system;
}

TEST(without_imports_services_are_started_as_they_are_written)
{
    struct system *system = only_services();
    add_service(system, "c");
    add_service(system, "a");
    add_service(system, "b");
    EXPECT_EQ(order_of(system), 3);
    EXPECT(order[0] == 0 && order[1] == 1 && order[2] == 2);
}

TEST(a_server_is_started_before_its_clients)
{
    struct system *system = only_services();
    struct service_row *client = add_service(system, "client"), *middle = add_service(system, "middle");
    add_service(system, "other");
    struct service_row *server = add_service(system, "server");
    add_export(middle, "echo");
    add_export(server, "echo");
    add_import(client, "up", "middle", 1);
    add_import(client, "far", "server", 2);
    add_import(middle, "up", "server", 3);
    EXPECT_EQ(order_of(system), 4);
    EXPECT(order[0] == 2 && order[1] == 3 && order[2] == 1 && order[3] == 0);
}

TEST(a_chain_of_64_written_backwards_is_started_from_its_end)
{
    static char names[MANIFEST_SERVICES_MAX][4];
    struct system *system = only_services();
    for (uint32_t i = 0; i < MANIFEST_SERVICES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "s%u", i);
        memset(&system->services[i], 0, sizeof system->services[i]);
        add_export(add_service(system, names[i]), "echo");
    }
    for (uint32_t i = 0; i + 1 < MANIFEST_SERVICES_MAX; i++)
        add_import(&system->services[i], "up", names[i + 1], i);
    EXPECT_EQ(order_of(system), MANIFEST_SERVICES_MAX);
    for (uint32_t i = 0; i < MANIFEST_SERVICES_MAX; i++)
        EXPECT_EQ(order[i], MANIFEST_SERVICES_MAX - 1 - i);
}

TEST_MAIN()
