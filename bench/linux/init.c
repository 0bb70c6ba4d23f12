/* init: mounts what it needs, runs the lists of operations, prints the results, ends the machine.
 *
 * The lines are those of bench/qemu/bench/measure.c, and two more kinds:
 *     kernel RELEASE VERSION
 *     symbol FIRST END NAME       of functions of the kernel that the counter needs to know
 *
 * Next: bench/linux/kernel_operations.c
 */
#include "bench/linux/init.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define ROUNDS_MAX  4000
#define WARM_UP_MAX 100

uint64_t bracket_open(void);
uint64_t bracket_close(void);

static uint64_t samples[ROUNDS_MAX];

/* The end of init would be a panic; without a reboot QEMU ends with status 0, so the line must tell. */
void fail(const char *what)
{
    printf("failed %s: %s\n", what, strerror(errno));
    fflush(stdout);
    if (getpid() != 1)
        _exit(1);
    sync();
    reboot(RB_AUTOBOOT);
    _exit(1);
}

void peer_start(void (*peer)(void))
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid > 0)
        return;
    peer();
    _exit(0);
}

/* ---- Measuring ------------------------------------------------------------------------------------ */

static int samples_compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static uint64_t run_once(const struct operation *operation)
{
    if (operation->prepare && !operation->prepare())
        fail(operation->name);
    uint64_t start = bracket_open();
    bool is_good = operation->run();
    uint64_t ticks = bracket_close() - start;
    if (!is_good)
        fail(operation->name);
    return ticks;
}

static void measure(const struct operation *operation)
{
    uint32_t rounds = operation->rounds < ROUNDS_MAX ? operation->rounds : ROUNDS_MAX;
    uint32_t warm_up = rounds / 10 < WARM_UP_MAX ? rounds / 10 : WARM_UP_MAX;
    for (uint32_t i = 0; i < warm_up; i++)
        run_once(operation);
    for (uint32_t i = 0; i < rounds; i++)
        samples[i] = run_once(operation);
    qsort(samples, rounds, sizeof samples[0], samples_compare);
    printf("result %s %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu32 "\n",
           operation->name, rounds, warm_up, operation->each, samples[0], samples[rounds / 2],
           operation->pause);
    fflush(stdout);
}

static void measure_all(const struct operation *operations)
{
    for (; operations && operations->name; operations++)
        measure(operations);
}

static bool run_nothing(void)
{
    return true;
}

static const struct operation empty = {"empty", 1000, 1, NULL, run_nothing, 0};

/* ---- The kernel's symbols ------------------------------------------------------------------------- */

/* Those that copy and fill without a string instruction, and where the kernel proper begins. */
static const char *const wanted[] = {
    "start_kernel",    "memcpy",         "memcpy_orig",
    "memmove",         "__memmove",      "memset_orig",
    "clear_page_orig", "copy_page_regs", "copy_user_generic_unrolled",
};
#define WANTED_COUNT (sizeof wanted / sizeof wanted[0])

static void symbols_print(void)
{
    static struct {
        uint64_t first, end;
    } found[WANTED_COUNT];
    for (int is_second = 0; is_second < 2; is_second++) {
        FILE *file = fopen("/proc/kallsyms", "r");
        if (!file)
            return;
        char line[512], name[256];
        uint64_t address;
        while (fgets(line, sizeof line, file)) {
            if (sscanf(line, "%" SCNx64 " %*c %255s", &address, name) != 2)
                continue;
            for (size_t i = 0; i < WANTED_COUNT; i++) {
                if (!is_second && strcmp(name, wanted[i]) == 0)
                    found[i].first = address;
                if (is_second && address > found[i].first && (!found[i].end || address < found[i].end))
                    found[i].end = address;
            }
        }
        fclose(file);
    }
    for (size_t i = 0; i < WANTED_COUNT; i++)
        if (found[i].first)
            printf("symbol %" PRIx64 " %" PRIx64 " %s\n", found[i].first, found[i].end, wanted[i]);
}

int main(void)
{
    struct utsname system;
    mkdir("/proc", 0755);
    if (mount("proc", "/proc", "proc", 0, NULL) || uname(&system))
        fail("mount /proc");
    printf("kernel %s %s\n", system.release, system.version);
    symbols_print();
    measure(&empty);
    measure_all(kernel_operations);
    measure_all(peer_operations);
    measure_all(rpc_operations);
    measure_all(process_operations);
    printf("done\n");
    fflush(stdout);
    sync();
    reboot(RB_AUTOBOOT);
    return 1;
}
