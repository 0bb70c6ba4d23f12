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
#include "bench/qemu/samples.h"
#include "user/rt/print.h"

#define WARM_UP_MAX 100

static enum cap_err run_nothing(struct bench *bench)
{
    (void)bench;
    return CAP_OK;
}

static const struct operation empty[] = {
    {"empty", 1000, 1, NULL, run_nothing, 0},
    {.name = NULL},
};

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
    uint32_t rounds = operation->rounds < SAMPLES_MAX ? operation->rounds : SAMPLES_MAX;
    uint32_t warm_up = rounds / 10 < WARM_UP_MAX ? rounds / 10 : WARM_UP_MAX;
    enum cap_err err = CAP_OK;
    for (uint32_t i = 0; i < warm_up + rounds && !err; i++) {
        uint64_t ticks;
        err = run_once(bench, operation, &ticks);
        if (!err && i >= warm_up)
            samples_put(i - warm_up, ticks);
    }
    if (err)
        return err;
    struct samples_summary summary = samples_summarise(rounds);
    return print(bench->console, "result %s %u %u %u %lu %lu %u", operation->name, rounds, warm_up,
                 operation->each, summary.minimum, summary.median, operation->pause);
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
