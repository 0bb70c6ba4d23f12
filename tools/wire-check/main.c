/* wire-check: why was this message refused?
 *
 *     wire-check [--flat | --packed] [--caps N] [-I FOLDER]... FILE [SCHEMA TYPE]
 *     wire-check --canonical [--flat | --packed] FILE
 *
 * Reads a message (framed; --flat: one segment without framing, as calls and the manifest have; --packed) and
 * prints its structure, or the first broken rule and where it is; and whether it is in canonical form, or
 * which rule of that form it breaks first. With SCHEMA (a .capnp file) and TYPE (as in the schema: Binary,
 * Shape.Nested) the verdict is that of the whole-message check that a server would run, which looks at
 * nothing that the schema does not know. --canonical writes the canonical form (flat) to standard output
 * instead. FILE may be `-`. Exit status: 0 right, 1 refused, 2 it could not be looked at.
 *
 * Next: tools/wire-check/print.c
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "schema/wire_canonical.h"
#include "schema/wire_pack.h"
#include "schema/wire_segments.h"
#include "tools/wire-check/wire_check.h"

#define MESSAGE_BYTES_MAX (64u << 20)

enum form {
    FORM_FRAMED,
    FORM_FLAT,
    FORM_PACKED,
};

struct options {
    enum form form;
    bool is_canonical;
    uint32_t cap_count;
    const char *path;
    const char *schema;
    const char *type;
    char **folders; /* -I, as given */
    uint32_t folder_count;
};

static void usage(void)
{
    fputs("usage: wire-check [--flat | --packed] [--caps N] [-I FOLDER]... FILE [SCHEMA TYPE]\n", stderr);
    exit(2);
}

static struct options parse_options(int argc, char **argv)
{
    struct options options = {.folders = calloc((size_t)argc, sizeof(char *))};
    const char *names[3] = {NULL};
    uint32_t name_count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--flat") == 0)
            options.form = FORM_FLAT;
        else if (strcmp(argv[i], "--packed") == 0)
            options.form = FORM_PACKED;
        else if (strcmp(argv[i], "--canonical") == 0)
            options.is_canonical = true;
        else if (strcmp(argv[i], "--caps") == 0 && i + 1 < argc)
            options.cap_count = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-I") == 0 && i + 1 < argc)
            options.folders[options.folder_count++] = argv[++i];
        else if (strncmp(argv[i], "-I", 2) == 0 && argv[i][2])
            options.folders[options.folder_count++] = argv[i] + 2;
        else if ((argv[i][0] == '-' && argv[i][1]) || name_count == 3)
            usage();
        else
            names[name_count++] = argv[i];
    }
    if (name_count != 1 && name_count != 3)
        usage();
    options.path = names[0];
    options.schema = names[1];
    options.type = names[2];
    return options;
}

static uint8_t *read_file(const char *path, uint64_t *byte_count)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    uint8_t *bytes = calloc(1, MESSAGE_BYTES_MAX + 8);
    if (!file || !bytes) {
        fprintf(stderr, "wire-check: cannot read %s: %s\n", path, strerror(errno));
        exit(2);
    }
    *byte_count = fread(bytes, 1, MESSAGE_BYTES_MAX + 1, file);
    if (*byte_count > MESSAGE_BYTES_MAX || ferror(file)) {
        fprintf(stderr, "wire-check: %s is unreadable or longer than 64 MiB\n", path);
        exit(2);
    }
    return bytes;
}

static int refuse(const struct wire_message_reader *message)
{
    printf("refused: %s, at word %u of segment %u\n", wire_rule_text(message->rule), message->rule_word,
           message->rule_segment);
    return 1;
}

static int refuse_rule(enum wire_rule rule)
{
    printf("refused: %s\n", wire_rule_text(rule));
    return 1;
}

/* Writes the canonical form. It is never longer than the message read as often as its budget allows. */
static int write_canonical(struct wire_message_reader *message)
{
    struct wire_message_builder out;
    uint64_t *words = calloc(MESSAGE_BYTES_MAX / 8, 8);
    if (!words) {
        fputs("wire-check: out of memory\n", stderr);
        return 2;
    }
    wire_message_build(&out, words, MESSAGE_BYTES_MAX / 8);
    enum cap_err error = wire_message_canonicalize(&out, message);
    if (error == CAP_ERR_TOO_BIG) {
        fputs("wire-check: the canonical form is longer than 64 MiB\n", stderr);
        return 2;
    }
    if (error != CAP_OK) {
        fprintf(stderr, "refused: %s, at word %u of segment %u\n", wire_rule_text(message->rule),
                message->rule_word, message->rule_segment);
        return 1;
    }
    return fwrite(words, 8, out.word_count, stdout) == out.word_count ? 0 : 2;
}

/* Says whether a message that breaks no other rule is canonical. `message` was not read yet. */
static void judge_canonical(struct wire_message_reader message)
{
    if (wire_message_check_canonical(&message) == CAP_OK)
        printf("canonical\n");
    else
        printf("not canonical: %s, at word %u\n", wire_rule_text(message.rule), message.rule_word);
}

/* Judges the message, which is open: first as a whole, then by its schema. */
static int judge(struct wire_message_reader *message, const struct options *options)
{
    struct wire_message_reader again = *message;
    if (options->is_canonical)
        return write_canonical(message);
    print_message(message);
    if (message->rule != WIRE_RULE_NONE && !options->schema)
        return refuse(message);
    if (message->rule == WIRE_RULE_NONE)
        judge_canonical(again);
    if (!options->schema)
        return 0;
    if (message->rule != WIRE_RULE_NONE)
        printf("broken: %s, at word %u of segment %u\n", wire_rule_text(message->rule), message->rule_word,
               message->rule_segment);
    const struct wire_type *type =
        load_type(options->schema, options->type, options->folders, options->folder_count);
    if (!type)
        return 2;
    if (wire_check(&again, type) != CAP_OK)
        return refuse(&again);
    if (message->rule != WIRE_RULE_NONE)
        printf("what is broken is not part of a %s\n", options->type);
    printf("right: a %s\n", options->type);
    return 0;
}

int main(int argc, char **argv)
{
    static struct wire_segment segments[WIRE_SEGMENTS_MAX];
    struct wire_segments set;
    struct wire_message_reader message;
    struct options options = parse_options(argc, argv);
    uint64_t byte_count, word_count, used_words = 0;
    uint8_t *bytes = read_file(options.path, &byte_count);
    uint64_t *words = (uint64_t *)(void *)bytes;

    if (options.form == FORM_PACKED) {
        enum wire_rule rule;
        words = calloc(MESSAGE_BYTES_MAX / 8, 8);
        if (!words || wire_unpack(words, MESSAGE_BYTES_MAX / 8, &word_count, bytes, byte_count, &rule))
            return refuse_rule(words ? rule : WIRE_RULE_K2_SIZE);
    } else {
        if (byte_count % 8)
            return refuse_rule(WIRE_RULE_F9_ALIGNMENT);
        word_count = byte_count / 8;
    }
    if (options.form == FORM_FLAT) {
        wire_message_read(&message, words, (uint32_t)word_count, options.cap_count);
        return judge(&message, &options);
    }
    if (wire_segments_read(&message, &set, segments, WIRE_SEGMENTS_MAX, words, word_count,
                           MESSAGE_BYTES_MAX / 8, &used_words))
        return refuse_rule(message.rule);
    message.cap_count = options.cap_count;
    if (used_words < word_count)
        fprintf(stderr, "%llu words follow the message\n", (unsigned long long)(word_count - used_words));
    return judge(&message, &options);
}
