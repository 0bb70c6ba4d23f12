/* The runtime of a capOS program.
 *
 * A program is a main that gets `struct rt`, and with it the capabilities it was started with, by name.
 * There is nothing else to reach: no globals, no ambient console, no files.
 *
 *   int main(struct rt *rt)
 *   {
 *       struct os_Console console;
 *       if (RT_CAPSET(rt, "console", os_Console, &console) != CAP_OK)
 *           return 1;
 *       print(console, "hello");
 *       rt_handle_drop(&console.handle);
 *       return 0;
 *   }
 *
 * Handles are owned: who finds, takes or receives one drops it, once. A handle passed by value is lent
 * for the duration of the call. Typed handles (struct os_Console) are generated from the schema and hold
 * one struct rt_handle.
 *
 * Next: user/rt/call.h
 */
#pragma once

#include "abi/cap_id.h"
#include "abi/error.h"

/* The exit code of a program whose own promise was broken (lib/check.h). */
#define RT_EXIT_CHECK_FAILED 134

struct rt;

/* What a program defines. Its value is the exit code. */
int main(struct rt *rt);

/* An owned capability. After a drop its cap is null, and calls on it end with CAP_ERR_NO_CAP. */
struct rt_handle {
    struct rt *rt;
    cap_id_t cap;
    uint64_t interface_id;
};

static inline bool rt_handle_is_null(struct rt_handle handle)
{
    return cap_id_is_null(handle.cap);
}

/* Gives the capability up: queues a RELEASE, which goes out with the next enter. The handle becomes
 * null; dropping a null handle does nothing. */
void rt_handle_drop(struct rt_handle *handle);

/* The handle becomes null without a RELEASE: for a capability that was moved away. */
void rt_handle_forget(struct rt_handle *handle);

/* Takes the capability that was granted under `name` out of the CapSet; the caller owns it.
 * CAP_ERR_NO_CAP: there is none, or it was taken before. CAP_ERR_WRONG_INTERFACE: it is another type. */
CAP_MUST_CHECK enum cap_err rt_capset_find(struct rt *rt, const char *name, uint64_t interface_id,
                                           struct rt_handle *handle);

/* The same for a typed handle: RT_CAPSET(rt, "console", os_Console, &console) */
#define RT_CAPSET(rt, name, type, out) rt_capset_find((rt), (name), type##_ID, &(out)->handle)

/* What this process is called. */
const char *rt_process_name(const struct rt *rt);

/* Starts everything that was submitted and not entered yet (calls sent, handles dropped), without
 * waiting for any answer. */
void rt_flush(struct rt *rt);

/* How many RELEASEs were refused. Anything but 0 is a bug in this program: it dropped a handle twice. */
uint32_t rt_releases_failed(const struct rt *rt);
