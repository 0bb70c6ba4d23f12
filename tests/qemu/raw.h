/* For test programs that speak to the kernel without the runtime's manners: SQEs by hand, a check that
 * prints its name, and an exit code that counts what failed.
 *
 * Raw SQEs go through the runtime's own ring client, so that both can be used in one program. No raw
 * completion may be outstanding when a runtime call is made.
 *
 * Next: tests/qemu/ring/ring.c
 */
#pragma once

#include "abi/memory_map.h"
#include "abi/syscall.h"
#include "lib/error.h"
#include "lib/ring.h"
#include "user/rt/enter.h"
#include "user/rt/print.h"
#include "user/rt/state.h"

struct raw {
    struct rt *rt;
    struct os_Console console;
    uint32_t checked_count;
    uint32_t failed_count;
};

static inline struct raw raw_start(struct rt *rt)
{
    struct raw raw = {.rt = rt};
    if (RT_CAPSET(rt, "console", os_Console, &raw.console))
        rt_exit(99);
    return raw;
}

/* `what` names the case of the hostile list, or the rule, that must hold. */
static inline void raw_expect(struct raw *raw, bool ok, const char *what)
{
    raw->checked_count++;
    if (ok)
        return;
    raw->failed_count++;
    print(raw->console, "CHECK failed: %s", what);
}

static inline void raw_expect_err(struct raw *raw, int64_t got, int64_t wanted, const char *what)
{
    raw_expect(raw, got == wanted, what);
    if (got != wanted)
        print(raw->console, "  got %ld (%s), wanted %ld (%s)", (long)got, error_name((enum cap_err)got),
              (long)wanted, error_name((enum cap_err)wanted));
}

/* A call that ended with `err`: CAP_ERR_QUOTA if that is the exception of a kernel object for it. */
static inline enum cap_err raw_quota_of(struct rt_call *call, enum cap_err err)
{
    bool is_quota =
        err == CAP_ERR_EXCEPTION && os_CapException_get_type(os_CapException_read_root(&call->results)) ==
                                        os_CapException_Type_overloaded;
    return is_quota ? CAP_ERR_QUOTA : err;
}

/* A one-line stub ended with `err`: the exception of an exhausted ledger, with a reason that begins so. */
static inline void raw_expect_overloaded(struct raw *raw, enum cap_err err, const char *start,
                                         const char *what)
{
    struct rt_call *call = rt_call_scratch(raw->rt);
    struct wire_text reason = rt_call_reason(call, err), wanted = wire_text_of(start);
    bool ok = raw_quota_of(call, err) == CAP_ERR_QUOTA && reason.length >= wanted.length &&
              wire_text_equal((struct wire_text){reason.bytes, wanted.length}, wanted);
    raw_expect(raw, ok, what);
    if (!ok)
        print(raw->console, "  got %s: %.*s", error_name(err), (int)reason.length, reason.bytes);
}

static inline int raw_end(struct raw *raw)
{
    print(raw->console, "%u checks, %u failed", raw->checked_count, raw->failed_count);
    return raw->failed_count > 100 ? 100 : (int)raw->failed_count;
}

static inline void raw_submit(struct raw *raw, const struct cap_sqe *sqe)
{
    while (ring_client_submit(&raw->rt->ring, sqe))
        rt_enter(0, 0);
}

static inline struct cap_cqe raw_take(struct raw *raw)
{
    struct cap_cqe cqe = {.status = 1};
    if (!ring_client_take(&raw->rt->ring, &cqe))
        raw_expect(raw, false, "a completion has arrived");
    return cqe;
}

/* Submits one SQE and waits for its completion. */
static inline struct cap_cqe raw_run(struct raw *raw, const struct cap_sqe *sqe)
{
    raw_submit(raw, sqe);
    rt_enter(1, CAP_TIMEOUT_NEVER);
    return raw_take(raw);
}

static inline enum cap_err raw_status(struct raw *raw, const struct cap_sqe *sqe)
{
    return raw_run(raw, sqe).status;
}
