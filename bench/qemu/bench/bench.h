/* The benchmark program. One binary plays every part, so that each address means one function in a profile:
 * as `init` it is the client and measures; as `server` and `signaller` it is the other side of a round trip.
 *
 * Next: bench/qemu/bench/measure.c
 */
#pragma once

#include "build/gen/bench/qemu/bench.client.h"
#include "bench/qemu/start.h"

#define IN_FLIGHT 16
#define SLEEP_NS  200000 /* of the operation `sleep`; Linux's sleeps as long */

/* All that an operation can use. */
struct bench {
    struct rt *rt;
    struct os_Console console;
    struct os_BootPackage package;
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_NotificationFactory notifications;
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;
    struct os_Timer timer;

    struct os_MemoryObject memory; /* an object of the kernel to call */
    struct bench_Partner partner;  /* served by another process */
    struct os_Endpoint spare;      /* served by nobody: for facets to give away */
    struct rt_handle gift;         /* what the next round gives away; null: it is gone */
    struct rt_call calls[IN_FLIGHT];
};

/* Something to time. `run` is timed; `prepare`, which may be NULL, comes before each run and is not. */
struct operation {
    const char *name;
    uint32_t rounds;
    uint32_t each; /* how many operations one run is */
    enum cap_err (*prepare)(struct bench *bench);
    enum cap_err (*run)(struct bench *bench);
    uint32_t pause; /* ticks of the clock in one run that are no instructions, since the processor is idle */
};

/* Each ends with an entry whose name is NULL. */
extern const struct operation ring_operations[];
extern const struct operation call_operations[];
extern const struct operation signal_operations[];
extern const struct operation process_operations[];
extern const struct operation memory_operations[];
extern const struct operation sleep_operations[];

/* Runs every operation and prints a line of results for each. */
CAP_MUST_CHECK enum cap_err measure_all(struct bench *bench, const struct operation *operations);

/* The parts of the server and the signaller, until no client is left. */
int server_main(struct rt *rt);
int signaller_main(struct rt *rt);
