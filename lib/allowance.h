/* What a spawner may start: which programs, and how many processes at a time.
 *
 * Allowances form a tree. The root allows everything; every other one was narrowed from the one outside it:
 *
 *   root: all, no end of them  <--- outer --- { hello, echo } at most 4  <--- outer --- { hello } at most 9
 *
 * Invariants
 *  - An allowance allows no program that the one outside does not allow, and each process counts in every
 *    allowance from its own to the root. So whatever was narrowed stays so: the last one above allows 4.
 *  - A process counts from allowance_take to allowance_give_back, that is, while it lives. What has been
 *    narrowed off is not set aside: two allowances of one outer one compete for its processes.
 *
 * Next: kernel/cap/process_spawner.c
 */
#pragma once

#include "abi/error.h"
#include "abi/limits.h"

/* Programs have numbers below this one, and a bit each. */
#define ALLOWANCE_PROGRAMS_MAX 64

struct allowance {
    struct allowance *outer; /* NULL: the root; must outlive this one */
    uint64_t programs;       /* bit n: program n may be started */
    uint32_t process_limit;
    uint32_t process_count;
    uint32_t depth;
};

#define ALLOWANCE_ROOT                                      \
    {                                                       \
        .programs = UINT64_MAX, .process_limit = UINT32_MAX \
    }

/* Makes *inner narrower than *outer, or as narrow. CAP_ERR_INVALID: no program, one that the outer one does
 * not allow, or a limit of 0. CAP_ERR_TOO_BIG: further from the root than CAP_SPAWNER_DEPTH_MAX. */
CAP_MUST_CHECK enum cap_err allowance_narrow(struct allowance *inner, struct allowance *outer,
                                             uint64_t programs, uint32_t process_limit);

static inline bool allowance_has(const struct allowance *allowance, uint32_t program)
{
    return program < ALLOWANCE_PROGRAMS_MAX && (allowance->programs >> program & 1);
}

/* CAP_ERR_QUOTA: this one, or one outside it, is used up. */
CAP_MUST_CHECK enum cap_err allowance_check(const struct allowance *allowance);

/* Counts one more process, in all of them. allowance_check has just said CAP_OK (CHECKed). */
void allowance_take(struct allowance *allowance);

/* A process that allowance_take has counted has ended. */
void allowance_give_back(struct allowance *allowance);
