/* Starting processes. For every program in this folder.
 *
 * Next: bench/qemu/start.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"

/* A capability for a new process; mode is CAP_TRANSFER_COPY or CAP_TRANSFER_MOVE. */
struct grant {
    const char *name;
    struct rt_handle handle;
    uint64_t mode;
};

/* A process of the boot package called `name` that holds these capabilities. */
CAP_MUST_CHECK enum cap_err process_start(struct os_ProcessSpawner spawner, const char *binary,
                                          const char *name, const struct grant *grants, uint32_t grant_count,
                                          struct os_ProcessHandle *process);
