/* Whether and when a service is started again: the arithmetic of a restart policy.
 *
 * init keeps one number for each service, how often it was started again, and asks here after each end.
 *
 * Invariants
 *  - Pure. A policy that is unknown restarts nothing.
 *  - The back-off never passes max_backoff_ms, however often it has doubled.
 *
 * Next: lib/restart.c
 */
#pragma once

#include "build/gen/schema/manifest.capnp.h"

/* What the manifest says about restarts of one service. */
struct restart_rule {
    uint16_t policy; /* enum os_RestartPolicy */
    uint32_t initial_backoff_ms;
    uint32_t max_backoff_ms;
    uint32_t max_restarts; /* 0: no limit */
};

struct restart_rule restart_rule_of(struct os_Service_reader service);

/* Whether a process that ended like this did what it should: it exited with code 0. */
bool restart_ended_well(struct os_ProcessEnd_reader end);

/* Whether the policy wants a restart after such an end, limit or not. */
bool restart_is_wanted(const struct restart_rule *rule, bool ended_well);

/* Whether any end could still lead to another restart, after restart_count of them. */
bool restart_is_possible(const struct restart_rule *rule, uint32_t restart_count);

/* Milliseconds to wait before restart number restart_count + 1. */
uint32_t restart_backoff_ms(const struct restart_rule *rule, uint32_t restart_count);
