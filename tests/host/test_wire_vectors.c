/* Messages made by the reference implementation: whatever their form, segments and packing, they pass the
 * check of their type and have the same canonical form, byte for byte the reference's; and packing them again
 * gives the reference's bytes.
 *
 * Next: docs/spec/messages.md
 */
#include <dirent.h>
#include <stdlib.h>

#include "build/gen/tests/schemas/vec.capnp.h"
#include "schema/wire_canonical.h"
#include "schema/wire_pack.h"
#include "schema/wire_segments.h"
#include "tests/host/test.h"

#define FOLDER        "tests/vectors/"
#define FILE_BYTES    (1 << 16)
#define MESSAGE_WORDS (1 << 15)

struct file {
    uint64_t bytes_count;
    uint64_t words[FILE_BYTES / 8];
};

/* A message of several segments and everything that it needs. */
struct loaded {
    struct file file;
    uint64_t words[MESSAGE_WORDS];
    uint64_t word_count;
    uint64_t used_words;
    struct wire_segment segments[WIRE_SEGMENTS_MAX];
    struct wire_segments set;
    struct wire_message_reader message;
};

static struct loaded loaded;
static struct file expected;
static uint64_t canonical_words[MESSAGE_WORDS];

static void load_file(const char *path, struct file *file)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        printf("cannot open %s (run from the root of the tree)\n", path);
    EXPECT(stream != NULL);
    memset(file->words, 0, sizeof file->words);
    file->bytes_count = fread(file->words, 1, FILE_BYTES, stream);
    fclose(stream);
    EXPECT(file->bytes_count < FILE_BYTES);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), ending_length = strlen(ending);
    return length >= ending_length && strcmp(name + length - ending_length, ending) == 0;
}

/* Loads a framed message, packed or not. */
static void load_message(const char *path, bool is_packed)
{
    enum wire_rule rule;
    load_file(path, &loaded.file);
    if (is_packed) {
        EXPECT_EQ(wire_unpack(loaded.words, MESSAGE_WORDS, &loaded.word_count,
                              (const uint8_t *)loaded.file.words, loaded.file.bytes_count, &rule),
                  CAP_OK);
    } else {
        EXPECT_EQ(loaded.file.bytes_count % 8, 0);
        loaded.word_count = loaded.file.bytes_count / 8;
        memcpy(loaded.words, loaded.file.words, loaded.file.bytes_count);
    }
    EXPECT_EQ(wire_segments_read(&loaded.message, &loaded.set, loaded.segments, WIRE_SEGMENTS_MAX,
                                 loaded.words, loaded.word_count, MESSAGE_WORDS, &loaded.used_words),
              CAP_OK);
    EXPECT_EQ(loaded.used_words, loaded.word_count);
}

static uint64_t canonicalize(void)
{
    struct wire_message_builder out;
    wire_message_build(&out, canonical_words, MESSAGE_WORDS);
    EXPECT_EQ(wire_message_canonicalize(&out, &loaded.message), CAP_OK);
    EXPECT_EQ(loaded.message.rule, WIRE_RULE_NONE);
    return out.word_count * 8ull;
}

/* The check of the type that a message of valid/ has, by the first letters of its name. */
static enum cap_err check_by_name(const char *name)
{
    if (strncmp(name, "c-call", 6) == 0)
        return CallParams_check(&loaded.message);
    switch (name[0]) {
    case 'c':
        return Completion_check(&loaded.message);
    case 'd':
        return Defaults_check(&loaded.message);
    case 'e':
        return Everything_check(&loaded.message);
    case 'g':
        return UsesPair_check(&loaded.message);
    case 'm':
        return Manifest_check(&loaded.message);
    default:
        return Unions_check(&loaded.message);
    }
}

/* Packs what was loaded as the reference does: the segment table, then each segment. */
static uint64_t pack_again(uint8_t *bytes, uint64_t capacity)
{
    uint64_t used = 0, piece = 0;
    uint64_t table_words = loaded.set.count / 2 + 1;
    EXPECT_EQ(wire_pack(bytes, capacity, &used, loaded.words, table_words), CAP_OK);
    for (uint32_t i = 0; i < loaded.set.count; i++) {
        EXPECT_EQ(wire_pack(bytes + used, capacity - used, &piece, loaded.segments[i].words,
                            loaded.segments[i].word_count),
                  CAP_OK);
        used += piece;
    }
    return used;
}

/* Calls `test` for each file of valid/ with this ending; at least 10 must be there. */
static void each_valid(const char *ending, void (*test)(const char *name, const char *path))
{
    char path[512];
    unsigned count = 0;
    DIR *folder = opendir(FOLDER "valid");
    EXPECT(folder != NULL);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (!has_ending(entry->d_name, ending))
            continue;
        snprintf(path, sizeof path, FOLDER "valid/%s", entry->d_name);
        test(entry->d_name, path);
        count++;
    }
    closedir(folder);
    EXPECT(count >= 10);
}

static void expect_canonical(const char *name, const char *path)
{
    char canonical_path[512];
    load_message(path, has_ending(name, ".packed"));
    snprintf(canonical_path, sizeof canonical_path, FOLDER "valid/%.*s.canon", (int)strcspn(name, "."), name);
    load_file(canonical_path, &expected);
    uint64_t bytes_count = canonicalize();
    if (bytes_count != expected.bytes_count || memcmp(canonical_words, expected.words, bytes_count) != 0)
        printf("%s is not %s\n", path, canonical_path);
    EXPECT_EQ(bytes_count, expected.bytes_count);
    EXPECT_BYTES(canonical_words, expected.words, bytes_count);
}

TEST(every_form_of_a_message_has_the_references_canonical_form)
{
    each_valid(".bin", expect_canonical);
    each_valid(".packed", expect_canonical);
}

static void expect_check(const char *name, const char *path)
{
    load_message(path, has_ending(name, ".packed"));
    if (check_by_name(name) != CAP_OK)
        printf("%s: %s at word %u of segment %u\n", path, wire_rule_text(loaded.message.rule),
               loaded.message.rule_word, loaded.message.rule_segment);
    EXPECT_EQ(loaded.message.rule, WIRE_RULE_NONE);
}

TEST(every_form_of_a_message_passes_the_check_of_its_type)
{
    each_valid(".bin", expect_check);
    each_valid(".packed", expect_check);
}

static void expect_packing(const char *name, const char *path)
{
    static uint8_t bytes[FILE_BYTES];
    (void)name;
    load_message(path, true);
    EXPECT_EQ(pack_again(bytes, sizeof bytes), loaded.file.bytes_count);
    EXPECT_BYTES(bytes, loaded.file.words, loaded.file.bytes_count);
}

TEST(k5_packing_gives_the_references_bytes)
{
    each_valid(".packed", expect_packing);
    expect_packing("packed", FOLDER "official/packed");
    expect_packing("segmented-packed", FOLDER "official/segmented-packed");
}

static void expect_self(const char *name, const char *path)
{
    (void)name;
    load_file(path, &expected);
    wire_message_read(&loaded.message, expected.words, (uint32_t)(expected.bytes_count / 8), 0);
    uint64_t bytes_count = canonicalize();
    EXPECT_EQ(bytes_count, expected.bytes_count);
    EXPECT_BYTES(canonical_words, expected.words, bytes_count);
    wire_message_read(&loaded.message, expected.words, (uint32_t)(expected.bytes_count / 8), 0);
    EXPECT_EQ(wire_message_check_canonical(&loaded.message), CAP_OK);
}

TEST(a_canonical_message_is_its_own_canonical_form)
{
    each_valid(".canon", expect_self);
}

TEST(the_official_message_is_the_same_in_all_its_forms)
{
    static uint64_t first[MESSAGE_WORDS];
    load_message(FOLDER "official/binary", false);
    uint64_t bytes_count = canonicalize();
    memcpy(first, canonical_words, bytes_count);
    EXPECT_EQ(bytes_count, 1208); /* as the reference tool says */
    static const struct {
        const char *path;
        bool is_packed;
    } forms[] = {{FOLDER "official/packed", true},
                 {FOLDER "official/segmented", false},
                 {FOLDER "official/segmented-packed", true}};
    for (unsigned i = 0; i < 3; i++) {
        load_message(forms[i].path, forms[i].is_packed);
        EXPECT_EQ(canonicalize(), bytes_count);
        EXPECT_BYTES(canonical_words, first, bytes_count);
    }
    load_file(FOLDER "official/flat", &expected);
    wire_message_read(&loaded.message, expected.words, (uint32_t)(expected.bytes_count / 8), 0);
    EXPECT_EQ(canonicalize(), bytes_count);
    EXPECT_BYTES(canonical_words, first, bytes_count);
}

/* The hexadecimal or plain text after "key": in a line of expect.jsonl. */
static const char *json_text(const char *line, const char *key, char *text, size_t capacity)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\": \"", key);
    const char *begin = strstr(line, quoted);
    EXPECT(begin != NULL);
    begin += strlen(quoted);
    snprintf(text, capacity, "%.*s", (int)strcspn(begin, "\""), begin);
    return text;
}

TEST(packed_edge_cases_unpack_or_are_refused_as_expected)
{
    static char line[1 << 16], text[1 << 14], name[64], status[16], path[128];
    FILE *list = fopen(FOLDER "packed-edge/expect.jsonl", "r");
    EXPECT(list != NULL);
    unsigned count = 0;
    for (; fgets(line, sizeof line, list); count++) {
        enum wire_rule rule;
        json_text(line, "file", name, sizeof name);
        json_text(line, "byte_status", status, sizeof status);
        snprintf(path, sizeof path, FOLDER "packed-edge/%s", name);
        load_file(path, &loaded.file);
        enum cap_err error = wire_unpack(loaded.words, MESSAGE_WORDS, &loaded.word_count,
                                         (const uint8_t *)loaded.file.words, loaded.file.bytes_count, &rule);
        bool is_whole = strcmp(status, "ok") == 0;
        if (is_whole && error != CAP_OK)
            printf("%s: %s\n", name, wire_rule_text(rule));
        EXPECT_EQ(error, is_whole ? CAP_OK : CAP_ERR_MALFORMED);
        if (!is_whole) {
            EXPECT_EQ(rule, WIRE_RULE_K1_TRUNCATED);
            continue;
        }
        json_text(line, "unpacked_prefix_hex", text, sizeof text);
        EXPECT(loaded.word_count * 16 >= strlen(text));
        for (size_t i = 0; text[2 * i]; i++) {
            unsigned byte;
            EXPECT_EQ(sscanf(text + 2 * i, "%2x", &byte), 1);
            EXPECT_EQ(((const uint8_t *)loaded.words)[i], byte);
        }
    }
    fclose(list);
    EXPECT(count >= 20);
}

TEST_MAIN()
