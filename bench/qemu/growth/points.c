/* One point of a curve.
 *
 * Next: bench/qemu/samples.h
 */
#include "bench/qemu/growth/growth.h"
#include "bench/qemu/samples.h"
#include "user/rt/print.h"

#define ROUNDS      200
#define WARM_UP     20
#define ROUNDS_FEW  9
#define WARM_UP_FEW 3

static enum cap_err measure(struct growth *growth, uint32_t warm_up, uint32_t rounds,
                            enum cap_err (*prepare)(struct growth *growth),
                            enum cap_err (*run)(struct growth *growth))
{
    for (uint32_t i = 0; i < warm_up + rounds; i++) {
        enum cap_err err = prepare ? prepare(growth) : CAP_OK;
        if (err)
            return err;
        uint64_t start = bracket_open();
        err = run(growth);
        uint64_t ticks = bracket_close() - start;
        if (err)
            return err;
        if (i >= warm_up)
            samples_put(i - warm_up, ticks);
    }
    return CAP_OK;
}

static enum cap_err show(struct growth *growth, const char *curve, const char *series, uint32_t x,
                         uint32_t rounds)
{
    struct samples_summary summary = samples_summarise(rounds);
    return print(growth->console, "point %s %s %u %lu %lu", curve, series, x, summary.minimum,
                 summary.median);
}

enum cap_err point_measure(struct growth *growth, const char *curve, const char *series, uint32_t x,
                           enum cap_err (*prepare)(struct growth *growth),
                           enum cap_err (*run)(struct growth *growth))
{
    enum cap_err err = measure(growth, WARM_UP, ROUNDS, prepare, run);
    return err ? err : show(growth, curve, series, x, ROUNDS);
}

enum cap_err point_measure_few(struct growth *growth, const char *curve, const char *series, uint32_t x,
                               enum cap_err (*prepare)(struct growth *growth),
                               enum cap_err (*run)(struct growth *growth))
{
    enum cap_err err = measure(growth, WARM_UP_FEW, ROUNDS_FEW, prepare, run);
    return err ? err : show(growth, curve, series, x, ROUNDS_FEW);
}
