/* The kernel's self-check, asked for by a test that holds an Inspector.
 *
 * Next: kernel/ring/self_check.h
 */
#pragma once

#include "tests/qemu/raw.h"

/* Every count is right; else what is wrong is printed. */
static inline void inspect(struct raw *raw, struct os_Inspector inspector, const char *what)
{
    static struct rt_call call;
    struct os_Inspector_check_Results_reader results;
    os_Inspector_check_begin(&call, inspector);
    enum cap_err err = os_Inspector_check_send(&call);
    if (!err)
        err = os_Inspector_check_wait(&call, &results);
    if (err) {
        struct wire_text reason = rt_call_reason(&call, err);
        print(raw->console, "%.*s", (int)reason.length, reason.bytes);
    }
    raw_expect_err(raw, err, CAP_OK, what);
    rt_call_end(&call);
}
