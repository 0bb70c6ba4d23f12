/* The rules for restarts and for the outcome of a system.
 *
 * Next: lib/manifest_limits.c
 */
#include "lib/manifest_judge.h"
#include "lib/restart.h"

static void judge_never(struct judge *judge, struct os_Service_reader service)
{
    const struct {
        const char *field;
        uint32_t value;
    } unused[] = {
        {".initialBackoffMs", os_Service_get_initialBackoffMs(service)},
        {".maxBackoffMs", os_Service_get_maxBackoffMs(service)},
        {".maxRestarts", os_Service_get_maxRestarts(service)},
        {".atLimit", os_Service_get_atLimit(service)},
    };

    for (uint32_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++) {
        if (unused[i].value != 0)
            judge_problem(judge, unused[i].field,
                          "is %u; it has to be 0 for a service that is never restarted",
                          (unsigned)unused[i].value);
    }
}

static void judge_backoff(struct judge *judge, const char *field, uint32_t backoff_ms, uint32_t least_ms)
{
    if (backoff_ms < least_ms || backoff_ms > MANIFEST_BACKOFF_MS_MAX)
        judge_problem(judge, field, "is %u; use %u to %u milliseconds", (unsigned)backoff_ms,
                      (unsigned)least_ms, (unsigned)MANIFEST_BACKOFF_MS_MAX);
}

void judge_restart(struct judge *judge, struct os_Service_reader service)
{
    uint16_t policy = os_Service_get_restart(service);
    uint16_t at_limit = os_Service_get_atLimit(service);
    uint32_t initial_ms = os_Service_get_initialBackoffMs(service);

    if (!judge_enum(judge, ".restart", "restart policy", policy, manifest_restart_name))
        return;
    if (policy == os_RestartPolicy_never) {
        judge_never(judge, service);
        return;
    }
    judge_backoff(judge, ".initialBackoffMs", initial_ms, 1);
    bool is_usable = initial_ms >= 1 && initial_ms <= MANIFEST_BACKOFF_MS_MAX;
    judge_backoff(judge, ".maxBackoffMs", os_Service_get_maxBackoffMs(service), is_usable ? initial_ms : 1);
    if (judge_enum(judge, ".atLimit", "reaction", at_limit, manifest_reaction_name) &&
        at_limit == os_LimitReaction_haltSystem && os_Service_get_maxRestarts(service) == 0)
        judge_problem(judge, ".atLimit", "haltSystem is never reached without a limit; set maxRestarts");
}

/* One name of haltWhenEnded. */
static void judge_halt_name(struct judge *judge, struct wire_list_reader names, uint32_t index)
{
    struct wire_text name = wire_list_text(names, index);
    uint32_t service_index;

    judge_set_path(judge, "haltWhenEnded[%u]", (unsigned)index);
    if (manifest_find_service(judge->root, name, &service_index) != CAP_OK) {
        judge_unknown_service(judge, "", name);
        return;
    }
    for (uint32_t i = 0; i < index; i++) {
        if (wire_text_equal(wire_list_text(names, i), name)) {
            judge_problem(judge, "", "\"%s\" is also haltWhenEnded[%u]; name it once", judge_show(name).text,
                          (unsigned)i);
            return;
        }
    }
    struct restart_rule rule = restart_rule_of(judge_service_at(judge, service_index));
    if (restart_is_wanted(&rule, true) && rule.max_restarts == 0)
        judge_problem(judge, "", "\"%s\" is always restarted and never ends for good; set its maxRestarts",
                      judge_show(name).text);
}

void judge_outcome(struct judge *judge)
{
    struct wire_list_reader names = os_SystemManifest_get_haltWhenEnded(judge->root);

    judge_set_path(judge, "outcome");
    judge_enum(judge, "", "outcome", os_SystemManifest_get_outcome(judge->root), manifest_outcome_name);
    judge_set_path(judge, "haltWhenEnded");
    uint32_t count = judge_bounded_count(judge, "", names.count, MANIFEST_SERVICES_MAX);
    for (uint32_t i = 0; i < count; i++)
        judge_halt_name(judge, names, i);
}

bool judge_needs_timer(const struct judge *judge)
{
    for (uint32_t i = 0; i < judge_service_count(judge); i++) {
        struct restart_rule rule = restart_rule_of(judge_service_at(judge, i));
        if (restart_is_possible(&rule, 0))
            return true;
    }
    return os_SystemManifest_get_outcome(judge->root) == os_Outcome_runOn;
}
