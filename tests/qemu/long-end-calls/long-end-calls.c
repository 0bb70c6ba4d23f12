/* A server ends at whose endpoints two thousand calls wait with 32 capabilities each. The kernel does not
 * stop the rest of the system for that.
 *
 * Next: tests/qemu/long-end/long-end.c
 */
#include "tests/qemu/long-end-calls/parts.h"
#include "tests/qemu/cases.h"

#define MS 1000000ull

/* As tests/qemu/long-end: a step of the end of a process, or of the ends of objects, and what else there is.
 */
#define PAUSE_US_MAX 400

#define ENDPOINTS 8
#define FLOODERS  8 /* at each */

static void case_133(struct cases *cases)
{
    static const char *const names[ENDPOINTS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct pair pairs[ENDPOINTS];
    struct grant grants[ENDPOINTS];
    struct os_ProcessHandle flooders[ENDPOINTS * FLOODERS];
    for (uint32_t i = 0; i < ENDPOINTS; i++) {
        pairs[i] = pair_make(cases, i);
        grants[i] = move_of(names[i], pairs[i].endpoint.handle);
    }
    for (uint32_t i = 0; i < ENDPOINTS * FLOODERS; i++) {
        const struct grant one[] = {copy_of("client", pairs[i / FLOODERS].client)};
        flooders[i] = peer_start(cases, "peer", "flooder", one, 1);
    }
    struct os_ProcessHandle holder = peer_start(cases, "peer", "holder", grants, ENDPOINTS);
    rt_enter(1, 300 * MS);
    struct os_ProcessHandle meter = peer_start(cases, "peer", "meter", NULL, 0);
    rt_enter(1, 50 * MS);
    raw_expect_err(&cases->raw, os_ProcessHandle_kill(holder), CAP_OK, "kill");
    int64_t pause_us = peer_end(cases, &meter);
    print(cases->raw.console,
          "%u calls with %u capabilities each; the longest pause of another process was %ld us",
          (unsigned)(ENDPOINTS * FLOODERS * FLOOD_CALLS), (unsigned)CAP_TRANSFER_MAX, (long)pause_us);
    raw_expect(&cases->raw, pause_us > 0 && pause_us <= PAUSE_US_MAX, "another process runs meanwhile");
    for (uint32_t i = 0; i < ENDPOINTS * FLOODERS; i++)
        raw_expect_err(&cases->raw, peer_end(cases, &flooders[i]), 0, "each call has ended once");
    for (uint32_t i = 0; i < ENDPOINTS; i++)
        rt_handle_drop(&pairs[i].client);
    rt_handle_drop(&holder.handle);
}

int main(struct rt *rt)
{
    static const struct hostile_case list[] = {{133, "the end of much is done in steps", case_133}};
    struct cases cases = cases_start(rt);
    return CASES_RUN(&cases, list);
}
