/* Judges files by the fuzz target it is linked with, so that what a fuzzer once found stays tested, by each
 * compiler and without libFuzzer.
 *
 *   TARGET FILE-OR-FOLDER...
 *
 * Ends at the first file that fails, after naming it; else with `N passed, 0 failed`.
 *
 * Next: tests/fuzz/walk.h
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_BYTES_MAX 0x100000

static char current_path[4096];

static void name_current(void)
{
    static const char begin[] = "\nFAILED ", end[] = "\n";
    /* write: this may run in a signal handler. */
    if (write(1, begin, sizeof begin - 1) < 0 || write(1, current_path, strlen(current_path)) < 0 ||
        write(1, end, sizeof end - 1) < 0)
        _exit(1);
}

static void on_abort(int signal_number)
{
    (void)signal_number;
    name_current();
    _exit(1);
}

static void replay_file(void)
{
    static uint8_t bytes[INPUT_BYTES_MAX];
    FILE *file = fopen(current_path, "rb");
    if (!file) {
        perror(current_path);
        exit(1);
    }
    size_t byte_count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* Of just its size, so that a target that reads outside its input is seen. */
    uint64_t *input = fuzz_copy(bytes, byte_count);
    LLVMFuzzerTestOneInput((const uint8_t *)input, byte_count);
    free(input);
}

/* How many files there were at this path. */
static unsigned replay_path(const char *path)
{
    struct dirent **entries;
    int entry_count = scandir(path, &entries, NULL, alphasort);
    unsigned replayed = 0;

    if (entry_count < 0) {
        snprintf(current_path, sizeof current_path, "%s", path);
        replay_file();
        return 1;
    }
    for (int i = 0; i < entry_count; i++) {
        struct stat status;
        snprintf(current_path, sizeof current_path, "%s/%s", path, entries[i]->d_name);
        if (stat(current_path, &status) == 0 && S_ISREG(status.st_mode)) {
            replay_file();
            replayed++;
        }
        free(entries[i]);
    }
    free(entries);
    return replayed;
}

int main(int argc, char **argv)
{
    unsigned replayed = 0;

    (void)test_last;
    signal(SIGABRT, on_abort);
    __sanitizer_set_death_callback(name_current);
    for (int i = 1; i < argc; i++)
        replayed += replay_path(argv[i]);
    printf("%u passed, 0 failed\n", replayed);
    return replayed == 0;
}
