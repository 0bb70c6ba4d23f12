/* How paths grow: the same operation with more and more of something in the system.
 *
 * This program is init, which measures, and the other side of its round trips; bench/qemu/crowd is the rest
 * of the system. A line of results is read by bench/growth.py: point CURVE SERIES X MINIMUM MEDIAN MINIMUM
 * and MEDIAN are of whole runs, bracket included; the first line is of the empty bracket.
 *
 * Next: bench/qemu/growth/curves.c
 */
#pragma once

#include "bench/qemu/crowd.h"
#include "bench/qemu/start.h"
#include "build/gen/bench/qemu/bench.client.h"

struct growth {
    struct rt *rt;
    struct os_Console console;
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_FacetFactory facets;
    struct os_NotificationFactory notifications;
    struct os_Timer timer;
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;

    struct bench_Partner partner;   /* served by another process */
    struct os_ProcessHandle server; /* that process */
    struct os_Endpoint endpoint;    /* what it serves */
    struct os_Notification never;
};

/* Measures one curve: all its series at all its points. */
CAP_MUST_CHECK enum cap_err curve_processes(struct growth *growth);
CAP_MUST_CHECK enum cap_err curve_capabilities(struct growth *growth);
CAP_MUST_CHECK enum cap_err curve_revocation(struct growth *growth);
CAP_MUST_CHECK enum cap_err curve_queued_calls(struct growth *growth);
CAP_MUST_CHECK enum cap_err curve_timers(struct growth *growth);
CAP_MUST_CHECK enum cap_err curve_mappings(struct growth *growth);

/* ---- Points (points.c) ---------------------------------------------------------------------------- */

/* Times many runs and prints the point. `prepare`, which may be NULL, comes before each run and is not timed.
 */
CAP_MUST_CHECK enum cap_err point_measure(struct growth *growth, const char *curve, const char *series,
                                          uint32_t x, enum cap_err (*prepare)(struct growth *growth),
                                          enum cap_err (*run)(struct growth *growth));

/* The same with a few runs, for what takes long to prepare. */
CAP_MUST_CHECK enum cap_err point_measure_few(struct growth *growth, const char *curve, const char *series,
                                              uint32_t x, enum cap_err (*prepare)(struct growth *growth),
                                              enum cap_err (*run)(struct growth *growth));

/* ---- The crowd (crowd.c) -------------------------------------------------------------------------- */

/* One process more, called ROLE-COUNT; a copy of the capability is what it finds. */
CAP_MUST_CHECK enum cap_err crowd_add(struct growth *growth, const char *role, uint32_t count,
                                      struct rt_handle it);

/* One process more, which waits for a notification and holds so many copies of `held` besides. */
CAP_MUST_CHECK enum cap_err crowd_add_holder(struct growth *growth, struct rt_handle held, uint32_t count);
#define HOLDER_COPIES_MAX 16

/* All of it gets to where it waits. */
CAP_MUST_CHECK enum cap_err crowd_settle(struct growth *growth);

/* Ends all of it. */
CAP_MUST_CHECK enum cap_err crowd_end(struct growth *growth);

/* The other side of the round trips: starts it anew; and its part. */
CAP_MUST_CHECK enum cap_err partner_start(struct growth *growth);
int partner_main(struct rt *rt);
