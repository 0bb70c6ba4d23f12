/* Timing: every round of every operation alone, after a warm-up.
 *
 * A line of results is read by bench/run:
 *     result NAME ROUNDS WARM-UP EACH MINIMUM MEDIAN PAUSE
 * MINIMUM and MEDIAN are of whole runs, bracket and PAUSE included: what the clock says. PAUSE is what of it
 * was no work but waiting. The first line is of the empty bracket.
 *
 * Next: bench/qemu/bench/rings.c
 */
#include "bench/qemu/bench/bench.h"
#include "user/rt/print.h"

#define ROUNDS_MAX  4000
#define WARM_UP_MAX 100

uint64_t bracket_open(void);
uint64_t bracket_close(void);

static uint64_t samples[ROUNDS_MAX];

static enum cap_err run_nothing(struct bench *bench)
{
    (void)bench;
    return CAP_OK;
}

static const struct operation empty[] = {
    {"empty", 1000, 1, NULL, run_nothing, 0},
    {.name = NULL},
};

static void sift_down(uint32_t root, uint32_t count)
{
    uint64_t value = samples[root];
    for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && samples[child + 1] > samples[child])
            child++;
        if (samples[child] <= value)
            break;
        samples[root] = samples[child];
    }
    samples[root] = value;
}

/* Heapsort (Knuth, The Art of Computer Programming, vol. 3, 5.2.3): no recursion, no worst case. */
static void samples_sort(uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(i, count);
    for (uint32_t end = count; end-- > 1;) {
        uint64_t largest = samples[0];
        samples[0] = samples[end];
        samples[end] = largest;
        sift_down(0, end);
    }
}

static enum cap_err run_once(struct bench *bench, const struct operation *operation, uint64_t *ticks)
{
    enum cap_err err = operation->prepare ? operation->prepare(bench) : CAP_OK;
    if (err)
        return err;
    uint64_t start = bracket_open();
    err = operation->run(bench);
    *ticks = bracket_close() - start;
    return err;
}

static enum cap_err measure(struct bench *bench, const struct operation *operation)
{
    uint32_t rounds = operation->rounds < ROUNDS_MAX ? operation->rounds : ROUNDS_MAX;
    uint32_t warm_up = rounds / 10 < WARM_UP_MAX ? rounds / 10 : WARM_UP_MAX;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < warm_up && !err; i++)
        err = run_once(bench, operation, &samples[0]);
    for (uint32_t i = 0; i < rounds && !err; i++)
        err = run_once(bench, operation, &samples[i]);
    if (err)
        return err;
    samples_sort(rounds);
    return print(bench->console, "result %s %u %u %u %lu %lu %u", operation->name, rounds, warm_up,
                 operation->each, samples[0], samples[rounds / 2], operation->pause);
}

static enum cap_err measure_list(struct bench *bench, const struct operation *operations)
{
    for (const struct operation *operation = operations; operation->name; operation++) {
        enum cap_err err = measure(bench, operation);
        if (err) {
            print(bench->console, "failed %s %d", operation->name, err);
            return err;
        }
    }
    return CAP_OK;
}

enum cap_err measure_all(struct bench *bench, const struct operation *operations)
{
    enum cap_err err = operations == ring_operations ? measure_list(bench, empty) : CAP_OK;
    return err ? err : measure_list(bench, operations);
}
