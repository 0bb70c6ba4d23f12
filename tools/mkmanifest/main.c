/* mkmanifest: packs a system, as `cue export` prints it, and its programs into the boot manifest.
 *
 * A wrong system is refused as a whole: every problem is printed on stderr with its path, nothing is
 * written, and the exit status is 1. The same rules (lib/manifest) are applied again by the kernel and by
 * init. docs/spec/manifest.md explains every message.
 *
 * Next: tools/mkmanifest/pack.h
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mkmanifest/file.h"
#include "tools/mkmanifest/pack.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1, /* the system or the manifest is wrong */
    EXIT_USAGE = 2,   /* the command line is wrong, or a file cannot be read or written */
};

static const char usage[] =
    "usage: mkmanifest --binaries DIR [--binaries DIR ...] -o OUT IN.json\n"
    "       mkmanifest --check FILE\n"
    "\n"
    "Packs a system, as printed by `cue export --out json system.cue systems/schema.cue`, and the\n"
    "programs DIR/NAME.elf that it names into OUT, the boot manifest. IN.json may be - for standard\n"
    "input. A wrong system is refused with the path of every problem, and nothing is written.\n"
    "\n"
    "  --binaries DIR  where programs are; the first folder that has one wins\n"
    "  -o OUT          the boot manifest: a framed Cap'n Proto message of one segment, for\n"
    "                  `capnp decode schema/manifest.capnp SystemManifest`\n"
    "  --check FILE    only says whether FILE is a valid boot manifest\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 done, 1 refused, 2 wrong usage or unreadable file.\n";

struct options {
    struct binary_folders folders;
    const char *output;
    const char *check;
    const char *input;
};

/* Judges a message and prints every problem. */
static bool is_valid(const uint64_t *words, uint32_t word_count, struct problems *problems)
{
    struct manifest_report report = problems_report(problems);
    struct wire_message_reader message;

    wire_message_read(&message, words, word_count, 0);
    return manifest_validate(&message, &report) == CAP_OK;
}

static void print_summary(const char *path, const uint64_t *words, uint32_t word_count)
{
    struct wire_message_reader message;

    wire_message_read(&message, words, word_count, 0);
    message.budget_words = WIRE_BUDGET_UNLIMITED;
    struct os_SystemManifest_reader root = os_SystemManifest_read_root(&message);
    printf("%s: %" PRIu32 " programs, %" PRIu32 " services, %" PRIu64 " bytes\n", path,
           os_Binary_list_count(os_SystemManifest_get_binaries(root)),
           os_Service_list_count(os_SystemManifest_get_services(root)),
           ((uint64_t)word_count + 1) * sizeof(uint64_t));
}

static int fail(const char *path)
{
    fprintf(stderr, "mkmanifest: %s: %s\n", path, strerror(errno));
    return EXIT_USAGE;
}

static int check(const char *path)
{
    struct problems problems = {.file = path};
    struct manifest_report report = problems_report(&problems);
    const uint64_t *words;
    uint32_t word_count;
    size_t byte_count;
    int status = EXIT_REFUSED;

    uint8_t *bytes = file_read(path, &byte_count);
    if (!bytes)
        return fail(path);
    if (manifest_open(bytes, byte_count, &report, &words, &word_count) == CAP_OK &&
        is_valid(words, word_count, &problems)) {
        print_summary(path, words, word_count);
        status = EXIT_DONE;
    }
    free(bytes);
    problems_free(&problems);
    return status;
}

/* Writes a valid message with its segment table. */
static int write_manifest(const char *path, const struct packed *packed, struct problems *problems)
{
    uint32_t framing[2] = {0, packed->word_count};
    struct file_part parts[] = {
        {framing, sizeof(framing)},
        {packed->words, (size_t)packed->word_count * sizeof(uint64_t)},
    };

    if (parts[0].byte_count + parts[1].byte_count > MANIFEST_BYTES_MAX) {
        problems_add(problems, "system", "packs to more than %u MiB", (unsigned)(MANIFEST_BYTES_MAX >> 20));
        return EXIT_REFUSED;
    }
    if (!file_write(path, parts, 2))
        return fail(path);
    print_summary(path, packed->words, packed->word_count);
    return EXIT_DONE;
}

static int pack(const struct options *options)
{
    struct problems problems = {.file = strcmp(options->input, "-") == 0 ? "stdin" : options->input};
    json_error_t error;
    size_t byte_count;
    int status = EXIT_REFUSED;

    uint8_t *text = file_read(options->input, &byte_count);
    if (!text)
        return fail(options->input);
    json_t *json = json_loadb((const char *)text, byte_count, JSON_REJECT_DUPLICATES, &error);
    free(text);
    if (!json) {
        fprintf(stderr, "%s:%d:%d: %s\n%s: refused: 1 problem\n", problems.file, error.line, error.column,
                error.text, problems.file);
        return EXIT_REFUSED;
    }
    struct packed packed = pack_system(json, byte_count, &options->folders, &problems);
    bool is_good = packed.words && is_valid(packed.words, packed.word_count, &problems);
    if (is_good && problems.count == 0)
        status = write_manifest(options->output, &packed, &problems);
    if (status == EXIT_REFUSED)
        fprintf(stderr, "%s: refused: %u problem%s\n", problems.file, problems.count,
                problems.count == 1 ? "" : "s");
    json_decref(json);
    free(packed.words);
    problems_free(&problems);
    return status;
}

/* False after a message. */
static bool read_options(int argc, char **argv, struct options *options)
{
    enum {
        OPTION_BINARIES = 256,
        OPTION_CHECK,
        OPTION_HELP
    };
    static const struct option known[] = {
        {"binaries", required_argument, NULL, OPTION_BINARIES},
        {"check", required_argument, NULL, OPTION_CHECK},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "o:", known, NULL)) != -1) {
        if (option == OPTION_HELP) {
            fputs(usage, stdout);
            exit(EXIT_DONE);
        } else if (option == OPTION_CHECK) {
            options->check = optarg;
        } else if (option == 'o') {
            options->output = optarg;
        } else if (option == OPTION_BINARIES && options->folders.count < BINARY_FOLDERS_MAX) {
            options->folders.paths[options->folders.count++] = optarg;
        } else {
            fputs(usage, stderr);
            return false;
        }
    }
    if (optind < argc)
        options->input = argv[optind++];
    bool is_complete =
        options->check ? !options->output && !options->input : options->output && options->input;
    if (optind == argc && is_complete)
        return true;
    fputs(usage, stderr);
    return false;
}

int main(int argc, char **argv)
{
    struct options options = {0};

    if (!read_options(argc, argv, &options))
        return EXIT_USAGE;
    return options.check ? check(options.check) : pack(&options);
}
