/* One point of a curve.
 *
 * Next: bench/qemu/samples.h
 */
#include "bench/qemu/growth/growth.h"
#include "bench/qemu/samples.h"
#include "user/rt/print.h"

#define ROUNDS  200
#define WARM_UP 20

enum cap_err point_measure(struct growth *growth, const char *curve, const char *series, uint32_t x,
                           enum cap_err (*prepare)(struct growth *growth),
                           enum cap_err (*run)(struct growth *growth))
{
    for (uint32_t i = 0; i < WARM_UP + ROUNDS; i++) {
        enum cap_err err = prepare ? prepare(growth) : CAP_OK;
        if (err)
            return err;
        uint64_t start = bracket_open();
        err = run(growth);
        uint64_t ticks = bracket_close() - start;
        if (err)
            return err;
        if (i >= WARM_UP)
            samples_put(i - WARM_UP, ticks);
    }
    struct samples_summary summary = samples_summarise(ROUNDS);
    return print(growth->console, "point %s %s %u %lu %lu", curve, series, x, summary.minimum,
                 summary.median);
}
