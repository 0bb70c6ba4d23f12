/* The boot manifest: no bytes do harm, the framing is exact, and questions are answered.
 *
 * Next: tests/host/test_manifest_order.c
 */
#include "tests/host/manifest_system.h"

/* ---- Hostile bytes -------------------------------------------------------------------------------- */

TEST(a_message_of_no_words_is_refused)
{
    EXPECT_EQ(judge_words(built_words, 0), CAP_ERR_MALFORMED);
}

TEST(a_message_that_breaks_a_rule_is_refused_with_the_word)
{
    uint32_t word_count = build(good_system());

    built_words[0] = 0xfffffffffffffff0;
    EXPECT_EQ(judge_words(built_words, word_count), CAP_ERR_MALFORMED);
    EXPECT(has_problem("word 0", ""));
    EXPECT_EQ(found.count, 1);
}

TEST(a_name_longer_than_the_schema_allows_is_refused_as_such)
{
    struct system *system = good_system();

    system->services[HELLO].name = "a-name-of-32-bytes-is-too-longer";
    EXPECT_EQ(strlen(system->services[HELLO].name), 32);
    EXPECT_EQ(judge(system), CAP_ERR_MALFORMED);
    EXPECT_EQ(found.count, 1);
    EXPECT(strstr(found.problems[0], "longer than the schema's maxLength"));
}

TEST(a_kind_of_source_that_the_schema_does_not_know_is_refused) /* 149 */
{
    uint32_t word_count = build(good_system());
    struct wire_message_reader message;

    wire_message_read(&message, built_words, word_count, 0);
    struct os_Service_list_reader services =
        os_SystemManifest_get_services(os_SystemManifest_read_root(&message));
    struct os_Service_reader service = os_Service_list_at(services, ECHO_CLIENT);
    struct os_Grant_source_reader source =
        os_Grant_get_source(os_Grant_list_at(os_Service_get_grants(service), 1));
    /* The tag is the 16 bits that make `which` answer otherwise. */
    for (uint32_t byte = 0; byte < source.s.data_bits / 8; byte += 2) {
        uint16_t *field = (uint16_t *)(source.s.data + byte);
        uint16_t old = *field;
        *field = 65535;
        if (os_Grant_source_which(source) == 65535)
            break;
        *field = old;
    }
    EXPECT_EQ(os_Grant_source_which(source), 65535);
    EXPECT_EQ(judge_words(built_words, word_count), CAP_ERR_MALFORMED);
    EXPECT(has_problem("services[2].grants[1].source",
                       "kind of source 65535 is unknown; known: kernel, service"));
    EXPECT_EQ(found.count, 1);
}

/* A copy at the end of its own allocation, so that the address sanitizer sees one byte too many. */
static uint64_t *exact_copy(uint32_t word_count)
{
    uint64_t *words = malloc(word_count * sizeof(uint64_t) + !word_count);

    memcpy(words, built_words, word_count * sizeof(uint64_t));
    return words;
}

TEST(every_single_bit_flip_is_judged_without_harm) /* 154 */
{
    uint32_t word_count = build(good_system());
    uint64_t *words = exact_copy(word_count);
    uint32_t accepted = 0, refused = 0;

    for (uint32_t i = 0; i < word_count; i++) {
        for (uint32_t k = 0; k < 64; k++) {
            words[i] ^= (uint64_t)1 << k;
            if (judge_words(words, word_count) == CAP_OK)
                accepted++;
            else
                refused++;
            words[i] ^= (uint64_t)1 << k;
        }
    }
    EXPECT_EQ(judge_words(words, word_count), CAP_OK);
    free(words);
    EXPECT(accepted > 0);
    EXPECT(refused > 1000);
}

TEST(every_truncation_is_refused_without_harm)
{
    uint32_t word_count = build(good_system());

    for (uint32_t length = 0; length < word_count; length++) {
        uint64_t *words = exact_copy(length);
        EXPECT_EQ(judge_words(words, length), CAP_ERR_MALFORMED);
        free(words);
    }
}

TEST(random_damage_is_judged_without_harm)
{
    uint32_t word_count = build(good_system());
    uint64_t state = 42;

    for (unsigned round = 0; round < 20000; round++) {
        uint64_t *words = exact_copy(word_count);
        for (unsigned damage = 0; damage < 1 + round % 8; damage++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            uint64_t *word = &words[(state >> 33) % word_count];
            state = state * 6364136223846793005u + 1442695040888963407u;
            *word = round % 2 ? state : built_words[(state >> 33) % word_count];
        }
        judge_words(words, word_count);
        free(words);
    }
}

/* ---- Framing -------------------------------------------------------------------------------------- */

/* The good manifest as a module; returns its length in bytes. */
static uint64_t frame(uint64_t *module, uint32_t module_words)
{
    uint32_t word_count = build(good_system());

    EXPECT(word_count + 1 <= module_words);
    module[0] = (uint64_t)word_count << 32;
    memcpy(module + 1, built_words, word_count * sizeof(uint64_t));
    return (word_count + 1) * sizeof(uint64_t);
}

static enum cap_err open_module(const void *bytes, uint64_t byte_count)
{
    const uint64_t *words = NULL;
    uint32_t word_count = 77;

    found.count = 0;
    enum cap_err error = manifest_open(bytes, byte_count, &keeping_report, &words, &word_count);
    EXPECT_EQ(found.count, error == CAP_OK ? 0 : 1);
    EXPECT_EQ(error != CAP_OK, words == NULL);
    EXPECT_EQ(error != CAP_OK, word_count == 77);
    return error;
}

TEST(a_framed_message_opens)
{
    static uint64_t module[1024];
    const uint64_t *words;
    uint32_t word_count;
    uint64_t byte_count = frame(module, 1024);

    EXPECT_EQ(manifest_open((uint8_t *)module, byte_count, NULL, &words, &word_count), CAP_OK);
    EXPECT(words == module + 1);
    EXPECT_EQ(word_count, byte_count / 8 - 1);
    EXPECT_EQ(judge_words(words, word_count), CAP_OK);
}

TEST(a_module_of_any_other_length_is_refused)
{
    static uint64_t module[1024];
    uint64_t byte_count = frame(module, 1024);

    for (uint64_t length = 0; length < sizeof(module); length++) {
        if (length != byte_count)
            EXPECT_EQ(open_module(module, length), CAP_ERR_MALFORMED);
    }
    EXPECT_EQ(open_module(module, 0), CAP_ERR_MALFORMED);
    EXPECT(has_problem("module", "has 0 bytes, too few for a message"));
    EXPECT_EQ(open_module(module, byte_count - 1), CAP_ERR_MALFORMED);
    EXPECT(strstr(found.problems[0], "it is cut short"));
    EXPECT_EQ(open_module(module, byte_count + 8), CAP_ERR_MALFORMED);
    EXPECT(strstr(found.problems[0], "it is followed by something else"));
}

TEST(a_module_that_is_too_large_is_refused_without_a_look_at_it)
{
    EXPECT_EQ(open_module(NULL, MANIFEST_BYTES_MAX + 1), CAP_ERR_TOO_BIG);
    EXPECT(has_problem("module", "has 67108865 bytes; at most 67108864 are allowed"));
    EXPECT_EQ(open_module(NULL, UINT64_MAX), CAP_ERR_TOO_BIG);
    EXPECT_EQ(open_module(NULL, 1 << 30), CAP_ERR_TOO_BIG);
}

TEST(a_module_of_several_segments_is_refused)
{
    static uint64_t module[1024];
    uint64_t byte_count = frame(module, 1024);

    for (unsigned bit = 0; bit < 32; bit++) {
        module[0] ^= (uint64_t)1 << bit;
        EXPECT_EQ(open_module(module, byte_count), CAP_ERR_MALFORMED);
        module[0] ^= (uint64_t)1 << bit;
    }
    module[0] |= 0xffffffff;
    EXPECT_EQ(open_module(module, byte_count), CAP_ERR_MALFORMED);
    EXPECT(has_problem("module", "has 4294967296 segments instead of one"));
}

TEST(a_segment_table_with_another_size_is_refused)
{
    static uint64_t module[1024];
    uint64_t byte_count = frame(module, 1024);

    for (unsigned bit = 32; bit < 64; bit++) {
        module[0] ^= (uint64_t)1 << bit;
        EXPECT_EQ(open_module(module, byte_count), CAP_ERR_MALFORMED);
        module[0] ^= (uint64_t)1 << bit;
    }
    module[0] = 0xffffffff00000000;
    EXPECT_EQ(open_module(module, byte_count), CAP_ERR_MALFORMED);
}

TEST(a_module_that_is_not_aligned_is_refused)
{
    static uint64_t module[1024];
    uint64_t byte_count = frame(module, 1024);

    memmove((uint8_t *)module + 4, module, byte_count);
    EXPECT_EQ(open_module((uint8_t *)module + 4, byte_count), CAP_ERR_MALFORMED);
    EXPECT(has_problem("module", "is not aligned"));
}

/* ---- Questions ------------------------------------------------------------------------------------ */

static struct os_SystemManifest_reader read_root(struct wire_message_reader *message)
{
    wire_message_read(message, built_words, build(good_system()), 0);
    return os_SystemManifest_read_root(message);
}

TEST(programs_are_found_by_name)
{
    struct wire_message_reader message;
    struct os_SystemManifest_reader root = read_root(&message);
    struct program program = good_program();
    struct wire_data elf = {NULL, 0};

    EXPECT_EQ(manifest_find_binary(root, wire_text_of("hell"), &elf), CAP_ERR_INVALID);
    EXPECT_EQ(manifest_find_binary(root, wire_text_of(""), &elf), CAP_ERR_INVALID);
    EXPECT(elf.bytes == NULL);
    EXPECT_EQ(manifest_find_binary(root, wire_text_of("hello"), &elf), CAP_OK);
    EXPECT_EQ(elf.length, sizeof(program));
    EXPECT_BYTES(elf.bytes, &program, sizeof(program));
}

TEST(services_and_exports_are_found_by_name)
{
    struct wire_message_reader message;
    struct os_SystemManifest_reader root = read_root(&message);
    uint32_t service = 9, export = 9;

    EXPECT_EQ(manifest_find_service(root, wire_text_of("echo"), &service), CAP_ERR_INVALID);
    EXPECT_EQ(service, 9);
    EXPECT_EQ(manifest_find_service(root, wire_text_of("echo-server"), &service), CAP_OK);
    EXPECT_EQ(service, ECHO_SERVER);
    struct os_Service_reader server = os_Service_list_at(os_SystemManifest_get_services(root), service);
    EXPECT_EQ(manifest_find_export(server, wire_text_of("console"), &export), CAP_ERR_INVALID);
    EXPECT_EQ(export, 9);
    EXPECT_EQ(manifest_find_export(server, wire_text_of("echo"), &export), CAP_OK);
    EXPECT_EQ(export, 0);
}

TEST(the_name_of_an_object_in_init_is_found)
{
    struct wire_message_reader message;
    struct os_SystemManifest_reader root = read_root(&message);
    struct wire_text name = {NULL, 0};

    EXPECT_EQ(manifest_find_init_grant(root, 5, &name), CAP_ERR_INVALID);
    EXPECT(name.bytes == NULL);
    EXPECT_EQ(manifest_find_init_grant(root, os_KernelObject_processSpawner, &name), CAP_OK);
    EXPECT(wire_text_equal(name, wire_text_of("processSpawner")));
}

TEST(every_kernel_object_has_a_word_and_an_interface)
{
    uint16_t object = 99;

    for (uint16_t i = 0; i <= os_KernelObject_testSupport; i++) {
        EXPECT(manifest_object_name(i));
        EXPECT(manifest_object_interface(i) != 0);
        EXPECT_EQ(manifest_object_find(wire_text_of(manifest_object_name(i)), &object), CAP_OK);
        EXPECT_EQ(object, i);
    }
    EXPECT_STR(manifest_object_name(os_KernelObject_console), "console");
    EXPECT_EQ(manifest_object_interface(os_KernelObject_console), 0xa1b8c3d94e5f6071);
    EXPECT(!manifest_object_name(15));
    EXPECT_EQ(manifest_object_interface(15), 0);
    EXPECT_EQ(manifest_object_find(wire_text_of("consol"), &object), CAP_ERR_INVALID);
}

TEST_MAIN()
