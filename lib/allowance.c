/* Next: lib/allowance.h for what it is, tests/host/test_allowance.c for what it does. */
#include "lib/allowance.h"
#include "lib/check.h"

enum cap_err allowance_narrow(struct allowance *inner, struct allowance *outer, uint64_t programs,
                              uint32_t process_limit)
{
    if (programs == 0 || (programs & ~outer->programs) || process_limit == 0)
        return CAP_ERR_INVALID;
    if (outer->depth == CAP_SPAWNER_DEPTH_MAX)
        return CAP_ERR_TOO_BIG;
    *inner = (struct allowance){
        .outer = outer, .programs = programs, .process_limit = process_limit, .depth = outer->depth + 1};
    return CAP_OK;
}

enum cap_err allowance_check(const struct allowance *allowance)
{
    for (const struct allowance *at = allowance; at; at = at->outer)
        if (at->process_count == at->process_limit)
            return CAP_ERR_QUOTA;
    return CAP_OK;
}

void allowance_take(struct allowance *allowance)
{
    for (struct allowance *at = allowance; at; at = at->outer) {
        CHECK(at->process_count < at->process_limit);
        at->process_count++;
    }
}

void allowance_give_back(struct allowance *allowance)
{
    for (struct allowance *at = allowance; at; at = at->outer) {
        CHECK(at->process_count > 0);
        at->process_count--;
    }
}
