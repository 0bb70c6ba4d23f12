/* The Linux side of the benchmarks: one static program that is init, measures, and is every peer.
 *
 * Next: bench/linux/init.c
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Something to time; the same as struct operation of the capOS side. False: it failed. */
struct operation {
    const char *name;
    uint32_t rounds;
    uint32_t each; /* how many operations one run is */
    bool (*prepare)(void);
    bool (*run)(void);
    uint32_t pause; /* ticks of the clock in one run that are no instructions, since the processor is idle */
};

/* Each ends with an entry whose name is NULL. */
extern const struct operation kernel_operations[];
extern const struct operation peer_operations[];
extern const struct operation process_operations[];
/* Cap'n Proto's own RPC; none without its library. Weak: bench/linux/rpc.c++ may not be linked in. */
extern const struct operation rpc_operations[] __attribute__((weak));

/* Ends with the reason and errno. */
void fail(const char *what) __attribute__((noreturn));

/* Runs `peer` in a process of its own, which ends when `peer` returns. */
void peer_start(void (*peer)(void));

#ifdef __cplusplus
}
#endif
