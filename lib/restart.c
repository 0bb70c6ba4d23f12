/* The arithmetic of a restart policy; see restart.h.
 *
 * Next: user/init/supervisor.c
 */
#include "lib/restart.h"

struct restart_rule restart_rule_of(struct os_Service_reader service)
{
    return (struct restart_rule){
        .policy = os_Service_get_restart(service),
        .initial_backoff_ms = os_Service_get_initialBackoffMs(service),
        .max_backoff_ms = os_Service_get_maxBackoffMs(service),
        .max_restarts = os_Service_get_maxRestarts(service),
    };
}

bool restart_ended_well(struct os_ProcessEnd_reader end)
{
    return os_ProcessEnd_which(end) == os_ProcessEnd_exited && os_ProcessEnd_get_exited(end) == 0;
}

bool restart_is_wanted(const struct restart_rule *rule, bool ended_well)
{
    return rule->policy == os_RestartPolicy_always ||
           (rule->policy == os_RestartPolicy_onFault && !ended_well);
}

bool restart_is_possible(const struct restart_rule *rule, uint32_t restart_count)
{
    return restart_is_wanted(rule, false) && (rule->max_restarts == 0 || restart_count < rule->max_restarts);
}

/* After 32 doublings any back-off but 0 has passed the largest number of 32 bits. */
uint32_t restart_backoff_ms(const struct restart_rule *rule, uint32_t restart_count)
{
    uint32_t doublings = restart_count < 32 ? restart_count : 32;
    uint64_t backoff_ms = (uint64_t)rule->initial_backoff_ms << doublings;

    return backoff_ms < rule->max_backoff_ms ? (uint32_t)backoff_ms : rule->max_backoff_ms;
}
